"""The spellings in which a secret can show up in a text."""

from __future__ import annotations

import json
from base64 import b64encode
from typing import TYPE_CHECKING, Final
from urllib.parse import quote, quote_plus

if TYPE_CHECKING:
    from collections.abc import Iterator

#: Where base64 text depends on the secret alone, by how many bytes come before it.
_START: Final = (0, 2, 3)
_SEXTET: Final = 6


def spellings_of(text: str) -> dict[str, str]:
    """Return the spellings of a text, and what each is called.

    The text itself is called by an empty name. It may stand inside of other text, in base64 too.
    """
    named = {text: ""}
    for spelling, name in _others(text):
        named.setdefault(spelling, name)
    return named


def _others(text: str) -> Iterator[tuple[str, str]]:
    data = text.encode()
    yield json.dumps(text)[1:-1], "escaped"
    yield json.dumps(text, ensure_ascii=False)[1:-1], "escaped"
    yield repr(text)[1:-1], "escaped"
    yield quote(text), "as in a URL"
    yield quote(text, safe=""), "as in a URL"
    yield quote_plus(text), "as in a URL"
    yield data.hex(), "in hexadecimal"
    yield data.hex().upper(), "in hexadecimal"
    for before, start in enumerate(_START):
        # The last characters depend on what comes behind, so they are left out.
        stop = (before + len(data)) * 8 // _SEXTET
        spelling = b64encode(bytes(before) + data).decode()[start:stop]
        yield spelling, "in base64"
        yield spelling.replace("+", "-").replace("/", "_"), "in base64"
