"""Conditions with the values of their references, as they are stored now."""

from __future__ import annotations

from typing import TYPE_CHECKING

from aether_core.engine.explain._explanation import ConditionValues, ReferenceValue
from aether_core.engine.sealing._mask import Mask
from aether_core.expression import MISSING
from aether_core.kernel import Environment, NodeResult, nest

if TYPE_CHECKING:
    from aether_core.engine.explain._facts import Facts
    from aether_core.kernel import TaskRecord
    from aether_core.plan import Condition
    from aether_sdk import JsonValue


def condition_values(facts: Facts, dag: TaskRecord, condition: Condition) -> ConditionValues:
    """Return the `when` of a node of a dag's task with what its references stand for."""
    environment = _environment(facts, dag)
    mask = Mask(facts.run.seal)
    values: dict[str, ReferenceValue] = {}
    for reference in condition.expression.references:
        found = environment.resolve(reference)
        value = None if found is MISSING else mask.values({"": found})[""]  # type: ignore[dict-item]  # resolvers answer JSON data or MISSING
        values[reference.text] = ReferenceValue(reference.text, found is not MISSING, value)
    return ConditionValues(condition.text, tuple(values.values()))


def _environment(facts: Facts, dag: TaskRecord) -> Environment:
    """Return what the nodes of a dag see: its inputs, its ended tasks, the loop around it."""
    run = facts.run
    results = {
        child.name: NodeResult(child.phase, child.code, child.message, child.outputs)
        for child in facts.children(dag)
        if child.phase.is_terminal
    }
    return Environment(
        variables=nest(run.variables),
        workflow=run.arguments,
        inputs=dag.inputs or {},
        tasks=results,
        loop=_loop_names(facts, dag),
    )


def _loop_names(facts: Facts, record: TaskRecord) -> dict[str, JsonValue]:
    """Return `loop_iter` and `iterator` of the nearest loop around a task."""
    task: TaskRecord | None = record
    while task is not None and task.iteration is None:
        task = facts.parent(task)
    loop = facts.parent(task) if task is not None else None
    if task is None or task.iteration is None or loop is None:
        return {}
    names: dict[str, JsonValue] = {"index": task.iteration}
    if loop.items is not None and task.iteration < len(loop.items):
        item = loop.items[task.iteration]
        names = {**(item if isinstance(item, dict) else {}), **names, "item": item}
    return {"loop_iter": names, "iterator": names}
