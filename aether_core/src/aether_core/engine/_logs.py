"""What the executors of a run have said, read from its events."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Final

import msgspec

from aether_core.engine._execution import iso_time
from aether_core.engine._paths import matching_tasks
from aether_core.engine.sealing._mask import shown_events
from aether_sdk import Phase

if TYPE_CHECKING:
    from collections.abc import Sequence

    from aether_core.kernel import EventRecord, RunRecord
    from aether_core.ports import Store

_EVENT_PAGE: Final = 1000


class LogLine(msgspec.Struct, frozen=True, rename="camel"):
    """A line that an attempt of a task has said; encoded as JSON it is what `aether logs` prints.

    The time is that of the report, ISO 8601; the task is named by its path.
    """

    at: str | None
    task: str
    task_run_id: str
    attempt: int
    message: str


class LogReader:
    """Reads the lines of a run, each once.

    Args:
        store: where the run lives; open.
        run: the run.
        task: name, path or id of the tasks to read of; None is all.
    """

    def __init__(self, store: Store, run: RunRecord, task: str | None = None) -> None:
        self._store = store
        self._run = run
        self._wanted = task
        self._after = 0
        #: Ids of all tasks that are known, and the numbers of those that are wanted.
        self._ids: dict[int, str] = {}
        self._chosen: set[int] = set()
        #: How often each task was given to a worker so far.
        self._attempts: Counter[int] = Counter()

    async def check(self) -> None:
        """Return if the run has the wanted task, or its document.

        Raises:
            RunNotFound: the run is gone.
            TaskNotFound: there is no such task.
        """
        await self._learn()
        if self._wanted is not None and not self._chosen:
            # Late: it takes the whole run apart. It also knows what has not begun.
            from aether_core.engine.explain import explain

            await explain(self._store, self._run.run_id, now=0, task=self._wanted)

    async def read(self) -> list[LogLine]:
        """Return the next lines in order; at the end of what is stored there are none."""
        lines: list[LogLine] = []
        while not lines:
            page = await self._store.get_events(
                self._run.run_id, after=self._after, limit=_EVENT_PAGE
            )
            if not page:
                break
            self._after = page[-1].seq
            lines = await self._lines_in(shown_events(self._run, page))
        return lines

    async def _lines_in(self, events: Sequence[EventRecord]) -> list[LogLine]:
        lines: list[LogLine] = []
        for event in events:
            if event.kind == "task" and event.phase is Phase.READY:
                self._attempts[event.task_seq] += 1
            elif event.kind == "log":
                if event.task_seq not in self._ids:
                    await self._learn()
                if event.task_seq in self._chosen:
                    lines.append(self._line(event))
        return lines

    def _line(self, event: EventRecord) -> LogLine:
        number = event.task_seq
        return LogLine(
            at=iso_time(event.at),
            task=event.name,
            task_run_id=self._ids[number],
            attempt=self._attempts[number],
            message=event.message,
        )

    async def _learn(self) -> None:
        tasks = await self._store.get_tasks(self._run.run_id)
        wanted = tasks if self._wanted is None else matching_tasks(tasks, self._wanted)
        self._ids = {task.seq: task.task_id for task in tasks}
        self._chosen = {task.seq for task in wanted}
