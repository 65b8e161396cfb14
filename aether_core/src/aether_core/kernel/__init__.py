"""The pure state machine of a workflow run: an event goes in, changes and effects come out."""

from __future__ import annotations

from aether_core.kernel._binding import BindingFailed, bind
from aether_core.kernel._effects import Assignment, CancelTask, Dispatch, Effect, RunEnded
from aether_core.kernel._environment import Environment, nest
from aether_core.kernel._events import (
    CancelRequested,
    Event,
    Submitted,
    TaskCompleted,
    TaskStarted,
)
from aether_core.kernel._records import (
    NO_PARENT,
    EventKind,
    EventRecord,
    RunChanges,
    RunRecord,
    TaskRecord,
    TemplateType,
)
from aether_core.kernel._state import RunState, new_run
from aether_core.kernel._step import step
from aether_core.kernel._transition import Step

__all__ = [
    "NO_PARENT",
    "Assignment",
    "BindingFailed",
    "CancelRequested",
    "CancelTask",
    "Dispatch",
    "Effect",
    "Environment",
    "Event",
    "EventKind",
    "EventRecord",
    "RunChanges",
    "RunEnded",
    "RunRecord",
    "RunState",
    "Step",
    "Submitted",
    "TaskCompleted",
    "TaskRecord",
    "TaskStarted",
    "TemplateType",
    "bind",
    "nest",
    "new_run",
    "step",
]
