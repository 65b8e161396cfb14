"""Durations as documents write them (documents.md 6)."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Final

_UNITS: Final = "(ns|us|\u00b5s|\u03bcs|ms|s|m|h)"
# A `$` in Python also matches before a final line break; the look-ahead after it refuses that.
#: What `parse_duration` reads, as a pattern for Python and for JSON Schema (ECMA 262).
DURATION_PATTERN: Final = (
    rf"^(\+?((([0-9]+(\.[0-9]*)?|\.[0-9]+){_UNITS})+|0)"
    r"|-0|[0-9]+d([0-9]+h)?([0-9]+m)?([0-9]+s)?)$(?!\n)"
)

_PART: Final = r"([0-9]*)\.?([0-9]*)(ns|us|\u00b5s|\u03bcs|ms|s|m|h|d)"
_NANOSECONDS: Final = {
    "ns": 1,
    "us": 1_000,
    "\u00b5s": 1_000,
    "\u03bcs": 1_000,
    "ms": 1_000_000,
    "s": 1_000_000_000,
    "m": 60 * 1_000_000_000,
    "h": 3_600 * 1_000_000_000,
    "d": 86_400 * 1_000_000_000,
}
#: About 292 years: what fits a signed 64-bit count of nanoseconds.
_LONGEST: Final = 2**63 - 1
_MAX_LENGTH: Final = 100


# The same few texts come with every run and every request.
@lru_cache(maxsize=1024)
def parse_duration(text: str) -> int:
    """Return a duration in microseconds; what is not zero never becomes zero.

    Two grammars are accepted: numbers with units from nanoseconds to hours, fractions allowed
    (`1h30m`, `1.5s`, `250ms`, `0`), and whole days, hours, minutes and seconds (`1d12h`).

    Raises:
        ValueError: the text is in neither grammar, or longer than about 292 years.
    """
    # `re` compiles at the first call and keeps the result; at import it would cost every start.
    if len(text) > _MAX_LENGTH or re.match(DURATION_PATTERN, text) is None:
        raise ValueError(f"{text[:_MAX_LENGTH]!r} is not a duration; write 500ms, 90s, 1h30m or 2d")
    nanoseconds = sum(_part(*match.groups()) for match in re.finditer(_PART, text))
    if nanoseconds > _LONGEST:
        raise ValueError(f"the duration {text!r} is longer than 292 years")
    return -(-nanoseconds // 1_000)


def _part(whole: str, fraction: str, unit: str) -> int:
    size = _NANOSECONDS[unit]
    # Whole-number arithmetic: 0.1s is exactly 100 ms, which a float would miss.
    below = -(-int(fraction or "0") * size // int("1" + "0" * len(fraction)))
    return int(whole or "0") * size + below
