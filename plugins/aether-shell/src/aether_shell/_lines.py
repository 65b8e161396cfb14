"""The output of a process as lines of the run's events, said as soon as they are complete."""

from __future__ import annotations

import codecs
import re
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Callable

#: A line that is longer than this and has no end yet is said, and its rest left out.
_LONGEST: Final = 8 * 1024
#: Colours, titles and other sequences for terminals; control characters but tabs and line ends.
_INVISIBLE: Final = (
    r"\x1b\[[0-?]*[ -/]*[@-~]"
    r"|\x1b\][^\x07\x1b]*(?:\x07|\x1b\\)"
    r"|[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]"
)


def visible(text: str) -> str:
    """Return a text without what only terminals understand."""
    return text if text.isprintable() else re.sub(_INVISIBLE, "", text)


class LineLog:
    """Cuts a stream into lines.

    Of a line that a program has written over, as progress bars do, the last state is said.

    Args:
        say: takes a line; returns whether further ones are taken.
    """

    def __init__(self, say: Callable[[str], bool]) -> None:
        self._say = say
        self._decoder = codecs.getincrementaldecoder("utf-8")("replace")
        self._rest = ""
        self._skips = False

    def feed(self, data: bytes) -> bool:
        """Take the next bytes; return whether further ones are of use."""
        if self._skips:
            _, end, data = data.partition(b"\n")
            self._skips = not end
            if self._skips:
                return True
        *lines, self._rest = (self._rest + self._decoder.decode(data)).split("\n")
        if not all(self._say(_last_state(line)) for line in lines):
            return False
        return len(self._rest) <= _LONGEST or self._shorten()

    def finish(self) -> None:
        """Say the last line, if it has no end."""
        rest = self._rest + self._decoder.decode(b"", final=True)
        if rest:
            self._say(_last_state(rest))

    def _shorten(self) -> bool:
        self._rest = self._rest.rstrip("\r").rpartition("\r")[2]
        if len(self._rest) <= _LONGEST:
            return True
        line, self._rest, self._skips = self._rest, "", True
        self._decoder.reset()
        return self._say(_last_state(line))


def _last_state(line: str) -> str:
    if "\r" not in line:
        return visible(line)
    states = visible(line).split("\r")
    return next((state for state in reversed(states) if state.strip()), "")
