"""What must happen outside once a step's changes are durable; the outputs of `step`."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TypeAlias

import msgspec

from aether_sdk import JsonValue


class Assignment(msgspec.Struct, frozen=True, gc=False):
    """Everything a worker needs to execute one attempt of a task (ports.md 3.1)."""

    run_id: str
    task_id: str
    task_seq: int
    attempt: int
    executor_type: str
    task_name: str
    template_name: str
    inputs: dict[str, JsonValue]
    priority: int
    retry_count: int = 0
    timeout: str = ""
    resources: dict[str, JsonValue] | None = None
    #: Where its input artifacts are, by name.
    input_artifacts: dict[str, JsonValue] = {}
    #: Its output artifacts: name to the archive in which each is kept, empty for the usual one.
    output_artifacts: Mapping[str, str] = {}


class Dispatch(msgspec.Struct, frozen=True, gc=False):
    """Hand the assignment to the broker."""

    assignment: Assignment


class CancelTask(msgspec.Struct, frozen=True):
    """Tell the broker that nobody waits for this task any more."""

    task_id: str


class NotifyHook(msgspec.Struct, frozen=True):
    """Tell the hook notifier what happened (engine.md 11); hook tasks run besides."""

    hook: str
    #: `workflow` or `task`.
    scope: str
    template: str
    run_id: str
    workflow: str
    task_id: str
    task_name: str
    phase: str


class RunEnded(msgspec.Struct, frozen=True):
    """The run reached a terminal phase and its hooks have ended; nothing more will happen."""


Effect: TypeAlias = Dispatch | CancelTask | NotifyHook | RunEnded
