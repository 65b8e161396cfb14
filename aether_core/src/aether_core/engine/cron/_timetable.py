"""What a stored schedule says: when something is due, and what is started then."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Final

import msgspec

from aether_core.document import CronWorkflow, Workflow, decode, parse_time, snapshot
from aether_core.engine.cron._errors import CronError
from aether_core.schedule import Schedule

if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import Any

    from aether_core.document import CronSpec
    from aether_core.ports import CronRecord

_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND: Final = timedelta(microseconds=1)
_SECOND: Final = 1_000_000
_MOST_KEPT: Final = 1000
# Beyond every time that a calendar has.
_NEVER: Final = 1 << 62


class Timetable:
    """A schedule as it is stored; times in microseconds since 1970-01-01 UTC.

    Args:
        record: the schedule.

    Raises:
        CronError: this version does not understand its document.
    """

    def __init__(self, record: CronRecord) -> None:
        self._cron = stored_cron(record)
        spec = self.spec
        self.schedule = Schedule(spec.schedule, spec.effective_timezone)
        self._start = _time(spec.start_at, -_NEVER)
        self._end = _time(spec.end_at, _NEVER)

    @property
    def spec(self) -> CronSpec:
        """The spec of its document."""
        return self._cron.spec

    @property
    def deadline(self) -> int | None:
        """How late a run may start; None if nothing is said about it."""
        seconds = self.spec.starting_deadline_seconds
        return None if seconds is None else seconds * _SECOND

    def workflow(self) -> dict[str, Any]:
        """Return the workflow that is started, as plain data (documents.md 2.4)."""
        cron = self._cron
        return snapshot(
            Workflow(cron.api_version, "Workflow", cron.metadata, cron.spec.workflow_spec)
        )

    def next_after(self, moment: int) -> int | None:
        """Return the first slot later than a time, if there is one before `endAt`."""
        slot = self.schedule.next_after(max(moment, self._start - 1))
        return None if slot is None or slot > self._end else slot

    def between(self, after: int, until: int) -> Iterator[int]:
        """Yield the slots later than one time and not later than another."""
        return self.schedule.between(*self._within(after, until))

    def latest(self, after: int, until: int, at_most: int) -> list[int]:
        """Return the last slots of `between`, in their order."""
        return self.schedule.latest(*self._within(after, until), at_most)

    def _within(self, after: int, until: int) -> tuple[int, int]:
        return max(after, self._start - 1), min(until, self._end)

    def objection(self, slot: int, now: int) -> str:
        """Return why nothing may start for a slot any more, or yet; empty if it may."""
        if slot < self._start:
            return f"it is before startAt ({self.spec.start_at})"
        if slot > self._end:
            return f"it is after endAt ({self.spec.end_at})"
        if self.deadline is not None and now - slot > self.deadline:
            return f"it is more than {self.spec.starting_deadline_seconds} s late"
        return ""


class Timetables:
    """Timetables of schedules, made anew when a document has changed."""

    def __init__(self) -> None:
        self._made: dict[str, tuple[str, Timetable]] = {}

    def of(self, record: CronRecord) -> Timetable:
        """Return the timetable of a schedule.

        Raises:
            CronError: this version does not understand its document.
        """
        document, timetable = self._made.get(record.cron_id, ("", None))
        if timetable is None or document != record.document:
            if len(self._made) >= _MOST_KEPT:
                self._made.clear()
            timetable = Timetable(record)
            self._made[record.cron_id] = record.document, timetable
        return timetable


def stored_cron(record: CronRecord) -> CronWorkflow:
    """Return the document of a schedule.

    Raises:
        CronError: this version does not understand it.
    """
    cron, problems = decode(msgspec.json.decode(record.document))
    if isinstance(cron, CronWorkflow):
        return cron
    reasons = "; ".join(problem.message for problem in problems)
    message = f"the document of schedule {record.name!r} can't be read any more: {reasons}"
    raise CronError(message, hint="`aether cron update` replaces the document.")


def _time(text: str | None, otherwise: int) -> int:
    moment = None if text is None else parse_time(text)
    return otherwise if moment is None else (moment - _EPOCH) // _MICROSECOND
