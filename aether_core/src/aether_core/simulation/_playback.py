"""What came out of playing a scenario."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, TypeAlias

import msgspec

from aether_core.kernel import EventRecord
from aether_core.simulation._observer import InvariantBroken
from aether_core.simulation._seen import HOOKS
from aether_sdk import JsonValue, Phase

if TYPE_CHECKING:
    from aether_core.ports import Store
    from aether_core.simulation._observer import RunObserver

#: A task's phase, outputs and number of retries.
Ending: TypeAlias = tuple[Phase, dict[str, JsonValue] | None, int]


class Playback(msgspec.Struct, frozen=True):
    """What happened in a scenario."""

    phase: Phase
    #: The whole history; equal scenarios have equal ones.
    events: tuple[EventRecord, ...]
    #: What each task came to, by path.
    outcome: dict[str, Ending]
    #: How often each hook ended in which phase, by path.
    hooks: Counter[tuple[str, Phase]]
    commits: int
    engines: int
    #: How long it took, in virtual microseconds.
    duration: int


async def playback_of(store: Store, run_id: str, observer: RunObserver, engines: int) -> Playback:
    """Return what happened to a run that has ended, as it is stored.

    Args:
        store: has the run.
        run_id: the run.
        observer: has seen all its commits.
        engines: how many drove it, one after the other.

    Raises:
        InvariantBroken: the store holds something else than was committed, or something is open.
    """
    run, tasks = await store.get_run(run_id), await store.get_tasks(run_id)
    if run is None or run.phase is not observer.phase or len(tasks) != len(observer.tasks):
        raise InvariantBroken("the store does not hold what was committed to it")
    if not observer.is_over:
        raise InvariantBroken("the run has ended, and some of its tasks have not")
    paths = [observer.tasks[record.seq].path for record in tasks]
    return Playback(
        phase=run.phase,
        events=tuple(observer.events),
        outcome={
            path: (record.phase, record.outputs, record.retry_count)
            for path, record in zip(paths, tasks, strict=True)
            if record.scope != HOOKS
        },
        hooks=Counter(
            (path, record.phase)
            for path, record in zip(paths, tasks, strict=True)
            if record.scope == HOOKS
        ),
        commits=observer.commits,
        engines=engines,
        duration=observer.events[-1].at - run.created_at,
    )
