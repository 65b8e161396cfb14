"""Many requests at once."""

from __future__ import annotations

import asyncio
import resource
from collections.abc import Iterator

import pytest

from aether_http import HttpExecutor
from aether_sdk import ExecuteRequest, Inputs

COUNT = 500


@pytest.fixture
def many_files() -> Iterator[None]:
    """Lets the process have both ends of all connections open."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = 2 * COUNT + 200
    if soft != resource.RLIM_INFINITY and soft < wanted:
        resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, hard))
    yield
    resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))


@pytest.mark.usefixtures("many_files")
def test_500_requests_are_in_flight_at_once_on_one_worker() -> None:
    """The server answers nobody before all have asked."""

    async def run() -> list[object]:
        everybody = asyncio.Barrier(COUNT)

        async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            await reader.readuntil(b"\r\n\r\n")
            await everybody.wait()
            writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\nConnection: close\r\n\r\nok")
            await writer.drain()
            writer.close()

        server = await asyncio.start_server(answer, "127.0.0.1", 0, backlog=COUNT)
        async with server:
            url = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}/"
            request = ExecuteRequest("t", "r", "n", inputs=Inputs.of({"url": url}))
            executor = HttpExecutor()
            results = await asyncio.gather(*(executor.execute(request) for _ in range(COUNT)))
            await executor.aclose()
            return [result.get("body") for result in results]

    assert asyncio.run(run()) == ["ok"] * COUNT
