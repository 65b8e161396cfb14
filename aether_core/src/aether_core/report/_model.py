"""What a report tells; everything is as the outside may see it."""

from __future__ import annotations

import msgspec

from aether_core.engine import WorkflowExecution
from aether_core.engine.explain import Attempt
from aether_core.graph import Graph


class Moment(msgspec.Struct, frozen=True):
    """Something that was said at a time, which is ISO 8601 text."""

    at: str | None
    text: str


class History(msgspec.Struct, frozen=True):
    """What happened to one task.

    Attributes:
        attempts: each time that it was given to a worker, oldest first.
        notes: what the engine noticed.
        lines: the last lines that its executor has said.
        earlier: how many lines it had said before these.
    """

    attempts: tuple[Attempt, ...] = ()
    notes: tuple[Moment, ...] = ()
    lines: tuple[Moment, ...] = ()
    earlier: int = 0


class Report(msgspec.Struct, frozen=True):
    """One run, as a page shows it.

    Attributes:
        run: the run with its tasks.
        made_at: when it was looked at, ISO 8601 text.
        reasons: sentences that say why the run is as it is.
        histories: by task id; that of the run itself under the empty text.
        graph: the document as a graph; None if it can't be read any more.
    """

    run: WorkflowExecution
    made_at: str | None = None
    reasons: tuple[str, ...] = ()
    histories: dict[str, History] = {}
    graph: Graph | None = None
