"""The pure state machine of a workflow run: an event goes in, changes and effects come out."""

from __future__ import annotations

from aether_core.kernel._binding import BindingFailed, bind
from aether_core.kernel._effects import (
    Assignment,
    CancelTask,
    Dispatch,
    Effect,
    NotifyHook,
    RunEnded,
)
from aether_core.kernel._environment import Environment, NodeResult, nest
from aether_core.kernel._events import (
    CancelRequested,
    Event,
    Recovered,
    ResumeRequested,
    RetryRequested,
    Submitted,
    TaskCompleted,
    TaskLogged,
    TaskStarted,
    TimePassed,
)
from aether_core.kernel._paths import HOOK_SCOPE, own_name
from aether_core.kernel._records import (
    NO_PARENT,
    CommandAnswer,
    EventKind,
    EventRecord,
    ExecutorIdentity,
    RunChanges,
    RunRecord,
    TaskRecord,
    TemplateType,
)
from aether_core.kernel._restore import reopen_run, restore_run
from aether_core.kernel._retry import tells_retry
from aether_core.kernel._state import RunState, new_run
from aether_core.kernel._step import step
from aether_core.kernel._transition import Step

__all__ = [
    "HOOK_SCOPE",
    "NO_PARENT",
    "Assignment",
    "BindingFailed",
    "CancelRequested",
    "CancelTask",
    "CommandAnswer",
    "Dispatch",
    "Effect",
    "Environment",
    "Event",
    "EventKind",
    "EventRecord",
    "ExecutorIdentity",
    "NodeResult",
    "NotifyHook",
    "Recovered",
    "ResumeRequested",
    "RetryRequested",
    "RunChanges",
    "RunEnded",
    "RunRecord",
    "RunState",
    "Step",
    "Submitted",
    "TaskCompleted",
    "TaskLogged",
    "TaskRecord",
    "TaskStarted",
    "TemplateType",
    "TimePassed",
    "bind",
    "nest",
    "new_run",
    "own_name",
    "reopen_run",
    "restore_run",
    "step",
    "tells_retry",
]
