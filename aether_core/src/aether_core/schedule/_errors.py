"""What can be wrong with a schedule.

AetherError
├── ScheduleError       the text is no schedule, or nothing would ever be due
└── UnknownTimeZone     there is no such time zone
"""

from __future__ import annotations

from typing import ClassVar

from aether_sdk import AetherError


class ScheduleError(AetherError):
    """A text that is not a schedule.

    Attributes:
        start: offset of the first offending character.
        end: offset behind the last one.
    """

    code: ClassVar[str] = "schedule"

    def __init__(self, message: str, *, start: int, end: int, hint: str) -> None:
        super().__init__(message, hint=hint)
        self.start = start
        self.end = end


class UnknownTimeZone(AetherError):
    """A name that no time zone has."""

    code: ClassVar[str] = "time-zone"
