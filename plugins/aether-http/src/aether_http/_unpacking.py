"""Unpacking of compressed bodies in pieces of bounded length.

A few kilobytes can stand for gigabytes, so that nothing is unpacked before the length so far has
been looked at; and a body that ends too early must not pass for a whole one.
"""

from __future__ import annotations

import zlib
from typing import TYPE_CHECKING, Final, Protocol

import httpx

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Iterator

_PIECE_BYTES: Final = 256 * 1024

#: zlib's number for "gzip, or zlib with its header".
_AUTOMATIC: Final = 32 + zlib.MAX_WBITS
_HEADLESS: Final = -zlib.MAX_WBITS
#: The first byte of a gzip member.
_GZIP: Final = b"\x1f"


class _Stream(Protocol):
    """What `zlib.decompressobj` returns; the name of its class is private."""

    @property
    def eof(self) -> bool: ...
    @property
    def unused_data(self) -> bytes: ...
    @property
    def unconsumed_tail(self) -> bytes: ...
    def decompress(self, data: bytes, max_length: int, /) -> bytes: ...


def unpacked(pieces: AsyncIterator[bytes], encoding: str) -> AsyncIterator[bytes]:
    """Return a body as it was before the codings that a Content-Encoding header lists.

    Codings other than gzip and deflate are not undone; no request asks for them.

    Raises:
        httpx.DecodingError: while it is read, when it is not what the header says.
    """
    for coding in reversed(encoding.lower().split(",")):
        if coding.strip() in ("gzip", "x-gzip", "deflate"):
            pieces = _inflated(pieces)
    return pieces


async def _inflated(pieces: AsyncIterator[bytes]) -> AsyncIterator[bytes]:
    inflater = _Inflater()
    async for piece in pieces:
        for part in inflater.feed(piece):
            yield part
    inflater.finish()


class _Inflater:
    """Undoes gzip (also several members in a row) and deflate (with and without its header)."""

    def __init__(self) -> None:
        self._stream: _Stream | None = None

    def feed(self, data: bytes) -> Iterator[bytes]:
        """Yield what some more data stands for."""
        while True:
            if self._stream is None:
                self._stream = _stream_for(data)
            elif self._stream.eof:
                if not data.startswith(_GZIP):
                    # Padding after the end, which browsers do not mind either.
                    return
                self._stream = _stream_for(data)
            part = self._part(self._stream, data)
            if part:
                yield part
            data = self._stream.unused_data or self._stream.unconsumed_tail
            # A full part can leave more behind although all of the data is taken in.
            if not data and (self._stream.eof or len(part) < _PIECE_BYTES):
                return

    def _part(self, stream: _Stream, data: bytes) -> bytes:
        try:
            return stream.decompress(data, _PIECE_BYTES)
        except zlib.error as error:
            raise httpx.DecodingError(str(error)) from error

    def finish(self) -> None:
        """Check that the end has come.

        Raises:
            httpx.DecodingError: it has not.
        """
        if self._stream is not None and not self._stream.eof:
            raise httpx.DecodingError("it ends too early")


def _stream_for(data: bytes) -> _Stream:
    """Return what unpacks a stream that begins with `data`."""
    is_deflated = data[0] & 0x0F == zlib.DEFLATED
    is_zlib = is_deflated and (len(data) == 1 or int.from_bytes(data[:2]) % 31 == 0)
    is_known = is_zlib or data.startswith(_GZIP)
    return zlib.decompressobj(_AUTOMATIC if is_known else _HEADLESS)
