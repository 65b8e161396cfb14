"""Text of other people, phases, times and durations as HTML."""

from __future__ import annotations

import html
from datetime import datetime
from typing import TYPE_CHECKING, Final

from aether_core.document import format_duration

if TYPE_CHECKING:
    from aether_sdk import Phase

_MILLISECOND: Final = 1_000
_HUNDREDTH: Final = 10_000
_SECOND: Final = 1_000_000
_KEPT: Final = frozenset("\n\t")


def safe(text: str) -> str:
    """Return text as HTML, also inside of an attribute.

    What can't be printed is shown as an escape: control characters, and those that turn the
    direction of text round.
    """
    if not text.isprintable():
        text = "".join(
            char if char.isprintable() or char in _KEPT else char.encode("unicode_escape").decode()
            for char in text
        )
    return html.escape(text)


def shortened(text: str, most: int) -> str:
    """Return a text of at most that many characters, and a remark on how many are left out."""
    if len(text) <= most:
        return text
    return f"{text[:most]}… ({len(text) - most:,} more characters)"


def phase_class(phase: Phase) -> str:
    """Return the class that colours what is in a phase."""
    return f"is-{phase.lower()}"


def phase_html(phase: Phase) -> str:
    """Return a phase as a coloured word."""
    return f'<span class="phase {phase_class(phase)}">{phase}</span>'


def moment_text(moment: str | None) -> str:
    """Return an ISO 8601 time to the second; '' for None."""
    return "" if moment is None else f"{moment[:19]}Z"


def microseconds(moment: str) -> int:
    """Return an ISO 8601 time as microseconds since 1970-01-01 UTC."""
    since = datetime.fromisoformat(moment) - datetime.fromisoformat("1970-01-01T00:00:00Z")
    return (since.days * 86_400 + since.seconds) * _SECOND + since.microseconds


def duration_text(start: str | None, end: str | None) -> str:
    """Return the time between two ISO 8601 times, as in `12ms` or `3.41s`; '' if one is None."""
    if start is None or end is None:
        return ""
    duration = max(microseconds(end) - microseconds(start), 0)
    if round(duration / _MILLISECOND) < _MILLISECOND:
        return f"{round(duration / _MILLISECOND)}ms"
    return format_duration(round(duration / _HUNDREDTH) * _HUNDREDTH)
