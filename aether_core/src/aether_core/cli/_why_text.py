"""An explanation for people."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import msgspec

from aether_core.cli._durations import duration_text, moment_text, seconds_between
from aether_core.cli._safe_text import one_line, safe_text, shortened

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from aether_core.cli._style import Style
    from aether_core.engine.explain import Attempt, ConditionValues, Explanation, TaskExplanation
    from aether_core.kernel import ExecutorIdentity

_INDENT: Final = "  "
_LONGEST_VALUE: Final = 100
_MOST_TASKS: Final = 20


def explanation_text(explanation: Explanation, style: Style) -> str:
    """Return the run with its reasons, then each task with its own; ends with a line end."""
    shown = explanation.tasks[:_MOST_TASKS]
    parts = [
        _run(explanation, style),
        *("\n".join(_task(task, style)) + "\n" for task in shown),
    ]
    left = explanation.omitted + len(explanation.tasks) - len(shown)
    if left:
        parts.append(f"{left} more are not shown; a task's path or id explains one.\n")
    return "\n".join(parts)


def _run(explanation: Explanation, style: Style) -> str:
    phase, workflow = style.word(explanation.phase), style.bold(one_line(explanation.workflow))
    lines = [f"{phase}  {workflow}  {one_line(explanation.run_id)}"]
    for reason in explanation.reasons:
        lines += _indented(reason.text, 1)
    if explanation.executors:
        lines.append(style.dim(f"{_INDENT}Executors: {_executors(explanation.executors)}"))
    return "\n".join(lines) + "\n"


def _executors(executors: Mapping[str, ExecutorIdentity]) -> str:
    """Return the executors that the run was checked against, each with where it came from."""
    named = (
        f"{name} ({each.distribution} {each.version})" if each.distribution else name
        for name, each in executors.items()
    )
    return one_line(", ".join(named))


def _task(task: TaskExplanation, style: Style) -> Iterator[str]:
    phase = "not begun" if task.phase is None else style.word(task.phase)
    yield f"{style.bold(one_line(task.path))}  {phase}"
    for reason in task.reasons:
        yield from _indented(reason.text, 1)
    if task.condition is not None:
        yield from map(style.dim, _values(task.condition))
    for attempt in task.attempts:
        yield style.dim(f"{_INDENT * 2}{_attempt(attempt)}")


def _indented(text: str, level: int) -> list[str]:
    first, *rest = safe_text(text).split("\n")
    return [f"{_INDENT * level}{first}", *(f"{_INDENT * (level + 1)}{line}" for line in rest)]


def _values(condition: ConditionValues) -> Iterator[str]:
    for value in condition.values:
        name = f"{_INDENT * 2}{one_line(value.reference)}"
        if not value.found:
            yield f"{name} has no value"
            continue
        text = one_line(msgspec.json.encode(value.value).decode())
        yield f"{name} is {shortened(text, _LONGEST_VALUE)}"


def _attempt(attempt: Attempt) -> str:
    """Return when an attempt took place, how long it took, and how it ended."""
    begun = attempt.started_at or attempt.dispatched_at
    took = duration_text(seconds_between(begun, attempt.ended_at))
    # "attempt 1 of 4 ended Error, ...": the number is there already.
    said = one_line(attempt.message)
    said = said.split(" ", 4)[-1] if said.startswith("attempt ") else said
    end = ": ".join(part for part in (attempt.phase, said) if part) or "goes on"
    times = moment_text(begun) + (f", {took}" if took else "")
    return f"attempt {attempt.number}  {times}  {end}"
