"""The tasks of a run: those that have not ended well, a table with bars, and details."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from aether_core.report._bars import Bars
from aether_core.report._details import details_html
from aether_core.report._model import History
from aether_core.report._order import chosen, needs_attention, path_of
from aether_core.report._text import duration_text, phase_html, safe, shortened
from aether_core.report._values import Allowance

if TYPE_CHECKING:
    from collections.abc import Sequence

    from aether_core.engine import TaskExecution
    from aether_core.report._model import Report

#: Tasks of a page; of more, those that have not ended well come first.
MOST_TASKS: Final = 1000
# Of those that have not ended well: named above the table, with open details.
_MOST_FIRST: Final = 50
_MESSAGE: Final = 200
_FIRST_MESSAGE: Final = 1000
# Of all values and lines together: a browser opens four megabytes at once.
_CHARACTERS: Final = 4_000_000
_NO_HISTORY: Final = History()


def attention_html(report: Report) -> str:
    """Return links to the tasks that have not ended well; '' if there are none."""
    tasks = report.run.tasks
    found = [place for place, task in enumerate(tasks) if needs_attention(task)]
    # What is inside of a container says why the container ended as it did.
    found = [place for place in found if _is_leaf(tasks[place])] or found
    if not found:
        return ""
    lines = "".join(
        f"<li>{_link(place, tasks[place])} {phase_html(tasks[place].phase)}"
        f"<pre>{safe(shortened(tasks[place].message, _FIRST_MESSAGE))}</pre></li>\n"
        for place in found[:_MOST_FIRST]
    )
    more = len(found) - _MOST_FIRST
    rest = f"<p>and {more:,} more</p>\n" if more > 0 else ""
    return f"<h2>Not succeeded</h2>\n<ul>{lines}</ul>\n{rest}"


def tasks_html(report: Report) -> str:
    """Return the table of tasks, in the order in which they were created, and their details."""
    tasks = report.run.tasks
    if not tasks:
        return ""
    first = chosen(tasks, MOST_TASKS)
    shown = sorted(first)
    bars = Bars(report)
    rows = "".join(_row(place, report, bars) for place in shown)
    details = _details(report, first)
    return (
        f"<h2>Tasks</h2>\n{_left_out(len(tasks) - len(shown), len(tasks))}"
        '<div class="wide"><table class="tasks"><thead><tr><th>Task</th><th>Phase</th>'
        "<th>Duration</th><th>Attempts</th><th>Timeline</th><th>Message</th></tr></thead>\n"
        f"<tbody>{rows}</tbody></table></div>\n"
        f"<h2>Details</h2>\n{''.join(details[place] for place in shown)}"
    )


def _left_out(count: int, among: int) -> str:
    if not count:
        return ""
    return (
        f"<p>{count:,} of {among:,} tasks are left out; those that have not succeeded were taken "
        "first.</p>\n"
    )


def _row(place: int, report: Report, bars: Bars) -> str:
    task = report.run.tasks[place]
    attempts = len(_history(report, task).attempts) if _is_leaf(task) else 0
    return (
        f"<tr><td>{_link(place, task)}</td><td>{phase_html(task.phase)}</td>"
        f'<td class="number">{duration_text(task.started_at, task.finished_at)}</td>'
        f'<td class="number">{attempts or ""}</td><td class="timeline">{bars.bar(task)}</td>'
        f"<td>{safe(shortened(task.message, _MESSAGE))}</td></tr>\n"
    )


def _details(report: Report, first: Sequence[int]) -> dict[int, str]:
    """Return the details of tasks by place; the first get of the allowance first."""
    allowance = Allowance(_CHARACTERS)
    details: dict[int, str] = {}
    for rank, place in enumerate(first):
        task = report.run.tasks[place]
        is_open = rank < _MOST_FIRST and needs_attention(task) and _is_leaf(task)
        # Browsers open a `details` when a link leads to something inside of it.
        details[place] = (
            f"<details{' open' if is_open else ''}>"
            f"<summary>{safe(path_of(task))} {phase_html(task.phase)}</summary>"
            f'<div id="task-{place}">\n'
            f"{details_html(task, _history(report, task), allowance)}</div></details>\n"
        )
    return details


def _is_leaf(task: TaskExecution) -> bool:
    return task.template_type == "task"


def _history(report: Report, task: TaskExecution) -> History:
    return report.histories.get(task.run_id, _NO_HISTORY)


def _link(place: int, task: TaskExecution) -> str:
    return f'<a href="#task-{place}">{safe(path_of(task))}</a>'
