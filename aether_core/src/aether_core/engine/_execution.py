"""What a run looks like from outside (engine.md 16, cli.md)."""

from __future__ import annotations

from datetime import datetime, timedelta
from functools import lru_cache
from typing import TYPE_CHECKING

import msgspec

from aether_core.engine._paths import task_paths
from aether_core.engine.sealing._mask import Mask
from aether_sdk import JsonValue, Phase

if TYPE_CHECKING:
    from collections.abc import Iterable

    from aether_core.kernel import RunRecord, TaskRecord
    from aether_core.ports import RunSummary

# Without a zone, so that its text has none either; every time here is UTC.
_EPOCH = datetime(1970, 1, 1)  # noqa: DTZ001


def iso_time(microseconds: int | None) -> str | None:
    """Return a time as ISO 8601 in UTC with microseconds and `Z` (decision 28)."""
    if microseconds is None:
        return None
    seconds, rest = divmod(microseconds, 1_000_000)
    return f"{_iso_second(seconds)}.{rest:06d}Z"


# Tasks of a run share their seconds, and a date takes long to work out.
@lru_cache(maxsize=64)
def _iso_second(seconds: int) -> str:
    return (_EPOCH + timedelta(seconds=seconds)).isoformat()


def moment_text(microseconds: int) -> str:
    """Return a time as texts for people have it: UTC, to the second."""
    return f"{(iso_time(microseconds) or '')[:19]}Z"


class TaskExecution(msgspec.Struct, frozen=True, rename="camel", omit_defaults=True):
    """One task of a run, as `aether get` shows it; times are ISO 8601 text or None."""

    run_id: str
    parent_run_id: str
    depth: int
    scope: str
    name: str
    template: str
    template_type: str
    phase: Phase
    message: str
    retry_count: int
    inputs: dict[str, JsonValue]
    outputs: dict[str, JsonValue]
    created_at: str | None
    started_at: str | None
    finished_at: str | None
    #: Places of its output artifacts by name; not in the JSON when there are none.
    artifacts: dict[str, JsonValue] = {}
    #: What people call it, as in `each/x[2]`; not in the JSON when that is its name.
    path: str = ""


class WorkflowExecution(msgspec.Struct, frozen=True, rename="camel", omit_defaults=True):
    """One run with its tasks in creation order; encoded as JSON it is what `aether get` prints."""

    run_id: str
    workflow: str
    namespace: str
    phase: Phase
    message: str
    #: Ended tasks and all tasks, as in `3/5`.
    progress: str
    created_at: str | None
    started_at: str | None
    finished_at: str | None
    outputs: dict[str, JsonValue]
    tasks: tuple[TaskExecution, ...]
    #: Places of the entrypoint's output artifacts by name; not in the JSON when there are none.
    artifacts: dict[str, JsonValue] = {}


class WorkflowSummary(msgspec.Struct, frozen=True, rename="camel", omit_defaults=True):
    """One run as `aether list` shows it."""

    run_id: str
    workflow: str
    namespace: str
    phase: Phase
    progress: str
    created_at: str | None
    finished_at: str | None
    #: Tasks that wait for a resume; not in the JSON when there are none.
    suspended: int = 0


def execution_of(run: RunRecord, tasks: Iterable[TaskRecord]) -> WorkflowExecution:
    """Return the outside view of stored records; secrets are masked."""
    mask = Mask(run.seal)
    records = list(tasks)
    paths = task_paths(records)
    shown = tuple(_task_execution(task, mask, paths[task.seq]) for task in records)
    # The entrypoint comes first.
    entry = shown[0].artifacts if shown else {}
    return WorkflowExecution(
        run_id=run.run_id,
        workflow=run.workflow,
        namespace=run.namespace,
        phase=run.phase,
        message=mask.text(run.message),
        progress=progress_text(run.tasks_done, run.tasks_total),
        created_at=iso_time(run.created_at),
        started_at=iso_time(run.started_at),
        finished_at=iso_time(run.finished_at),
        outputs=mask.values(run.outputs),
        tasks=shown,
        artifacts=entry,
    )


def _task_execution(task: TaskRecord, mask: Mask, path: str) -> TaskExecution:
    return TaskExecution(
        run_id=task.task_id,
        parent_run_id=task.parent_id,
        depth=task.depth,
        scope=task.scope,
        name=task.name,
        template=task.template,
        template_type=task.template_type,
        phase=task.phase,
        message=mask.text(task.message),
        retry_count=task.retry_count,
        inputs=mask.values(task.inputs),
        outputs=mask.values(task.outputs),
        created_at=iso_time(task.created_at),
        started_at=iso_time(task.started_at),
        finished_at=iso_time(task.finished_at),
        artifacts=mask.values(task.artifacts),
        path=path if path != task.name else "",
    )


def summary_of(run: RunSummary) -> WorkflowSummary:
    """Return the outside view of a stored summary."""
    return WorkflowSummary(
        run_id=run.run_id,
        workflow=run.workflow,
        namespace=run.namespace,
        phase=run.phase,
        progress=progress_text(run.tasks_done, run.tasks_total),
        created_at=iso_time(run.created_at),
        finished_at=iso_time(run.finished_at),
        suspended=run.suspended,
    )


def progress_text(done: int, total: int) -> str:
    """Return progress as the protocol writes it; empty while there are no tasks."""
    return f"{done}/{total}" if total else ""
