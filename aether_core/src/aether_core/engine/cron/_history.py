"""How much of a schedule's past is kept: ended runs, and what became of its slots."""

from __future__ import annotations

import contextlib
from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING, Final, TypeAlias

from aether_core.engine._errors import NotApplicable, RunNotFound
from aether_core.ports import ArtifactError, RunQuery
from aether_sdk import Phase

if TYPE_CHECKING:
    from aether_core.document import CronSpec
    from aether_core.ports import CronRecord, Store

#: Whether a run is being driven by this engine.
IsBusy: TypeAlias = Callable[[str], bool]
#: Removes an ended run with all that belongs to it.
Delete: TypeAlias = Callable[[str], Awaitable[object]]

_MOST_RUNS: Final = 10_000
# More than are ever made up for at once, so that no slot is forgotten that may still be due.
_SLOTS_KEPT: Final = 1000


async def prune_history(
    record: CronRecord, spec: CronSpec, store: Store, is_busy: IsBusy, delete: Delete
) -> None:
    """Delete the ended runs of a schedule that are beyond its limits, the oldest ones first.

    Succeeded runs have a limit, and all others that have ended have one together; so cancelled
    runs do not pile up either.

    Args:
        record: the schedule.
        spec: what it says.
        store: where it and its runs live.
        is_busy: tells whether there is still work in a run that has ended; hooks may be.
        delete: removes a run.
    """
    left = {
        True: spec.effective_successful_jobs_history_limit,
        False: spec.effective_failed_jobs_history_limit,
    }
    for run in await store.list_runs(RunQuery(cron_id=record.cron_id, limit=_MOST_RUNS)):
        if not run.phase.is_terminal or is_busy(run.run_id):
            continue
        succeeded = run.phase is Phase.SUCCEEDED
        left[succeeded] -= 1
        if left[succeeded] < 0:
            # Somebody else was faster, or its files can't be removed: there is a next time.
            with contextlib.suppress(RunNotFound, NotApplicable, ArtifactError):
                await delete(run.run_id)
    await store.prune_slots(record.cron_id, _SLOTS_KEPT)
