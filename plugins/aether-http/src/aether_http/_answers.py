"""The body of an answer: read within a limit, and turned into text and JSON."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from aether_http._unpacking import unpacked
from aether_sdk import OutputError, json_value

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    import httpx

    from aether_sdk import JsonValue


class BodyTooLargeError(Exception):
    """The body of an answer is longer than the limit.

    Attributes:
        limit: The limit in bytes.
    """

    def __init__(self, limit: int) -> None:
        super().__init__(limit)
        self.limit = limit


async def pieces_of(response: httpx.Response, limit: int) -> AsyncIterator[bytes]:
    """Yield the body, unpacked, in pieces.

    Raises:
        BodyTooLargeError: there is more of it than the limit.
        httpx.TransportError: the connection broke.
        httpx.DecodingError: it cannot be unpacked.
    """
    encoding = response.headers.get("content-encoding")
    stream = response.stream
    pieces: AsyncIterator[bytes] = aiter(stream)  # type: ignore[arg-type]
    if encoding is not None:
        pieces = unpacked(pieces, encoding)
    length = 0
    async for piece in pieces:
        length += len(piece)
        if length > limit:
            raise BodyTooLargeError(limit)
        yield piece


async def read_body(response: httpx.Response, limit: int) -> bytes:
    """Return the whole body.

    Raises:
        BodyTooLargeError: it is longer than the limit.
        httpx.HTTPError: it cannot be read.
    """
    return b"".join([piece async for piece in pieces_of(response, limit)])


def text_of_body(response: httpx.Response, data: bytes) -> str:
    """Return a body as text, by the charset that the answer names, else UTF-8."""
    # Asking httpx for the charset takes a while, and most answers name none.
    names_one = "charset" in response.headers.get("content-type", "").lower()
    charset = response.charset_encoding if names_one else None
    try:
        text = data.decode(charset or "utf-8", errors="replace")
    except (LookupError, ValueError):
        # A charset can name a codec that is none for text (base64) or that knows no replacement.
        text = data.decode(errors="replace")
    # And a few codecs (utf-7) make half surrogate pairs, which no output can carry.
    return text if text.isascii() else text.encode(errors="replace").decode()


def json_of_body(text: str) -> JsonValue:
    """Return the JSON value that a text is; None if it is none, or none that outputs can carry."""
    try:
        # In a list, so that one level of nesting is left for the outputs around the value.
        checked = json_value([json.loads(text.removeprefix("\ufeff"))])
    except (ValueError, RecursionError, OutputError):
        # Not JSON, or JSON that an output cannot carry: NaN, 1e999, a nesting without end.
        return None
    return checked[0] if isinstance(checked, list) else None
