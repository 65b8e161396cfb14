"""`step`: the one way in which a run changes."""

from __future__ import annotations

from typing import TYPE_CHECKING, assert_never

from aether_core.kernel._agenda import abort, end_all, settle, task_ended, work_off
from aether_core.kernel._events import (
    CancelRequested,
    Event,
    Recovered,
    ResumeRequested,
    Submitted,
    TaskCompleted,
    TaskStarted,
    TimePassed,
)
from aether_core.kernel._leaf import dispatch, leaf_completed, leaf_started, resume_leaf
from aether_core.kernel._state import RUN_TIMER
from aether_core.kernel._timers import time_passed
from aether_core.kernel._transition import Start, Step, Transition
from aether_sdk import Phase

if TYPE_CHECKING:
    from aether_core.kernel._state import RunState


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
        work_off(transition)
    except Exception as error:  # noqa: BLE001  # a fault of ours must end this run only, and be seen
        abort(transition, f"engine internal error: {error!r}")
    return transition.finish()


def _apply(transition: Transition, event: Event) -> None:
    match event:
        case Submitted():
            _submitted(transition)
        case TaskStarted():
            _started(transition, event)
        case TaskCompleted():
            _completed(transition, event)
        case TimePassed():
            time_passed(transition)
        case ResumeRequested():
            _resume(transition, event)
        case Recovered():
            _recovered(transition)
        case CancelRequested():
            _cancel(transition, event)
        case _:
            assert_never(event)


def _submitted(transition: Transition) -> None:
    state = transition.state
    entry = state.plan.entry
    transition.set_run_phase(Phase.CREATED)
    if state.plan.timeout is not None:
        state.run.deadline = transition.at + state.plan.timeout
        state.set_timer(state.run.deadline, RUN_TIMER)
    record = transition.create_task(entry.template, entry, None, "")
    transition.agenda.append(Start(record, entry, state.root_environment(), None, None))


def _started(transition: Transition, event: TaskStarted) -> None:
    leaf = transition.state.leaves.get(event.task_seq)
    if leaf is not None and leaf.record.attempt == event.attempt:
        leaf_started(transition, leaf)


def _completed(transition: Transition, event: TaskCompleted) -> None:
    leaf = transition.state.leaves.get(event.task_seq)
    is_current = (
        leaf is not None
        and leaf.record.attempt == event.attempt
        and leaf.record.phase in {Phase.READY, Phase.RUNNING}
    )
    if leaf is None or not is_current:
        transition.note(
            f"ignored a result for attempt {event.attempt} of task number {event.task_seq}: "
            "the task has ended or started again since",
            leaf.record if leaf is not None else None,
        )
        return
    leaf_completed(transition, leaf, event)
    if leaf.record.phase.is_terminal:
        task_ended(transition, leaf.record, leaf.call, leaf.scope, leaf.slot)


def _resume(transition: Transition, event: ResumeRequested) -> None:
    leaf = transition.state.leaves.get(event.task_seq)
    if leaf is None or leaf.record.phase is not Phase.SUSPENDED:
        transition.note(
            f"ignored a resume of task number {event.task_seq}: it is not suspended",
            leaf.record if leaf is not None else None,
        )
        return
    resume_leaf(transition, leaf, event.payload)


def _recovered(transition: Transition) -> None:
    """Dispatch again what a worker may have lost; attempts fence the old results off."""
    state = transition.state
    transition.note("the run goes on with another engine")
    for leaf in sorted(state.leaves.values(), key=lambda leaf: leaf.record.seq):
        if leaf.record.phase in {Phase.READY, Phase.RUNNING}:
            leaf.record.deadline = None
            dispatch(transition, leaf)
    transition.agenda.extend(scope for _, scope in sorted(state.scopes.items()))
    settle(transition)


def _cancel(transition: Transition, event: CancelRequested) -> None:
    if transition.state.run.phase.is_terminal:
        transition.note(f"ignored a request to cancel: the run had already ended ({event.reason})")
        return
    end_all(transition, Phase.CANCELLED, event.reason)
