"""Colour and width: both only where a terminal shows the text."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import TextIO

_RED, _GREEN, _YELLOW, _CYAN, _BOLD, _DIM = "31", "32", "33", "36", "1", "2"

# Phases of runs and tasks, states of plugins, severities of diagnostics.
_COLOURS: Final[Mapping[str, str]] = {
    "Succeeded": _GREEN,
    "Failed": _RED,
    "Error": _RED,
    "Timeout": _RED,
    "Cancelled": _YELLOW,
    "Suspended": _YELLOW,
    "Skipped": _DIM,
    "Running": _CYAN,
    "Retrying": _YELLOW,
    "loaded": _GREEN,
    "failed": _RED,
    "conflict": _RED,
    "incompatible": _RED,
    "disabled": _DIM,
    "error": _RED,
    "warning": _YELLOW,
    "ok": _GREEN,
}


class Style:
    """How text for people is decorated.

    Args:
        colour: whether to use colour.
        width: columns of the terminal; None when no terminal limits the width.
    """

    def __init__(self, *, colour: bool = False, width: int | None = None) -> None:
        self.colour = colour
        self.width = width

    @classmethod
    def of(cls, stream: TextIO | None) -> Style:
        """Return the style for a stream: plain unless it is a terminal."""
        if not is_terminal(stream):
            return cls()
        plain = os.environ.get("NO_COLOR", "") != "" or os.environ.get("TERM") == "dumb"
        return cls(colour=not plain, width=_terminal_width())

    def word(self, word: str, text: str | None = None) -> str:
        """Return a phase, state or severity, or a text that holds it, in the word's colour."""
        return self._painted(word if text is None else text, _COLOURS.get(word))

    def bold(self, text: str) -> str:
        """Return text that stands out."""
        return self._painted(text, _BOLD)

    def dim(self, text: str) -> str:
        """Return text that stands back."""
        return self._painted(text, _DIM)

    def _painted(self, text: str, code: str | None) -> str:
        return f"\x1b[{code}m{text}\x1b[0m" if self.colour and code else text


def is_terminal(stream: TextIO | None) -> bool:
    """Return whether a person reads the stream."""
    return stream is not None and stream.isatty()


def _terminal_width() -> int:
    # Late: only a terminal has a width.
    from shutil import get_terminal_size

    return get_terminal_size().columns
