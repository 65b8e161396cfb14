"""What an observer remembers of a task, and what it can tell from that and the plan."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec

from aether_core.plan import Call, DagPlan, LoopPlan
from aether_sdk import Phase

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from aether_core.kernel import TaskRecord
    from aether_core.plan import NodePlan, Plan

SATISFIED = frozenset({Phase.SUCCEEDED, Phase.SKIPPED})
HOOKS = "hooks"
# What a bad end of a child makes of its container, worst first (engine.md 6.7).
_VERDICTS = (
    (Phase.CANCELLED, Phase.CANCELLED),
    (Phase.ERROR, Phase.ERROR),
    (Phase.TIMEOUT, Phase.ERROR),
    (Phase.FAILED, Phase.FAILED),
)


class Seen(msgspec.Struct, eq=False):
    """A task as far as it has been committed."""

    seq: int
    task_id: str
    name: str
    call: Call
    parent: Seen | None
    is_hook: bool
    iteration: int | None
    generation: int
    #: The dag or loop that it is; None for a leaf.
    dag: DagPlan | None = None
    loop: LoopPlan | None = None
    phase: Phase = Phase.CREATED
    message: str = ""
    attempt: int = 0
    #: How often it reached Ready, which is once for each attempt.
    readies: int = 0
    deadline: int | None = None
    next_attempt_at: int | None = None
    #: Numbers of the events with which it first reached a phase, and ended.
    first_event: int | None = None
    end_event: int | None = None
    children: list[Seen] = []
    #: Children that have not ended.
    open: int = 0

    @property
    def is_container(self) -> bool:
        """Whether it has children, or may have."""
        return self.call.kind != "task"

    @property
    def path(self) -> str:
        """Its name with those of the containers around it; unique within a run but for hooks."""
        own = self.name if self.iteration is None else f"{self.name}[{self.iteration}]"
        if self.is_hook:
            return f"{HOOKS}/{own}"
        return own if self.parent is None else f"{self.parent.path}/{own}"

    def counts(self, generation: int) -> bool:
        """Return whether it belongs to this generation of the run: begun in it, or kept by it."""
        return self.generation == generation or self.phase is Phase.SUCCEEDED

    def child(self, name: str) -> Seen | None:
        """Return the child of a dag by its name, or None."""
        return next((child for child in self.children if child.name == name), None)


def seen_of(record: TaskRecord, plan: Plan, parent: Seen | None) -> Seen:
    """Return a task that was just created.

    Raises:
        LookupError: the plan has no such task there.
    """
    is_hook = record.scope == HOOKS
    call = _call(record, plan, parent)
    return Seen(
        seq=record.seq,
        task_id=record.task_id,
        name=record.name,
        call=call,
        parent=parent,
        is_hook=is_hook,
        iteration=record.iteration,
        generation=record.generation,
        dag=plan.dags[call.template] if call.kind == "dag" else None,
        loop=plan.loops[call.template] if call.kind == "loop" else None,
    )


def _call(record: TaskRecord, plan: Plan, parent: Seen | None) -> Call:
    if record.scope == HOOKS:
        return plan.hook_calls[record.template]
    if parent is None:
        return plan.entry
    if parent.loop is not None:
        return parent.loop.body
    if parent.dag is None:
        message = f"task {parent.name} is a leaf and has a child {record.name}"
        raise LookupError(message)
    return node_of(parent.dag, record.name).call


def node_of(dag: DagPlan, name: str) -> NodePlan:
    """Return a node by its name.

    Raises:
        LookupError: there is none.
    """
    for node in dag.nodes:
        if node.name == name:
            return node
    message = f"dag {dag.name} has no node {name}"
    raise LookupError(message)


def dependencies(dag: DagPlan) -> Mapping[str, list[NodePlan]]:
    """Return what each node of a dag waits for."""
    found: dict[str, list[NodePlan]] = {node.name: [] for node in dag.nodes}
    for node in dag.nodes:
        for successor in node.successors:
            found[dag.nodes[successor].name].append(node)
    return found


def is_satisfied(node: NodePlan, task: Seen | None, generation: int) -> bool:
    """Return whether what depends on a node may start."""
    if task is None or not task.counts(generation):
        return False
    return task.phase in SATISFIED or task.phase in node.tolerated


def expected_phase(task: Seen, generation: int) -> Phase | None:
    """Return what a container's children add up to; None where more than their phases count."""
    if task.call.policy.conditions or (task.loop is not None and task.loop.repeat is not None):
        return None
    children = (child for child in task.children if child.counts(generation))
    return _verdict(child.phase for child in children if not _is_tolerated(task, child))


def _is_tolerated(task: Seen, child: Seen) -> bool:
    if task.dag is not None:
        return child.phase in node_of(task.dag, child.name).tolerated
    return task.loop is not None and child.phase in task.loop.tolerated


def _verdict(phases: Iterable[Phase]) -> Phase:
    found = set(phases)
    return next((made for bad, made in _VERDICTS if bad in found), Phase.SUCCEEDED)
