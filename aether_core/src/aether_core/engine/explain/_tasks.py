"""One task: its reasons, its condition, its attempts, what was noted of it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from aether_core.engine.explain._attempts import attempts_of
from aether_core.engine.explain._endings import end_reasons
from aether_core.engine.explain._explanation import ConditionValues, TaskExplanation
from aether_core.engine.explain._values import condition_values
from aether_core.engine.explain._waits import task_waits
from aether_core.kernel import tells_retry
from aether_sdk import Phase

if TYPE_CHECKING:
    from collections.abc import Iterator

    from aether_core.engine.explain._explanation import Reason
    from aether_core.engine.explain._facts import Facts
    from aether_core.kernel import TaskRecord

_MOST_NOTES: Final = 20


def explain_task(facts: Facts, record: TaskRecord) -> TaskExplanation:
    """Return why a task that has begun, or was skipped, is as it is."""
    reasons = end_reasons if record.phase.is_terminal else task_waits
    attempts = attempts_of(facts.events(record)) if record.template_type == "task" else ()
    return TaskExplanation(
        path=facts.path(record),
        name=record.name,
        task_id=record.task_id,
        phase=record.phase,
        template=record.template,
        template_type=record.template_type,
        reasons=(*reasons(facts, record), *notes(facts, record)),
        condition=_condition(facts, record),
        attempts=attempts if len(attempts) > 1 else (),
    )


def notes(facts: Facts, record: TaskRecord) -> Iterator[Reason]:
    """Yield what the engine noticed of a task without failing for it."""
    noted = [
        event for event in facts.events(record) if event.kind == "note" and not tells_retry(event)
    ]
    for event in noted[-_MOST_NOTES:]:
        # What ended the task as well is told already.
        if event.message not in record.message:
            text = event.message.rstrip(".")
            yield facts.reason("note", f"Noted: {text}", since=event.at)


def _condition(facts: Facts, record: TaskRecord) -> ConditionValues | None:
    """Return the condition that skipped a task, or that could not be evaluated."""
    node, dag = facts.site(record).node, facts.parent(record)
    if node is None or node.when is None or dag is None:
        return None
    decided = record.phase is Phase.SKIPPED or record.message.startswith("when condition ")
    return condition_values(facts, dag, node.when) if decided else None
