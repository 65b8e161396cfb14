"""Times in documents (documents.md 5.6)."""

from __future__ import annotations

import re
from datetime import datetime
from typing import Final

from aether_core.document._constraints import TIME_PATTERN

_MICROSECOND_DIGITS: Final = 6


def parse_time(text: str) -> datetime | None:
    """Return an RFC 3339 time with its zone, or None when the text is not one."""
    match = re.search(TIME_PATTERN, text)
    if match is None:
        return None
    fraction = match.group(1) or ""
    # Python keeps microseconds; finer digits are valid and say nothing more to a schedule.
    short = text.replace(fraction, fraction[: _MICROSECOND_DIGITS + 1], 1)
    try:
        return datetime.fromisoformat(short)
    except ValueError:
        return None
