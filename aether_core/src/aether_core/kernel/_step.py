"""`step`: the one way in which a run changes."""

from __future__ import annotations

from typing import TYPE_CHECKING, assert_never

from aether_core.kernel._dag import child_ended, close_dag, start, start_ready
from aether_core.kernel._effects import CancelTask, RunEnded
from aether_core.kernel._environment import Environment
from aether_core.kernel._events import (
    CancelRequested,
    Event,
    Submitted,
    TaskCompleted,
    TaskStarted,
)
from aether_core.kernel._leaf import finish_leaf
from aether_core.kernel._transition import Step, Transition
from aether_sdk import Phase

if TYPE_CHECKING:
    from aether_core.kernel._records import TaskRecord
    from aether_core.kernel._state import DagScope, Leaf, RunState
    from aether_core.plan import NodePlan


def step(state: RunState, event: Event) -> Step:
    """Apply one event to a run.

    Synchronous and deterministic: the same state and event give the same answer, given the
    same ids. The cost is that of the nodes which the event sets free plus the depth of the
    task, never that of the run. Events that come late, twice or for an ended run change no
    phase; they leave a note.

    Args:
        state: the run; changed in place.
        event: what happened.

    Returns:
        The changes to commit and the effects to carry out after the commit.
    """
    transition = Transition(state, event.at)
    try:
        _apply(transition, event)
    except Exception as error:  # noqa: BLE001  # a fault of ours must end this run only, and be seen
        _end_all(transition, Phase.ERROR, f"engine internal error: {error!r}")
    return transition.finish()


def _apply(transition: Transition, event: Event) -> None:
    match event:
        case Submitted():
            _submitted(transition)
        case TaskStarted():
            _started(transition, event)
        case TaskCompleted():
            _completed(transition, event)
        case CancelRequested():
            _cancel(transition, event)
        case _:
            assert_never(event)


def _submitted(transition: Transition) -> None:
    state = transition.state
    entry = state.plan.entry
    transition.set_run_phase(Phase.CREATED)
    record = transition.create_task(
        name=entry.template,
        template=entry.template,
        template_type="dag" if entry.task is None else "task",
        scope=None,
    )
    environment = Environment(state.variables, state.run.arguments, inputs={}, tasks={})
    start(transition, record, entry, environment, None, None)
    if record.phase.is_terminal:
        _end_run(transition, record)


def _started(transition: Transition, event: TaskStarted) -> None:
    leaf = transition.state.leaves.get(event.task_seq)
    if leaf is None or leaf.record.attempt != event.attempt:
        return
    if leaf.record.phase is Phase.READY:
        transition.set_phase(leaf.record, Phase.RUNNING)
        transition.climb(leaf.scope, Phase.RUNNING)


def _completed(transition: Transition, event: TaskCompleted) -> None:
    leaf = transition.state.leaves.get(event.task_seq)
    if leaf is None or leaf.record.attempt != event.attempt:
        record = leaf.record if leaf is not None else None
        transition.note(
            f"ignored a result for attempt {event.attempt} of task number {event.task_seq}: "
            "the task has ended or started again since",
            record,
        )
        return
    finish_leaf(transition, leaf, event)
    del transition.state.leaves[event.task_seq]
    _climb_ends(transition, leaf.scope, leaf.node, leaf.record)


def _climb_ends(
    transition: Transition, scope: DagScope | None, node: NodePlan | None, record: TaskRecord
) -> None:
    """Carry a task's end upwards through every container that it completes."""
    while scope is not None and node is not None:
        child_ended(scope, node, record)
        start_ready(transition, scope)
        if scope.open:
            return
        close_dag(transition, scope)
        node, record, scope = scope.node, scope.record, scope.scope
    _end_run(transition, record)


def _end_run(transition: Transition, entry: TaskRecord) -> None:
    """End the run with what its entrypoint came to (engine.md 6.8)."""
    phase = Phase.ERROR if entry.phase is Phase.TIMEOUT else entry.phase
    transition.state.run.outputs = entry.outputs
    transition.set_run_phase(phase, entry.message)
    transition.effects.append(RunEnded())


def _cancel(transition: Transition, event: CancelRequested) -> None:
    if transition.state.run.phase.is_terminal:
        transition.note(f"ignored a request to cancel: the run had already ended ({event.reason})")
        return
    _end_all(transition, Phase.CANCELLED, event.reason)


def _end_all(transition: Transition, phase: Phase, message: str) -> None:
    """End everything that is open; nothing new starts in a run that has ended."""
    state = transition.state
    open_tasks: list[Leaf | DagScope] = [*state.leaves.values(), *state.scopes.values()]
    for task in sorted(open_tasks, key=lambda task: task.record.seq):
        if task.record.seq in state.leaves:
            transition.effects.append(CancelTask(task.record.task_id))
        transition.set_phase(task.record, phase, message)
    state.leaves.clear()
    state.scopes.clear()
    transition.set_run_phase(phase, message)
    transition.effects.append(RunEnded())
