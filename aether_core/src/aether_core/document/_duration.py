"""Durations as documents write them (documents.md 6)."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Final

from aether_core.document._constraints import DURATION_PATTERN, MAX_DURATION_LENGTH

_SHAPE: Final = re.compile(DURATION_PATTERN)
_PART: Final = re.compile(r"([0-9]*)\.?([0-9]*)(ns|us|\u00b5s|\u03bcs|ms|s|m|h|d)")
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


@lru_cache(maxsize=1024)
def parse_duration(text: str) -> int:
    """Return a duration in microseconds; what is not zero never becomes zero.

    Two grammars are accepted: numbers with units from nanoseconds to hours, fractions allowed
    (`1h30m`, `1.5s`, `250ms`, `0`), and whole days, hours, minutes and seconds (`1d12h`).

    Raises:
        ValueError: the text is in neither grammar, or longer than about 292 years.
    """
    if len(text) > MAX_DURATION_LENGTH or _SHAPE.match(text) is None:
        raise ValueError(
            f'invalid duration "{text[:MAX_DURATION_LENGTH]}": write 500ms, 90s, 1h30m or 2d'
        )
    nanoseconds = sum(_part(*match.groups()) for match in _PART.finditer(text))
    if nanoseconds > _LONGEST:
        raise ValueError(f'invalid duration "{text}": longer than 292 years')
    return -(-nanoseconds // 1_000)


def _part(whole: str, fraction: str, unit: str) -> int:
    size = _NANOSECONDS[unit]
    # Whole-number arithmetic: 0.1s is exactly 100 ms, which a float would miss.
    below = -(-int(fraction or "0") * size // int("1" + "0" * len(fraction)))
    return int(whole or "0") * size + below


def format_duration(microseconds: int) -> str:
    """Return a duration as short text that `parse_duration` reads back exactly.

    Raises:
        ValueError: the duration is negative.
    """
    if microseconds < 0:
        raise ValueError(f"a duration is not negative: {microseconds} microseconds")
    seconds, rest = divmod(microseconds, 1_000_000)
    if seconds == 0 and rest:
        return f"{rest // 1_000}ms" if rest % 1_000 == 0 else f"{rest}us"
    hours, seconds = divmod(seconds, 3_600)
    minutes, seconds = divmod(seconds, 60)
    last = f"{seconds}.{rest:06d}".rstrip("0") if rest else str(seconds)
    parts = ((str(hours), "h"), (str(minutes), "m"), (last, "s"))
    return "".join(f"{number}{unit}" for number, unit in parts if number != "0") or "0s"
