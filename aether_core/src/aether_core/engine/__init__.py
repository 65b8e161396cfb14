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
from aether_core.engine._secrets_mask import Mask, shown_events
from aether_core.engine._templates import (
    Resolved,
    Templates,
    follow_reference,
    reference_of,
)
from aether_core.engine._variables import RunVariables

if TYPE_CHECKING:
    from aether_core.engine._cron import Cron
    from aether_core.engine._cron_admission import AdmittedCron, admit_cron
    from aether_core.engine._cron_book import CronBook
    from aether_core.engine._cron_errors import (
        CronError,
        CronExists,
        CronNotFound,
        WorkflowSpecFixed,
    )
    from aether_core.engine._cron_view import CronExecution, CronRun, CronSlot, CronSummary

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
    "problem_titles",
    "reference_of",
    "shown_events",
    "summary_of",
    "system_variables",
]

_HOMES = {
    "AdmittedCron": "_cron_admission",
    "Cron": "_cron",
    "CronBook": "_cron_book",
    "CronError": "_cron_errors",
    "CronExecution": "_cron_view",
    "CronExists": "_cron_errors",
    "CronNotFound": "_cron_errors",
    "CronRun": "_cron_view",
    "CronSlot": "_cron_view",
    "CronSummary": "_cron_view",
    "WorkflowSpecFixed": "_cron_errors",
    "admit_cron": "_cron_admission",
}


# A type checker that saw this function would accept every misspelt name.
if not TYPE_CHECKING:

    def __getattr__(name: str) -> object:
        if name not in _HOMES:
            raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
        # Late: few commands have to do with schedules.
        from importlib import import_module

        value = globals()[name] = getattr(import_module(f"{__name__}.{_HOMES[name]}"), name)
        return value


def __dir__() -> list[str]:
    return __all__
