"""Which tasks anything in a dag refers to; the outcome of the others need not be kept."""

from __future__ import annotations

from typing import TYPE_CHECKING

from aether_core.expression import compile_expression
from aether_core.plan._plan import ArtifactBinding

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from aether_core.expression import Reference
    from aether_core.plan._plan import Call, CollectedOutput, LoopPlan, NodePlan


def referenced_tasks(
    nodes: Iterable[NodePlan],
    outputs: Iterable[CollectedOutput | ArtifactBinding],
    loops: Mapping[str, LoopPlan],
    conditions: Iterable[str],
) -> set[str]:
    """Return the names in every `tasks.<name>` that may be resolved in the dag's scope.

    What a loop and its body refer to is resolved among the siblings of the loop, so it counts
    for the dag that calls the loop.
    """
    names: set[str] = set()
    for text in conditions:
        names.update(_task_names(compile_expression(text).references))
    for node in nodes:
        if node.when is not None:
            names.update(_task_names(node.when.expression.references))
        names.update(_call_names(node.call, loops))
    for output in outputs:
        names.update(_output_names(output))
    return names


def _output_names(output: CollectedOutput | ArtifactBinding) -> Iterable[str]:
    if isinstance(output, ArtifactBinding):
        yield from _artifact_names(output)
        return
    for source in (output.source, output.default):
        if source is not None:
            yield from _task_names(source.references)


def _artifact_names(artifact: ArtifactBinding) -> Iterable[str]:
    if artifact.reference is not None:
        yield from _task_names([artifact.reference])
    if artifact.config is not None:
        yield from _task_names(artifact.config.references)


def _call_names(call: Call, loops: Mapping[str, LoopPlan]) -> Iterable[str]:
    """Yield the task names that a call refers to, through any number of loops."""
    calls = [call]
    seen: set[str] = set()
    while calls:
        current = calls.pop()
        yield from _own_names(current)
        loop = loops.get(current.template) if current.kind == "loop" else None
        if loop is not None and loop.name not in seen:
            seen.add(loop.name)
            calls.append(loop.body)
            for found in (loop.items_from, loop.repeat):
                if found is not None:
                    yield from _task_names(found.expression.references)


def _own_names(call: Call) -> Iterable[str]:
    for binding in call.bindings:
        for source in (binding.source, binding.default):
            if source is not None:
                yield from _task_names(source.references)
    for artifact in call.artifacts:
        yield from _artifact_names(artifact)
    if call.task is not None:
        for _, source in call.task.config:
            yield from _task_names(source.references)
        for output in call.task.outputs:
            if output.computed is not None and output.computed.source is not None:
                yield from _task_names(output.computed.source.references)
    policy = call.policy
    for _, condition in policy.conditions:
        yield from _task_names(condition.expression.references)
    if policy.retry is not None and policy.retry.expression is not None:
        yield from _task_names(policy.retry.expression.expression.references)


def _task_names(references: Iterable[Reference]) -> Iterable[str]:
    for reference in references:
        head, *rest = reference.segments
        if head == "tasks" and rest and isinstance(rest[0], str):
            yield rest[0]
