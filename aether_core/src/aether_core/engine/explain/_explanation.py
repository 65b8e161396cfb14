"""What an explanation consists of; encoded as JSON it is what `aether why` prints."""

from __future__ import annotations

from typing import Literal, TypeAlias

import msgspec

from aether_core.kernel import ExecutorIdentity
from aether_sdk import JsonValue, Phase

#: What a reason says, for programs. A task ended: `answer` (its executor said so), `inputs` (they
#: could not be bound), `condition`, `phase-conditions`, `children`, `timeout`, `loop`, `retry`,
#: `stopped` (with what is around it), `cancelled`, `engine`. It has not: `executing`, `worker`,
#: `backoff`, `resume`, `dependency`, `concurrency`, `owner`, `request`, `deadline`, `hooks`. It
#: has no record: `not-reached`, `left-out`. Any task: `kept` (by a retry of the run), `note`.
#: Only of a whole run: `cause`, `success`, `skipped`, `retried`, `tolerated`, `more`.
ReasonKind: TypeAlias = Literal[
    "answer",
    "backoff",
    "cancelled",
    "cause",
    "children",
    "concurrency",
    "condition",
    "deadline",
    "dependency",
    "engine",
    "executing",
    "hooks",
    "inputs",
    "kept",
    "left-out",
    "loop",
    "more",
    "not-reached",
    "note",
    "owner",
    "phase-conditions",
    "request",
    "resume",
    "retried",
    "retry",
    "skipped",
    "stopped",
    "success",
    "timeout",
    "tolerated",
    "worker",
]


class Reason(msgspec.Struct, frozen=True, rename="camel"):
    """One thing that makes a run or a task what it is; times are ISO 8601 text."""

    kind: ReasonKind
    #: A sentence.
    text: str
    #: Path and id of the task that it is about, where that is another one.
    task: str | None = None
    task_id: str | None = None
    #: Since when, or when it happened.
    since: str | None = None
    #: When this will be over by itself.
    until: str | None = None
    #: What makes it go on.
    command: str | None = None


class ReferenceValue(msgspec.Struct, frozen=True, rename="camel"):
    """What a reference of a condition stands for now."""

    reference: str
    #: False if it has no value at all, which null is one.
    found: bool
    value: JsonValue = None


class ConditionValues(msgspec.Struct, frozen=True, rename="camel"):
    """A condition with everything it looked at."""

    expression: str
    values: tuple[ReferenceValue, ...]


class Attempt(msgspec.Struct, frozen=True, rename="camel"):
    """One time that a task was given to a worker; times are ISO 8601 text."""

    number: int
    dispatched_at: str | None
    #: None if no worker is known to have begun.
    started_at: str | None = None
    ended_at: str | None = None
    #: The phase that it ended the task with; None while it goes on, or when another followed.
    phase: Phase | None = None
    message: str = ""


class TaskExplanation(msgspec.Struct, frozen=True, rename="camel"):
    """Why one task is as it is."""

    #: Names from the outside in, without the entrypoint, iterations as `name[number]`.
    path: str
    name: str
    #: None for a task that has not begun, and so has no record.
    task_id: str | None
    phase: Phase | None
    template: str
    template_type: str
    reasons: tuple[Reason, ...]
    condition: ConditionValues | None = None
    #: Only of a task that was given to a worker more than once.
    attempts: tuple[Attempt, ...] = ()


class Explanation(msgspec.Struct, frozen=True, rename="camel"):
    """Why a run, or those of its tasks that were asked for, are as they are."""

    run_id: str
    workflow: str
    phase: Phase
    message: str
    #: Of the run; empty when tasks were asked for.
    reasons: tuple[Reason, ...]
    tasks: tuple[TaskExplanation, ...]
    #: How many more tasks there would be to explain.
    omitted: int = 0
    #: Of the run: by type, the executors that it was checked against when it was submitted.
    executors: dict[str, ExecutorIdentity] = {}
