"""What a run, or a task, that has not ended waits for."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from aether_sdk import Phase

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from aether_core.engine.explain._explanation import Reason
    from aether_core.engine.explain._facts import Facts
    from aether_core.kernel import TaskRecord

_MOST_NAMES: Final = 10


def is_waiting_for_people(facts: Facts) -> bool:
    """Return whether nothing goes on in an open run until somebody resumes a task."""
    leaves = open_leaves(facts)
    return bool(leaves) and all(leaf.phase is Phase.SUSPENDED for leaf in leaves)


def open_leaves(facts: Facts) -> list[TaskRecord]:
    """Return the tasks, hooks included, that have not ended and are no containers."""
    return [
        task
        for task in (*facts.current, *facts.hooks)
        if task.template_type == "task" and not task.phase.is_terminal
    ]


def run_waits(facts: Facts) -> Iterator[Reason]:
    """Yield what a whole open run waits for, beyond its tasks."""
    run = facts.run
    if not facts.is_driven and not is_waiting_for_people(facts):
        what = "Nobody has begun it yet" if not facts.tasks else "Nobody drives it any more"
        yield facts.reason("owner", f"{what}; this goes on with it", words=("recover",))
    for command in facts.commands:
        taker = "the engine that drives it" if facts.is_driven else "an engine"
        text = f"A request to {command.kind} it waits for {taker}"
        yield facts.reason("request", text, since=command.at)
    if run.deadline is not None and not run.phase.is_terminal:
        yield facts.reason("deadline", "The whole run times out", until=run.deadline)


def task_waits(facts: Facts, record: TaskRecord) -> Iterator[Reason]:
    """Yield what an open task waits for."""
    if record.template_type == "task":
        yield leaf_wait(facts, record, "It")
    else:
        yield from _container_waits(facts, record)
    if record.deadline is not None and record.phase is not Phase.CREATED:
        yield facts.reason("deadline", "It times out", until=record.deadline)


def leaf_wait(facts: Facts, record: TaskRecord, subject: str) -> Reason:
    """Return what an open leaf waits for; `subject` is what the sentence begins with."""
    about = None if subject == "It" else record
    since = _since(facts, record)
    match record.phase:
        case Phase.SUSPENDED:
            said = f": {record.message}" if record.message else ""
            text = f"{subject} is suspended{said}; this lets it go on"
            words = ("resume", facts.run.run_id, "--task", _unique_name(facts, record))
            return facts.reason("resume", text, about, since=since, words=words)
        case Phase.RUNNING:
            lost = "" if facts.is_driven else ", or was when its engine was last heard of"
            return facts.reason(
                "executing", f"{subject} is with its executor{lost}", about, since=since
            )
        case Phase.READY:
            text = f"{subject} waits for a worker to begin"
            return facts.reason("worker", text, about, since=since)
        case _ if record.next_attempt_at is not None:
            text = f"{subject} waits after attempt {record.attempt} to begin the next one"
            until = record.next_attempt_at
            return facts.reason("backoff", text, about, since=since, until=until)
        case _:
            return facts.reason("worker", f"{subject} is about to begin", about, since=since)


def _since(facts: Facts, record: TaskRecord) -> int:
    reached = [event.at for event in facts.events(record) if event.phase is record.phase]
    return reached[-1] if reached else record.created_at


def _unique_name(facts: Facts, record: TaskRecord) -> str:
    """Return a task's name if no other task is meant by it in a resume, else its path or id."""
    suspended = [task for task in facts.tasks if task.phase is Phase.SUSPENDED]
    for name in (record.name, facts.path(record)):
        if sum(name in {task.name, facts.path(task)} for task in suspended) == 1:
            return name
    return record.task_id


def _container_waits(facts: Facts, record: TaskRecord) -> Iterator[Reason]:
    children = facts.children(record)
    open_children = [child for child in children if not child.phase.is_terminal]
    if open_children:
        names = named([facts.path(child) for child in open_children])
        yield facts.reason("children", f"It waits for {names}")
    elif not children:
        yield facts.reason("worker", "It is about to begin")
    yield from loop_waits(facts, record)


def loop_waits(facts: Facts, record: TaskRecord) -> Iterator[Reason]:
    """Yield what keeps the next iterations of an open loop from beginning."""
    loop = facts.loop(record)
    if loop is None:
        return
    begun = len(facts.children(record))
    if record.items is None:
        yield facts.reason("loop", f"Whether it goes on is decided after iteration {begun - 1}")
    elif begun < len(record.items):
        left = len(record.items) - begun
        text = f"{begun} of {len(record.items)} iterations have begun; {left} wait for a free place"
        yield facts.reason("concurrency", f"{text} (concurrency {loop.concurrency})")


def named(names: Sequence[str]) -> str:
    """Return names as a list for people, the first ten of them."""
    more = f" and {len(names) - _MOST_NAMES} more" if len(names) > _MOST_NAMES else ""
    return ", ".join(names[:_MOST_NAMES]) + more
