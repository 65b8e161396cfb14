"""Rules about the schedule of a CronWorkflow (documents.md 5.6, decision 26)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from aether_core.document import _codes
from aether_core.document._problem import Path, Problem
from aether_core.document._times import parse_time
from aether_core.document._wording import place_words, shown

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime


def cron_problems(spec: dict[str, Any] | None, path: Path) -> Iterator[Problem]:
    """Yield what breaks a rule in the spec of a CronWorkflow, without its workflow."""
    if spec is None:
        return
    schedule = spec.get("schedule")
    if isinstance(schedule, str) and schedule:
        yield from _schedule(schedule, (*path, "schedule"))
    zone = spec.get("timezone")
    if isinstance(zone, str):
        yield from _time_zone(zone, (*path, "timezone"))
    yield from _times(spec, path)


def _schedule(text: str, path: Path) -> Iterator[Problem]:
    # Late: it brings a library with it, and few documents have a schedule.
    from aether_core.schedule import Schedule, ScheduleError

    try:
        Schedule(text)
    except ScheduleError as error:
        span = (error.start, error.end)
        yield Problem(_codes.BAD_SCHEDULE, str(error), path, hint=error.hint, span=span)


def _time_zone(name: str, path: Path) -> Iterator[Problem]:
    # Late: as above.
    from aether_core.schedule import UnknownTimeZone, Zone

    try:
        Zone(name)
    except UnknownTimeZone as error:
        yield Problem(_codes.BAD_TIME_ZONE, str(error), path, hint=error.hint)


def _times(spec: dict[str, Any], path: Path) -> Iterator[Problem]:
    moments: dict[str, datetime] = {}
    for key in ("startAt", "endAt"):
        text = spec.get(key)
        if not isinstance(text, str):
            continue
        moment = parse_time(text)
        if moment is None:
            message = f"{place_words((*path, key))}: {shown(text)} is not an RFC 3339 time"
            hint = 'Write a time such as "2026-01-31T06:00:00Z".'
            yield Problem(_codes.BAD_TIME, message, (*path, key), hint=hint)
        else:
            moments[key] = moment
    if len(moments) > 1 and moments["endAt"] <= moments["startAt"]:
        message = '"endAt" is not after "startAt"'
        hint = "Nothing would ever start: choose a later endAt."
        yield Problem(_codes.TIMES_REVERSED, message, (*path, "endAt"), hint=hint)
