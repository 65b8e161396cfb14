"""A whole run: why it ended as it did, or what it waits for, and which tasks explain that."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from aether_core.engine.explain._endings import blamed
from aether_core.engine.explain._explanation import Explanation
from aether_core.engine.explain._facts import GOOD
from aether_core.engine.explain._nodes import explain_missing, missing_nodes
from aether_core.engine.explain._tasks import explain_task, notes
from aether_core.engine.explain._waits import (
    leaf_wait,
    loop_waits,
    named,
    open_leaves,
    run_waits,
)
from aether_sdk import Phase

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from aether_core.engine.explain._explanation import Reason, ReasonKind
    from aether_core.engine.explain._facts import Facts
    from aether_core.engine.explain._nodes import Missing
    from aether_core.kernel import TaskRecord

#: Of each sort of task, how many the reasons of the run name, and how many are explained.
_MOST: Final = 10
_EXPLAINED: Final = 50


def explain_run(facts: Facts) -> Explanation:
    """Return why a run is as it is, with the tasks that say more."""
    missing = missing_nodes(facts)
    groups = _groups(facts)
    shown = {task.seq: task for group in groups.values() for task in group[:_EXPLAINED]}
    explained = [explain_task(facts, task) for task in shown.values()]
    explained += [explain_missing(facts, each) for each in missing[:_EXPLAINED]]
    everything = {task.seq for group in groups.values() for task in group}
    return Explanation(
        run_id=facts.run.run_id,
        workflow=facts.run.workflow,
        phase=facts.run.phase,
        message=facts.run.message,
        reasons=tuple(_reasons(facts, groups, missing)),
        tasks=tuple(explained),
        omitted=len(everything) + len(missing) - len(explained),
        executors=facts.run.executors,
    )


def _groups(facts: Facts) -> dict[ReasonKind, list[TaskRecord]]:
    """Return the tasks that explain something, the most telling first."""
    tasks = facts.current
    bad = [t for t in tasks if t.phase.is_terminal and t.phase not in GOOD]
    return {
        "cause": causes(facts),
        "worker": open_leaves(facts),
        "concurrency": [t for t in tasks if not t.phase.is_terminal and any(loop_waits(facts, t))],
        "tolerated": [task for task in bad if facts.is_tolerated(task)],
        "skipped": [task for task in tasks if task.phase is Phase.SKIPPED],
        "retried": [task for task in tasks if task.retry_count],
        "note": [task for task in (*tasks, *facts.hooks) if any(notes(facts, task))],
    }


def causes(facts: Facts) -> list[TaskRecord]:
    """Return the tasks behind a bad end of the run, followed down through its containers."""
    entry = facts.entry
    if entry is None or not entry.phase.is_terminal or entry.phase in GOOD:
        return []
    found: list[TaskRecord] = []
    # A stack of its own: nesting is bounded, but stored data is not ours alone.
    waiting = [entry]
    while waiting:
        task = waiting.pop()
        inside = blamed(facts, task)
        if inside and not _is_own_fault(facts, task):
            waiting += reversed(inside)
        else:
            found.append(task)
    return found


def _is_own_fault(facts: Facts, task: TaskRecord) -> bool:
    """Return whether a container ended badly for a reason of its own, and its children with it."""
    return any(facts.is_stopped_by(child, task) for child in facts.children(task))


def _reasons(
    facts: Facts, groups: dict[ReasonKind, list[TaskRecord]], missing: Sequence[Missing]
) -> Iterator[Reason]:
    run = facts.run
    if run.generation:
        times = "once" if run.generation == 1 else f"{run.generation} times"
        yield facts.reason("retried", f"The run was retried {times}")
    if run.phase.is_terminal:
        yield from _end(facts, groups["cause"])
    else:
        yield from run_waits(facts)
        yield from _open(facts, groups)
    unreached = [each.path for each in missing if not each.is_reachable]
    yield from _named(facts, "not-reached", "was not reached", "were not reached", unreached)
    waiting = [each.path for each in missing if each.is_reachable]
    yield from _named(facts, "dependency", "waits for others", "wait for others", waiting)
    yield from _listed(facts, "skipped", "was skipped", "were skipped", groups["skipped"])
    ended = "ended badly, which continueOn tolerates"
    yield from _listed(facts, "tolerated", ended, ended, groups["tolerated"])
    yield from _listed(facts, "retried", "was retried", "were retried", groups["retried"])
    yield from _hooks(facts)
    yield from _notes(facts)
    yield from _listed(facts, "note", "has notes", "have notes", groups["note"])


def _end(facts: Facts, found: Sequence[TaskRecord]) -> Iterator[Reason]:
    """Yield why an ended run has its phase."""
    run = facts.run
    said = f": {run.message}" if run.message else ""
    match run.phase:
        case Phase.SUCCEEDED | Phase.SKIPPED:
            yield facts.reason("success", "Everything that had to run ended well")
        case Phase.CANCELLED:
            yield facts.reason("cancelled", f"It was cancelled{said}", since=run.finished_at)
        case Phase.TIMEOUT:
            yield facts.reason("timeout", f"It took too long{said}", since=run.finished_at)
        case _ if run.message.startswith("engine internal error"):
            yield facts.reason("engine", f"The engine failed{said}", since=run.finished_at)
        case _:
            for task in found[:_MOST]:
                why = f": {task.message}" if task.message else ""
                yield facts.reason("cause", f"{facts.path(task)} ended {task.phase}{why}", task)
            if len(found) > _MOST:
                yield facts.reason("more", f"{len(found) - _MOST} more tasks ended badly")


def _open(facts: Facts, groups: dict[ReasonKind, list[TaskRecord]]) -> Iterator[Reason]:
    """Yield what the open tasks wait for, and the loops that have more to begin."""
    leaves = groups["worker"]
    for leaf in leaves[:_MOST]:
        yield leaf_wait(facts, leaf, facts.path(leaf))
    if len(leaves) > _MOST:
        yield facts.reason("more", f"{len(leaves) - _MOST} more tasks are open")
    for loop in groups["concurrency"][:_MOST]:
        for reason in loop_waits(facts, loop):
            text = f"{facts.path(loop)}: {reason.text.removesuffix('.')}"
            yield facts.reason(reason.kind, text, loop)


def _listed(
    facts: Facts, kind: ReasonKind, one: str, many: str, tasks: Sequence[TaskRecord]
) -> Iterator[Reason]:
    return _named(facts, kind, one, many, [facts.path(task) for task in tasks])


def _named(
    facts: Facts, kind: ReasonKind, one: str, many: str, names: Sequence[str]
) -> Iterator[Reason]:
    """Yield one reason that names tasks, if there are any."""
    if names:
        words = f"1 task {one}" if len(names) == 1 else f"{len(names)} tasks {many}"
        yield facts.reason(kind, f"{words}: {named(names)}")


def _hooks(facts: Facts) -> Iterator[Reason]:
    """Yield what hooks came to, as far as it is not what was wanted; it changes no phase."""
    bad = [hook for hook in facts.hooks if hook.phase.is_terminal and hook.phase not in GOOD]
    for hook in bad[:_MOST]:
        text = f"The hook {hook.name} ended {hook.phase}, which changes nothing: {hook.message}"
        yield facts.reason("hooks", text.removesuffix(": "), hook)
    going_on = [hook for hook in facts.hooks if not hook.phase.is_terminal]
    for hook in going_on[:_MOST] if facts.run.phase.is_terminal else ():
        yield facts.reason("hooks", f"The run has ended, its hook {hook.name} goes on", hook)


def _notes(facts: Facts) -> Iterator[Reason]:
    """Yield what was noted of the run itself."""
    if facts.plan_problem:
        yield facts.reason("note", f"Less can be told: {facts.plan_problem.rstrip('.')}")
    for event in [event for event in facts.events(None) if event.kind == "note"][-_MOST:]:
        text = event.message.rstrip(".")
        yield facts.reason("note", f"Noted: {text}", since=event.at)
