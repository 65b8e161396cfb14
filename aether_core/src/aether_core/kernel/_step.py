"""`step`: the one way in which a run changes."""

from __future__ import annotations

from typing import TYPE_CHECKING, assert_never

from aether_core.kernel._agenda import abort, end_all, settle, task_ended, work_off
from aether_core.kernel._events import (
    CancelRequested,
    Event,
    Recovered,
    ResumeRequested,
    RetryRequested,
    Submitted,
    TaskCompleted,
    TaskLogged,
    TaskStarted,
    TimePassed,
)
from aether_core.kernel._leaf import dispatch, leaf_completed, leaf_started, resume_leaf
from aether_core.kernel._state import RUN_TIMER
from aether_core.kernel._timers import time_passed
from aether_core.kernel._transition import Start, Step, Transition
from aether_sdk import Phase

if TYPE_CHECKING:
    from collections.abc import Iterable

    from aether_core.kernel._records import TaskRecord
    from aether_core.kernel._state import RunState

#: The rest of a longer line is cut off, in characters.
_LONGEST_LINE = 4096
#: A set made once: thousands of answers per second are compared with it.
_WITH_A_WORKER = frozenset({Phase.READY, Phase.RUNNING})


def step(state: RunState, *events: Event) -> Step:
    """Apply events to a run, one after the other.

    Synchronous and deterministic: the same state and events give the same answer, given the
    same ids. The cost of an event is that of the nodes which it sets free plus the depth of the
    task, never that of the run. Events that come late, twice or for an ended run change no
    phase; they leave a note.

    Args:
        state: the run; changed in place.
        events: what happened, in this order.

    Returns:
        The changes to commit and the effects to carry out after the commit.
    """
    transition = Transition(state)
    for event in events:
        transition.at = event.at
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
        case TaskLogged():
            _logged(transition, event)
        case TimePassed():
            time_passed(transition)
        case ResumeRequested():
            _resume(transition, event)
        case Recovered():
            _recovered(transition, event)
        case CancelRequested():
            _cancel(transition, event)
        case RetryRequested():
            _retried(transition, event)
        case _:
            assert_never(event)


def _submitted(transition: Transition) -> None:
    transition.set_run_phase(Phase.CREATED)
    _begin(transition)


def _begin(transition: Transition) -> None:
    """Start the clock of the run, and its entrypoint."""
    state = transition.state
    entry = state.plan.entry
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
        and leaf.record.phase in _WITH_A_WORKER
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


def _logged(transition: Transition, event: TaskLogged) -> None:
    """Record the lines of an attempt that is at work; those of any other say nothing any more."""
    leaf = transition.state.leaves.get(event.task_seq)
    if leaf is None or leaf.record.attempt != event.attempt:
        return
    if leaf.record.phase not in _WITH_A_WORKER:
        return
    # The start got lost or was overtaken; the lines prove it, as an answer does.
    leaf_started(transition, leaf)
    for line in event.lines:
        is_long = len(line) > _LONGEST_LINE
        transition.log(f"{line[:_LONGEST_LINE]}… (cut)" if is_long else line, leaf.record)


def _resume(transition: Transition, event: ResumeRequested) -> None:
    leaf = transition.state.leaves.get(event.task_seq)
    if (
        leaf is None
        or leaf.record.phase is not Phase.SUSPENDED
        or event.attempt not in {None, leaf.record.attempt}
    ):
        _refuse_resume(transition, event, None if leaf is None else leaf.record)
        return
    transition.answer(event.command_id)
    resume_leaf(transition, leaf, event.payload)


def _refuse_resume(
    transition: Transition, event: ResumeRequested, record: TaskRecord | None
) -> None:
    what = f"task number {event.task_seq}" if record is None else f"task {record.name}"
    refusal = f"{what} is not suspended any more"
    transition.note(f"ignored a resume: {refusal}", record)
    transition.answer(event.command_id, refusal)


def _retried(transition: Transition, event: RetryRequested) -> None:
    """Begin the run's next generation where the last one did not succeed."""
    run = transition.state.run
    for command_id in event.stale:
        transition.answer(command_id, "the run had already ended")
    run.outputs = run.finished_at = None
    transition.set_run_phase(Phase.CREATED, f"retry {run.generation}")
    _note_all(transition, event.notes)
    # Hooks of the last generation, if its engine was lost before they had ended.
    _dispatch_again(transition)
    _begin(transition)


def _recovered(transition: Transition, event: Recovered) -> None:
    """Dispatch again what a worker may have lost; attempts fence the old results off."""
    state = transition.state
    if not state.next_seq and not state.run.phase.is_terminal:
        # It was submitted for whoever comes first, and nobody has begun it yet.
        _submitted(transition)
        _note_all(transition, event.notes)
        return
    was_over = state.run.phase.is_terminal
    transition.note("the run goes on with another engine")
    _note_all(transition, event.notes)
    _dispatch_again(transition)
    # What fell due while nobody drove the run goes before anything that a worker reports now.
    time_passed(transition)
    transition.agenda.extend(scope for _, scope in sorted(state.scopes.items()))
    if was_over:
        settle(transition)


def _note_all(transition: Transition, notes: Iterable[str]) -> None:
    for message in notes:
        transition.note(message)


def _dispatch_again(transition: Transition) -> None:
    """Dispatch the leaves that a worker had when the run was last driven."""
    for leaf in sorted(transition.state.leaves.values(), key=lambda leaf: leaf.record.seq):
        if leaf.record.phase in _WITH_A_WORKER:
            leaf.record.deadline = None
            dispatch(transition, leaf)


def _cancel(transition: Transition, event: CancelRequested) -> None:
    if transition.state.run.phase.is_terminal:
        transition.note(f"ignored a request to cancel: the run had already ended ({event.reason})")
        transition.answer(event.command_id, "the run has already ended")
        return
    transition.answer(event.command_id)
    end_all(transition, Phase.CANCELLED, event.reason)
