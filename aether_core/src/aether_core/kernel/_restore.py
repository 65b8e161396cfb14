"""From stored records back to a live run.

What a run needs in memory can all be told from its tasks: which dependencies have ended,
which iterations exist, which deadlines are set. The cost is that of the run, once.
"""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING

from aether_core.kernel._agenda import child_ended
from aether_core.kernel._dag import open_dag
from aether_core.kernel._environment import variables_of
from aether_core.kernel._loop import adopt_loop, iteration_environment
from aether_core.kernel._paths import HOOK_SCOPE
from aether_core.kernel._records import NO_PARENT
from aether_core.kernel._state import RUN_TIMER, DagScope, Leaf, LoopScope, RunState
from aether_core.kernel._transition import Start
from aether_sdk import Phase

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from aether_core.kernel._environment import Environment
    from aether_core.kernel._records import RunRecord, TaskRecord
    from aether_core.kernel._state import Scope, Slot
    from aether_core.plan import Call, Plan


def restore_run(
    plan: Plan,
    run: RunRecord,
    tasks: Iterable[TaskRecord],
    new_id: Callable[[], str],
    *,
    dispatch_timeout: int | None = None,
) -> RunState:
    """Return the state of a run as it was after its last commit.

    Nothing is dispatched by this; the event `Recovered` does that.

    Args:
        plan: compiled from the run's own document.
        run: the stored run.
        tasks: all its tasks, in creation order.
        new_id: gives an unused task id at each call.
        dispatch_timeout: longest wait of a task for a worker, in microseconds.
    """
    records = list(tasks)
    state = RunState(
        plan,
        run,
        new_id,
        variables_of(run),
        next_seq=len(records),
        dispatch_timeout=dispatch_timeout,
    )
    if run.deadline is not None and not run.phase.is_terminal:
        state.set_timer(run.deadline, RUN_TIMER)
    _Restorer(state, records).restore()
    return state


def reopen_run(
    plan: Plan,
    run: RunRecord,
    tasks: Iterable[TaskRecord],
    new_id: Callable[[], str],
    *,
    dispatch_timeout: int | None = None,
) -> RunState:
    """Return the state of an ended run that is about to be tried again.

    What succeeded stays; the rest begins again, in the same records, with the event
    `RetryRequested`. What happened before stays in the run's events.

    Args:
        plan: compiled from the run's own document.
        run: the stored run, ended; its generation is raised by one.
        tasks: all its tasks, in creation order.
        new_id: gives an unused task id at each call.
        dispatch_timeout: longest wait of a task for a worker, in microseconds.
    """
    run.generation += 1
    return restore_run(plan, run, tasks, new_id, dispatch_timeout=dispatch_timeout)


class _Restorer:
    """Rebuilds leaves and containers from the entrypoint downwards."""

    def __init__(self, state: RunState, records: list[TaskRecord]) -> None:
        self._state = state
        self._children: dict[int, list[TaskRecord]] = defaultdict(list)
        for record in records:
            self._children[record.parent_seq].append(record)

    def restore(self) -> None:
        state = self._state
        for record in self._children.pop(NO_PARENT, ()):
            if self._is_left_over(record):
                state.earlier[NO_PARENT] = {record.name: record}
            elif record.scope != HOOK_SCOPE:
                self._task(record, state.plan.entry, state.root_environment(), None, None)
            elif not record.phase.is_terminal:
                state.hooks.add(record.seq)
                call = state.plan.hook_calls[record.template]
                self._leaf(record, call, state.root_environment(), None, None)
        if state.run.generation:
            for parent_seq, children in self._children.items():
                self._leave(parent_seq, children)

    def _is_left_over(self, record: TaskRecord) -> bool:
        """Return whether a task failed in an earlier generation and has not begun in this one."""
        is_earlier = record.generation < self._state.run.generation
        return is_earlier and record.phase is not Phase.SUCCEEDED and record.scope != HOOK_SCOPE

    def _leave(self, parent_seq: int, children: Iterable[TaskRecord]) -> None:
        """Keep tasks of earlier generations for when their container gets to them."""
        self._state.earlier.setdefault(parent_seq, {}).update(
            (child.name if child.iteration is None else child.iteration, child)
            for child in children
        )

    def _task(
        self,
        record: TaskRecord,
        call: Call,
        environment: Environment,
        scope: Scope | None,
        slot: Slot | None,
    ) -> None:
        if record.phase.is_terminal:
            return
        if call.kind == "task":
            self._leaf(record, call, environment, scope, slot)
            return
        start = Start(record, call, environment, scope, slot)
        inputs = record.inputs or {}
        if call.kind == "dag":
            dag = open_dag(self._state, start, inputs)
            self._open(dag)
            self._nodes(dag, self._children.pop(record.seq, []))
        else:
            loop = adopt_loop(self._state, start, inputs)
            self._open(loop)
            self._iterations(loop, self._children.pop(record.seq, []))

    def _open(self, scope: Scope) -> None:
        record = scope.record
        self._state.scopes[record.seq] = scope
        if record.deadline is not None:
            self._state.set_timer(record.deadline, record.seq)

    def _iterations(self, scope: LoopScope, children: list[TaskRecord]) -> None:
        generation = self._state.run.generation
        reached = max(
            (child.iteration or 0 for child in children if child.generation == generation),
            default=-1,
        )
        self._leave(scope.record.seq, (c for c in children if (c.iteration or 0) > reached))
        for child in sorted(children, key=lambda child: child.iteration or 0):
            index = child.iteration or 0
            if index > reached:
                return
            scope.created += 1
            environment = iteration_environment(scope, index)
            self._child(scope, child, scope.plan.body, environment, index)

    def _nodes(self, scope: DagScope, children: list[TaskRecord]) -> None:
        nodes = {node.name: node for node in scope.plan.nodes}
        left_over = [child for child in children if self._is_left_over(child)]
        self._leave(scope.record.seq, left_over)
        waiting = {child.seq for child in left_over}
        for child in children:
            if child.seq in waiting:
                continue
            node = nodes[child.name]
            # Below zero it never becomes ready, whatever else it depends on.
            scope.waiting[node.index] = -1
            self._child(scope, child, node.call, scope.environment, node)
        scope.ready = [index for index in scope.ready if scope.waiting[index] == 0]

    def _child(
        self, scope: Scope, child: TaskRecord, call: Call, environment: Environment, slot: Slot
    ) -> None:
        scope.open += 1
        if child.phase.is_terminal:
            child_ended(scope, slot, child)
        else:
            self._task(child, call, environment, scope, slot)

    def _leaf(
        self,
        record: TaskRecord,
        call: Call,
        environment: Environment,
        scope: Scope | None,
        slot: Slot | None,
    ) -> None:
        self._state.leaves[record.seq] = Leaf(record, call, environment, scope, slot)
        if record.phase is Phase.SUSPENDED:
            self._state.suspended.add(record.seq)
        for at in (record.next_attempt_at, record.deadline):
            if at is not None:
                self._state.set_timer(at, record.seq, record.attempt)
