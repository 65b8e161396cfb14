"""What a schedule looks like from outside (engine.md 13.2)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import msgspec

from aether_core.engine._execution import iso_time, progress_text
from aether_core.engine.cron._errors import CronError
from aether_core.engine.cron._timetable import Timetable
from aether_core.ports import SlotOutcome
from aether_sdk import Phase

if TYPE_CHECKING:
    from collections.abc import Iterable

    from aether_core.ports import CronRecord, RunSummary, SlotRecord


class CronSummary(msgspec.Struct, frozen=True, rename="camel"):
    """A schedule as `aether cron list` shows it; times are ISO 8601 text or None."""

    cron_id: str
    name: str
    namespace: str
    schedule: str
    timezone: str
    concurrency_policy: str
    suspended: bool
    created_at: str | None
    updated_at: str | None
    #: The latest slot that was dealt with.
    last_scheduled_at: str | None
    last_run_id: str
    #: None when it is suspended or has come to its end.
    next_at: str | None
    #: Why nothing can be started; empty if all is well.
    message: str


class CronRun(msgspec.Struct, frozen=True, rename="camel"):
    """A run that a schedule started."""

    run_id: str
    phase: Phase
    progress: str
    scheduled_at: str | None
    created_at: str | None
    finished_at: str | None


class CronSlot(msgspec.Struct, frozen=True, rename="camel"):
    """A time at which a schedule was due, and what became of it."""

    scheduled_at: str | None
    outcome: SlotOutcome
    run_id: str
    reason: str
    at: str | None


class CronExecution(CronSummary, frozen=True, rename="camel"):
    """A schedule with what it did and will do, as `aether cron get` shows it."""

    spec: dict[str, Any]
    #: The next times at which it is due; none while it is suspended.
    next_times: tuple[str, ...]
    #: In the order of their creation.
    runs: tuple[CronRun, ...]
    #: The latest slots, the newest first.
    slots: tuple[CronSlot, ...]


def summary_of_cron(record: CronRecord, now: int) -> CronSummary:
    """Return the outside view of a stored schedule, as of now."""
    spec = _spec(record)
    times: tuple[str, ...] = ()
    message = ""
    try:
        times = next_times(record, now, 1)
    except CronError as error:
        message = str(error)
    return CronSummary(
        cron_id=record.cron_id,
        name=record.name,
        namespace=record.namespace,
        schedule=spec.get("schedule", ""),
        timezone=spec.get("timezone") or "UTC",
        concurrency_policy=spec.get("concurrencyPolicy") or "Allow",
        suspended=record.suspended,
        created_at=iso_time(record.created_at),
        updated_at=iso_time(record.updated_at),
        last_scheduled_at=iso_time(record.last_slot),
        last_run_id=record.last_run_id,
        next_at=times[0] if times else None,
        message=message,
    )


def next_times(record: CronRecord, now: int, count: int) -> tuple[str, ...]:
    """Return the next times at which a schedule is due, ISO 8601; none while it is suspended.

    Raises:
        CronError: this version does not understand its document.
    """
    if record.suspended:
        return ()
    timetable = Timetable(record)
    times: list[str] = []
    slot = timetable.next_after(now)
    while slot is not None and len(times) < count:
        times.append(iso_time(slot) or "")
        slot = timetable.next_after(slot)
    return tuple(times)


def execution_of_cron(
    record: CronRecord,
    now: int,
    times: int,
    runs: Iterable[RunSummary],
    slots: Iterable[SlotRecord],
) -> CronExecution:
    """Return the outside view of a schedule with its runs, given newest first, and its slots."""
    summary = summary_of_cron(record, now)
    return CronExecution(
        **msgspec.structs.asdict(summary),
        spec=_spec(record),
        next_times=() if summary.message else next_times(record, now, times),
        runs=tuple(_run(run) for run in reversed(list(runs))),
        slots=tuple(map(slot_of, slots)),
    )


def _spec(record: CronRecord) -> dict[str, Any]:
    document: dict[str, Any] = msgspec.json.decode(record.document)
    spec: dict[str, Any] = document["spec"]
    return spec


def _run(run: RunSummary) -> CronRun:
    return CronRun(
        run_id=run.run_id,
        phase=run.phase,
        progress=progress_text(run.tasks_done, run.tasks_total),
        scheduled_at=iso_time(run.scheduled_at),
        created_at=iso_time(run.created_at),
        finished_at=iso_time(run.finished_at),
    )


def slot_of(slot: SlotRecord) -> CronSlot:
    """Return the outside view of a stored slot."""
    return CronSlot(
        scheduled_at=iso_time(slot.slot),
        outcome=slot.outcome,
        run_id=slot.run_id,
        reason=slot.reason,
        at=iso_time(slot.at),
    )
