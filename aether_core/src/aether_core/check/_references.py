"""What a reference means at one place, or why it means nothing there (decision 9)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from aether_core.check import _codes
from aether_core.check._answers import (
    Answer,
    Finding,
    followed,
    incomplete,
    invisible,
    missing,
)
from aether_core.check._habits import habit_hint
from aether_core.check._hook_names import hook_name
from aether_core.check._iterations import bare_field, loop_name
from aether_core.check._members import (
    ANY_PHASE,
    JUDGED_PHASE,
    LAST_PHASE,
    MEMBERS,
    NO_VALUE,
    member_of,
)
from aether_core.check._sources import sentence
from aether_core.document import Severity, is_unnamed
from aether_core.expression import ANY

if TYPE_CHECKING:
    from collections.abc import Iterable

    from aether_core.check._report import Report
    from aether_core.check._scope import Inputs, Scope, Tasks
    from aether_core.check._sources import Use
    from aether_core.expression import Reference

_NAMESPACES: Final = ("tasks", "inputs", "workflow", "loop_iter", "iterator", "hook", "system")


def look_up(use: Use, scope: Scope, report: Report) -> Answer:
    """Return what a reference means at a place; nothing is reported."""
    reference = use.reference
    match reference.segments[0]:
        case "tasks":
            return _task(reference, scope, report)
        case "inputs":
            return _input(reference, scope, report)
        case "workflow":
            return _argument(reference, scope, report)
        case "loop_iter" | "iterator":
            return loop_name(reference, scope.around, report)
        case "hook":
            return hook_name(reference, scope.hook, report)
        case "phase" | "code" | "msg" | "message" | "outputs" if scope.result is not None:
            result = scope.result
            return member_of(
                reference, 0, result.owner, result, report, phases=JUDGED_PHASE, is_object=True
            )
        case _:
            return _other(use, scope, report)


def _task(reference: Reference, scope: Scope, report: Report) -> Answer:
    tasks = scope.tasks
    name = reference.segments[1] if len(reference.segments) > 1 else None
    if isinstance(name, str) and name in scope.own:
        shown = scope.own[name]
        return member_of(reference, 2, f'task "{name}"', shown, report, phases=LAST_PHASE)
    if tasks is None:
        hint = "Tasks see those upstream of them, and the outputs of a dag see all its tasks."
        return invisible(f"{scope.place} can't see the results of tasks", hint)
    if not isinstance(name, str):
        return incomplete(reference, f"Write tasks.NAME with one of: {MEMBERS}.")
    found = find_task(name, tasks, report)
    if found.target is None:
        return found
    shown = tasks.outputs(found.target)
    return member_of(
        reference, 2, f'task "{name}"', shown, report, phases=LAST_PHASE, target=found.target
    )


def find_task(name: str, tasks: Tasks, report: Report) -> Answer:
    """Return the task of a name as the target of an answer, or why it can't be seen."""
    number = tasks.graph.numbers.get(name)
    if number is None and tasks.graph.is_open:
        return Answer()
    if number is None:
        return _unknown_task(name, tasks, report)
    if number == tasks.node:
        message = f'task "{name}" can\'t see its own results before it has run'
        return Answer(finding=Finding(_codes.NOT_UPSTREAM, message, ignores_guards=True))
    runs = number in (tasks.graph.running or (number,)) or tasks.graph.unclear
    if tasks.node is None and not runs:
        return _never_runs(name)
    return Answer(target=number)


def _unknown_task(name: str, tasks: Tasks, report: Report) -> Answer:
    dag = tasks.graph.dag.name
    message = f'there is no task "{name}" in dag "{dag}"'
    hint = report.similar(name, tasks.graph.numbers, "tasks")
    return Answer(finding=Finding(_codes.UNKNOWN_TASK, message, hint, ignores_guards=True))


def _never_runs(name: str) -> Answer:
    message = f'task "{name}" never runs: the entrypoints of its dag leave it out'
    hint = f'Add "{name}" to the entrypoints.'
    return Answer(finding=Finding(_codes.NEVER_RUNS, message, hint, Severity.WARNING))


def _input(reference: Reference, scope: Scope, report: Report) -> Answer:
    if scope.inputs is None:
        return invisible(f"{scope.place} can't see any inputs")
    name = reference.segments[2] if len(reference.segments) > 2 else None
    if reference.segments[1:2] != ("parameters",) or not isinstance(name, str):
        is_artifact = reference.segments[1:2] == ("artifacts",)
        return incomplete(reference, NO_VALUE if is_artifact else "Write inputs.parameters.NAME.")
    layer: Inputs | None = scope.inputs
    share = (0, 0)
    while layer is not None:
        if name in layer.types:
            return followed(reference, layer.types[name], 3)
        if layer.passed is not None:
            # Names may have a dot, such as `loop_iter.index`.
            dotted = ".".join(map(str, reference.segments[2:4]))
            share = max(layer.passed.share(name), layer.passed.share(dotted))
        layer = layer.outer
    if share[1] and share[0] == share[1]:
        return Answer()
    names = list(_input_names(scope.inputs))
    if any(map(is_unnamed, names)):
        return Answer()
    if share[0]:
        return _not_always_passed(name, scope.inputs)
    message = f'{scope.inputs.owner} has no input "{name}"'
    hint = report.similar(name, names, "inputs")
    hint = hint or f'Declare it: {{"name": "{name}"}} in its inputs.parameters.'
    return missing(_codes.UNKNOWN_INPUT, message, hint)


def _not_always_passed(name: str, inputs: Inputs) -> Answer:
    message = f'{inputs.owner} declares no input "{name}", and not every call of it gives one'
    return missing(_codes.UNKNOWN_INPUT, message, "Declare it, with a default if it may be absent.")


def _input_names(inputs: Inputs | None) -> Iterable[str]:
    while inputs is not None:
        yield from inputs.types
        inputs = inputs.outer


def _argument(reference: Reference, scope: Scope, report: Report) -> Answer:
    if scope.workflow is None:
        message = f"{scope.place} can't see other arguments of the workflow"
        return invisible(message, "It may use custom variables and system.os.")
    segments = reference.segments
    # `workflow.arguments.parameters.x` is the long spelling of `workflow.parameters.x`.
    start = 2 if segments[1:2] == ("arguments",) else 1
    name = segments[start + 1] if len(segments) > start + 1 else None
    if segments[start : start + 1] != ("parameters",) or not isinstance(name, str):
        return incomplete(reference, "Write workflow.parameters.NAME.")
    if name in scope.workflow:
        return followed(reference, scope.workflow[name], start + 2)
    if any(map(is_unnamed, scope.workflow)):
        return Answer()
    message = f'the workflow has no argument "{name}"'
    hint = report.similar(name, scope.workflow, "arguments")
    hint = hint or f'Add {{"name": "{name}"}} to spec.arguments.parameters.'
    return missing(_codes.UNKNOWN_ARGUMENT, message, hint)


def _other(use: Use, scope: Scope, report: Report) -> Answer:
    reference = use.reference
    segments = reference.segments
    bare = scope.bare
    answer = bare_field(reference, bare) if bare is not None else None
    if answer is not None and answer.finding is None:
        return answer
    found = scope.variables.type_of(segments)
    # Items that lack the field leave the name to the variable.
    if answer is not None and found is None:
        return answer
    failure = scope.variables.failures.get(str(segments[0]))
    if failure is not None and found is None:
        message = f"{reference.text} has no value: {failure.message}"
        finding = Finding(_codes.BROKEN_SOURCE, message, failure.hint, ignores_guards=True)
        return Answer(finding=finding)
    if found is not None or (bare is not None and bare.is_open):
        return Answer(found or ANY)
    text, names = reference.text, scope.variables.names
    habit = habit_hint(reference, scope)
    if len(segments) == 1 and use.in_expression:
        known = (*ANY_PHASE.choices, *(bare.types if bare is not None else ()))
        hint = habit or report.nearest(text, known) or sentence(reference.hint)
        return missing(_codes.UNKNOWN_VARIABLE, f"the name {text} is not known", hint)
    if habit is None and len(segments) > 1:
        habit = _namespace_hint(str(segments[0]), names, report)
    hint = habit
    if scope.variables.are_known:
        hint = hint or report.similar(text, names, "variables")
        return missing(_codes.UNKNOWN_VARIABLE, f"there is no variable {text}", hint)
    if bare is not None and len(segments) == 1:
        hint = hint or report.nearest(text, bare.types)
    message = f"the variable {text} is not known here"
    hint = hint or report.nearest(text, names)
    hint = hint or f"Give it with --set {text}=VALUE when the workflow runs."
    severity = Severity.WARNING
    finding = Finding(_codes.UNKNOWN_VARIABLE, message, hint, severity, is_missing=False)
    return Answer(finding=finding)


def _namespace_hint(namespace: str, names: Iterable[str], report: Report) -> str | None:
    """Return what a namespace may have been meant to be, if no variable is in it."""
    if any(name.startswith(f"{namespace}.") for name in names):
        return None
    return report.nearest(namespace, _NAMESPACES)
