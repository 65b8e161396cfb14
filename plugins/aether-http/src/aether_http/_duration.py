"""Duration text, in the grammar of the documents (documents.md 6)."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Final

_UNITS: Final = {
    "ns": 1e-9,
    "us": 1e-6,
    "µs": 1e-6,
    "ms": 1e-3,
    "s": 1.0,
    "m": 60.0,
    "h": 3600.0,
    "d": 86400.0,
}
_PART: Final = r"(\d+(?:\.\d*)?|\.\d+)(ns|us|µs|ms|s|m|h|d)"
_MAX_LENGTH: Final = 100


# The same few texts come with every request.
@lru_cache(maxsize=256)
def seconds_of(text: str) -> float:
    """Return the seconds that a text such as `200ms`, `1.5s` or `1h30m` stands for.

    Raises:
        ValueError: the text is not a duration; negative ones are not durations either.
    """
    if text == "0":
        return 0.0
    if len(text) > _MAX_LENGTH or not re.fullmatch(f"(?:{_PART})+", text, re.ASCII):
        message = f'{text[:_MAX_LENGTH]!r} is not a duration; write one such as "500ms" or "1m30s"'
        raise ValueError(message)
    return sum(float(number) * _UNITS[unit] for number, unit in re.findall(_PART, text, re.ASCII))
