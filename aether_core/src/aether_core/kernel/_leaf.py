"""Leaf tasks: from inputs to an assignment, and from an answer to a phase."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec

from aether_core.kernel._binding import BindingFailed, bind, evaluate_all
from aether_core.kernel._effects import Assignment, Dispatch
from aether_core.kernel._environment import Environment
from aether_core.kernel._state import Leaf
from aether_sdk import ExecCode, Phase, phase_of_code

if TYPE_CHECKING:
    from collections.abc import Mapping

    from aether_core.kernel._events import TaskCompleted
    from aether_core.kernel._records import TaskRecord
    from aether_core.kernel._state import DagScope
    from aether_core.kernel._transition import Transition
    from aether_core.plan import Call, DeclaredOutput, NodePlan, TaskPlan
    from aether_sdk import JsonValue


def start_leaf(  # noqa: PLR0917  # the four things that make a leaf, and the step it happens in
    transition: Transition,
    record: TaskRecord,
    call: Call,
    environment: Environment,
    scope: DagScope | None,
    node: NodePlan | None,
) -> None:
    """Bind the leaf's inputs and dispatch it; it ends in Error when they can't be bound."""
    task = call.task
    if task is None:
        message = f"template {call.template!r} is not a task"
        raise TypeError(message)
    try:
        record.inputs = _inputs(task, call, environment)
    except BindingFailed as failed:
        transition.set_phase(record, Phase.ERROR, str(failed))
        return
    record.attempt += 1
    transition.set_phase(record, Phase.READY)
    transition.climb(scope, Phase.READY)
    transition.state.leaves[record.seq] = Leaf(record, call, scope, node)
    transition.effects.append(Dispatch(_assignment(transition, record, task)))


def _inputs(task: TaskPlan, call: Call, environment: Environment) -> dict[str, JsonValue]:
    bound = bind(call.bindings, environment.resolve)
    if not task.config:
        return bound
    own = Environment(
        variables=environment.variables,
        workflow=environment.workflow,
        inputs=bound,
        tasks=environment.tasks,
        outer_inputs=environment.inputs if task.inline else None,
    )
    config = evaluate_all(task.config, own.resolve, "$.executor.config")
    return {**config, **bound}


def _assignment(transition: Transition, record: TaskRecord, task: TaskPlan) -> Assignment:
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
        resources=task.resources,
    )


def finish_leaf(transition: Transition, leaf: Leaf, result: TaskCompleted) -> None:
    """Write a worker's answer into the record and end the task (engine.md 6.9)."""
    record = leaf.record
    record.code = result.code
    phase, message = phase_of_code(result.code), result.message
    if result.code == ExecCode.SUSPENDED:
        phase = Phase.ERROR
        message = f"the executor suspended the task; suspension is not supported yet ({message})"
    if record.started_at is None:
        # The start got lost or was overtaken; the answer proves it (decision 20).
        record.started_at = result.at
    transition.climb(leaf.scope, Phase.RUNNING)
    declared = leaf.call.task.outputs if leaf.call.task is not None else ()
    record.outputs = _declared_outputs(result.outputs, declared) or None
    transition.set_phase(record, phase, message)


def _declared_outputs(
    produced: Mapping[str, JsonValue], declared: tuple[DeclaredOutput, ...]
) -> dict[str, JsonValue]:
    """Return what may leave the task: all of it, or what is declared (documents.md 13.1)."""
    if not declared:
        return dict(produced)
    outputs: dict[str, JsonValue] = {}
    for output in declared:
        value = produced.get(output.name)
        if value is not None:
            outputs[output.name] = value
        elif not isinstance(output.value, msgspec.UnsetType):
            outputs[output.name] = output.value
        elif output.name in produced:
            outputs[output.name] = None
    return outputs
