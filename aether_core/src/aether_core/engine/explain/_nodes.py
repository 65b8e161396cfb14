"""Nodes of dags that have no task: what they wait for, or what keeps them from ever running."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec

from aether_core.engine.explain._explanation import TaskExplanation
from aether_core.engine.explain._facts import GOOD
from aether_core.kernel import TaskRecord
from aether_core.plan import NodePlan
from aether_sdk import Phase

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from aether_core.engine.explain._explanation import Reason
    from aether_core.engine.explain._facts import Facts


class Missing(msgspec.Struct, frozen=True):
    """A node of a dag that has begun, without a task of its own."""

    dag: TaskRecord
    node: NodePlan
    path: str
    #: The dependency that keeps it from running for good, and the failed task behind that.
    blocked_by: str = ""
    culprit: TaskRecord | None = None
    #: Dependencies that have not ended yet.
    waits_for: tuple[str, ...] = ()

    @property
    def is_reachable(self) -> bool:
        """Whether it may still begin."""
        return not self.blocked_by and not self.dag.phase.is_terminal


def missing_nodes(facts: Facts) -> list[Missing]:
    """Return the nodes without a task of every dag that has begun, outer dags first."""
    dags = [task for task in facts.current if task.template_type == "dag"]
    # A dag that has begun has a task at once; one that has none failed or was skipped as a whole.
    return [missing for dag in dags if facts.children(dag) for missing in _missing(facts, dag)]


def _missing(facts: Facts, dag: TaskRecord) -> Iterator[Missing]:
    tasks = {child.name: child for child in facts.children(dag)}
    nodes = facts.nodes(dag)
    by_index = {node.index: node for node in nodes.values()}
    dependencies: dict[str, list[str]] = {name: [] for name in nodes}
    for node in nodes.values():
        for index in node.successors:
            dependencies[by_index[index].name].append(node.name)
    blocked = _blocked(facts, nodes, tasks, by_index)
    for name, node in nodes.items():
        if name in tasks:
            continue
        blocked_by, culprit = blocked.get(name, ("", None))
        unfinished = [
            each
            for each in dependencies[name]
            if each not in tasks or not tasks[each].phase.is_terminal
        ]
        yield Missing(
            dag, node, facts.below(dag, name), blocked_by, culprit, waits_for=tuple(unfinished)
        )


def _blocked(
    facts: Facts,
    nodes: Mapping[str, NodePlan],
    tasks: Mapping[str, TaskRecord],
    by_index: Mapping[int, NodePlan],
) -> dict[str, tuple[str, TaskRecord]]:
    """Return the nodes that a bad end keeps from running: by which dependency, by which task."""
    failed = [
        task
        for task in tasks.values()
        if task.phase.is_terminal and task.phase not in GOOD and not facts.is_tolerated(task)
    ]
    blocked: dict[str, tuple[str, TaskRecord]] = {}
    queue = [(task.name, task) for task in failed]
    for name, culprit in queue:
        for index in nodes[name].successors if name in nodes else ():
            successor = by_index[index].name
            if successor not in tasks and successor not in blocked:
                blocked[successor] = (name, culprit)
                queue.append((successor, culprit))
    return blocked


def explain_missing(facts: Facts, missing: Missing) -> TaskExplanation:
    """Return why a node has no task."""
    call = missing.node.call
    return TaskExplanation(
        path=missing.path,
        name=missing.node.name,
        task_id=None,
        phase=None,
        template=call.template,
        template_type=call.kind,
        reasons=(_reason(facts, missing),),
    )


def _reason(facts: Facts, missing: Missing) -> Reason:
    dag, culprit = missing.dag, missing.culprit
    if culprit is not None and not _is_stopped_with(facts, culprit, dag):
        ended = f"ended {culprit.phase}"
        via = f"{missing.blocked_by}, which was not reached either: {culprit.name} {ended}"
        if missing.blocked_by == culprit.name:
            via = f"{culprit.name}, which {ended}"
        return facts.reason("not-reached", f"It never began, since it depends on {via}", culprit)
    if dag.phase.is_terminal:
        why = "was cancelled" if dag.phase is Phase.CANCELLED else f"ended {dag.phase}"
        text = f"It had not begun when {dag.template_type} {dag.name} {why}"
        return facts.reason("not-reached", text, dag)
    return facts.reason("dependency", f"It waits for {', '.join(missing.waits_for) or 'its turn'}")


def _is_stopped_with(facts: Facts, culprit: TaskRecord, dag: TaskRecord) -> bool:
    """Return whether a task ended only because everything in its dag did."""
    return facts.is_stopped_by(culprit, dag) or facts.is_stopped_by_run(culprit)
