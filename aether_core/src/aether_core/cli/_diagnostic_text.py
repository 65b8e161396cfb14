"""Diagnostics for people: place, message, the line itself, a caret and a hint."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING, Final

from aether_core.cli._safe_text import safe_text, width_of
from aether_core.document import Severity

if TYPE_CHECKING:
    from collections.abc import Iterable

    from aether_core.cli._style import Style
    from aether_core.document import Diagnostic

_LINE_END: Final = re.compile(r"\r\n|\n|\r")
# Long lines are cut around the marked place.
_LONGEST_LINE: Final = 160
# As much as the loader reads of a file.
_LARGEST_FILE = 4 << 20
_BEFORE_MARK: Final = 60


class DiagnosticText:
    """Renders diagnostics; reads each file again for its lines, once.

    Args:
        style: decoration of the stream that shows them.
        texts: text of what can't be read again, by name.
    """

    def __init__(self, style: Style, texts: dict[str, str] | None = None) -> None:
        self._style = style
        self._lines: dict[str, list[str]] = {
            name: _LINE_END.split(text) for name, text in (texts or {}).items()
        }

    def render(self, diagnostics: Iterable[Diagnostic]) -> str:
        """Return the text of all diagnostics, each ending with a line end."""
        return "".join(map(self._one, diagnostics))

    def _one(self, diagnostic: Diagnostic) -> str:
        place = f"{diagnostic.file}:{diagnostic.line}:{diagnostic.column}"
        severity = self._style.word(diagnostic.severity)
        head = f"{place}: {severity} {diagnostic.code}: {safe_text(diagnostic.message)}\n"
        hint = f"  hint: {safe_text(diagnostic.hint)}\n" if diagnostic.hint else ""
        return head + self._excerpt(diagnostic) + hint

    def _excerpt(self, diagnostic: Diagnostic) -> str:
        """Return the line in question with a mark below, or nothing if it can't be shown."""
        lines = self._lines_of(diagnostic.file)
        if not 0 < diagnostic.line <= len(lines):
            return ""
        line = lines[diagnostic.line - 1]
        start = diagnostic.column - 1
        same_line = diagnostic.end_line == diagnostic.line
        end = diagnostic.end_column - 1 if same_line else len(line)
        if not line.strip() or start > len(line):
            return ""
        before, marked, after = _window(line, start, max(end, start + 1))
        number = str(diagnostic.line)
        mark = "^" * max(width_of(marked), 1)
        caret = self._style.word(Severity(diagnostic.severity), mark)
        return (
            f"  {number} | {before}{marked}{after}\n"
            f"  {' ' * len(number)} | {' ' * width_of(before)}{caret}\n"
        )

    def _lines_of(self, file: str) -> list[str]:
        if file not in self._lines:
            self._lines[file] = _LINE_END.split(_text_of(file))
        return self._lines[file]


def _text_of(file: str) -> str:
    """Return the text of a file; empty for what the loader refuses to read, such as a device."""
    path = Path(file)
    try:
        if not path.is_file() or path.stat().st_size > _LARGEST_FILE:
            return ""
        return path.read_bytes().decode("utf-8-sig")
    except (OSError, ValueError):
        return ""


def _window(line: str, start: int, end: int) -> tuple[str, str, str]:
    """Return what is before the mark, in it and after it; control characters become blanks."""
    first = max(start - _BEFORE_MARK, 0) if len(line) > _LONGEST_LINE else 0
    last = min(first + _LONGEST_LINE, len(line))
    shown = "".join(char if char.isprintable() else " " for char in line[first:last])
    cut, until = start - first, max(min(end, last), start) - first
    left = "…" if first else ""
    right = "…" if last < len(line) else ""
    return left + shown[:cut], shown[cut:until], shown[until:] + right
