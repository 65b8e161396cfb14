"""Times and durations for people."""

from __future__ import annotations

from datetime import datetime

_MILLISECONDS = 1000
_MINUTE = 60
_HOUR = 3600


def moment_text(moment: str | None) -> str:
    """Return an ISO 8601 time in UTC as every command writes it for people; '' for None.

    That is to the second, as in `2026-01-31T06:00:00Z`; commands that take a time take it back.
    """
    return "" if moment is None else f"{moment[:19]}Z"


def seconds_between(start: str | None, end: str | None) -> float | None:
    """Return the seconds between two ISO 8601 times; None if one of them does not exist."""
    if start is None or end is None:
        return None
    return (datetime.fromisoformat(end) - datetime.fromisoformat(start)).total_seconds()


def duration_text(seconds: float | None) -> str:
    """Return a duration such as `12 ms`, `3.40 s`, `2 min 05 s` or `1 h 02 min`; '' for None."""
    if seconds is None:
        return ""
    # Rounded first, so that no unit shows more than it has.
    if round(seconds * 1000) < _MILLISECONDS:
        return f"{seconds * 1000:.0f} ms"
    if round(seconds, 2) < _MINUTE:
        return f"{seconds:.2f} s"
    whole = round(seconds)
    if whole < _HOUR:
        return f"{whole // _MINUTE} min {whole % _MINUTE:02d} s"
    return f"{whole // _HOUR} h {whole % _HOUR // _MINUTE:02d} min"
