"""Each time that a task was given to a worker, told from its history."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import msgspec

from aether_core.engine._execution import iso_time
from aether_core.engine.explain._explanation import Attempt
from aether_core.kernel import tells_retry
from aether_sdk import Phase

if TYPE_CHECKING:
    from collections.abc import Iterable

    from aether_core.kernel import EventRecord

_LOST: Final = "given to a worker again by another engine"


def attempts_of(events: Iterable[EventRecord]) -> tuple[Attempt, ...]:
    """Return the attempts of a task, oldest first; the events are its own, in order.

    Every dispatch counts: retries, resumes, and what another engine does again.
    """
    attempts: list[Attempt] = []
    for event in events:
        if event.phase is Phase.READY:
            if attempts and attempts[-1].ended_at is None:
                attempts[-1] = _ended(attempts[-1], event, None, _LOST)
            attempts.append(Attempt(len(attempts) + 1, iso_time(event.at)))
        elif attempts:
            attempts[-1] = _after(attempts[-1], event)
    return tuple(attempts)


def _after(attempt: Attempt, event: EventRecord) -> Attempt:
    """Return an attempt as it is after something else has happened to its task."""
    phase = event.phase
    if event.kind == "note":
        is_end = attempt.ended_at is None and tells_retry(event)
        return _ended(attempt, event, None, event.message) if is_end else attempt
    if phase is Phase.RUNNING:
        return msgspec.structs.replace(attempt, started_at=iso_time(event.at))
    if phase is Phase.CREATED:
        return _ended(attempt, event, None, event.message)
    is_over = attempt.ended_at is not None and attempt.phase is not Phase.SUSPENDED
    return attempt if is_over else _ended(attempt, event, phase, event.message)


def _ended(attempt: Attempt, event: EventRecord, phase: Phase | None, message: str) -> Attempt:
    at = iso_time(event.at)
    return msgspec.structs.replace(attempt, ended_at=at, phase=phase, message=message)
