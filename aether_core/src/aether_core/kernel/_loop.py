"""Loops: their items, their iterations, and what these add up to (engine.md 7, decision 11)."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec

from aether_core.expression import EvaluationError, MissingReference
from aether_core.kernel._aggregation import SATISFIED, blame, verdict
from aether_core.kernel._conditions import beside, chosen_phase, ending
from aether_core.kernel._environment import NodeResult
from aether_core.kernel._state import LoopScope
from aether_core.kernel._transition import Start
from aether_sdk import Phase

if TYPE_CHECKING:
    from collections.abc import Mapping

    from aether_core.kernel._environment import Environment
    from aether_core.kernel._records import TaskRecord
    from aether_core.kernel._state import RunState
    from aether_core.kernel._transition import Transition
    from aether_core.plan import LoopPlan
    from aether_sdk import JsonValue

#: Iterations of a loop that declares no `maxIterations`; more is an error.
MOST_ITERATIONS = 10_000
NO_ITERATIONS = "loop had no iterations"
_CUT = "maxIterations {} stopped the loop"
_RESERVED = frozenset({"tasks", "inputs", "workflow", "loop_iter", "iterator", "system", "hook"})


class ExpansionFailed(Exception):  # a signal inside the kernel
    """The items of a loop can't be had; the text says why."""


def open_loop(state: RunState, start: Start, inputs: Mapping[str, JsonValue]) -> LoopScope:
    """Return the scope of a loop whose inputs are bound, with its items expanded for good.

    Raises:
        ExpansionFailed: there is no list to iterate over, or it is too long.
    """
    if start.record.items is not None:
        # Expanded once: a loop that begins again has the items it had.
        return adopt_loop(state, start, inputs)
    plan = state.plan.loops[start.call.template]
    environment = _environment(start, inputs)
    items, stopped = _expanded(plan, environment)
    start.record.items = items
    return _scope(plan, start, environment, stopped)


def adopt_loop(state: RunState, start: Start, inputs: Mapping[str, JsonValue]) -> LoopScope:
    """Return the scope of a loop that was open before; its items are those it had."""
    plan = state.plan.loops[start.call.template]
    environment = _environment(start, inputs)
    limit, items = plan.max_iterations, start.record.items
    was_cut = limit is not None and items is not None and len(items) == limit
    return _scope(plan, start, environment, _CUT.format(limit) if was_cut else "")


def _environment(start: Start, inputs: Mapping[str, JsonValue]) -> Environment:
    outer = start.environment
    return outer.within(inputs, outer.tasks, start.record.input_artifacts)


def _scope(plan: LoopPlan, start: Start, environment: Environment, stopped: str) -> LoopScope:
    return LoopScope(
        record=start.record,
        call=start.call,
        scope=start.scope,
        slot=start.slot,
        environment=environment,
        outer=start.environment,
        plan=plan,
        items=start.record.items,
        stopped=stopped,
    )


def _expanded(plan: LoopPlan, environment: Environment) -> tuple[list[JsonValue] | None, str]:
    """Return a loop's items, None for a repeat loop, and why they were cut off, if they were."""
    if plan.repeat is not None:
        return None, ""
    items = list(plan.items) if plan.items is not None else _items_from(plan, environment)
    limit = plan.max_iterations
    if limit is not None and len(items) > limit:
        return items[:limit], _CUT.format(limit)
    if len(items) > MOST_ITERATIONS:
        message = (
            f"the loop has {len(items)} items, more than the {MOST_ITERATIONS} "
            "that a loop without maxIterations may have"
        )
        raise ExpansionFailed(message)
    return items, ""


def _items_from(plan: LoopPlan, environment: Environment) -> list[JsonValue]:
    if plan.items_from is None:
        return []
    text = plan.items_from.text
    try:
        value = plan.items_from.expression.evaluate(environment.resolve)
    except (MissingReference, EvaluationError) as error:
        message = f'itemsFrom "{text}" can\'t be evaluated: {error.message}'
        raise ExpansionFailed(message) from None
    if isinstance(value, str):
        value = _decoded(text, value)
    if value is None:
        return []
    if not isinstance(value, list):
        message = f'itemsFrom "{text}" gave {type(value).__name__}, expected a list'
        raise ExpansionFailed(message)
    return value


def _decoded(text: str, value: str) -> JsonValue:
    try:
        return msgspec.json.decode(value)  # type: ignore[no-any-return]  # JSON data
    except msgspec.DecodeError:
        message = f'itemsFrom "{text}" gave text that is not a JSON list'
        raise ExpansionFailed(message) from None


def next_iterations(transition: Transition, scope: LoopScope) -> list[Start]:
    """Create the tasks of the iterations that may begin now, and return them."""
    starts: list[Start] = []
    while _has_next(transition, scope):
        kept = kept_iteration(transition.state, scope)
        if kept is None:
            starts.append(_iteration(transition, scope))
        else:
            scope.created += 1
            iteration_ended(scope, scope.created - 1, kept)
    return starts


def kept_iteration(state: RunState, scope: LoopScope) -> TaskRecord | None:
    """Return the next iteration if it succeeded in an earlier generation of the run."""
    earlier = state.earlier.get(scope.record.seq)
    record = earlier.get(scope.created) if earlier else None
    return record if record is not None and record.phase is Phase.SUCCEEDED else None


def _has_next(transition: Transition, scope: LoopScope) -> bool:
    plan = scope.plan
    if scope.broken:
        return False
    if scope.items is not None:
        has_room = not plan.concurrency or scope.open < plan.concurrency
        return scope.created < len(scope.items) and has_room
    if scope.open:
        return False
    return scope.created == 0 or _wants_repeat(transition, scope)


def _wants_repeat(transition: Transition, scope: LoopScope) -> bool:
    """Return whether a repeat loop goes on after its last iteration has ended."""
    plan = scope.plan
    if plan.repeat is None or scope.stopped or scope.last is None:
        return False
    environment = iteration_environment(scope, scope.last_index)
    environment.tasks = beside(environment.tasks, plan.body.template, scope.last)
    try:
        again = plan.repeat.expression.test(environment.resolve)
    except (MissingReference, EvaluationError) as error:
        scope.broken = f'repeatCondition "{plan.repeat.text}" can\'t be evaluated: {error.message}'
        return False
    if not again:
        return False
    if scope.created >= (plan.max_iterations or MOST_ITERATIONS):
        _stop_at_limit(transition, scope)
        return False
    return True


def _stop_at_limit(transition: Transition, scope: LoopScope) -> None:
    declared = scope.plan.max_iterations
    if declared is None:
        scope.broken = f"the loop reached {MOST_ITERATIONS} iterations without maxIterations"
        return
    scope.stopped = f"maxIterations {declared} stopped the loop; its condition still holds"
    transition.note(scope.stopped, scope.record)


def _iteration(transition: Transition, scope: LoopScope) -> Start:
    index = scope.created
    scope.created += 1
    scope.open += 1
    body = scope.plan.body
    where = f"{scope.record.name}.loop[{index}]/"
    record = transition.create_task(body.template, body, scope, where, index)
    return Start(record, body, iteration_environment(scope, index), scope, index)


def iteration_environment(scope: LoopScope, index: int) -> Environment:
    """Return what an iteration's call site sees: the loop's own view, and the item."""
    names: dict[str, JsonValue] = {"index": index}
    local: dict[str, JsonValue] = {}
    if scope.items is not None:
        item = scope.items[index]
        if isinstance(item, dict):
            names = {**item, "index": index}
            local = {name: value for name, value in item.items() if name not in _RESERVED}
        names["item"] = item
    return scope.environment.knowing(local, loop={"loop_iter": names, "iterator": names})


def item_parameters(scope: LoopScope, index: int) -> dict[str, JsonValue]:
    """Return the parameters that an item gives to its iteration (documents.md 12.1)."""
    parameters: dict[str, JsonValue] = {}
    if scope.items is not None:
        item = scope.items[index]
        if isinstance(item, dict):
            parameters.update(item)
        else:
            parameters["loop_iter.item"] = item
    parameters["loop_iter.index"] = index
    return parameters


def iteration_ended(scope: LoopScope, index: int, record: TaskRecord) -> None:
    """Take note of an iteration's end, and of its outputs as far as they will be needed."""
    if record.phase not in SATISFIED and record.phase not in scope.plan.tolerated:
        blame(scope, record)
    strategy = scope.plan.strategy
    if strategy == "list":
        for name, value in (record.outputs or {}).items():
            scope.listed.setdefault(name, {})[index] = value
    elif index == 0 if strategy == "first" else index >= scope.last_index:
        scope.kept = record.outputs or {}
        scope.kept_artifacts = record.artifacts or {}
    if index >= scope.last_index:
        scope.last_index = index
        scope.last = NodeResult(record.phase, record.code, record.message, record.outputs)


def loop_end(transition: Transition, scope: LoopScope) -> tuple[Phase, str]:
    """Aggregate a loop's outputs and return the phase in which it ends, and why."""
    record = scope.record
    phase, message = _verdict(scope)
    if scope.created == 0 and not scope.broken:
        message = NO_ITERATIONS
    elif scope.stopped and phase is Phase.SUCCEEDED:
        message = scope.stopped
    elif scope.stopped:
        message = f"{message}; {scope.stopped}"
    record.outputs = _aggregated(scope) or None if phase is Phase.SUCCEEDED else None
    record.artifacts = _kept_artifacts(scope) or None if phase is Phase.SUCCEEDED else None
    if scope.call.policy.conditions:
        judged = scope.environment.knowing(ending(phase, message, record.outputs))
        phase = chosen_phase(transition, scope.call.policy.conditions, judged, phase, record)
    return phase, message


def _verdict(scope: LoopScope) -> tuple[Phase, str]:
    if scope.broken:
        return Phase.ERROR, scope.broken
    ended_by_condition = scope.items is None and not scope.stopped
    if ended_by_condition and scope.last is not None and Phase.CANCELLED not in scope.blames:
        # "Retry until success" succeeds: the last iteration speaks for the loop (decision 12).
        last = scope.last.phase
        if last in SATISFIED or last in scope.plan.tolerated:
            return Phase.SUCCEEDED, ""
        scope.blames = {last: scope.blames[last]}
    return verdict(scope)


def _kept_artifacts(scope: LoopScope) -> dict[str, JsonValue]:
    kept = scope.kept_artifacts
    return {name: kept[name] for name in scope.plan.artifacts if name in kept}


def _aggregated(scope: LoopScope) -> dict[str, JsonValue]:
    plan = scope.plan
    if scope.created == 0:
        names = plan.parameters or plan.declared
        return {name: [] for name in names} if plan.strategy == "list" else {}
    if plan.strategy != "list":
        kept = scope.kept or {}
        return {n: v for n, v in kept.items() if not plan.parameters or n in plan.parameters}
    return {
        name: [values.get(index) for index in range(scope.created)]
        for name, values in scope.listed.items()
        if not plan.parameters or name in plan.parameters
    }
