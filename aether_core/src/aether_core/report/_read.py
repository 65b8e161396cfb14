"""From the store to a report."""

from __future__ import annotations

from collections import deque
from typing import TYPE_CHECKING, Final

import msgspec

from aether_core.document import decode
from aether_core.engine import RunNotFound, execution_of, iso_time, shown_events
from aether_core.engine.explain import attempts_of, explain
from aether_core.graph import graph_of
from aether_core.kernel import NO_PARENT, tells_retry
from aether_core.report._model import History, Moment, Report

if TYPE_CHECKING:
    from aether_core.graph import Graph
    from aether_core.kernel import EventRecord, RunRecord
    from aether_core.ports import Store

_EVENT_PAGE: Final = 1000
# Kept of each task, for the end of what it did is what somebody looks for.
_MOST_LINES: Final = 200


async def read_report(store: Store, run_id: str, *, now: int) -> Report:
    """Return what a report of a run tells; secrets are masked.

    Args:
        store: where the run lives; open.
        run_id: the run.
        now: microseconds since 1970-01-01 UTC.

    Raises:
        RunNotFound: the store has no such run.
        StoreError: the store can't be read.
    """
    run = await store.get_run(run_id)
    if run is None:
        raise RunNotFound(run_id)
    # Before the tasks: each task that the history tells of is among them then.
    gathered = await _gathered(store, run)
    explanation = await explain(store, run_id, now=now)
    run = await store.get_run(run_id) or run
    tasks = await store.get_tasks(run_id)
    ids = {task.seq: task.task_id for task in tasks}
    ids[NO_PARENT] = ""
    return Report(
        run=execution_of(run, tasks),
        made_at=iso_time(now),
        reasons=tuple(reason.text for reason in explanation.reasons),
        histories={ids[seq]: each.history() for seq, each in gathered.items()},
        graph=_graph(run),
    )


class _Gathered:
    """The events of one task, or of the run, as far as a report shows them."""

    def __init__(self) -> None:
        self._events: list[EventRecord] = []
        self._lines: deque[Moment] = deque(maxlen=_MOST_LINES)
        self._said = 0

    def add(self, event: EventRecord) -> None:
        if event.kind == "log":
            self._lines.append(_moment(event))
            self._said += 1
        else:
            self._events.append(event)

    def history(self) -> History:
        return History(
            attempts=attempts_of(self._events),
            notes=tuple(map(_moment, filter(_is_note, self._events))),
            lines=tuple(self._lines),
            earlier=self._said - len(self._lines),
        )


def _is_note(event: EventRecord) -> bool:
    # That an attempt failed and another follows is told by the attempts.
    return event.kind == "note" and not tells_retry(event)


def _moment(event: EventRecord) -> Moment:
    return Moment(iso_time(event.at), event.message)


async def _gathered(store: Store, run: RunRecord) -> dict[int, _Gathered]:
    """Return the events of a run by the number of their task."""
    gathered: dict[int, _Gathered] = {}
    after = 0
    while page := await store.get_events(run.run_id, after=after, limit=_EVENT_PAGE):
        for event in shown_events(run, page):
            gathered.setdefault(event.task_seq, _Gathered()).add(event)
        after = page[-1].seq
    return gathered


def _graph(run: RunRecord) -> Graph | None:
    resource, _ = decode(msgspec.json.decode(run.document))
    return None if resource is None else graph_of([resource])
