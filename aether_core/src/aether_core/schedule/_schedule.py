"""A schedule in a time zone: the instants at which something is due.

What a change of the clock does depends on whether the schedule says something about the hour
(engine.md 13, decision 26):

* It names hours (`30 2 * * *`, `0 */4 * * *`): it means local times, and each counts once. One
  that clocks leave out counts as the first instant after the gap, one that they show twice as
  the first of the two.
* Every hour will do (`*/15 * * * *`): it means an interval and follows real time, so an hour that
  clocks show twice has all its slots twice, and one that they leave out has none.
"""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Final

from aether_core.schedule._fields import Fields
from aether_core.schedule._zone import Zone

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime

_MICROSECONDS: Final = 1_000_000
_SECOND: Final = timedelta(seconds=1)


class Schedule:
    """When something is due; times in microseconds since 1970-01-01 UTC.

    Args:
        text: five fields, six with seconds in front, or a macro such as `@daily`.
        timezone: IANA name of the zone in which the fields are meant.

    Raises:
        ScheduleError: the text is not a schedule, or nothing would ever be due.
        UnknownTimeZone: there is no such zone.
    """

    def __init__(self, text: str, timezone: str = "UTC") -> None:
        self._fields = Fields(text)
        self.zone = Zone(timezone)

    def next_after(self, moment: int) -> int | None:
        """Return the first slot later than a time; None if the calendar ends before it."""
        second = moment // _MICROSECONDS
        try:
            found = self._interval(second) if self._fields.every_hour else self._fixed(second)
        except OverflowError:
            return None
        return None if found is None else found * _MICROSECONDS

    def between(self, after: int, until: int) -> Iterator[int]:
        """Yield the slots later than one time and not later than another, in their order."""
        slot = self.next_after(after)
        while slot is not None and slot <= until:
            yield slot
            slot = self.next_after(slot)

    def latest(self, after: int, until: int, at_most: int) -> list[int]:
        """Return the last slots of `between`, in their order, without a look at all of them."""
        window = at_most * _MICROSECONDS
        while True:
            begin = max(after, until - window)
            slots = list(self.between(begin, until))
            if len(slots) >= at_most or begin == after:
                return slots[-at_most:]
            window *= 4

    def _fixed(self, second: int) -> int | None:
        """Return the next slot of a schedule that means local times."""
        # What clocks show first never goes back as local times go on, so nothing is passed over.
        local = self._fields.after(self.zone.local(second))
        while local is not None:
            found = self.zone.first(local)
            if found > second:
                return found
            local = self._fields.after(local)
        return None

    def _interval(self, second: int) -> int | None:
        """Return the next slot of a schedule that follows real time."""
        shown = self.zone.local(second)
        found = self._shown_after(shown, second)
        again = self.zone.shown(shown)[-1]
        if again > second:
            # Before the clocks get there, they show once more what they have shown already.
            back = self.zone.change(second, again)
            repeated = self._shown_after(self.zone.local(back) - _SECOND, second)
            return min((slot for slot in (found, repeated) if slot is not None), default=None)
        return found

    def _shown_after(self, local: datetime, second: int) -> int | None:
        """Return when clocks first show one of the next matching local times, after a second."""
        matching = self._fields.after(local)
        while matching is not None:
            for instant in self.zone.shown(matching):
                if instant > second:
                    return instant
            matching = self._fields.after(matching)
        return None
