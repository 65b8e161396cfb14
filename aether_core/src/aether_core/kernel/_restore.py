"""From stored records back to a live run.

What a run needs in memory can all be told from its tasks: which dependencies have ended,
which iterations exist, which deadlines are set. The cost is that of the run, once.
"""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING

from aether_core.kernel._agenda import child_ended
from aether_core.kernel._dag import open_dag
from aether_core.kernel._environment import nest
from aether_core.kernel._loop import adopt_loop, iteration_environment
from aether_core.kernel._state import RUN_TIMER, DagScope, Leaf, LoopScope, RunState
from aether_core.kernel._transition import HOOK_SCOPE, Start
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
        nest(run.variables),
        next_seq=len(records),
        dispatch_timeout=dispatch_timeout,
    )
    if run.deadline is not None and not run.phase.is_terminal:
        state.set_timer(run.deadline, RUN_TIMER)
    _Restorer(state, records).restore()
    return state


class _Restorer:
    """Rebuilds leaves and containers from the entrypoint downwards."""

    def __init__(self, state: RunState, records: list[TaskRecord]) -> None:
        self._state = state
        self._children: dict[int, list[TaskRecord]] = defaultdict(list)
        for record in records:
            self._children[record.parent_seq].append(record)

    def restore(self) -> None:
        state = self._state
        for record in self._children[-1]:
            if record.scope != HOOK_SCOPE:
                self._task(record, state.plan.entry, state.root_environment(), None, None)
            elif not record.phase.is_terminal:
                state.hooks.add(record.seq)
                call = state.plan.hook_calls[record.template]
                self._leaf(record, call, state.root_environment(), None, None)

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
            self._nodes(dag, self._children[record.seq])
        else:
            loop = adopt_loop(self._state, start, inputs)
            self._open(loop)
            self._iterations(loop, self._children[record.seq])

    def _open(self, scope: Scope) -> None:
        record = scope.record
        self._state.scopes[record.seq] = scope
        if record.deadline is not None:
            self._state.set_timer(record.deadline, record.seq)

    def _iterations(self, scope: LoopScope, children: list[TaskRecord]) -> None:
        for child in children:
            index = child.iteration or 0
            scope.created += 1
            environment = iteration_environment(scope, index)
            self._child(scope, child, scope.plan.body, environment, index)

    def _nodes(self, scope: DagScope, children: list[TaskRecord]) -> None:
        nodes = {node.name: node for node in scope.plan.nodes}
        for child in children:
            node = nodes[child.name]
            self._child(scope, child, node.call, scope.environment, node)
        present = {nodes[child.name].index for child in children}
        scope.ready = [index for index in scope.ready if index not in present]

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
