"""Why a task that has ended ended as it did."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from aether_core.engine.explain._facts import GOOD
from aether_core.engine.sealing._broker import LOOKED_INTO, NO_VALUE
from aether_core.plan import Policy
from aether_sdk import ExecCode, Phase, phase_of_code

if TYPE_CHECKING:
    from collections.abc import Iterator

    from aether_core.engine.explain._explanation import Reason
    from aether_core.engine.explain._facts import Facts
    from aether_core.kernel import TaskRecord
    from aether_core.plan import RetryPlan

#: How many children are named at most.
MOST_CHILDREN: Final = 10
# What the engine writes where it ends a task itself; see the kernel's leaves, timers and loops.
_WHEN: Final = "when condition "
_INPUTS: Final = ("$.inputs.", "$.executor.config")
_SECRETS: Final = (f'{NO_VALUE}secret "', LOOKED_INTO)
_ENGINE: Final = "engine internal error"
_TIMED_OUT: Final = "timed out after "
_NO_WORKER: Final = "no worker started the task in time"
_LIMIT: Final = "maxIterations "
_LOOP_FAULTS: Final = ("repeatCondition ", "expand loop ", "the loop reached ")


def end_reasons(facts: Facts, record: TaskRecord) -> Iterator[Reason]:
    """Yield why a task ended in its phase, the main thing first."""
    if not facts.is_current(record):
        text = "It ended so before the run was retried, and has not begun since"
        yield facts.reason("kept", text)
    elif record.generation < facts.run.generation:
        yield facts.reason("kept", "It ended so before the run was retried, and was kept")
    if record.phase is Phase.SKIPPED or record.message.startswith(_WHEN):
        yield facts.reason("condition", _sentence(record.message))
        return
    stopped = _stopped(facts, record)
    if stopped is not None:
        yield stopped
    elif record.template_type == "task":
        yield from _leaf_reasons(facts, record)
    else:
        yield from _container_reasons(facts, record)
    if facts.is_tolerated(record):
        text = "continueOn tolerates this end: what depends on it goes on"
        yield facts.reason("tolerated", text)


def _sentence(text: str) -> str:
    """Return a message of the engine as the beginning of a sentence."""
    return text[:1].upper() + text[1:].rstrip(".")


def _stopped(facts: Facts, record: TaskRecord) -> Reason | None:
    """Return what around a task ended it, if something did."""
    if record.message.startswith(_ENGINE):
        return facts.reason("engine", f"The engine failed: {record.message}")
    parent = facts.parent(record)
    while parent is not None:
        if facts.is_stopped_by(record, parent):
            text = f"It was stopped: {record.message}"
            return facts.reason("stopped", text, parent, since=parent.finished_at)
        parent = facts.parent(parent)
    if not facts.is_stopped_by_run(record):
        return None
    if record.phase is Phase.CANCELLED:
        why = f": {record.message}" if record.message else ""
        return facts.reason("cancelled", f"The run was cancelled{why}", since=record.finished_at)
    text = f"It was stopped with the run: {facts.run.message}"
    return facts.reason("stopped", text, since=record.finished_at)


def _leaf_reasons(facts: Facts, record: TaskRecord) -> Iterator[Reason]:
    yield _answer(facts, record)
    policy, code = _policy(facts, record), record.code
    if code is not None and record.phase is not phase_of_code(code):
        yield _chosen(facts, record, policy, phase_of_code(code))
    if code is not None and policy.retry is not None and record.phase not in GOOD:
        yield _not_retried(facts, record, policy.retry)


def _answer(facts: Facts, record: TaskRecord) -> Reason:
    """Return who ended a task that was not stopped from outside, and how."""
    message, code = record.message, record.code
    if code is None and message.startswith(_INPUTS):
        return facts.reason("inputs", f"Its inputs could not be bound: {message}")
    if code == ExecCode.ERROR and message.startswith(_SECRETS):
        return facts.reason("inputs", f"No worker got it: {message}")
    if code == ExecCode.TIMEOUT and message.startswith((_TIMED_OUT, _NO_WORKER)):
        return facts.reason("timeout", _sentence(message))
    if record.phase is Phase.SUCCEEDED:
        said = f": {message}" if message else ""
        return facts.reason("answer", f"Its executor did its work{said}")
    with_code = "" if code is None else f" with code {code}"
    return facts.reason("answer", f"Its executor answered{with_code}: {message or 'no message'}")


def _policy(facts: Facts, record: TaskRecord) -> Policy:
    call = facts.site(record).call
    return Policy() if call is None else call.policy


def _chosen(facts: Facts, record: TaskRecord, policy: Policy, natural: Phase) -> Reason:
    texts = [condition.text for phase, condition in policy.conditions if phase is record.phase]
    because = f' "{texts[0]}"' if texts else ""
    text = f"Its phaseConditions{because} made {record.phase} of {natural}"
    return facts.reason("phase-conditions", text)


def _not_retried(facts: Facts, record: TaskRecord, retry: RetryPlan) -> Reason:
    if record.retry_count >= retry.limit:
        times = "once" if record.retry_count == 1 else f"{record.retry_count} times"
        text = f"It was retried {times}, as often as its limit allows"
    elif retry.expression is not None:
        text = f'It was not retried: its retry expression "{retry.expression.text}" did not hold'
    else:
        text = "It was not retried: without an expression, retry is for Error and Timeout only"
    return facts.reason("retry", text)


def _container_reasons(facts: Facts, record: TaskRecord) -> Iterator[Reason]:
    message = record.message
    if message.startswith(_INPUTS):
        yield facts.reason("inputs", f"Its inputs could not be bound: {message}")
    elif message.startswith(_TIMED_OUT):
        yield facts.reason("timeout", _sentence(message))
    elif message.startswith(_LOOP_FAULTS):
        yield facts.reason("loop", f"It could not go on: {message}")
    else:
        yield from _from_children(facts, record)


def _from_children(facts: Facts, record: TaskRecord) -> Iterator[Reason]:
    bad = blamed(facts, record)
    if record.phase in GOOD and not bad:
        what = "iterations" if record.template_type == "loop" else "tasks"
        ended = [child for child in facts.children(record) if child.phase not in GOOD]
        tolerated = ", bad ends that continueOn tolerates aside" if ended else ""
        text = f"All its {what} ended well{tolerated}" if facts.children(record) else record.message
        yield facts.reason("children", _sentence(text) or "There was nothing to do")
    for child in bad[:MOST_CHILDREN]:
        why = f": {child.message}" if child.message else ""
        yield facts.reason("children", f"{facts.path(child)} ended {child.phase}{why}", child)
    if len(bad) > MOST_CHILDREN:
        yield facts.reason("more", f"{len(bad) - MOST_CHILDREN} more ended badly")
    if _LIMIT in record.message:
        limit = record.message[record.message.index(_LIMIT) :]
        yield facts.reason("loop", f"Its {limit}")
    policy = _policy(facts, record)
    if any(phase is record.phase for phase, _ in policy.conditions) and _is_odd(record, bad):
        yield _chosen(facts, record, policy, bad[0].phase if bad else Phase.SUCCEEDED)


def _is_odd(record: TaskRecord, bad: list[TaskRecord]) -> bool:
    """Return whether a container's phase is not what its children add up to."""
    phases = {child.phase for child in bad}
    if not phases:
        return record.phase not in GOOD
    if phases & {Phase.ERROR, Phase.TIMEOUT}:
        return record.phase is not Phase.ERROR
    return record.phase is not Phase.FAILED


def blamed(facts: Facts, record: TaskRecord) -> list[TaskRecord]:
    """Return the children whose ends spoiled a container."""
    children = facts.children(record)
    loop = facts.loop(record)
    if loop is not None and loop.repeat is not None and _LIMIT not in record.message:
        # "Retry until success": the last iteration speaks for the loop (decision 12).
        children = children[-1:]
    return [
        child
        for child in children
        if child.phase.is_terminal and child.phase not in GOOD and not facts.is_tolerated(child)
    ]
