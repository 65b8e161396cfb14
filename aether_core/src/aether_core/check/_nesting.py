"""How templates call each other: circles, and how deep calls go (documents.md 5.5)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from aether_core.check import _codes
from aether_core.check._cycles import circles, ordered, without_circles
from aether_core.check._graph import circle_words

if TYPE_CHECKING:
    from aether_core.check._index import Index
    from aether_core.check._report import Report
    from aether_core.document import Path

_DEEPEST: Final = 10


def check_nesting(index: Index, report: Report) -> None:
    """Report templates that call themselves, however indirectly, and calls that go too deep."""
    edges = [_called(index, number) for number in range(len(index.entries))]
    itself = [number for number, called in enumerate(edges) if number in called]
    for number in itself:
        _report_circle(index, [number], report)
    for circle in circles(edges):
        _report_circle(index, circle, report)
    _check_depth(index, without_circles(edges), report)


def _called(index: Index, number: int) -> frozenset[int]:
    called = (index.by_name.get(name) for name, _ in index.callees(index.entries[number]))
    return frozenset(entry.number for entry in called if entry is not None)


def _report_circle(index: Index, circle: list[int], report: Report) -> None:
    names = [index.entries[number].name for number in circle]
    following = names[1] if len(names) > 1 else names[0]
    entry = index.entries[circle[0]]
    where = next(path for name, path in index.callees(entry) if name == following)
    message = f"templates call each other without end: {circle_words(names)}"
    hint = "A template can't run itself, not even through others; repeat work with a loop."
    report.add(_codes.RECURSION, message, where, hint=hint)


def _check_depth(index: Index, edges: list[frozenset[int]], report: Report) -> None:
    """Report the calls that lead below the lowest allowed level, one for each template."""
    start = index.by_name.get(index.spec.entrypoint or "")
    if start is None:
        return
    limit = index.spec.effective_max_nested_depth
    depth = {start.number: 0}
    caller: dict[int, int] = {}
    # Callers come before what they call, so the depth of a template is final when it is read.
    for number in reversed(ordered(edges)):
        if number not in depth:
            continue
        if depth[number] == limit and _has_children(index, number):
            _report_depth(index, number, caller, limit, report)
        for called in edges[number]:
            if depth[number] + 1 > depth.get(called, 0):
                depth[called] = depth[number] + 1
                caller[called] = number


def _has_children(index: Index, number: int) -> bool:
    return index.entries[number].kind != "task"


def _report_depth(
    index: Index, number: int, caller: dict[int, int], limit: int, report: Report
) -> None:
    way = [number]
    while way[-1] in caller:
        way.append(caller[way[-1]])
    names = [index.entries[each].name for each in reversed(way)]
    child, path = _first_child(index, number)
    shown = " -> ".join([*names, child])
    message = f"template nesting depth exceeds maximum ({limit}): {shown}"
    hint = "Call fewer templates inside each other."
    if limit < _DEEPEST:
        hint = f"Raise maxNestedDepth, up to {_DEEPEST}, or call fewer templates inside each other."
    report.add(_codes.TOO_DEEP, message, path, hint=hint)


def _first_child(index: Index, number: int) -> tuple[str, Path]:
    """Return the name of the first thing that a dag or a loop runs, and where it says so."""
    entry = index.entries[number]
    if entry.template.dag is not None:
        return entry.template.dag.tasks[0].name, (*entry.path, "tasks", 0)
    loop = entry.template.loop
    return ("" if loop is None else loop.body), (*entry.path, "body")
