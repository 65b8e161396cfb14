"""Deadlines and waits that have run out (engine.md 9, decision 21).

A timer only says when to look. What it means is read from the task it belongs to, so that a
timer which an attempt or an end has overtaken does nothing.
"""

from __future__ import annotations

import heapq
from typing import TYPE_CHECKING

from aether_core.kernel._agenda import close, end_all, end_below, task_ended
from aether_core.kernel._conditions import chosen_phase, ending
from aether_core.kernel._effects import CancelTask
from aether_core.kernel._events import TaskCompleted
from aether_core.kernel._leaf import dispatch, leaf_completed
from aether_core.kernel._state import RUN_TIMER
from aether_sdk import ExecCode, Phase

if TYPE_CHECKING:
    from aether_core.kernel._state import Leaf, Scope
    from aether_core.kernel._transition import Transition


def time_passed(transition: Transition) -> None:
    """Do what is due by now."""
    timers = transition.state.timers
    while timers and timers[0][0] <= transition.at:
        _, seq, attempt = heapq.heappop(timers)
        if seq == RUN_TIMER:
            _run_deadline(transition)
        elif seq in transition.state.leaves:
            _leaf_timer(transition, transition.state.leaves[seq], attempt)
        elif seq in transition.state.scopes:
            _container_deadline(transition, transition.state.scopes[seq])


def _run_deadline(transition: Transition) -> None:
    run = transition.state.run
    if run.deadline is not None and run.deadline <= transition.at:
        text = transition.state.plan.timeout_text
        end_all(transition, Phase.TIMEOUT, f"the workflow did not end within {text}")


def _leaf_timer(transition: Transition, leaf: Leaf, attempt: int) -> None:
    record, now = leaf.record, transition.at
    if record.next_attempt_at is not None and record.next_attempt_at <= now:
        dispatch(transition, leaf)
    elif record.deadline is not None and record.deadline <= now:
        _leaf_timeout(transition, leaf, f"timed out after {leaf.call.policy.timeout_text}")
    elif record.phase is Phase.READY and attempt == record.attempt:
        _leaf_timeout(transition, leaf, "no worker started the task in time")


def _leaf_timeout(transition: Transition, leaf: Leaf, message: str) -> None:
    """Answer in the worker's place; phase conditions, retry and hooks apply as ever."""
    record = leaf.record
    transition.effects.append(CancelTask(record.task_id))
    answer = TaskCompleted(
        run_id=transition.state.run.run_id,
        task_seq=record.seq,
        attempt=record.attempt,
        at=transition.at,
        code=ExecCode.TIMEOUT,
        message=message,
    )
    leaf_completed(transition, leaf, answer, started=False)
    if record.phase.is_terminal:
        task_ended(transition, record, leaf.call, leaf.scope, leaf.slot)


def _container_deadline(transition: Transition, scope: Scope) -> None:
    record = scope.record
    if record.deadline is None or record.deadline > transition.at:
        return
    message = f"timed out after {scope.call.policy.timeout_text}"
    end_below(transition, scope, Phase.TIMEOUT, f"{record.template_type} {record.name} {message}")
    judged = scope.environment.knowing(ending(Phase.TIMEOUT, message, None))
    conditions = scope.call.policy.conditions
    close(
        transition,
        scope,
        chosen_phase(transition, conditions, judged, Phase.TIMEOUT, record),
        message,
    )
