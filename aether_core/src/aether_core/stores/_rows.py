"""Records as rows of the SQLite tables, and back.

The columns named here are those of the rows made here, in this order.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final, TypeAlias

import msgspec

from aether_core.kernel import EventRecord, ExecutorIdentity, RunRecord, TaskRecord
from aether_core.ports import RunSummary
from aether_sdk import JsonValue, Phase

if TYPE_CHECKING:
    from collections.abc import Sequence

Row: TypeAlias = tuple[Any, ...]

#: A task or an event is stored under run key * SPAN + its number: one integer is the fastest
#: key SQLite has, and rows of one run stay together in creation order.
SPAN: Final = 1 << 32

#: What never changes of a run and is small.
RUN_IDENTITY: Final = "run_id, workflow, namespace, created_at, cron_id, scheduled_at"
#: What never changes of a run and is read only together with it.
RUN_SUBMISSION: Final = "document, arguments, variables, seal, executors"
#: What commits change of a run; its version they count up.
RUN_STATE: Final = (
    "phase, message, outputs, started_at, finished_at, tasks_total, tasks_done, last_event,"
    " deadline, owner, generation, hooks_open, suspended"
)
RUN_SUMMARY: Final = (
    "run_id, workflow, namespace, phase, tasks_total, tasks_done, created_at, finished_at,"
    " cron_id, scheduled_at, suspended"
)
#: What never changes of a task.
TASK_IDENTITY: Final = (
    "id, task_id, parent_seq, parent_id, depth, scope, name, template, template_type, created_at,"
    " iteration"
)
#: What commits change of a task.
TASK_STATE: Final = (
    "phase, message, code, attempt, retry_count, inputs, outputs, started_at, finished_at,"
    " deadline, next_attempt_at, items, generation, input_artifacts, artifacts"
)
EVENT: Final = "id, at, kind, phase, task_seq, name, message"

#: In a row that is written, what shall be null. The driver asks every adapter about None, as it
#: does about any type but str, int and float; that took half the time of writing a task. No
#: column that may be null has a use for empty text: they hold numbers, phases and JSON.
NULL: Final = ""
_NULLABLE: Final = frozenset(
    {
        "artifacts",
        "code",
        "deadline",
        "finished_at",
        "input_artifacts",
        "inputs",
        "items",
        "iteration",
        "next_attempt_at",
        "outputs",
        "phase",
        "scheduled_at",
        "started_at",
    }
)

PHASES: Final[dict[str, Phase]] = {phase.value: phase for phase in Phase}

_encode = msgspec.json.Encoder().encode
_decode = msgspec.json.Decoder().decode
_executors_of = msgspec.json.Decoder(dict[str, ExecutorIdentity]).decode


def marks(columns: str) -> str:
    """Return the marks of a statement for the values of the columns; NULL is null there."""
    return ", ".join(
        f"NULLIF(?, '{NULL}')" if column in _NULLABLE else "?" for column in columns.split(", ")
    )


def json_of(value: dict[str, JsonValue] | list[JsonValue] | None) -> str:
    """Return JSON text, or NULL for None."""
    return NULL if value is None else _encode(value).decode()


def value_of(text: str | None) -> Any:
    """Return the value of JSON text, or None for None."""
    return None if text is None else _decode(text)


def run_identity(run: RunRecord) -> Row:
    """Return the values of RUN_IDENTITY."""
    return (
        run.run_id,
        run.workflow,
        run.namespace,
        run.created_at,
        run.cron_id,
        NULL if run.scheduled_at is None else run.scheduled_at,
    )


def run_submission(run: RunRecord) -> Row:
    """Return the values of RUN_SUBMISSION."""
    return (
        run.document,
        json_of(run.arguments),
        json_of(run.variables),
        run.seal,
        _encode(run.executors).decode(),
    )


def run_state(run: RunRecord) -> Row:
    """Return the values of RUN_STATE."""
    return (
        # A plain str: a subclass such as Phase is as slow as None.
        str(run.phase),
        run.message,
        json_of(run.outputs),
        NULL if run.started_at is None else run.started_at,
        NULL if run.finished_at is None else run.finished_at,
        run.tasks_total,
        run.tasks_done,
        run.last_event,
        NULL if run.deadline is None else run.deadline,
        run.owner,
        run.generation,
        run.hooks_open,
        run.suspended,
    )


def task_identity(base: int, task: TaskRecord) -> Row:
    """Return the values of TASK_IDENTITY; `base` is the run's key times SPAN."""
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
        NULL if task.iteration is None else task.iteration,
    )


def task_state(task: TaskRecord) -> Row:
    """Return the values of TASK_STATE."""
    return (
        str(task.phase),
        task.message,
        NULL if task.code is None else task.code,
        task.attempt,
        task.retry_count,
        json_of(task.inputs),
        json_of(task.outputs),
        NULL if task.started_at is None else task.started_at,
        NULL if task.finished_at is None else task.finished_at,
        NULL if task.deadline is None else task.deadline,
        NULL if task.next_attempt_at is None else task.next_attempt_at,
        json_of(task.items),
        task.generation,
        json_of(task.input_artifacts),
        json_of(task.artifacts),
    )


def event_row(base: int, event: EventRecord) -> Row:
    """Return the values of EVENT; `base` is the run's key times SPAN."""
    return (
        base + event.seq,
        event.at,
        event.kind,
        NULL if event.phase is None else str(event.phase),
        event.task_seq,
        event.name,
        event.message,
    )


def run_of(row: Sequence[Any]) -> RunRecord:
    """Return the run of a row: RUN_IDENTITY, RUN_SUBMISSION, RUN_STATE, version."""
    return RunRecord(
        run_id=row[0],
        workflow=row[1],
        namespace=row[2],
        created_at=row[3],
        cron_id=row[4],
        scheduled_at=row[5],
        document=row[6],
        arguments=value_of(row[7]),
        variables=value_of(row[8]),
        seal=row[9],
        executors=_executors_of(row[10]),
        phase=PHASES[row[11]],
        message=row[12],
        outputs=value_of(row[13]),
        started_at=row[14],
        finished_at=row[15],
        tasks_total=row[16],
        tasks_done=row[17],
        last_event=row[18],
        deadline=row[19],
        owner=row[20],
        generation=row[21],
        hooks_open=row[22],
        suspended=row[23],
        version=row[24],
    )


def task_of(row: Sequence[Any]) -> TaskRecord:
    """Return the task of a row: TASK_IDENTITY, TASK_STATE."""
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
        phase=PHASES[row[11]],
        message=row[12],
        code=row[13],
        attempt=row[14],
        retry_count=row[15],
        inputs=value_of(row[16]),
        outputs=value_of(row[17]),
        started_at=row[18],
        finished_at=row[19],
        deadline=row[20],
        next_attempt_at=row[21],
        items=value_of(row[22]),
        generation=row[23],
        input_artifacts=value_of(row[24]),
        artifacts=value_of(row[25]),
    )


def event_of(row: Sequence[Any]) -> EventRecord:
    """Return the event of a row of EVENT."""
    return EventRecord(
        seq=row[0] % SPAN,
        at=row[1],
        kind=row[2],
        phase=None if row[3] is None else PHASES[row[3]],
        task_seq=row[4],
        name=row[5],
        message=row[6],
    )


def summary_of(row: Sequence[Any]) -> RunSummary:
    """Return the summary of a row of RUN_SUMMARY, which are the fields of `RunSummary`."""
    run_id, workflow, namespace, phase, *rest = row
    return RunSummary(run_id, workflow, namespace, PHASES[phase], *rest)
