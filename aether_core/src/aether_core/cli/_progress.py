"""Progress of a run on stderr: a line per task that ends, a counter on a terminal."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Final

from aether_core.cli._console import write_error
from aether_core.cli._durations import duration_text
from aether_core.cli._log_text import log_text
from aether_core.cli._safe_text import one_line, padded, shortened
from aether_core.cli._style import Style, is_terminal
from aether_core.kernel import tells_retry
from aether_sdk import Phase

if TYPE_CHECKING:
    from aether_core.kernel import EventRecord

_CLEAR_LINE: Final = "\r\x1b[K"
_PHASE_WIDTH: Final = max(len(phase) for phase in Phase)
_BAD: Final = frozenset({Phase.FAILED, Phase.ERROR, Phase.TIMEOUT, Phase.CANCELLED})
_MICROSECONDS: Final = 1_000_000


class Progress:
    """Shows the events of a run as they happen.

    Args:
        quiet: show nothing at all.
        tasks: show what tasks do; without it only what concerns the whole run.
    """

    def __init__(self, *, quiet: bool, tasks: bool) -> None:
        self._quiet = quiet
        self._tasks = tasks and not quiet
        self._style = Style.of(sys.stderr)
        self._counts = self._tasks and is_terminal(sys.stderr)
        self._started: dict[int, int] = {}
        self._running: dict[int, str] = {}
        self._seen: set[int] = set()
        self._done = 0

    def say(self, text: str) -> None:
        """Write a line."""
        if not self._quiet:
            write_error(f"{_CLEAR_LINE if self._counts else ''}{text}\n")

    def begin(self, run_id: str, workflow: str, *, known: bool) -> None:
        """Say which run it is, and whether it was there before."""
        if known:
            self.say(f"run {run_id} is in the store already; it is shown, nothing was started")
        elif self._tasks:
            self.say(f"run {run_id} of workflow {workflow}")

    def show(self, event: EventRecord) -> None:
        """Take an event into account and show what it means."""
        if not self._tasks:
            return
        if tells_retry(event):
            self._retry(event)
        elif event.kind == "task" and event.phase is not None:
            self._task(event, event.phase)
        elif event.kind == "log":
            self.say(log_text(event.name, event.message, self._style))
            self._count()
        elif event.kind == "note":
            self.say(f"note: {one_line(event.name)}: {one_line(event.message)}")

    def close(self) -> None:
        """Take the counter away."""
        if self._counts:
            write_error(_CLEAR_LINE)

    def _task(self, event: EventRecord, phase: Phase) -> None:
        self._seen.add(event.task_seq)
        if phase is Phase.RUNNING:
            self._started.setdefault(event.task_seq, event.at)
            self._running[event.task_seq] = event.name
        if phase.is_terminal:
            self._running.pop(event.task_seq, None)
            self._done += 1
            self.say(self._line(event, phase))
        self._count()

    def _retry(self, event: EventRecord) -> None:
        """Say that an attempt failed, and when the next one begins."""
        self._running.pop(event.task_seq, None)
        word = self._style.word("Retrying", padded("Retrying", _PHASE_WIDTH))
        said = one_line(event.message.partition(chr(10))[0])
        self.say(f"{word}  {one_line(event.name)}  {said}")
        self._count()

    def _line(self, event: EventRecord, phase: Phase) -> str:
        start = self._started.pop(event.task_seq, None)
        took = duration_text(None if start is None else (event.at - start) / _MICROSECONDS)
        word = self._style.word(phase, padded(phase, _PHASE_WIDTH))
        line = f"{word}  {one_line(event.name)}  {took}".rstrip()
        if phase not in _BAD or not event.message:
            return line
        return f"{line}  {one_line(event.message.partition(chr(10))[0])}"

    def _count(self) -> None:
        if not self._counts:
            return
        names = ", ".join(map(one_line, list(self._running.values())[-5:]))
        text = f"{self._done}/{len(self._seen)} tasks" + (f", running: {names}" if names else "")
        write_error(_CLEAR_LINE + self._style.dim(shortened(text, (self._style.width or 80) - 1)))
