"""Collects problems: each one once, in the order of paths."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, Literal, TypeAlias

import msgspec

from aether_core.document import Problem, Severity, closest

if TYPE_CHECKING:
    from collections.abc import Collection

    from aether_core.document import Path

#: Names that may be compared in search of the right spelling; thousands of mistakes stay cheap.
_MOST_COMPARISONS: Final = 20_000
_MOST_LISTED: Final = 8

_Span: TypeAlias = "tuple[int, int] | None"
_Key: TypeAlias = "tuple[str, Path, str, _Span, str]"


class _Found(msgspec.Struct):
    severity: Severity
    hint: str | None
    #: The calls in which the problem shows, when it is not there in every one.
    calls: list[str]


class Report:
    """What is wrong with one document.

    The same problem may be found once for each call of a template; it is reported once, and its
    message names the first of these calls.
    """

    def __init__(self) -> None:
        self._found: dict[_Key, _Found] = {}
        self._comparisons_left = _MOST_COMPARISONS

    def add(
        self,
        code: str,
        message: str,
        path: Path,
        *,
        severity: Severity = Severity.ERROR,
        hint: str | None = None,
        at: Literal["value", "key"] = "value",
        span: tuple[int, int] | None = None,
        call: str = "",
    ) -> None:
        """Note a problem; `call` says in which call it shows, such as `task "a" of dag "main"`."""
        found = self._found.setdefault((code, path, at, span, message), _Found(severity, hint, []))
        if severity is Severity.ERROR:
            found.severity = severity
        if call:
            found.calls.append(call)

    def problems(self) -> tuple[Problem, ...]:
        """Return everything noted, sorted by path, numbers of list items as numbers."""
        problems = [_problem(key, found) for key, found in self._found.items()]
        return tuple(sorted(problems, key=_order))

    def similar(self, word: str, known: Collection[str], what: str) -> str | None:
        """Return a hint for an unknown name: the nearest known one, or the known ones if few.

        Args:
            word: the name that is not known.
            known: the names that are.
            what: what these are, such as "tasks".
        """
        hint = self.nearest(word, known)
        if hint is None and 0 < len(known) <= _MOST_LISTED:
            return f"Known {what}: {', '.join(sorted(known))}."
        return hint

    def nearest(self, word: str, known: Collection[str]) -> str | None:
        """Return a hint with the known name that is most like an unknown one, if any is."""
        guess = self._guess(word, known)
        return None if guess is None else f'Did you mean "{guess}"?'

    def _guess(self, word: str, known: Collection[str]) -> str | None:
        self._comparisons_left -= len(known)
        if self._comparisons_left < 0:
            return None
        return closest(word, known)


def _problem(key: _Key, found: _Found) -> Problem:
    code, path, at, span, message = key
    if found.calls:
        others = f" and {len(found.calls) - 1} more" if len(found.calls) > 1 else ""
        message = f"{message} (called by {found.calls[0]}{others})"
    return Problem(
        code=code,
        message=message,
        path=path,
        severity=found.severity,
        hint=found.hint,
        at="key" if at == "key" else "value",
        span=span,
    )


def _order(problem: Problem) -> tuple[object, ...]:
    steps = tuple((isinstance(step, str), step) for step in problem.path)
    return (steps, problem.span or (-1, -1), problem.code, problem.message)
