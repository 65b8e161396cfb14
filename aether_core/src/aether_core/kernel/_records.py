"""What the kernel changes and the store keeps: runs, tasks and events.

Times are integers: microseconds since 1970-01-01 UTC. Values are plain JSON data.
"""

from __future__ import annotations

from typing import Literal, TypeAlias

import msgspec

from aether_sdk import JsonValue, Phase

TemplateType: TypeAlias = Literal["dag", "task", "loop"]
EventKind: TypeAlias = Literal["run", "task", "note", "log"]

NO_PARENT = -1


class ExecutorIdentity(msgspec.Struct, frozen=True):
    """Which executor stood behind a type when a run was admitted."""

    #: Distribution that provides it; empty for an executor that no installed package provides.
    distribution: str = ""
    #: The distribution's version, else the executor's own.
    version: str = ""
    #: `ExecutorSchema.digest`: SHA-256 of the schemas of its inputs and outputs.
    digest: str = ""


class RunRecord(msgspec.Struct):
    """One execution of a workflow document (ports.md 1.1)."""

    run_id: str
    workflow: str
    namespace: str
    #: The document as it was submitted, as JSON text.
    document: str
    phase: Phase
    created_at: int
    #: Values given at submit that replace the document's `spec.arguments` (by name).
    arguments: dict[str, JsonValue] = {}
    #: Custom variables seen by this run, full dotted name to value.
    variables: dict[str, JsonValue] = {}
    #: By type: the executors that the workflow was checked against.
    executors: dict[str, ExecutorIdentity] = {}
    message: str = ""
    outputs: dict[str, JsonValue] | None = None
    started_at: int | None = None
    finished_at: int | None = None
    #: When the run times out; None is never.
    deadline: int | None = None
    #: Id of the engine that drives the run, or drove it last.
    owner: str = ""
    #: Counts retries of the whole run, from 0.
    generation: int = 0
    #: Random text that marks the places of secrets in this run's values; never shown.
    seal: str = ""
    #: Id of the schedule that started the run; empty for any other run.
    cron_id: str = ""
    #: The time of the schedule for which it was started.
    scheduled_at: int | None = None
    #: Tasks and ended tasks; hooks are not counted.
    tasks_total: int = 0
    tasks_done: int = 0
    #: Hook tasks that have not ended; they may outlive the run.
    hooks_open: int = 0
    #: Tasks that wait for a resume.
    suspended: int = 0
    #: Number of events so far; the next event gets this number plus one.
    last_event: int = 0
    #: Counts commits; a commit that expects another version than the stored one is refused.
    version: int = 0


class TaskRecord(msgspec.Struct, gc=False):
    """One node of a run: a leaf (`task`) or a container (`dag`, `loop`)."""

    #: Creation order within the run, from 0.
    seq: int
    task_id: str
    parent_seq: int
    parent_id: str
    depth: int
    scope: str
    name: str
    template: str
    template_type: TemplateType
    phase: Phase
    created_at: int
    message: str = ""
    #: The executor's code, once it has answered.
    code: int | None = None
    #: How often the task was dispatched; fences results of earlier dispatches.
    attempt: int = 0
    retry_count: int = 0
    inputs: dict[str, JsonValue] | None = None
    outputs: dict[str, JsonValue] | None = None
    started_at: int | None = None
    finished_at: int | None = None
    #: When the task times out; for a leaf known once it has started.
    deadline: int | None = None
    #: When the next attempt begins, while the task waits for a retry.
    next_attempt_at: int | None = None
    #: Number of the iteration, from 0, for a direct child of a loop.
    iteration: int | None = None
    #: A loop's items, expanded once.
    items: list[JsonValue] | None = None
    #: The run's generation in which the task last began.
    generation: int = 0
    #: Where its input artifacts are, by name; a place is `{"type", "config", "archive"}`.
    input_artifacts: dict[str, JsonValue] | None = None
    #: Where its output artifacts are, by name.
    artifacts: dict[str, JsonValue] | None = None


class EventRecord(msgspec.Struct, frozen=True, gc=False):
    """One line of a run's history.

    `run` and `task` events say that a phase was reached; a `note` says what the engine
    noticed without failing for it, such as an output that could not be resolved. A `log` is a
    line that an executor has said, as its message.
    """

    seq: int
    at: int
    kind: EventKind
    phase: Phase | None = None
    task_seq: int = NO_PARENT
    name: str = ""
    message: str = ""


class CommandAnswer(msgspec.Struct, frozen=True, gc=False):
    """What became of a command that came through the store's inbox."""

    command_id: int
    accepted: bool
    #: Why it was refused; empty when it was accepted.
    message: str = ""


class RunChanges(msgspec.Struct):
    """What one or more steps of a run changed; the unit a store commits.

    The records are the kernel's own and change with its next step: a store reads them
    before its `commit` returns and keeps none of them.
    """

    run: RunRecord
    #: Version the store must hold; 0 means the run must not exist yet.
    expected_version: int
    created: list[TaskRecord]
    updated: list[TaskRecord]
    events: list[EventRecord]
    #: Answers to commands of the inbox; a command is done with once its answer is committed.
    answers: list[CommandAnswer] = []
