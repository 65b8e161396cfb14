"""Leaf tasks: from inputs to an assignment, and from an answer to a phase."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec

from aether_core.kernel._artifacts import bind_artifacts
from aether_core.kernel._binding import BindingFailed, bind, evaluate_all
from aether_core.kernel._conditions import attempt_environment, chosen_phase
from aether_core.kernel._effects import Assignment, CancelTask, Dispatch
from aether_core.kernel._hooks import fire_task_hook, fire_workflow_hook
from aether_core.kernel._outputs import declared_outputs, judge_misfits, with_computed
from aether_core.kernel._retry import retry_delay, retry_text, wants_retry
from aether_core.kernel._state import Leaf
from aether_sdk import Phase, phase_of_code

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from aether_core.kernel._environment import Environment
    from aether_core.kernel._events import TaskCompleted
    from aether_core.kernel._transition import Start, Transition
    from aether_core.plan import Call, TaskPlan
    from aether_sdk import JsonValue


def start_leaf(transition: Transition, start: Start, item: Mapping[str, JsonValue] | None) -> None:
    """Bind the leaf's inputs and dispatch it; it ends in Error when they can't be bound.

    `item` holds the parameters of a loop's item, for an iteration.
    """
    record, call = start.record, start.call
    try:
        record.inputs = _inputs(call, start.environment, item)
        record.input_artifacts = bind_artifacts(call, start.environment, record.inputs)
    except BindingFailed as failed:
        transition.set_phase(record, Phase.ERROR, str(failed))
        return
    leaf = Leaf(record, call, start.environment, start.scope, start.slot)
    transition.state.leaves[record.seq] = leaf
    dispatch(transition, leaf)


def task_of(call: Call) -> TaskPlan:
    """Return the definition of a leaf's call."""
    if call.task is None:
        message = f"template {call.template!r} is not a task"
        raise TypeError(message)
    return call.task


def dispatch(transition: Transition, leaf: Leaf) -> None:
    """Begin the next attempt of a leaf whose inputs are bound."""
    record, state = leaf.record, transition.state
    record.attempt += 1
    record.next_attempt_at = None
    transition.set_phase(record, Phase.READY)
    if record.seq not in state.hooks:
        transition.climb(leaf.scope, Phase.READY)
    if state.dispatch_timeout is not None:
        state.set_timer(transition.at + state.dispatch_timeout, record.seq, record.attempt)
    transition.effects.append(Dispatch(_assignment(transition, leaf)))


def _inputs(
    call: Call, environment: Environment, item: Mapping[str, JsonValue] | None
) -> dict[str, JsonValue]:
    task = task_of(call)
    bound = bind(call.bindings, environment.resolve, item=item)
    if not task.config:
        return bound
    own = environment.inside(bound, is_inline=task.inline)
    config = evaluate_all(task.config, own.resolve, "$.executor.config")
    return {**config, **bound}


def _assignment(transition: Transition, leaf: Leaf) -> Assignment:
    record, task = leaf.record, task_of(leaf.call)
    return Assignment(
        run_id=transition.state.run.run_id,
        task_id=record.task_id,
        task_seq=record.seq,
        attempt=record.attempt,
        executor_type=task.executor_type,
        task_name=record.name,
        template_name=record.template,
        inputs=record.inputs or {},
        priority=transition.state.plan.priority,
        retry_count=record.retry_count,
        timeout=leaf.call.policy.timeout_text,
        resources=task.resources,
        input_artifacts=record.input_artifacts or {},
        output_artifacts=task.artifacts,
    )


def leaf_started(transition: Transition, leaf: Leaf) -> None:
    """Note that a worker has begun; the timeout counts from here (decision 21)."""
    record = leaf.record
    if record.phase is not Phase.READY:
        return
    is_first = record.started_at is None
    transition.set_phase(record, Phase.RUNNING)
    if leaf.call.policy.timeout is not None and record.deadline is None:
        record.deadline = transition.at + leaf.call.policy.timeout
        transition.state.set_timer(record.deadline, record.seq)
    if record.seq in transition.state.hooks:
        return
    containers, is_run = transition.climb(leaf.scope, Phase.RUNNING)
    if is_run:
        fire_workflow_hook(transition, "onStart")
    for scope in reversed(containers):
        fire_task_hook(transition, "onStart", scope.record, scope.call)
    if is_first:
        fire_task_hook(transition, "onStart", record, leaf.call)


def leaf_completed(
    transition: Transition, leaf: Leaf, result: TaskCompleted, *, started: bool = True
) -> None:
    """Write a worker's answer into the record (engine.md 6.9).

    The task ends, or waits for a resume, or for its next attempt. `started` is false for an
    answer that the engine gives itself, which proves no start.
    """
    record = leaf.record
    if started:
        # The start got lost or was overtaken; the answer proves it (decision 20).
        leaf_started(transition, leaf)
    record.code = result.code
    outputs = {**record.outputs, **result.outputs} if record.outputs else result.outputs
    phase = phase_of_code(result.code)
    if phase is Phase.SUSPENDED:
        _suspend(transition, leaf, result.message, outputs)
        return
    task = task_of(leaf.call)
    produced, wrong = declared_outputs(outputs, task.outputs)
    if wrong:
        phase, message = judge_misfits(transition, record, phase, result.message, wrong)
        result = msgspec.structs.replace(result, message=message)
    if leaf.call.policy.conditions:
        judged = attempt_environment(leaf.environment, record.name, phase, result, produced)
        phase = chosen_phase(transition, leaf.call.policy.conditions, judged, phase, record)
    if wants_retry(transition, leaf, phase, result, produced):
        _retry(transition, leaf, phase, result.message)
        return
    if phase is Phase.SUCCEEDED and task.outputs:
        produced = with_computed(transition, leaf, result, outputs, produced)
    record.outputs = produced or None
    record.artifacts = _declared_artifacts(result.artifacts, task.artifacts)
    del transition.state.leaves[record.seq]
    transition.set_phase(record, phase, result.message)


def _suspend(
    transition: Transition, leaf: Leaf, message: str, outputs: dict[str, JsonValue]
) -> None:
    leaf.record.outputs = outputs or None
    transition.set_phase(leaf.record, Phase.SUSPENDED, message)
    if leaf.record.seq not in transition.state.hooks:
        fire_task_hook(transition, "onSuspend", leaf.record, leaf.call)


def _retry(transition: Transition, leaf: Leaf, phase: Phase, message: str) -> None:
    """Go back to Created and begin again, at once or after the backoff (engine.md 8).

    The phase and the message of the attempt stay in the run's events.
    """
    record = leaf.record
    record.retry_count += 1
    record.outputs = None
    record.deadline = None
    delay = retry_delay(leaf)
    told = retry_text(leaf, phase, message, delay)
    if not delay:
        transition.note(told, record)
        dispatch(transition, leaf)
        return
    record.next_attempt_at = transition.at + delay
    transition.set_phase(record, Phase.CREATED, told)
    transition.state.set_timer(record.next_attempt_at, record.seq, record.attempt)


def resume_leaf(transition: Transition, leaf: Leaf, payload: Mapping[str, JsonValue]) -> None:
    """Hand a suspended leaf its answer and dispatch it again (decision 23)."""
    leaf.record.inputs = {**(leaf.record.inputs or {}), **payload}
    dispatch(transition, leaf)
    if leaf.record.seq not in transition.state.hooks:
        fire_task_hook(transition, "onResume", leaf.record, leaf.call)


def stop_leaf(transition: Transition, leaf: Leaf, phase: Phase, message: str) -> None:
    """End a leaf from above: its container, or the run, was cancelled or timed out."""
    record = leaf.record
    transition.effects.append(CancelTask(record.task_id))
    transition.state.leaves.pop(record.seq, None)
    transition.set_phase(record, phase, message)


def _declared_artifacts(
    kept: Mapping[str, JsonValue], declared: Iterable[str]
) -> dict[str, JsonValue] | None:
    return {name: kept[name] for name in declared if name in kept} or None
