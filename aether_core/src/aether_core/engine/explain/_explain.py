"""From the store to an explanation."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, TypeVar

import msgspec

from aether_core.engine._errors import RunNotFound
from aether_core.engine._stored import stored_plan
from aether_core.engine.explain._facts import Facts, command_line
from aether_core.engine.explain._find import explain_named
from aether_core.engine.explain._nodes import missing_nodes
from aether_core.engine.explain._run import explain_run
from aether_core.engine.sealing._mask import Mask, shown_events
from aether_core.kernel import RunRecord, TaskRecord
from aether_sdk import AetherError

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from aether_core.engine.explain._explanation import Explanation
    from aether_core.kernel import EventRecord
    from aether_core.plan import Plan
    from aether_core.ports import Store

_EVENT_PAGE: Final = 1000
_Record = TypeVar("_Record", RunRecord, TaskRecord)


async def explain(
    store: Store,
    run_id: str,
    *,
    now: int,
    task: str | None = None,
    write: Callable[[Sequence[str]], str] = command_line,
) -> Explanation:
    """Return why a run, or one of its tasks, is as it is.

    Args:
        store: where the run lives; open.
        run_id: the run.
        now: microseconds since 1970-01-01 UTC.
        task: name, path or id of a task; None is the whole run.
        write: makes a command line of its words, such as `recover`.

    Raises:
        RunNotFound: the store has no such run.
        TaskNotFound: the run has no such task.
        StoreError: the store can't be read.
    """
    run = await store.get_run(run_id)
    if run is None:
        raise RunNotFound(run_id)
    tasks = await store.get_tasks(run_id)
    plan, problem = _plan(run)
    mask = Mask(run.seal)
    facts = Facts(
        _shown(run, mask),
        [_shown(record, mask) for record in tasks],
        shown_events(run, await _events(store, run_id)),
        plan=plan,
        plan_problem=problem,
        now=now,
        owner=await store.get_owner(run_id),
        commands=await store.list_commands(run_id=run_id),
        write=write,
    )
    return explain_run(facts) if task is None else explain_named(facts, task)


def unreached_tasks(run: RunRecord, tasks: Sequence[TaskRecord]) -> list[str]:
    """Return the paths of the tasks of an ended run that never began; none of an open run."""
    if not run.phase.is_terminal:
        return []
    plan, _ = _plan(run)
    return [missing.path for missing in missing_nodes(Facts(run, tasks, (), plan=plan, now=0))]


def _plan(run: RunRecord) -> tuple[Plan | None, str]:
    """Return the plan of a run, or why there is none any more."""
    try:
        return stored_plan(run), ""
    except (AetherError, ValueError) as error:
        return None, str(error)


async def _events(store: Store, run_id: str) -> list[EventRecord]:
    """Return the history of a run without what its tasks have said."""
    events: list[EventRecord] = []
    after = 0
    while page := await store.get_events(run_id, after=after, limit=_EVENT_PAGE):
        events += [event for event in page if event.kind != "log"]
        after = page[-1].seq
    return events


def _shown(record: _Record, mask: Mask) -> _Record:
    """Return a record whose message tells no secret; values are hidden where they are shown."""
    message = mask.text(record.message)
    if message == record.message:
        return record
    return msgspec.structs.replace(record, message=message)
