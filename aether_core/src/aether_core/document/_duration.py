"""Durations as short text; the SDK reads them (documents.md 6)."""

from __future__ import annotations


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
