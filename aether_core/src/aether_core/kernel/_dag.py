"""Dags: which nodes may start, and what their ends add up to (engine.md 6)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from aether_core.expression import EvaluationError, MissingReference
from aether_core.kernel._aggregation import SATISFIED, blame, verdict
from aether_core.kernel._artifacts import collected
from aether_core.kernel._conditions import chosen_phase, ending
from aether_core.kernel._environment import NodeResult
from aether_core.kernel._hooks import fire_task_end
from aether_core.kernel._outputs import judge_misfits, misfit
from aether_core.kernel._state import DagScope
from aether_core.kernel._transition import Start
from aether_sdk import Phase

if TYPE_CHECKING:
    from collections.abc import Mapping

    from aether_core.kernel._records import TaskRecord
    from aether_core.kernel._state import RunState
    from aether_core.kernel._transition import Transition
    from aether_core.plan import CollectedOutput, NodePlan
    from aether_sdk import JsonValue


def open_dag(state: RunState, start: Start, inputs: Mapping[str, JsonValue]) -> DagScope:
    """Return the scope of a dag whose inputs are bound; none of its nodes has a task yet."""
    plan = state.plan.dags[start.call.template]
    results: dict[str, NodeResult] = {}
    return DagScope(
        record=start.record,
        call=start.call,
        scope=start.scope,
        slot=start.slot,
        environment=start.environment.within(inputs, results, start.record.input_artifacts),
        outer=start.environment,
        plan=plan,
        results=results,
        waiting=[node.dependency_count for node in plan.nodes],
        ready=list(plan.initial),
    )


def keep_nodes(state: RunState, scope: DagScope) -> None:
    """Count the nodes that succeeded in an earlier generation of the run as ended."""
    earlier = state.earlier.get(scope.record.seq)
    if not earlier:
        return
    for node in scope.plan.nodes:
        record = earlier.get(node.name)
        if record is not None and record.phase is Phase.SUCCEEDED:
            del earlier[node.name]
            # Below zero it never becomes ready, whatever else it depends on.
            scope.waiting[node.index] = -1
            node_ended(scope, node, record)
    scope.ready = [index for index in scope.ready if scope.waiting[index] == 0]


def next_nodes(transition: Transition, scope: DagScope) -> list[Start]:
    """Create the tasks of the nodes that are ready, and return those that shall begin.

    Nodes that are skipped get theirs before nodes that run, each in the order of their
    declaration; what the skips set free belongs to the next batch (engine.md 6.3).
    """
    batch = [scope.plan.nodes[index] for index in sorted(scope.ready)]
    scope.ready = []
    wanted = [node for node in batch if _wanted(transition, scope, node)]
    return [
        Start(_create(transition, scope, node), node.call, scope.environment, scope, node)
        for node in wanted
    ]


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
    scope.open -= 1
    node_ended(scope, node, record)
    fire_task_end(transition, record, node.call)
    return False


def _create(transition: Transition, scope: DagScope, node: NodePlan) -> TaskRecord:
    scope.open += 1
    return transition.create_task(node.name, node.call, scope, f"{scope.record.name}/")


def node_ended(scope: DagScope, node: NodePlan, record: TaskRecord) -> None:
    """Take note of a child's end and free the nodes that waited for it alone."""
    phase = record.phase
    if node.referenced:
        scope.results[node.name] = NodeResult(
            phase, record.code, record.message, record.outputs, record.artifacts
        )
    if phase not in SATISFIED and phase not in node.tolerated:
        blame(scope, record)
        return
    for successor in node.successors:
        scope.waiting[successor] -= 1
        if scope.waiting[successor] == 0:
            scope.ready.append(successor)


def dag_end(transition: Transition, scope: DagScope) -> tuple[Phase, str]:
    """Collect a dag's outputs and return the phase in which it ends, and why."""
    record = scope.record
    outputs, wrong = _collected(transition, scope)
    record.outputs = outputs or None
    record.artifacts = _collected_artifacts(transition, scope) or None
    phase, message = verdict(scope)
    if wrong:
        phase, message = judge_misfits(transition, record, phase, message, wrong)
    if scope.call.policy.conditions:
        judged = scope.environment.knowing(ending(phase, message, record.outputs))
        chosen = chosen_phase(transition, scope.call.policy.conditions, judged, phase, record)
        return chosen, message
    return phase, message


def _collected(transition: Transition, scope: DagScope) -> tuple[dict[str, JsonValue], list[str]]:
    """Return the dag's outputs, and a line for each that does not fit its declaration.

    What can't be resolved is left out and noted.
    """
    outputs: dict[str, JsonValue] = {}
    wrong: list[str] = []
    for output in scope.plan.outputs:
        try:
            value = _collect(output, scope)
        except (MissingReference, EvaluationError) as error:
            transition.note(f"output {output.name} is left out: {error.message}", scope.record)
            continue
        problem = misfit(output, value) if output.source or output.default else ""
        if problem:
            wrong.append(problem)
        else:
            outputs[output.name] = value
    return outputs, wrong


def _collected_artifacts(transition: Transition, scope: DagScope) -> dict[str, JsonValue]:
    places, left_out = collected(scope.plan.artifacts, scope.environment)
    for note in left_out:
        transition.note(note, scope.record)
    return places


def _collect(output: CollectedOutput, scope: DagScope) -> JsonValue:
    resolve = scope.environment.resolve
    if output.source is None:
        return None if output.default is None else output.default.evaluate(resolve)
    try:
        return output.source.evaluate(resolve)
    except MissingReference:
        if output.default is None:
            raise
        return output.default.evaluate(resolve)
