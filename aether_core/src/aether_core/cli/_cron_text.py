"""Schedules for people."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Final

from aether_core.cli._durations import duration_text, moment_text, seconds_between
from aether_core.cli._safe_text import one_line
from aether_core.cli._table import table
from aether_core.schedule import UnknownTimeZone, Zone

if TYPE_CHECKING:
    from collections.abc import Sequence

    from aether_core.cli._style import Style
    from aether_core.engine import CronExecution, CronSummary

_SHOWN_SLOTS: Final = 5


def local_time(moment: str | None, timezone: str) -> str:
    """Return an ISO 8601 time as the clocks of a zone show it: `2026-01-31T07:00:00+01:00`.

    In UTC it is what every other command shows.
    """
    if moment is None or timezone == "UTC":
        return moment_text(moment)
    parsed = datetime.fromisoformat(moment)
    try:
        local = Zone(timezone).at(int(parsed.timestamp()))
    except UnknownTimeZone:
        local = parsed
    return local.isoformat("T", "seconds")


def next_text(cron: CronSummary) -> str:
    """Return when a schedule is due next, or why it is not."""
    if cron.message:
        return "can't be read"
    if cron.suspended:
        return "suspended"
    return local_time(cron.next_at, cron.timezone) or "never again"


def list_text(crons: Sequence[CronSummary], style: Style) -> str:
    """Return a table of schedules."""
    rows: list[tuple[str, ...]] = [
        (
            cron.name,
            cron.schedule,
            cron.timezone,
            cron.concurrency_policy,
            local_time(cron.last_scheduled_at, cron.timezone),
            next_text(cron),
        )
        for cron in crons
    ]
    headers: tuple[str, ...] = ("NAME", "SCHEDULE", "TIME ZONE", "POLICY", "LAST", "NEXT")
    if any(cron.namespace != "default" for cron in crons):
        headers = ("NAMESPACE", *headers)
        rows = [(cron.namespace, *row) for cron, row in zip(crons, rows, strict=True)]
    return table(headers, rows, style, whole=1)


def cron_text(cron: CronExecution, style: Style) -> str:
    """Return a schedule, when it is due, its runs and its latest slots without a run."""
    parts = [_head(cron, style), _runs(cron, style), _skipped(cron, style)]
    return "\n".join(part for part in parts if part)


def _head(cron: CronExecution, style: Style) -> str:
    zone = cron.timezone
    lines = [
        f"{style.bold(one_line(cron.name))}  {one_line(cron.schedule)}  {one_line(zone)}  "
        f"{cron.concurrency_policy}",
    ]
    if cron.message:
        lines.append(f"  {one_line(cron.message)}")
    for number, moment in enumerate(cron.next_times):
        lines.append(f"  {'next' if number == 0 else '    '}  {local_time(moment, zone)}")
    if not cron.next_times and not cron.message:
        lines.append(f"  next  {next_text(cron)}")
    return "".join(f"{line}\n" for line in lines)


def _runs(cron: CronExecution, style: Style) -> str:
    rows = [
        (
            run.run_id,
            run.phase,
            run.progress,
            local_time(run.scheduled_at, cron.timezone),
            duration_text(seconds_between(run.created_at, run.finished_at)),
        )
        for run in cron.runs
    ]
    headers = ("RUN", "PHASE", "TASKS", "SCHEDULED", "TOOK")
    return table(headers, rows, style, whole=1) if rows else ""


def _skipped(cron: CronExecution, style: Style) -> str:
    rows = [
        (local_time(slot.scheduled_at, cron.timezone), slot.outcome, slot.reason)
        for slot in cron.slots
        if slot.outcome in {"skipped", "failed"}
    ]
    headers = ("NOT STARTED", "OUTCOME", "WHY")
    return table(headers, rows[:_SHOWN_SLOTS], style, whole=1) if rows else ""
