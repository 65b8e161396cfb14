"""What an attempt says while it works, gathered from any thread and reported in batches."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable
from contextlib import suppress
from typing import Final

import msgspec

from aether_core.kernel import Assignment, TaskLogged
from aether_core.ports import Clock

#: How long lines are gathered before they are reported, in seconds.
GATHERING: Final = 0.05
#: Bounds of one attempt: lines, and characters of all of them.
MOST_LINES: Final = 1_000
MOST_CHARACTERS: Final = 256 * 1024
#: What comes behind in a line is left out. Twice of what the kernel keeps of it, so that a secret
#: across the end of that is still whole when secrets are hidden.
_LONGEST_LINE: Final = 8 * 1024
_FULL: Final = "… further lines are not recorded: this attempt has said too much"
#: One for all attempts: it is held for as long as it takes to note a few lines.
_LOCK: Final = threading.Lock()


class AttemptLog(msgspec.Struct, eq=False):
    """The lines of one attempt on their way to the engine.

    Made on the event loop; `say` works in any thread. Costs next to nothing until something is
    said.
    """

    assignment: Assignment
    #: Is given each batch, on the loop.
    report: Callable[[TaskLogged], None]
    clock: Clock
    loop: asyncio.AbstractEventLoop
    #: Said and not reported.
    lines: list[str] = []
    #: How much more is taken. The last line says that it is the last.
    lines_left: int = MOST_LINES + 1
    characters_left: int = MOST_CHARACTERS
    is_open: bool = True

    def say(self, text: str) -> bool:
        """Take one line, or several; return whether further ones are taken."""
        said = text if text.isascii() else text.encode(errors="replace").decode()
        with _LOCK:
            if not self.is_open:
                return False
            had_some = bool(self.lines)
            for line in said.removesuffix("\n").split("\n", MOST_LINES):
                if not self._take(line.removesuffix("\r")):
                    break
            has_room, must_report = self.lines_left > 0, self.lines and not had_some
        if must_report:
            with suppress(RuntimeError):
                # The loop is closed: nobody is there to be told.
                self.loop.call_soon_threadsafe(self._wait)
        return has_room

    def close(self) -> None:
        """Report what has been said, and take nothing more."""
        # Without the lock, since most attempts say nothing: whoever talks right now is too late.
        self.is_open = False
        if self.lines:
            self._report()

    def discard(self) -> None:
        """Forget what has been said and not reported, and take nothing more."""
        self.is_open = False

    def _take(self, line: str) -> bool:
        if not self.lines_left:
            return False
        self.lines_left -= 1
        if len(line) > _LONGEST_LINE:
            # The ellipsis tells that a secret may have been cut here.
            line = f"{line[:_LONGEST_LINE]}…"
        self.characters_left -= len(line)
        if not self.lines_left or self.characters_left < 0:
            self.lines_left = 0
            line = _FULL
        self.lines.append(line)
        return True

    def _wait(self) -> None:
        self.loop.call_later(GATHERING, self._gathered)

    def _gathered(self) -> None:
        if self.is_open:
            self._report()

    def _report(self) -> None:
        with _LOCK:
            lines = tuple(self.lines)
            self.lines.clear()
        if lines:
            work = self.assignment
            at = self.clock.now()
            self.report(TaskLogged(work.run_id, work.task_seq, work.attempt, at, lines))
