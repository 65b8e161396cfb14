"""A body on its way out, while it is watched that the server goes on taking it."""

from __future__ import annotations

import asyncio
import contextlib
from typing import TYPE_CHECKING

import aiohttp

from aether_http._messages import PIECE_BYTES

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    import httpx
    from aiohttp.abc import AbstractStreamWriter
    from aiohttp.connector import Connection


class Request(aiohttp.ClientRequest):
    """A request that drops its connection at once when its body is given up."""

    async def write_bytes(
        self, writer: AbstractStreamWriter, conn: Connection, content_length: int | None = None
    ) -> None:
        """Write the body."""
        transport = conn.transport
        try:
            await super().write_bytes(writer, conn, content_length)
        except BaseException:
            # Closing would wait until the server has taken what is left, and it may never do so.
            if transport is not None:
                transport.abort()
            raise


async def watched(
    content: bytes | httpx.AsyncByteStream, silence: asyncio.Timeout, seconds: float
) -> AsyncIterator[bytes]:
    """Yield a body in pieces; `silence` expires when one is not taken within so many seconds.

    The time that it takes to read the body counts for nothing.
    """
    loop = asyncio.get_running_loop()
    async for part in _parts(content):
        for start in range(0, len(part), PIECE_BYTES):
            _expect(silence, loop.time() + seconds)
            yield part[start : start + PIECE_BYTES]
            _expect(silence, None)


async def _parts(content: bytes | httpx.AsyncByteStream) -> AsyncIterator[bytes]:
    if isinstance(content, bytes):
        yield content
    else:
        async for part in content:
            yield part


def _expect(silence: asyncio.Timeout, when: float | None) -> None:
    # The answer may come before all of the body is sent, and then nobody waits for that any more.
    with contextlib.suppress(RuntimeError):
        silence.reschedule(when)
