"""Dags: which nodes may start, and what their ends add up to (engine.md 6)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from aether_core.expression import EvaluationError, MissingReference
from aether_core.kernel._binding import BindingFailed, bind
from aether_core.kernel._environment import Environment, NodeResult
from aether_core.kernel._leaf import start_leaf
from aether_core.kernel._state import Blame, DagScope
from aether_sdk import Phase

if TYPE_CHECKING:
    from aether_core.kernel._records import TaskRecord
    from aether_core.kernel._transition import Transition
    from aether_core.plan import Call, CollectedOutput, NodePlan
    from aether_sdk import JsonValue

_SATISFIED = frozenset({Phase.SUCCEEDED, Phase.SKIPPED})
# What a child's phase makes of its container, worst first (engine.md 6.7).
_AGGREGATES = (
    (Phase.CANCELLED, Phase.CANCELLED, "was cancelled"),
    (Phase.ERROR, Phase.ERROR, "ended in error"),
    (Phase.TIMEOUT, Phase.ERROR, "timed out"),
    (Phase.FAILED, Phase.FAILED, "failed"),
)


def open_dag(  # noqa: PLR0917  # the four things that make a dag run, and the step it happens in
    transition: Transition,
    record: TaskRecord,
    call: Call,
    environment: Environment,
    scope: DagScope | None,
    node: NodePlan | None,
) -> None:
    """Bind a dag's inputs and start its first nodes; it may have ended when this returns."""
    state = transition.state
    try:
        inputs = bind(call.bindings, environment.resolve)
    except BindingFailed as failed:
        transition.set_phase(record, Phase.ERROR, str(failed))
        return
    record.inputs = inputs or None
    transition.touch(record)
    plan = state.plan.dags[call.template]
    results: dict[str, NodeResult] = {}
    opened = DagScope(
        record=record,
        plan=plan,
        scope=scope,
        node=node,
        environment=Environment(state.variables, state.run.arguments, inputs, results),
        results=results,
        waiting=[node.dependency_count for node in plan.nodes],
        ready=list(plan.initial),
    )
    state.scopes[record.seq] = opened
    start_ready(transition, opened)
    if opened.open == 0:
        close_dag(transition, opened)


def start_ready(transition: Transition, scope: DagScope) -> None:
    """Give every ready node its task, batch by batch, until none is ready.

    Within a batch, nodes that are skipped come before nodes that run, each in the order of
    their declaration; what a batch sets free forms the next one (engine.md 6.3).
    """
    while scope.ready:
        batch = sorted(scope.ready)
        scope.ready = []
        nodes = [scope.plan.nodes[index] for index in batch]
        runnable = [node for node in nodes if _wanted(transition, scope, node)]
        tasks = [(node, _create(transition, scope, node)) for node in runnable]
        for node, record in tasks:
            start(transition, record, node.call, scope.environment, scope, node)
            if record.phase.is_terminal:
                child_ended(scope, node, record)


def start(  # noqa: PLR0917  # passes on to start_leaf and open_dag, which share this shape
    transition: Transition,
    record: TaskRecord,
    call: Call,
    environment: Environment,
    scope: DagScope | None,
    node: NodePlan | None,
) -> None:
    """Start a task of either kind."""
    begin = start_leaf if call.task is not None else open_dag
    begin(transition, record, call, environment, scope, node)


def _wanted(transition: Transition, scope: DagScope, node: NodePlan) -> bool:
    """Return whether the node shall run; if not, record it as Skipped, or as Error."""
    if node.when is None:
        return True
    try:
        if node.when.expression.test(scope.environment.resolve):
            return True
        phase = Phase.SKIPPED
        message = f'when condition "{node.when.text}" evaluated to false'
    except (MissingReference, EvaluationError) as error:
        phase = Phase.ERROR
        message = f'when condition "{node.when.text}" can\'t be evaluated: {error.message}'
    record = _create(transition, scope, node)
    transition.set_phase(record, phase, message)
    child_ended(scope, node, record)
    return False


def _create(transition: Transition, scope: DagScope, node: NodePlan) -> TaskRecord:
    scope.open += 1
    return transition.create_task(
        name=node.name,
        template=node.call.template,
        template_type="dag" if node.call.task is None else "task",
        scope=scope,
    )


def child_ended(scope: DagScope, node: NodePlan, record: TaskRecord) -> None:
    """Count a child's end and free the nodes that waited for it alone."""
    scope.open -= 1
    phase = record.phase
    if node.referenced:
        scope.results[node.name] = NodeResult(phase, record.code, record.message, record.outputs)
    if phase not in _SATISFIED and phase not in node.tolerated:
        _blame(scope, record)
        return
    for successor in node.successors:
        scope.waiting[successor] -= 1
        if scope.waiting[successor] == 0:
            scope.ready.append(successor)


def _blame(scope: DagScope, record: TaskRecord) -> None:
    first = scope.blames.get(record.phase)
    if first is None:
        scope.blames[record.phase] = Blame(record.phase, record.name, record.message)
    else:
        scope.blames[record.phase] = Blame(first.phase, first.name, first.message, first.count + 1)


def close_dag(transition: Transition, scope: DagScope) -> None:
    """End a dag whose children have all ended and that has nothing left to start."""
    record = scope.record
    record.outputs = _collected(transition, scope) or None
    phase, message = verdict(scope)
    del transition.state.scopes[record.seq]
    transition.set_phase(record, phase, message)


def verdict(scope: DagScope) -> tuple[Phase, str]:
    """Return what the children's phases add up to, and why (engine.md 6.7)."""
    for child_phase, phase, words in _AGGREGATES:
        blame = scope.blames.get(child_phase)
        if blame is not None:
            others = f" (and {blame.count - 1} more)" if blame.count > 1 else ""
            reason = f": {blame.message}" if blame.message else ""
            return phase, f"task {blame.name} {words}{others}{reason}"
    return Phase.SUCCEEDED, ""


def _collected(transition: Transition, scope: DagScope) -> dict[str, JsonValue]:
    """Return the dag's outputs; what can't be resolved is left out and noted."""
    outputs: dict[str, JsonValue] = {}
    for output in scope.plan.outputs:
        try:
            outputs[output.name] = _collect(output, scope)
        except (MissingReference, EvaluationError) as error:
            transition.note(f"output {output.name} is left out: {error.message}", scope.record)
    return outputs


def _collect(output: CollectedOutput, scope: DagScope) -> JsonValue:
    resolve = scope.environment.resolve
    if output.source is None:
        return None
    try:
        return output.source.evaluate(resolve)
    except MissingReference:
        if output.default is None:
            raise
        return output.default.evaluate(resolve)
