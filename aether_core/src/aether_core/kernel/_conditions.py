"""`phaseConditions`: expressions that replace a phase (documents.md 10.4)."""

from __future__ import annotations

from collections import ChainMap
from typing import TYPE_CHECKING, cast

from aether_core.expression import EvaluationError, MissingReference
from aether_core.kernel._environment import NodeResult
from aether_sdk import Phase

if TYPE_CHECKING:
    from collections.abc import Mapping, MutableMapping

    from aether_core.kernel._environment import Environment
    from aether_core.kernel._events import TaskCompleted
    from aether_core.kernel._records import TaskRecord
    from aether_core.kernel._transition import Transition
    from aether_core.plan import Condition
    from aether_sdk import JsonValue


def attempt_environment(
    environment: Environment,
    name: str,
    phase: Phase,
    result: TaskCompleted,
    outputs: Mapping[str, JsonValue],
) -> Environment:
    """Return an environment that also knows how an attempt ended (decision 9)."""
    own = NodeResult(phase, result.code, result.message, outputs)
    local = ending(phase, result.message, outputs)
    local["code"] = result.code
    return environment.knowing(local, tasks=beside(environment.tasks, name, own))


def beside(
    tasks: Mapping[str, NodeResult], name: str, result: NodeResult
) -> Mapping[str, NodeResult]:
    """Return tasks with one more in front, without copying them: there may be thousands."""
    return ChainMap({name: result}, cast("MutableMapping[str, NodeResult]", tasks))


def ending(
    phase: Phase, message: str, outputs: Mapping[str, JsonValue] | None
) -> dict[str, JsonValue]:
    """Return the names that a condition sees of the end that it judges."""
    return {
        "phase": phase.value,
        "msg": message,
        "message": message,
        "outputs": {"parameters": dict(outputs or {})},
    }


def chosen_phase(
    transition: Transition,
    conditions: tuple[tuple[Phase, Condition], ...],
    environment: Environment,
    phase: Phase,
    record: TaskRecord,
) -> Phase:
    """Return the phase of the first condition that holds, else the given one.

    A condition that can't be evaluated counts as false and leaves a note (decision 10).
    """
    if phase is Phase.CANCELLED:
        return phase
    for chosen, condition in conditions:
        try:
            if condition.expression.test(environment.resolve):
                return chosen
        except (MissingReference, EvaluationError) as error:
            transition.note(
                f'phaseConditions "{condition.text}" can\'t be evaluated: {error.message}', record
            )
    return phase
