"""The asyncio engine around the kernel: drives runs, commits, then acts."""

from __future__ import annotations

from aether_core.engine._admission import Admitted, admit, system_variables
from aether_core.engine._codes import problem_titles
from aether_core.engine._engine import Engine
from aether_core.engine._errors import (
    DocumentRejected,
    EngineClosed,
    EngineError,
    EngineFailed,
    NotSuspended,
    RunNotFound,
    RunTakenOver,
)
from aether_core.engine._execution import (
    TaskExecution,
    WorkflowExecution,
    WorkflowSummary,
    execution_of,
    iso_time,
    summary_of,
)

__all__ = [
    "Admitted",
    "DocumentRejected",
    "Engine",
    "EngineClosed",
    "EngineError",
    "EngineFailed",
    "NotSuspended",
    "RunNotFound",
    "RunTakenOver",
    "TaskExecution",
    "WorkflowExecution",
    "WorkflowSummary",
    "admit",
    "execution_of",
    "iso_time",
    "problem_titles",
    "summary_of",
    "system_variables",
]
