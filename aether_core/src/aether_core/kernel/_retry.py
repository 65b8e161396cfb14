"""Whether and when a leaf is tried again (engine.md 8, decisions 10 and 17)."""

from __future__ import annotations

import zlib
from typing import TYPE_CHECKING

from aether_core.document import format_duration
from aether_core.expression import EvaluationError, MissingReference
from aether_core.kernel._conditions import attempt_environment
from aether_sdk import Phase

if TYPE_CHECKING:
    from collections.abc import Mapping

    from aether_core.kernel._events import TaskCompleted
    from aether_core.kernel._records import EventRecord
    from aether_core.kernel._state import Leaf
    from aether_core.kernel._transition import Transition
    from aether_sdk import JsonValue

_BY_DEFAULT = frozenset({Phase.ERROR, Phase.TIMEOUT})
_ATTEMPT = "attempt "
_NEVER = frozenset({Phase.SUCCEEDED, Phase.SKIPPED, Phase.CANCELLED})
# Keeps a power of a large factor within what a time can hold: about 31 years.
_LONGEST_DELAY = 10**15
_MOST_STEPS = 100


def wants_retry(
    transition: Transition,
    leaf: Leaf,
    phase: Phase,
    result: TaskCompleted,
    outputs: Mapping[str, JsonValue],
) -> bool:
    """Return whether an attempt that ended in this phase is followed by another."""
    policy, record = leaf.call.policy.retry, leaf.record
    if policy is None or phase in _NEVER or record.retry_count >= policy.limit:
        return False
    if policy.expression is None:
        return phase in _BY_DEFAULT
    environment = attempt_environment(leaf.environment, record.name, phase, result, outputs)
    try:
        return policy.expression.expression.test(environment.resolve)
    except (MissingReference, EvaluationError) as error:
        text = policy.expression.text
        transition.note(f'retry "{text}" can\'t be evaluated: {error.message}', record)
        return False


def retry_text(leaf: Leaf, phase: Phase, message: str, delay: int) -> str:
    """Return what the history says of an attempt that another follows, counted already.

    Args:
        leaf: the task.
        phase: what the attempt ended in.
        message: why.
        delay: microseconds until the next attempt.
    """
    policy, record = leaf.call.policy.retry, leaf.record
    left = policy.limit - record.retry_count if policy is not None else 0
    # To the millisecond, for people: jitter gives odd delays.
    wait = max(round(delay, -3), 1000)
    then = f"in {format_duration(wait)}" if delay else "at once"
    said = f": {message}" if message else ""
    total = record.attempt + 1 + left
    return f"{_ATTEMPT}{record.attempt} of {total} ended {phase}, next {then}{said}"


def tells_retry(event: EventRecord) -> bool:
    """Return whether an event says that an attempt failed and another follows."""
    if event.kind == "note":
        return event.message.startswith(_ATTEMPT)
    return event.kind == "task" and event.phase is Phase.CREATED


def retry_delay(leaf: Leaf) -> int:
    """Return the wait before the next attempt, in microseconds; the retry is counted already.

    Jitter is drawn from the task's id and the attempt, so that the same events always give
    the same wait, while tasks that failed together spread out.
    """
    policy, record = leaf.call.policy.retry, leaf.record
    if policy is None or not policy.delay:
        return 0
    steps = record.retry_count - 1
    growth = (
        min(policy.factor**steps, _LONGEST_DELAY) if steps < 1000 else _LONGEST_DELAY
    )  # beyond that a float overflows
    delay = int(min(policy.delay * growth, policy.longest_delay or _LONGEST_DELAY))
    if not policy.full_jitter:
        return delay
    drawn = zlib.crc32(f"{record.task_id}/{record.attempt}".encode())
    return delay * drawn >> 32
