"""What can happen to a run; the inputs of `step`.

Every event carries its time, in microseconds since 1970-01-01 UTC: the kernel has no clock.
"""

from __future__ import annotations

from typing import TypeAlias

import msgspec

from aether_sdk import JsonValue


class Submitted(msgspec.Struct, frozen=True):
    """The run begins."""

    at: int


class TaskStarted(msgspec.Struct, frozen=True, gc=False):
    """A worker began to execute an attempt of a task."""

    run_id: str
    task_seq: int
    attempt: int
    at: int


class TaskCompleted(msgspec.Struct, frozen=True, gc=False):
    """A worker's answer for an attempt of a task (ports.md 3.2).

    `code` is an `ExecCode` or any other integer, which counts as an error.
    """

    run_id: str
    task_seq: int
    attempt: int
    at: int
    code: int = 0
    message: str = ""
    outputs: dict[str, JsonValue] = {}
    #: Where its output artifacts are, by name.
    artifacts: dict[str, JsonValue] = {}


class TaskLogged(msgspec.Struct, frozen=True):
    """What an attempt of a task has said so far and not reported before, line by line."""

    run_id: str
    task_seq: int
    attempt: int
    at: int
    lines: tuple[str, ...]


class TimePassed(msgspec.Struct, frozen=True):
    """The time that `RunState.wakes_at` named has come."""

    at: int


class ResumeRequested(msgspec.Struct, frozen=True):
    """Somebody answers a suspended task; the payload joins its inputs (engine.md 10)."""

    at: int
    task_seq: int
    payload: dict[str, JsonValue] = {}
    #: The attempt that is suspended, if the answer is meant for no other.
    attempt: int | None = None
    #: The command that this carries out; the step answers it.
    command_id: int | None = None


class Recovered(msgspec.Struct, frozen=True):
    """A restored run goes on here; whatever was with a worker is dispatched again."""

    at: int
    #: What is different here from where it began, as notes of the run.
    notes: tuple[str, ...] = ()


class CancelRequested(msgspec.Struct, frozen=True):
    """Somebody wants the run to stop."""

    at: int
    reason: str = "cancelled by user"
    #: The command that this carries out; the step answers it.
    command_id: int | None = None


class RetryRequested(msgspec.Struct, frozen=True):
    """An ended run that `reopen_run` has opened begins its next generation."""

    at: int
    #: Commands that came too late for the generation before; they are refused.
    stale: tuple[int, ...] = ()
    #: What is different from where the run began, as notes of the run.
    notes: tuple[str, ...] = ()


Event: TypeAlias = (
    Submitted
    | TaskStarted
    | TaskCompleted
    | TaskLogged
    | TimePassed
    | ResumeRequested
    | Recovered
    | CancelRequested
    | RetryRequested
)
