"""Records that the checks commit."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from aether_core.kernel import (
    CommandAnswer,
    EventRecord,
    ExecutorIdentity,
    RunChanges,
    RunRecord,
    TaskRecord,
)
from aether_core.ports import Command, CronRecord, SlotRecord, TemplateRecord
from aether_sdk import JsonValue, Phase

if TYPE_CHECKING:
    from collections.abc import Iterable

    from aether_core.ports import SlotOutcome

#: Microseconds; the day does not matter.
START: Final = 1_748_736_000_000_000


def a_run(
    run_id: str = "run-1",
    *,
    workflow: str = "nightly",
    phase: Phase = Phase.RUNNING,
    created_at: int = START,
    cron_id: str = "cron-1",
) -> RunRecord:
    """Return a new run with something in each field that is set at submit."""
    arguments: dict[str, JsonValue] = {"region": "eu", "sizes": [1, 2, {"deep": None}]}
    return RunRecord(
        run_id=run_id,
        workflow=workflow,
        namespace="default",
        document='{"kind": "Workflow"}',
        phase=phase,
        created_at=created_at,
        arguments=arguments,
        variables={"deploy.region": "eu"},
        seal=f"seal of {run_id}",
        executors={"shell": ExecutorIdentity("aether-shell", "1.0", "d1"), "x": ExecutorIdentity()},
        cron_id=cron_id,
        scheduled_at=START - 1 if cron_id else None,
    )


def a_task(seq: int = 0, *, phase: Phase = Phase.CREATED) -> TaskRecord:
    """Return a new task with a distinct value in each field that never changes."""
    return TaskRecord(
        seq=seq,
        task_id=f"task-id-{seq}",
        parent_seq=seq - 1,
        parent_id=f"task-id-{seq - 1}" if seq else "",
        depth=min(seq, 1),
        scope="main" if seq else "",
        name=f"step-{seq}",
        template="work",
        template_type="task" if seq else "dag",
        phase=phase,
        created_at=START + seq,
    )


def an_event(seq: int, *, task_seq: int = 0) -> EventRecord:
    """Return an event of a task."""
    return EventRecord(
        seq=seq,
        at=START + seq,
        kind="task",
        phase=Phase.CREATED,
        task_seq=task_seq,
        name=f"step-{task_seq}",
        message=f"message {seq}",
    )


def changes(
    run: RunRecord,
    *,
    expected: int | None = None,
    created: Iterable[TaskRecord] = (),
    updated: Iterable[TaskRecord] = (),
    events: Iterable[EventRecord] = (),
    answers: Iterable[CommandAnswer] = (),
) -> RunChanges:
    """Return the changes of a run; the expected version is the run's own unless given."""
    return RunChanges(
        run=run,
        expected_version=run.version if expected is None else expected,
        created=list(created),
        updated=list(updated),
        events=list(events),
        answers=list(answers),
    )


def a_command(run_id: str = "run-1") -> Command:
    """Return a command with something in each field."""
    payload: dict[str, JsonValue] = {"approved": True, "by": {"name": "Ada", "level": None}}
    return Command(
        run_id, "resume", START, task_seq=3, attempt=2, payload=payload, reason="it is time"
    )


def a_cron(
    cron_id: str = "cron-1", name: str = "nightly", *, created_at: int = START
) -> CronRecord:
    """Return a new schedule with something in each field that is set at the beginning."""
    return CronRecord(
        cron_id=cron_id,
        name=name,
        namespace="default",
        document='{"kind": "CronWorkflow"}',
        created_at=created_at,
        updated_at=created_at,
        since=created_at + 1,
    )


def a_slot(
    slot: int,
    outcome: SlotOutcome = "claimed",
    *,
    cron_id: str = "cron-1",
    engine_id: str = "engine",
) -> SlotRecord:
    """Return a slot of a schedule."""
    return SlotRecord(
        cron_id,
        slot,
        outcome,
        engine_id,
        at=START + slot,
        run_id=f"run-{slot}" if outcome == "fired" else "",
        reason="too late" if outcome == "skipped" else "",
    )


def a_template(name: str = "report", namespace: str = "default") -> TemplateRecord:
    """Return a template."""
    return TemplateRecord(name, namespace, '{"kind": "WorkflowTemplate"}', START)
