"""When tasks worked, as bars on one scale."""

from __future__ import annotations

from typing import TYPE_CHECKING

from aether_core.report._text import duration_text, microseconds, phase_class

if TYPE_CHECKING:
    from aether_core.engine import TaskExecution
    from aether_core.report._model import Report


class Bars:
    """The scale: from the run's beginning to its end, or to the time of the report."""

    def __init__(self, report: Report) -> None:
        run = report.run
        times = [run.finished_at, *(task.finished_at for task in run.tasks)]
        # Hooks may end after their run.
        known = [time for time in times if time is not None]
        if run.finished_at is None and report.made_at is not None:
            known.append(report.made_at)
        self._created_at = run.created_at
        self._begin = microseconds(run.created_at) if run.created_at is not None else 0
        self._end = max(map(microseconds, known), default=self._begin)

    def bar(self, task: TaskExecution) -> str:
        """Return the bar of a task; '' if it has not begun."""
        if task.started_at is None:
            return ""
        begin = microseconds(task.started_at)
        end = self._end if task.finished_at is None else microseconds(task.finished_at)
        left, right = self._percent(begin), self._percent(end)
        after = duration_text(self._created_at, task.started_at) or "0ms"
        took = duration_text(task.started_at, task.finished_at)
        title = f"began after {after}, {f'took {took}' if took else 'has not ended'}"
        return (
            f'<div class="bar {phase_class(task.phase)}" '
            f'style="margin-left:{left:.2f}%;width:{max(right - left, 0):.2f}%" '
            f'title="{title}"></div>'
        )

    def _percent(self, time: int) -> float:
        share = (time - self._begin) / max(self._end - self._begin, 1)
        return 100 * min(max(share, 0.0), 1.0)
