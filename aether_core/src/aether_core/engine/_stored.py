"""What a stored run tells before it is driven again."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec

from aether_core.document import Workflow, decode
from aether_core.engine._errors import EngineError, NotSuspended
from aether_core.engine._paths import matching_tasks, task_paths
from aether_core.plan import compile_workflow
from aether_sdk import Phase

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from aether_core.kernel import RunRecord, TaskRecord
    from aether_core.plan import Plan


def stored_plan(run: RunRecord) -> Plan:
    """Return the plan of a run, compiled from the document it was submitted with.

    Raises:
        EngineError: this version does not understand the document any more.
    """
    workflow, problems = decode(msgspec.json.decode(run.document))
    if not isinstance(workflow, Workflow):
        reasons = "; ".join(problem.message for problem in problems)
        message = f"the document of run {run.run_id} can't be read any more: {reasons}"
        raise EngineError(message, hint="Go on with the version of Aether that started the run.")
    return compile_workflow(workflow)


def waits_for_resume(tasks: Iterable[TaskRecord]) -> bool:
    """Return whether nothing goes on among these tasks until somebody resumes one.

    The same question as `RunState.is_suspended` answers for a run in memory.
    """
    open_tasks = [task for task in tasks if not task.phase.is_terminal]
    leaves = [task for task in open_tasks if task.template_type == "task"]
    return (
        bool(leaves)
        and all(task.phase is Phase.SUSPENDED for task in leaves)
        and all(task.deadline is None for task in open_tasks)
    )


def suspended_task(run_id: str, tasks: Sequence[TaskRecord], wanted: str | None) -> TaskRecord:
    """Return the one suspended task that is meant.

    Args:
        run_id: for the message.
        tasks: all the run's tasks, in creation order.
        wanted: its name, path or id; None means the only one there is.

    Raises:
        NotSuspended: none is, or the choice is not clear.
    """
    suspended = [task for task in tasks if task.phase is Phase.SUSPENDED]
    paths = task_paths(tasks)
    if not suspended:
        raise NotSuspended(f"no task of run {run_id} is suspended; there is nothing to resume")
    meant = tasks if wanted is None else matching_tasks(tasks, wanted)
    found = [task for task in meant if task.phase is Phase.SUSPENDED]
    if not found:
        message = f"task {wanted!r} of run {run_id} is not suspended"
        raise NotSuspended(message, hint=f"Suspended are: {_named(suspended, paths)}.")
    if len(found) > 1:
        message = f"run {run_id} has {len(found)} suspended tasks that could be meant"
        hint = f"Say which one by its path or id: {_named(found, paths)}."
        raise NotSuspended(message, hint=hint)
    return found[0]


def _named(tasks: Iterable[TaskRecord], paths: Mapping[int, str]) -> str:
    return ", ".join(f"{paths[task.seq]} ({task.task_id})" for task in tasks)
