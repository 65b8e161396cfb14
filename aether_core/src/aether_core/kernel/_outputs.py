"""What leaves a task: what it produced, against what it declares (documents.md 13.1)."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec

from aether_core.kernel._binding import Rejected, bound, refusal
from aether_core.kernel._conditions import attempt_environment
from aether_sdk import Phase

if TYPE_CHECKING:
    from collections.abc import Mapping

    from aether_core.kernel._events import TaskCompleted
    from aether_core.kernel._records import TaskRecord
    from aether_core.kernel._state import Leaf
    from aether_core.kernel._transition import Transition
    from aether_core.plan import CollectedOutput, DeclaredOutput
    from aether_sdk import JsonValue


def declared_outputs(
    produced: Mapping[str, JsonValue], declared: tuple[DeclaredOutput, ...]
) -> tuple[dict[str, JsonValue], list[str]]:
    """Return what may leave a task: all of it, or what is declared.

    Outputs with a `valueFrom` are left for `with_computed`.

    Returns:
        The outputs, and one line for each value that is left out because it is of another type
        than declared, or none of the declared values (decision 3).
    """
    if not declared:
        return dict(produced), []
    outputs: dict[str, JsonValue] = {}
    problems: list[str] = []
    for output in declared:
        value = _given(output, produced)
        if output.computed is not None or isinstance(value, msgspec.UnsetType):
            continue
        problem = misfit(output, value)
        if problem:
            problems.append(problem)
        else:
            outputs[output.name] = value
    return outputs, problems


def _given(
    output: DeclaredOutput, produced: Mapping[str, JsonValue]
) -> JsonValue | msgspec.UnsetType:
    value = produced.get(output.name)
    if value is not None:
        return value
    if not isinstance(output.value, msgspec.UnsetType):
        return output.value
    return None if output.name in produced else output.default


def misfit(output: DeclaredOutput | CollectedOutput, value: JsonValue) -> str:
    """Return why a value can't be that of a declared output, with its JSON path; else empty."""
    why = refusal(value, output.kind, output.enum)
    return f"$.outputs.parameters.{output.name}: {why}" if why else ""


def judge_misfits(
    transition: Transition, record: TaskRecord, phase: Phase, message: str, wrong: list[str]
) -> tuple[Phase, str]:
    """Return the phase and message of a task with outputs that do not fit their declarations.

    What would have succeeded is an Error. What ended badly keeps its own reason, and notes tell
    what it lacks.
    """
    if phase is Phase.SUCCEEDED:
        return Phase.ERROR, "; ".join(wrong)
    for problem in wrong:
        transition.note(f"an output is left out: {problem}", record)
    return phase, message


def with_computed(
    transition: Transition,
    leaf: Leaf,
    result: TaskCompleted,
    produced: Mapping[str, JsonValue],
    outputs: dict[str, JsonValue],
) -> dict[str, JsonValue]:
    """Return the outputs of a task that succeeded, with those that it computes itself.

    They see the inputs of the task and everything that it produced. One that can't be had is left
    out and noted, as an output of a dag is.

    Args:
        transition: the step.
        leaf: the task.
        result: the worker's answer.
        produced: everything that the task produced, also before a resume.
        outputs: what of it may leave the task.
    """
    declared = leaf.call.task.outputs if leaf.call.task is not None else ()
    if all(output.computed is None for output in declared):
        return outputs
    record, found = leaf.record, dict(outputs)
    inside = leaf.environment.inside(record.inputs or {}, is_inline=not leaf.call.template)
    seen = {**produced, **outputs}
    own = attempt_environment(inside, record.name, Phase.SUCCEEDED, result, seen)
    for output in declared:
        if output.computed is None:
            continue
        try:
            found[output.name] = bound(output.computed, own.resolve)
        except Rejected as rejected:
            transition.note(f"output {output.name} is left out: {rejected}", record)
    return {output.name: found[output.name] for output in declared if output.name in found}
