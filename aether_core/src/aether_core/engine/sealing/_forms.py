"""The spellings in which a secret value can come back from a task."""

from __future__ import annotations

import re
from binascii import b2a_base64
from typing import TYPE_CHECKING, Final

import msgspec

if TYPE_CHECKING:
    from collections.abc import Iterator

#: Other spellings shorter than this are not looked for: they would be found everywhere.
_SHORTEST_FORM: Final = 6
#: Lines of a value shorter than this are not looked for by themselves.
_SHORTEST_LINE: Final = 8
#: A rest of a value shorter than this is not taken for one.
_SHORTEST_REST: Final = 8
_ELLIPSIS: Final = "…"
#: What is left out of the lines of a log, tabs excepted.
_INVISIBLE: Final = r"[\x00-\x08\x0a-\x1f\x7f]"
#: Where base64 text depends on the bytes alone, by how many bytes come before them.
_BASE64_START: Final = (0, 2, 3)
_SEXTET: Final = 6


def forms_of(value: str) -> dict[str, str]:
    """Return the spellings of a secret value by their names; under the empty name the value itself.

    They are: without blanks around it, each line of it, without control characters as in logs, in
    small letters and in capitals, escaped as in JSON, HTML and Python, quoted as in URLs, in
    hexadecimal digits, and in base64, also where other text stands around it.
    """
    forms = {"": value, "stripped": value.strip() or value}
    seen = {*forms.values()}
    for name, text in _others(value):
        if len(text) >= _SHORTEST_FORM and text not in seen:
            seen.add(text)
            forms[name] = text
    return forms


def _others(value: str) -> Iterator[tuple[str, str]]:
    # Late: only runs with secrets need them.
    import json
    from html import escape
    from urllib.parse import quote, quote_plus

    lines = [line.strip() for line in value.splitlines()]
    for number, line in enumerate(lines):
        if len(line) >= _SHORTEST_LINE:
            yield f"line-{number}", line
    yield "visible", re.sub(_INVISIBLE, "", value)
    yield "lower", value.lower()
    yield "upper", value.upper()
    yield "json", msgspec.json.encode(value).decode()[1:-1]
    ascii_only = json.dumps(value)[1:-1]
    yield "json-ascii", ascii_only
    # Some encoders make their JSON fit to stand in HTML.
    yield "json-html", re.sub("[&<>]", lambda found: f"\\u{ord(found[0]):04x}", ascii_only)
    yield "html", escape(value)
    yield "repr", repr(value)[1:-1]
    yield "url", quote(value, safe="")
    yield "path", quote(value)
    yield "form", quote_plus(value)
    yield "hex", value.encode().hex()
    yield "hex-upper", value.encode().hex().upper()
    yield from _base64(value.encode())


def _base64(data: bytes) -> Iterator[tuple[str, str]]:
    whole = b2a_base64(data, newline=False).decode()
    pieces = {"base64": whole, "base64-unpadded": whole.rstrip("=")}
    for before, start in enumerate(_BASE64_START):
        text = b2a_base64(bytes(before) + data, newline=False).decode()
        pieces[f"base64-{before}"] = text[start : (before + len(data)) * 8 // _SEXTET]
    for name, text in pieces.items():
        yield name, text
        yield f"url-{name}", text.replace("+", "-").replace("/", "_")


def rests_in(text: str, value: str) -> Iterator[tuple[int, int]]:
    """Yield where a text was cut in the middle of a value, so that a part of it is left.

    The text may have been cut at both ends, and where it has the ellipsis that messages are
    shortened with. At least half of the value must be left, and 8 characters.
    """
    least = max(_SHORTEST_REST, len(value) // 2)
    if least >= len(value) or least > len(text):
        return
    start = 0
    for piece in text.split(_ELLIPSIS):
        stop = start + len(piece)
        head = _overlap(piece, value, least)
        tail = _overlap(piece[: len(value)][::-1], value[::-1], least)
        if tail:
            yield start, start + tail
        if head and head + tail <= len(piece):
            yield stop - head, stop
        start = stop + len(_ELLIPSIS)


def _overlap(text: str, value: str, least: int) -> int:
    """Return how many characters at the end of a text are the beginning of a value, or 0."""
    at = text.find(value[:least], max(0, len(text) - len(value) + 1))
    while at >= 0 and not value.startswith(text[at:]):
        at = text.find(value[:least], at + 1)
    return len(text) - at if at >= 0 else 0
