"""What a reference means at one place, or why it means nothing there (decision 9)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import msgspec

from aether_core.check import _codes
from aether_core.check._sources import sentence
from aether_core.check._types import follow, type_words
from aether_core.document import Severity
from aether_core.expression import ANY, INT, STRING, Type, one_of
from aether_sdk import Phase

if TYPE_CHECKING:
    from collections.abc import Iterable

    from aether_core.check._report import Report
    from aether_core.check._scope import Inputs, Outputs, Scope, Tasks
    from aether_core.check._sources import Use
    from aether_core.expression import Reference

_MEMBERS: Final = "phase, code, msg, message and outputs.parameters.NAME"
_ANY_PHASE: Final = one_of(phase.value for phase in Phase)
_LAST_PHASE: Final = one_of(phase.value for phase in Phase if phase.is_terminal)
_NAMESPACES: Final = ("tasks", "inputs", "workflow", "loop_iter", "iterator", "hook", "system")


class Finding(msgspec.Struct, frozen=True):
    """Why a reference means nothing.

    Attributes:
        is_missing: Whether it is certain to have no value, so that a default is always used.
        ignores_guards: Whether `has` and `default` don't excuse it.
    """

    code: str
    message: str
    hint: str | None = None
    severity: Severity = Severity.ERROR
    is_missing: bool = True
    ignores_guards: bool = False


class Answer(msgspec.Struct, frozen=True):
    """What a reference means.

    Attributes:
        type: `ANY` when there is a finding.
        target: The task, by number, that must be upstream.
    """

    type: Type = ANY
    finding: Finding | None = None
    target: int | None = None


def look_up(use: Use, scope: Scope, report: Report) -> Answer:
    """Return what a reference means at a place; nothing is reported."""
    reference = use.reference
    name = reference.segments[0]
    match name:
        case "tasks":
            return _task(reference, scope, report)
        case "inputs":
            return _input(reference, scope, report)
        case "workflow":
            return _argument(reference, scope, report)
        case "loop_iter" | "iterator" if not scope.below_loop:
            return _invisible(f"{name} is only known inside a loop")
        case "loop_iter" | "iterator":
            return _followed(reference, INT if reference.segments[1:] == ("index",) else ANY, 2)
        case "hook" if not scope.below_hook:
            return _invisible("hook is only known in the template of a hook")
        case "hook":
            return Answer()
        case _:
            return _other(use, scope, report)


def _missing(code: str, message: str, hint: str | None = None) -> Answer:
    return Answer(finding=Finding(code, message, hint))


def _invisible(message: str, hint: str | None = None) -> Answer:
    return _missing(_codes.NOT_VISIBLE, message, hint)


def _followed(reference: Reference, found: Type, depth: int, target: int | None = None) -> Answer:
    """Return the type behind the first `depth` segments of a reference, and what is inside it."""
    inside = follow(found, reference.segments[depth:])
    if inside is not None:
        return Answer(inside, target=target)
    shorter = msgspec.structs.replace(reference, segments=reference.segments[:depth])
    return _missing(
        _codes.NO_MEMBERS, f"{reference.text} has no value: {shorter.text} is {type_words(found)}"
    )


def _task(reference: Reference, scope: Scope, report: Report) -> Answer:
    tasks = scope.tasks
    name = reference.segments[1] if len(reference.segments) > 1 else None
    if isinstance(name, str) and name in scope.body:
        return _member(reference, scope.body[name], report)
    if tasks is None:
        hint = "Tasks see those upstream of them, and the outputs of a dag see all its tasks."
        return _invisible(f"{scope.place} can't see the results of tasks", hint)
    if not isinstance(name, str):
        return _incomplete(reference, f"Write tasks.NAME with one of: {_MEMBERS}.")
    number = tasks.graph.numbers.get(name)
    if number is None:
        return _unknown_task(name, tasks, report)
    if number == tasks.node and not tasks.sees_itself:
        message = f'task "{name}" can\'t see its own results before it has run'
        return Answer(finding=Finding(_codes.NOT_UPSTREAM, message, ignores_guards=True))
    if tasks.node is None and number not in (tasks.graph.running or (number,)):
        return _never_runs(name)
    target = None if number == tasks.node else number
    return _member(reference, tasks.outputs(number), report, target)


def _unknown_task(name: str, tasks: Tasks, report: Report) -> Answer:
    dag = tasks.graph.dag.name
    message = f'there is no task "{name}" in dag "{dag}"'
    hint = report.similar(name, tasks.graph.numbers, "tasks")
    return Answer(finding=Finding(_codes.UNKNOWN_TASK, message, hint, ignores_guards=True))


def _never_runs(name: str) -> Answer:
    message = f'task "{name}" never runs: the entrypoints of its dag leave it out'
    hint = f'Add "{name}" to the entrypoints.'
    return Answer(finding=Finding(_codes.NEVER_RUNS, message, hint, Severity.WARNING))


def _incomplete(reference: Reference, hint: str) -> Answer:
    return _missing(_codes.UNKNOWN_MEMBER, f"{reference.text} is not a value", hint)


def _member(
    reference: Reference, outputs: Outputs, report: Report, target: int | None = None
) -> Answer:
    """Return the meaning of what stands behind `tasks.<name>`."""
    name = reference.segments[1]
    match reference.segments[2:]:
        case ("phase", *_):
            found = _ANY_PHASE if target is None else _LAST_PHASE
            return _followed(reference, found, 3, target)
        case ("code", *_):
            if outputs.has_code:
                return _followed(reference, INT, 3, target)
            message = f'task "{name}" has no code: it runs {outputs.owner}'
            return _missing(_codes.UNKNOWN_MEMBER, message, "Use its phase.")
        case ("msg" | "message", *_):
            return _followed(reference, STRING, 3, target)
        case ("outputs", "parameters", str(output), *_):
            if output in outputs.types:
                return _followed(reference, outputs.types[output], 5, target)
            return _unknown_output(f'task "{name}"', output, outputs, report, target)
        case ("outputs", *_):
            return _incomplete(reference, f"Write tasks.{name}.outputs.parameters.NAME.")
        case (str(member), *_):
            message = f'a task has no "{member}"'
            hint = f"It has {_MEMBERS}."
            return _missing(_codes.UNKNOWN_MEMBER, message, hint)
        case _:
            return _incomplete(reference, f"Add one of: {_MEMBERS}.")


def _unknown_output(
    task: str, output: str, outputs: Outputs, report: Report, target: int | None
) -> Answer:
    if not outputs.is_closed:
        return Answer(target=target)
    message = f'{task} has no output "{output}"'
    hint = report.similar(output, outputs.types, f"outputs of {outputs.owner}")
    return _missing(_codes.UNKNOWN_OUTPUT, message, hint or f"{outputs.owner} declares no outputs.")


def _input(reference: Reference, scope: Scope, report: Report) -> Answer:
    if scope.inputs is None:
        return _invisible(f"{scope.place} can't see any inputs")
    name = reference.segments[2] if len(reference.segments) > 2 else None
    if reference.segments[1:2] != ("parameters",) or not isinstance(name, str):
        return _incomplete(reference, "Write inputs.parameters.NAME.")
    layer: Inputs | None = scope.inputs
    share = (0, 0)
    while layer is not None:
        if name in layer.types:
            return _followed(reference, layer.types[name], 3)
        share = layer.passed.share(name) if layer.passed is not None else share
        layer = layer.outer
    if share[0]:
        return Answer() if share[0] == share[1] else _not_always_passed(name, scope.inputs)
    message = f'{scope.inputs.owner} has no input "{name}"'
    hint = report.similar(name, list(_input_names(scope.inputs)), "inputs")
    hint = hint or f'Declare it: {{"name": "{name}"}} in its inputs.parameters.'
    return _missing(_codes.UNKNOWN_INPUT, message, hint)


def _not_always_passed(name: str, inputs: Inputs) -> Answer:
    message = f'{inputs.owner} declares no input "{name}", and not every call of it gives one'
    return _missing(
        _codes.UNKNOWN_INPUT, message, "Declare it, with a default if it may be absent."
    )


def _input_names(inputs: Inputs | None) -> Iterable[str]:
    while inputs is not None:
        yield from inputs.types
        inputs = inputs.outer


def _argument(reference: Reference, scope: Scope, report: Report) -> Answer:
    if scope.workflow is None:
        message = f"{scope.place} can't see other arguments of the workflow"
        return _invisible(message, "It may use custom variables and system.os.")
    segments = reference.segments
    # `workflow.arguments.parameters.x` is the long spelling of `workflow.parameters.x`.
    start = 2 if segments[1:2] == ("arguments",) else 1
    name = segments[start + 1] if len(segments) > start + 1 else None
    if segments[start : start + 1] != ("parameters",) or not isinstance(name, str):
        return _incomplete(reference, "Write workflow.parameters.NAME.")
    if name in scope.workflow:
        return _followed(reference, scope.workflow[name], start + 2)
    message = f'the workflow has no argument "{name}"'
    hint = report.similar(name, scope.workflow, "arguments")
    hint = hint or f'Add {{"name": "{name}"}} to spec.arguments.parameters.'
    return _missing(_codes.UNKNOWN_ARGUMENT, message, hint)


def _other(use: Use, scope: Scope, report: Report) -> Answer:
    reference = use.reference
    segments = reference.segments
    if segments[0] in scope.bare:
        return _followed(reference, scope.bare[str(segments[0])], 1)
    found = scope.variables.type_of(segments)
    if found is not None or scope.is_open:
        return Answer(found or ANY)
    text, names = reference.text, scope.variables.names
    if len(segments) == 1 and use.in_expression:
        hint = report.nearest(text, _ANY_PHASE.choices) or sentence(reference.hint)
        return _missing(_codes.UNKNOWN_VARIABLE, f"the name {text} is not known", hint)
    hint = _namespace_hint(str(segments[0]), names, report) if len(segments) > 1 else None
    if scope.variables.are_known:
        hint = hint or report.similar(text, names, "variables")
        return _missing(_codes.UNKNOWN_VARIABLE, f"there is no variable {text}", hint)
    message = f"the variable {text} is not known here"
    hint = hint or f"Give it with --set {text}=VALUE when the workflow runs."
    severity = Severity.WARNING
    finding = Finding(_codes.UNKNOWN_VARIABLE, message, hint, severity, is_missing=False)
    return Answer(finding=finding)


def _namespace_hint(namespace: str, names: Iterable[str], report: Report) -> str | None:
    """Return what a namespace may have been meant to be, if no variable is in it."""
    if any(name.startswith(f"{namespace}.") for name in names):
        return None
    return report.nearest(namespace, _NAMESPACES)
