"""The asyncio engine around the kernel: drives runs, commits, then acts."""

from __future__ import annotations

from typing import TYPE_CHECKING

from aether_core.engine._admission import Admitted, admit, system_variables
from aether_core.engine._codes import problem_titles
from aether_core.engine._engine import Engine
from aether_core.engine._errors import (
    DocumentRejected,
    EngineClosed,
    EngineError,
    EngineFailed,
    NotApplicable,
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
from aether_core.engine._heartbeat import LEASE
from aether_core.engine._paths import matching_tasks, task_paths
from aether_core.engine._templates import (
    Resolved,
    Templates,
    follow_reference,
    reference_of,
)
from aether_core.engine._variables import RunVariables
from aether_core.engine.sealing._mask import Mask, shown_events

if TYPE_CHECKING:
    from aether_core.engine._logs import LogLine, LogReader
    from aether_core.engine.cron._admission import AdmittedCron, admit_cron
    from aether_core.engine.cron._book import CronBook
    from aether_core.engine.cron._cron import Cron
    from aether_core.engine.cron._errors import (
        CronError,
        CronExists,
        CronNotFound,
        WorkflowSpecFixed,
    )
    from aether_core.engine.cron._view import CronExecution, CronRun, CronSlot, CronSummary

__all__ = [
    "LEASE",
    "Admitted",
    "AdmittedCron",
    "Cron",
    "CronBook",
    "CronError",
    "CronExecution",
    "CronExists",
    "CronNotFound",
    "CronRun",
    "CronSlot",
    "CronSummary",
    "DocumentRejected",
    "Engine",
    "EngineClosed",
    "EngineError",
    "EngineFailed",
    "LogLine",
    "LogReader",
    "Mask",
    "NotApplicable",
    "NotSuspended",
    "Resolved",
    "RunNotFound",
    "RunTakenOver",
    "RunVariables",
    "TaskExecution",
    "Templates",
    "WorkflowExecution",
    "WorkflowSpecFixed",
    "WorkflowSummary",
    "admit",
    "admit_cron",
    "execution_of",
    "follow_reference",
    "iso_time",
    "matching_tasks",
    "problem_titles",
    "reference_of",
    "shown_events",
    "summary_of",
    "system_variables",
    "task_paths",
]

_HOMES = {
    "AdmittedCron": "cron._admission",
    "Cron": "cron._cron",
    "CronBook": "cron._book",
    "CronError": "cron._errors",
    "CronExecution": "cron._view",
    "CronExists": "cron._errors",
    "CronNotFound": "cron._errors",
    "CronRun": "cron._view",
    "CronSlot": "cron._view",
    "CronSummary": "cron._view",
    "LogLine": "_logs",
    "LogReader": "_logs",
    "WorkflowSpecFixed": "cron._errors",
    "admit_cron": "cron._admission",
}


# A type checker that saw this function would accept every misspelt name.
if not TYPE_CHECKING:

    def __getattr__(name: str) -> object:
        if name not in _HOMES:
            raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
        # Late: few commands have to do with schedules or with logs.
        from importlib import import_module

        value = globals()[name] = getattr(import_module(f"{__name__}.{_HOMES[name]}"), name)
        return value


def __dir__() -> list[str]:
    return __all__
