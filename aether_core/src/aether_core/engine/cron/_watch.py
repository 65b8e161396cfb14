"""What is due of one schedule, and what was missed of it; no I/O, times in microseconds.

A slot is fired when its time comes. One that nobody fired then is missed. Missed slots are made up
for only within `startingDeadlineSeconds`, all of them, in their order; without that setting none
is, apart from short delays of a scheduler that is at work (decision 26).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import msgspec

from aether_core.engine._heartbeat import LEASE

if TYPE_CHECKING:
    from aether_core.engine.cron._timetable import Timetable
    from aether_core.ports import CronRecord, SlotRecord

#: How late a scheduler at work may be with a slot, when the schedule says nothing about it.
GRACE: Final = 30_000_000
#: The most slots that are made up for at once; older ones are missed.
_MOST_AT_ONCE: Final = 100


class Due(msgspec.Struct):
    """What is to be done now.

    Attributes:
        missed: stretches of time, without their beginnings, whose slots nobody will fire.
        slots: slots to fire, in their order.
    """

    missed: list[tuple[int, int]]
    slots: list[int]


class Watch:
    """How far one schedule was looked after.

    Args:
        record: the schedule, not suspended.
        timetable: what it says.
        started: since when somebody looks after it.
    """

    def __init__(self, record: CronRecord, timetable: Timetable, started: int) -> None:
        self.timetable = timetable
        self._deadline = timetable.deadline
        self._limit = GRACE if self._deadline is None else self._deadline
        self._seen = record.since if self._deadline is not None else max(record.since, started)
        self._next = timetable.next_after(self._seen)
        self._before: tuple[int, int] | None = None
        if self._seen > record.since:
            self._before = (record.since, self._seen)

    @property
    def wakes_at(self) -> int | None:
        """When something is to be done next; None is never."""
        times = [time for time in (self._next, self._settles_at) if time is not None]
        return min(times, default=None)

    @property
    def _settles_at(self) -> int | None:
        """When it is sure that nobody is late with what was due before the watch began."""
        return None if self._before is None else self._before[1] + LEASE

    def take(self, now: int) -> Due | None:
        """Return what is to be done now and count it as done; None if it is nothing."""
        due = Due([], [])
        if self._settles_at is not None and self._settles_at <= now:
            due.missed += [self._before] if self._before is not None else []
            self._before = None
        if self._next is not None and self._next <= now:
            fresh = max(self._seen, now - self._limit - 1)
            due.slots = self.timetable.latest(fresh, now, _MOST_AT_ONCE)
            first = due.slots[0] if due.slots else now + 1
            if self._next < first:
                due.missed.append((self._seen, first - 1))
            self.return_to(now)
        return due if due.missed or due.slots else None

    def return_to(self, moment: int) -> None:
        """Count as done what was due up to a time, and nothing that comes later."""
        self._seen = moment
        self._next = self.timetable.next_after(moment)

    def is_too_late(self, slot: SlotRecord, now: int) -> bool:
        """Return whether nothing is started any more for a claim that was left behind."""
        if self._deadline is not None and now - slot.slot <= self._deadline:
            return False
        return now - slot.at > GRACE
