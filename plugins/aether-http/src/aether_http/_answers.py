"""The body of an answer: read within a limit, and turned into text and JSON."""

from __future__ import annotations

import json
from email.message import Message
from math import isfinite
from typing import TYPE_CHECKING, Final

from aether_http._unpacking import unpacked
from aether_sdk import OutputError, json_value

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from aether_http._messages import Received
    from aether_sdk import JsonValue


class BodyTooLargeError(Exception):
    """The body of an answer is longer than the limit.

    Attributes:
        limit: The limit in bytes.
    """

    def __init__(self, limit: int) -> None:
        super().__init__(limit)
        self.limit = limit


async def pieces_of(answer: Received, limit: int) -> AsyncIterator[bytes]:
    """Yield the body, unpacked, in pieces.

    Raises:
        BodyTooLargeError: there is more of it than the limit.
        httpx.TransportError: the connection broke.
        httpx.DecodingError: it cannot be unpacked.
    """
    encoding = answer.headers.get("content-encoding")
    pieces = answer.pieces()
    if encoding is not None:
        pieces = unpacked(pieces, encoding)
    length = 0
    async for piece in pieces:
        length += len(piece)
        if length > limit:
            raise BodyTooLargeError(limit)
        yield piece


async def read_body(answer: Received, limit: int) -> bytes:
    """Return the whole body.

    Raises:
        BodyTooLargeError: it is longer than the limit.
        httpx.HTTPError: it cannot be read.
    """
    return b"".join([piece async for piece in pieces_of(answer, limit)])


def text_of_body(answer: Received, data: bytes) -> str:
    """Return a body as text, by the charset that the answer names, else UTF-8."""
    try:
        text = data.decode(_charset(answer.headers.get("content-type", "")), errors="replace")
    except (LookupError, ValueError):
        # A charset can name a codec that is none for text (base64) or that knows no replacement.
        text = data.decode(errors="replace")
    # And a few codecs (utf-7) make half surrogate pairs, which no output can carry.
    return text if text.isascii() else text.encode(errors="replace").decode()


def _charset(content_type: str) -> str:
    # Most answers name none, and looking for it takes a while.
    if "charset" not in content_type.lower():
        return "utf-8"
    head = Message()
    head["Content-Type"] = content_type
    return head.get_content_charset("utf-8")


def json_of_body(text: str) -> JsonValue:
    """Return the JSON value that a text is; None if it is none, or none that outputs can carry."""
    try:
        value = _DECODER.decode(text.removeprefix("\ufeff"))
        return _checked(value) if _is_doubtful(text) else value
    except (ValueError, RecursionError, OutputError):
        # Not JSON, or JSON that an output cannot carry: NaN, 1e999, a nesting without end.
        return None


def _is_doubtful(text: str) -> bool:
    """Return whether JSON may hold half a surrogate pair or be nested too deep."""
    return "\\u" in text or text.count("[") + text.count("{") > _SURELY_FLAT


def _checked(value: object) -> JsonValue:
    # In a list, so that one level of nesting is left for the outputs around the value.
    checked = json_value([value])
    return checked[0] if isinstance(checked, list) else None


def _finite(text: str) -> float:
    number = float(text)
    if not isfinite(number):
        raise ValueError(text)
    return number


_DECODER: Final = json.JSONDecoder(parse_float=_finite, parse_constant=_finite)
#: With no more arrays and objects than that, no nesting is too deep for an output.
_SURELY_FLAT: Final = 100
