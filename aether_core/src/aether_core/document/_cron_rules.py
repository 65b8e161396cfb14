"""Rules about the schedule of a CronWorkflow (documents.md 5.6, decision 26)."""

from __future__ import annotations

import re
from datetime import datetime
from typing import TYPE_CHECKING, Any, Final

from aether_core.document import _codes
from aether_core.document._constraints import CRON_MACROS, SCHEDULE_PATTERN, TIME_PATTERN
from aether_core.document._problem import Path, Problem
from aether_core.document._wording import place_words, shown

if TYPE_CHECKING:
    from collections.abc import Iterator

_MICROSECOND_DIGITS: Final = 6


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
    if re.search(SCHEDULE_PATTERN, text):
        return
    message = f"{shown(text)} is neither five or six fields nor a macro"
    hint = f'Write fields such as "0 6 * * 1-5", or one of {", ".join(CRON_MACROS)}.'
    yield Problem(_codes.BAD_SCHEDULE, message, path, hint=hint)


def _time_zone(name: str, path: Path) -> Iterator[Problem]:
    if name == "UTC":
        return
    # Imported late: it costs start-up time, and few documents name a zone.
    from zoneinfo import ZoneInfo

    try:
        ZoneInfo(name)
    # A missing zone is a KeyError; odd names can end in a ValueError or at a folder.
    except (KeyError, ValueError, OSError):
        message = f"the time zone {shown(name)} is not known"
        hint = 'Use an IANA name such as "Europe/Berlin", or leave it out for UTC.'
        yield Problem(_codes.BAD_TIME_ZONE, message, path, hint=hint)


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
