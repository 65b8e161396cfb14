"""A text with its name: offsets become lines and columns, faults become diagnostics."""

from __future__ import annotations

import re
from bisect import bisect_right
from typing import Final

import msgspec

from aether_core.document._problem import Diagnostic, Path, Problem, Severity, json_pointer

_LINE_END: Final = re.compile(r"\r\n|\n|\r")


class Fault(msgspec.Struct, frozen=True):
    """Something that keeps a text from being read, addressed by offsets in characters."""

    code: str
    message: str
    start: int
    end: int
    hint: str | None = None


class FaultError(ValueError):
    """Ends the reading of a text; carries the reason.

    Attributes:
        fault: what was found, and where.
    """

    def __init__(self, fault: Fault) -> None:
        super().__init__(fault.message)
        self.fault = fault


class Source:
    """The text of one file.

    Attributes:
        name: what the file is called in diagnostics.
        text: its characters, without a byte order mark.
    """

    def __init__(self, name: str, text: str) -> None:
        self.name = name
        self.text = text
        self._starts: list[int] | None = None

    def place(self, offset: int) -> tuple[int, int]:
        """Return line and column of an offset, both from 1."""
        if self._starts is None:
            self._starts = [0, *(match.end() for match in _LINE_END.finditer(self.text))]
        line = bisect_right(self._starts, offset)
        return line, offset - self._starts[line - 1] + 1

    def line_end(self, offset: int) -> int:
        """Return the offset at which the line of an offset ends."""
        match = _LINE_END.search(self.text, offset)
        return len(self.text) if match is None else match.start()

    def fault_diagnostic(self, fault: Fault) -> Diagnostic:
        """Return the diagnostic of a fault."""
        problem = Problem(fault.code, fault.message, (), hint=fault.hint)
        return self.diagnostic(problem, (), fault.start, fault.end)

    def diagnostic(self, problem: Problem, path: Path, start: int, end: int) -> Diagnostic:
        """Return the diagnostic of a problem whose text begins and ends at these offsets."""
        line, column = self.place(start)
        end_line, end_column = self.place(max(start, end))
        return Diagnostic(
            code=problem.code,
            severity=problem.severity,
            message=problem.message,
            file=self.name,
            line=line,
            column=column,
            end_line=end_line,
            end_column=end_column,
            path=json_pointer(path),
            hint=problem.hint,
        )


def by_place(diagnostics: list[Diagnostic]) -> tuple[Diagnostic, ...]:
    """Return diagnostics in the order of the text."""
    return tuple(sorted(diagnostics, key=lambda each: (each.line, each.column, each.code)))


def file_diagnostic(name: str, code: str, message: str, hint: str | None) -> Diagnostic:
    """Return a diagnostic about a file as a whole; it points at the file's beginning."""
    return Diagnostic(code, Severity.ERROR, message, name, 1, 1, 1, 1, "", hint)
