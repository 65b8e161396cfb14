"""Which references an expression looks into; the values of others it only passes on."""

from __future__ import annotations

from typing import TYPE_CHECKING

from aether_core.expression._nodes import (
    Arithmetic,
    Call,
    Conditional,
    Default,
    Has,
    Index,
    ListDisplay,
    MapDisplay,
    children,
)
from aether_core.expression._reference import Reference

if TYPE_CHECKING:
    from collections.abc import Iterator

    from aether_core.expression._nodes import Node

#: Functions whose result holds their argument as it is.
_PASSING = frozenset({"string", "toJson"})


def inspected_references(node: Node, *, is_condition: bool) -> Iterator[Reference]:
    """Yield the references whose values decide something, or are taken apart.

    A value is only passed on where it becomes the result, or a part of it: as an item, joined to
    other text with `+`, chosen by `?:` or `default`. `has` looks at no value.

    Args:
        node: the expression.
        is_condition: whether the result itself decides something.
    """
    pending = [(node, not is_condition)]
    while pending:
        current, passes = pending.pop()
        match current:
            case Reference():
                if not passes:
                    yield current
            case Has(path=path):
                pending += [(key, False) for key in path.keys] if isinstance(path, Index) else []
            case Conditional():
                pending += [(each, False) for each in current.conditions]
                pending += [(each, passes) for each in (*current.results, current.otherwise)]
            case _:
                goes_on = passes and _passes(current)
                pending += [(child, goes_on) for child in children(current)]


def _passes(node: Node) -> bool:
    """Return whether what is directly below a node becomes a part of its result."""
    match node:
        case ListDisplay() | MapDisplay() | Default():
            return True
        case Arithmetic():
            return set(node.operators) == {"+"}
        case Call():
            return node.function in _PASSING
        case _:
            return False
