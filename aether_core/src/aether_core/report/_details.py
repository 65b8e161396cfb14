"""What is known of one task."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from aether_core.report._text import duration_text, moment_text, safe, shortened
from aether_core.report._values import values_html

if TYPE_CHECKING:
    from collections.abc import Sequence

    from aether_core.engine import TaskExecution
    from aether_core.engine.explain import Attempt
    from aether_core.report._model import History, Moment
    from aether_core.report._values import Allowance

_MOST_ATTEMPTS: Final = 50
_MOST_NOTES: Final = 50
_LINE: Final = 1000


def details_html(task: TaskExecution, history: History, allowance: Allowance) -> str:
    """Return the values of a task, what happened to it, and what it has said."""
    if allowance.is_spent:
        return "<p>Left out, for the page would be too large.</p>\n"
    is_leaf = task.template_type == "task"
    return (
        _facts(task, allowance)
        + values_html("<h4>Inputs</h4>", task.inputs, allowance)
        + values_html("<h4>Outputs</h4>", task.outputs, allowance)
        + values_html("<h4>Artifacts</h4>", task.artifacts, allowance)
        + (_attempts(history.attempts, allowance) if is_leaf else "")
        + notes_html("<h4>Notes</h4>", history.notes, allowance)
        + _lines(history, allowance)
    )


def notes_html(heading: str, notes: Sequence[Moment], allowance: Allowance) -> str:
    """Return what the engine noticed, the last of it if it is much; '' if there is nothing."""
    if not notes:
        return ""
    items = "".join(
        f"<li><time>{moment_text(note.at)}</time> {allowance.html(note.text, _LINE)}</li>\n"
        for note in notes[-_MOST_NOTES:]
    )
    return f"{heading}\n{_earlier(len(notes) - _MOST_NOTES)}<ul>{items}</ul>\n"


def _facts(task: TaskExecution, allowance: Allowance) -> str:
    moments = {
        "created": task.created_at,
        "started": task.started_at,
        "finished": task.finished_at,
    }
    what = f"{task.template_type} {task.template}".strip()
    times = (f"{name} {moment_text(at)}" for name, at in moments.items() if at is not None)
    facts = " · ".join((safe(what), safe(task.run_id), *times))
    message = f"<pre>{allowance.html(task.message)}</pre>\n" if task.message else ""
    return f'<p class="facts">{facts}</p>\n{message}'


def _attempts(attempts: Sequence[Attempt], allowance: Allowance) -> str:
    """Return the attempts of a task that had more than one."""
    if len(attempts) <= 1:
        return ""
    rows = "".join(
        f'<tr><td class="number">{each.number}</td>'
        f"<td>{moment_text(each.started_at or each.dispatched_at)}</td>"
        f'<td class="number">{duration_text(each.started_at, each.ended_at)}</td>'
        f"<td>{each.phase or ''}</td><td>{allowance.html(each.message, _LINE)}</td></tr>\n"
        for each in attempts[-_MOST_ATTEMPTS:]
    )
    return (
        f"<h4>Attempts</h4>\n{_earlier(len(attempts) - _MOST_ATTEMPTS)}"
        "<table><thead><tr><th>Number</th><th>Started</th><th>Duration</th><th>Phase</th>"
        f"<th>Message</th></tr></thead>\n<tbody>{rows}</tbody></table>\n"
    )


def _earlier(count: int) -> str:
    return f"<p>{count:,} earlier ones are left out</p>\n" if count > 0 else ""


def _lines(history: History, allowance: Allowance) -> str:
    if not history.lines:
        return ""
    said = "\n".join(shortened(line.text, _LINE) for line in history.lines)
    before = f"… {history.earlier:,} earlier lines\n" if history.earlier else ""
    return f'<h4>Log</h4>\n<pre class="log">{before + allowance.html(said, len(said))}</pre>\n'
