"""What `from` means at one place: another artifact, or nothing that is there."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from aether_core.check import _codes
from aether_core.check._answers import Answer, invisible, missing
from aether_core.check._references import find_task
from aether_core.document import is_unnamed

if TYPE_CHECKING:
    from collections.abc import Collection

    from aether_core.check._report import Report
    from aether_core.check._scope import Scope
    from aether_core.check._sources import Use
    from aether_core.expression import Reference

_FORMS: Final = (
    "Write tasks.NAME.outputs.artifacts.NAME, inputs.artifacts.NAME or workflow.artifacts.NAME."
)


def look_up_artifact(use: Use, scope: Scope, report: Report) -> Answer:
    """Return what a `from` means at a place; nothing is reported."""
    reference = use.reference
    match reference.segments:
        case ("tasks", str(task), "outputs", "artifacts", str(name)):
            return _of_task(task, name, scope, report)
        case ("inputs", "artifacts", str(name)):
            return _of_inputs(name, scope, report)
        case ("workflow", *long, "artifacts", str(name)) if long in ([], ["arguments"]):
            return _of_workflow(name, scope, report)
        case _:
            return _no_artifact(reference)


def _no_artifact(reference: Reference) -> Answer:
    return missing(_codes.UNKNOWN_ARTIFACT, f"{reference.text} is not an artifact", _FORMS)


def _of_task(task: str, name: str, scope: Scope, report: Report) -> Answer:
    tasks = scope.tasks
    if tasks is None:
        return invisible(
            f"{scope.place} can't see the results of tasks",
            "Tasks see those upstream of them, and the outputs of a dag see all its tasks.",
        )
    found = find_task(task, tasks, report)
    if found.target is None:
        return found
    shown = tasks.outputs(found.target)
    if shown.artifacts is None or _has(shown.artifacts, name):
        return found
    message = f'task "{task}" has no output artifact "{name}"'
    hint = report.similar(name, shown.artifacts, f"artifacts of {shown.owner}")
    hint = hint or f'Declare it: {{"name": "{name}"}} in outputs.artifacts of {shown.owner}.'
    return missing(_codes.UNKNOWN_ARTIFACT, message, hint)


def _has(known: Collection[str], name: str) -> bool:
    """Return whether there is an artifact of a name; one without readable name may have it."""
    return name in known or any(map(is_unnamed, known))


def _of_inputs(name: str, scope: Scope, report: Report) -> Answer:
    if scope.inputs is None:
        return invisible(f"{scope.place} can't see any inputs")
    if _has(scope.inputs.artifacts, name):
        return Answer()
    message = f'{scope.inputs.owner} has no input artifact "{name}"'
    hint = report.similar(name, scope.inputs.artifacts, "input artifacts")
    hint = hint or f'Declare it: {{"name": "{name}"}} in its inputs.artifacts.'
    return missing(_codes.UNKNOWN_ARTIFACT, message, hint)


def _of_workflow(name: str, scope: Scope, report: Report) -> Answer:
    if scope.artifacts is None:
        return invisible(f"{scope.place} can't see the artifacts of the workflow")
    if _has(scope.artifacts, name):
        return Answer()
    message = f'the workflow has no artifact "{name}"'
    hint = report.similar(name, scope.artifacts, "artifacts")
    hint = hint or f'Add {{"name": "{name}", "source": …}} to spec.arguments.artifacts.'
    return missing(_codes.UNKNOWN_ARTIFACT, message, hint)
