"""Requests per second of the http executor, as a share of a bare aiohttp client's."""

from __future__ import annotations

import asyncio
import statistics
import subprocess
import sys
import time
from collections.abc import Awaitable, Callable
from typing import NamedTuple

import aiohttp
import httpx

from aether_http import HttpExecutor
from aether_sdk import ExecuteRequest, Inputs

LEAST_RATE = 2000
IN_FLIGHT = 32
REQUESTS = 2000
ROUNDS = 5
MANY = 500

BODY = b'{"ok": true, "items": [1, 2, 3]}'
ANSWER = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n%s" % (
    len(BODY),
    BODY,
)

Call = Callable[[], Awaitable[object]]


class _Server(asyncio.Protocol):
    """Answers each request at once; those for /together when `MANY` of them are waiting."""

    waiting: list[asyncio.Transport] = []  # noqa: RUF012 - one for all connections

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Keep what answers are written to."""
        assert isinstance(transport, asyncio.Transport)  # noqa: S101
        self._transport = transport
        self._data = b""

    def data_received(self, data: bytes) -> None:
        """Answer the requests that are complete."""
        self._data += data
        while b"\r\n\r\n" in self._data:
            head, _, self._data = self._data.partition(b"\r\n\r\n")
            if not head.startswith(b"GET /together "):
                self._transport.write(ANSWER)
                continue
            self.waiting.append(self._transport)
            if len(self.waiting) == MANY:
                for transport in self.waiting:
                    transport.write(ANSWER)
                self.waiting.clear()


async def _serve() -> None:
    loop = asyncio.get_running_loop()
    server = await loop.create_server(_Server, "127.0.0.1", 0, backlog=MANY)
    print(server.sockets[0].getsockname()[1], flush=True)
    await server.serve_forever()


class Rate(NamedTuple):
    """Calls per second of the clock, and per second of this process's processor time.

    The second one hardly changes when other programs keep the machine busy.
    """

    clock: float
    processor: float


async def _rate(call: Call, requests: int, in_flight: int) -> Rate:
    """Return the rate of calls, so many of them at once."""
    left = iter(range(requests))

    async def work() -> None:
        for _ in left:
            await call()

    begin, used = time.perf_counter(), time.process_time()
    await asyncio.gather(*(work() for _ in range(in_flight)))
    return Rate(requests / (time.perf_counter() - begin), requests / (time.process_time() - used))


def _executing(executor: HttpExecutor, url: str) -> Call:
    request = ExecuteRequest("task", "run", "fetch", inputs=Inputs.of({"url": url}))

    async def call() -> None:
        outputs = await executor.execute(request)
        if outputs.get("status_code") != 200:
            raise RuntimeError(outputs.message)

    return call


async def measure(base: str) -> bool:
    """Measure all in turn, so that a drift of the machine meets all alike; print the medians."""
    executor = HttpExecutor()
    async with (
        aiohttp.ClientSession(connector=aiohttp.TCPConnector(limit=0)) as session,
        httpx.AsyncClient(timeout=60) as client,
    ):

        async def bare() -> None:
            async with session.get(f"{base}/x") as response:
                await response.json()

        async def plain_httpx() -> None:
            (await client.get(f"{base}/x")).json()

        ways: dict[str, tuple[Call, int]] = {
            "bare aiohttp": (bare, REQUESTS),
            "httpx, its own transport": (plain_httpx, REQUESTS // 10),
            "the http executor": (_executing(executor, f"{base}/x"), REQUESTS),
        }
        rates: dict[str, list[Rate]] = {name: [] for name in ways}
        for round_number in range(ROUNDS + 1):
            for name, (call, requests) in ways.items():
                rate = await _rate(call, requests, IN_FLIGHT)
                # The first round opens connections and imports libraries.
                if round_number:
                    rates[name].append(rate)
    found = {
        name: Rate(*map(statistics.median, zip(*all_, strict=True))) for name, all_ in rates.items()
    }
    for name, rate in found.items():
        print(
            f"{name}, {IN_FLIGHT} in flight: {rate.clock:,.0f} requests/s, "
            f"{rate.processor:,.0f} per second of processor time"
        )
    ours, bare_rate = found["the http executor"], found["bare aiohttp"]
    print(
        f"the http executor: {ours.clock / bare_rate.clock:.1%} of bare aiohttp, by processor time "
        f"{ours.processor / bare_rate.processor:.1%} (bar {LEAST_RATE:,} requests/s)"
    )
    begin = time.perf_counter()
    await asyncio.gather(*(_executing(executor, f"{base}/together")() for _ in range(MANY)))
    print(f"{MANY} requests in flight at once: all answered, {time.perf_counter() - begin:.2f} s")
    await executor.aclose()
    return ours.clock >= LEAST_RATE


def main() -> int:
    """Start the server as a process of its own and measure against it."""
    command = [sys.executable, __file__, "serve"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as server:
        try:
            assert server.stdout is not None  # noqa: S101
            port = int(server.stdout.readline())
            return 0 if asyncio.run(measure(f"http://127.0.0.1:{port}")) else 1
        finally:
            server.terminate()


if __name__ == "__main__":
    if sys.argv[1:] == ["serve"]:
        asyncio.run(_serve())
    sys.exit(main())
