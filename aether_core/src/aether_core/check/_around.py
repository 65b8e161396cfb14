"""Which loop is the nearest one around each template (decision 9)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from aether_core.check._cycles import ordered
from aether_core.check._scope import Around

if TYPE_CHECKING:
    from collections.abc import Iterable

    from aether_core.check._definitions import Definition, Definitions
    from aether_core.check._items import Items

#: What more loops than this hand to one template is not told apart.
_MOST_LOOPS: Final = 16

#: Around a template whose callers are not clear.
_UNKNOWN: Final = Around(is_outside=False)


def arounds_of(definitions: Definitions, entrypoint: str | None) -> list[Around]:
    """Return, for each template by number, what its inside sees as `loop_iter`.

    Calls from templates that nothing leads to count only for others of that kind. Templates
    that call each other in a circle are reported elsewhere and see anything.
    """
    edges = [_called(each, definitions) for each in definitions.all]
    entry = definitions.get(entrypoint)
    reached = _reached(edges, [] if entry is None else [entry.entry.number])
    called = {number for targets in edges for number in targets}
    found: list[dict[int, Items] | None] = [{} for _ in edges]
    if definitions.has_lost_calls:
        # What nobody seems to call may be what such a call means.
        found = [({} if number in called else None) for number in range(len(edges))]
    outside = [number not in called for number in range(len(edges))]
    if entry is not None:
        outside[entry.entry.number] = True
    order = ordered(edges)
    # Callers come before what they call, so what is around a template is final when it is read.
    for number in reversed(order):
        loop = definitions.all[number].items
        for callee in edges[number]:
            if callee in reached and number not in reached:
                continue
            if loop is not None:
                _add(found, callee, {id(loop): loop})
            else:
                _add(found, callee, found[number])
                outside[callee] = outside[callee] or outside[number]
    clear = frozenset(order)
    return [
        _UNKNOWN if loops is None or number not in clear else Around((*loops.values(),), is_outside)
        for number, (loops, is_outside) in enumerate(zip(found, outside, strict=True))
    ]


def _add(found: list[dict[int, Items] | None], callee: int, loops: dict[int, Items] | None) -> None:
    known = found[callee]
    if known is None or loops is None or len(known) + len(loops) > _MOST_LOOPS:
        found[callee] = None
    else:
        known.update(loops)


def _called(definition: Definition, definitions: Definitions) -> frozenset[int]:
    names: Iterable[str | None] = (node.task.template for node in definition.nodes)
    loop = definition.entry.template.loop
    if loop is not None:
        names = (loop.body,)
    callees = map(definitions.get, names)
    return frozenset(callee.entry.number for callee in callees if callee is not None)


def _reached(edges: list[frozenset[int]], start: list[int]) -> set[int]:
    queue = [*start]
    seen = {*start}
    for number in queue:
        fresh = edges[number] - seen
        seen |= fresh
        queue.extend(fresh)
    return seen
