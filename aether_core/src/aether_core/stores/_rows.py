"""Records as rows of the SQLite tables, and back.

A column order here is the order of columns in the statements of `_database` and `_queries`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final, TypeAlias

import msgspec

from aether_core.kernel import EventRecord, RunRecord, TaskRecord
from aether_core.ports import RunSummary
from aether_sdk import JsonValue, Phase

if TYPE_CHECKING:
    from collections.abc import Sequence

Row: TypeAlias = tuple[Any, ...]

#: A task or an event is stored under run key * SPAN + its number: one integer is the fastest
#: key SQLite has, and rows of one run stay together in creation order.
SPAN: Final = 1 << 32

_PHASES: Final[dict[str, Phase]] = {phase.value: phase for phase in Phase}

_encode = msgspec.json.Encoder().encode
_decode = msgspec.json.Decoder().decode


def _json(value: dict[str, JsonValue] | None) -> str | None:
    return None if value is None else _encode(value).decode()


def _value(text: str | None) -> Any:
    return None if text is None else _decode(text)


def run_identity(run: RunRecord) -> Row:
    """Return what never changes of a run and is small: run_id to created_at."""
    return (run.run_id, run.workflow, run.namespace, run.created_at)


def run_submission(run: RunRecord) -> Row:
    """Return what never changes of a run and may be large: document, arguments, variables."""
    return (run.document, _json(run.arguments), _json(run.variables))


def run_state(run: RunRecord) -> Row:
    """Return what commits change of a run: phase to generation, without the version."""
    # SQLite takes str itself at once, but asks every adapter about a subclass such as Phase.
    return (
        str(run.phase),
        run.message,
        _json(run.outputs),
        run.started_at,
        run.finished_at,
        run.tasks_total,
        run.tasks_done,
        run.last_event,
        run.deadline,
        run.owner,
        run.generation,
    )


def task_row(base: int, task: TaskRecord) -> Row:
    """Return a whole task, id first; `base` is the run's key times SPAN."""
    return (
        base + task.seq,
        task.task_id,
        task.parent_seq,
        task.parent_id,
        task.depth,
        task.scope,
        task.name,
        task.template,
        task.template_type,
        task.created_at,
        task.iteration,
        None if task.items is None else _encode(task.items).decode(),
        str(task.phase),
        task.message,
        task.code,
        task.attempt,
        task.retry_count,
        _json(task.inputs),
        _json(task.outputs),
        task.started_at,
        task.finished_at,
        task.deadline,
        task.next_attempt_at,
    )


def task_state(base: int, task: TaskRecord) -> Row:
    """Return what commits change of a task: phase to next_attempt_at, then its id."""
    return (
        str(task.phase),
        task.message,
        task.code,
        task.attempt,
        task.retry_count,
        _json(task.inputs),
        _json(task.outputs),
        task.started_at,
        task.finished_at,
        task.deadline,
        task.next_attempt_at,
        base + task.seq,
    )


def event_row(base: int, event: EventRecord) -> Row:
    """Return a whole event, id first; `base` is the run's key times SPAN."""
    return (
        base + event.seq,
        event.at,
        event.kind,
        None if event.phase is None else str(event.phase),
        event.task_seq,
        event.name,
        event.message,
    )


def run_of(row: Sequence[Any]) -> RunRecord:
    """Return the run of a row: run_identity, run_state, version, run_submission."""
    return RunRecord(
        run_id=row[0],
        workflow=row[1],
        namespace=row[2],
        created_at=row[3],
        phase=_PHASES[row[4]],
        message=row[5],
        outputs=_value(row[6]),
        started_at=row[7],
        finished_at=row[8],
        tasks_total=row[9],
        tasks_done=row[10],
        last_event=row[11],
        deadline=row[12],
        owner=row[13],
        generation=row[14],
        version=row[15],
        document=row[16],
        arguments=_value(row[17]),
        variables=_value(row[18]),
    )


def task_of(row: Sequence[Any]) -> TaskRecord:
    """Return the task of a row of `task_row`."""
    return TaskRecord(
        seq=row[0] % SPAN,
        task_id=row[1],
        parent_seq=row[2],
        parent_id=row[3],
        depth=row[4],
        scope=row[5],
        name=row[6],
        template=row[7],
        template_type=row[8],
        created_at=row[9],
        iteration=row[10],
        items=_value(row[11]),
        phase=_PHASES[row[12]],
        message=row[13],
        code=row[14],
        attempt=row[15],
        retry_count=row[16],
        inputs=_value(row[17]),
        outputs=_value(row[18]),
        started_at=row[19],
        finished_at=row[20],
        deadline=row[21],
        next_attempt_at=row[22],
    )


def event_of(row: Sequence[Any]) -> EventRecord:
    """Return the event of a row of `event_row`."""
    return EventRecord(
        seq=row[0] % SPAN,
        at=row[1],
        kind=row[2],
        phase=None if row[3] is None else _PHASES[row[3]],
        task_seq=row[4],
        name=row[5],
        message=row[6],
    )


def summary_of(row: Sequence[Any]) -> RunSummary:
    """Return the summary of a row in the order of the fields of `RunSummary`."""
    run_id, workflow, namespace, phase, total, done, created_at, finished_at = row
    return RunSummary(
        run_id, workflow, namespace, _PHASES[phase], total, done, created_at, finished_at
    )
