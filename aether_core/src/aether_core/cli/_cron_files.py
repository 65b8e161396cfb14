"""From a file to a schedule that may be kept, or to a refusal."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from aether_core.cli._admission import Refused, write_diagnostics
from aether_core.cli._documents import every_problem, in_order, read_documents
from aether_core.cli._options import installed_executors, installed_variables
from aether_core.document import CronWorkflow, Problem, Severity
from aether_core.engine import DocumentRejected, RunVariables, admit_cron

if TYPE_CHECKING:
    from aether_core.cli._documents import Given
    from aether_core.document import LoadedDocument
    from aether_core.engine import AdmittedCron

#: A file to keep has no schedule, or more than one.
NOT_ONE_SCHEDULE: Final = "AE822"


def admit_cron_file(file: str, *, show_warnings: bool) -> AdmittedCron:
    """Check the schedule in a file.

    Args:
        file: its name; `-` is stdin.
        show_warnings: whether warnings are written to stderr.

    Raises:
        Refused: the file has an error, or not exactly one CronWorkflow.
    """
    given = read_documents(file)
    executors, sources = installed_executors(), installed_variables()
    try:
        admitted = admit_cron(_the_schedule(given), executors, sources=sources)
    except DocumentRejected as rejected:
        # Whatever else `aether validate` would find belongs into the same report.
        found = every_problem(given, executors, None, RunVariables({}, sources).look_up)
        raise Refused([given], in_order([*rejected.diagnostics, *found])) from None
    warnings = in_order([*given.loaded.diagnostics, *admitted.warnings])
    if warnings and show_warnings:
        write_diagnostics([given], warnings)
    return admitted


def _the_schedule(given: Given) -> LoadedDocument:
    if any(d.severity is Severity.ERROR for d in given.loaded.diagnostics):
        raise DocumentRejected(given.loaded.diagnostics)
    documents = given.loaded.documents
    schedules = [each for each in documents if isinstance(each.resource, CronWorkflow)]
    if len(schedules) == 1:
        return schedules[0]
    if schedules:
        message = f"the file holds {len(schedules)} schedules; which one is meant is not clear"
        hint = "put each schedule into a file of its own"
        raise DocumentRejected(
            schedules[1].diagnose([Problem(NOT_ONE_SCHEDULE, message, (), hint=hint)])
        )
    kind = type(documents[0].resource).__name__
    message = f"the file holds no document of kind CronWorkflow, but a {kind}"
    hint = "`aether run` runs a Workflow" if kind == "Workflow" else "give a file with a schedule"
    problem = Problem(NOT_ONE_SCHEDULE, message, ("kind",), hint=hint)
    raise DocumentRejected(documents[0].diagnose([problem]))
