"""What the items of a loop hand to its iterations (documents.md 12, decision 11)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Final

import msgspec
from msgspec.structs import replace

from aether_core.check._types import joined, type_of_value
from aether_core.expression import ANY, LIST, MAP, Type

if TYPE_CHECKING:
    from aether_core.document import Loop
    from aether_sdk import JsonValue

#: Items of more kinds than this are not told apart; each kind counts as a call of the body.
_MOST_SHAPES: Final = 32


class Shape(msgspec.Struct, frozen=True):
    """Items that hand over the same names: their fields, if they are objects.

    Attributes:
        first: The number of the first such item.
    """

    names: frozenset[str]
    first: int = 0


#: What an item that is no object hands over (documents.md 12.1).
_PLAIN: Final = frozenset({"loop_iter.item"})


class Items(msgspec.Struct, frozen=True):
    """The items of one loop, as far as they are known.

    Attributes:
        loop: The loop as messages name it.
        item: The type of a whole item; None for a repeat loop, which has none.
        types: The known fields of items that are objects.
        shapes: The kinds of items; empty when these are not known.
        is_open: Whether items may have other fields, and may lack the known ones.
    """

    loop: str
    item: Type | None
    types: Mapping[str, Type] = {}
    shapes: tuple[Shape, ...] = ()
    is_open: bool = False

    def number_without(self, name: str) -> int | None:
        """Return the number of an item that is known to lack a field; None if there is none."""
        return next((shape.first for shape in self.shapes if name not in shape.names), None)

    def gives(self, name: str) -> bool | None:
        """Return whether every item has a field, or none has it; None for what lies between."""
        if name not in self.types:
            return None if self.is_open else False
        return None if self.is_open or self.number_without(name) is not None else True

    def share(self, name: str) -> tuple[int, int]:
        """Return how many kinds of items hand over a name, and how many kinds there are."""
        if self.is_open:
            return 1, 1
        count = len(self.shapes)
        if name == "loop_iter.index":
            return count, count
        return sum(name in shape.names for shape in self.shapes), count

    def of_type(self, item: Type) -> Items:
        """Return these items when each is known to be of a type."""
        if item.kinds & MAP.kinds:
            return replace(self, item=item)
        return replace(self, item=item, shapes=(Shape(_PLAIN),), is_open=False)


def items_of(loop: Loop, words: str) -> Items:
    """Return what is known of a loop's items where it is declared."""
    if loop.items is not None:
        return _static(effective_items(loop), words)
    if loop.items_from is None and loop.repeat_condition is not None:
        return Items(words, None, shapes=(Shape(frozenset()),))
    # A draft that does not say what to iterate over may have anything.
    return Items(words, ANY, is_open=True)


def effective_items(loop: Loop) -> tuple[JsonValue, ...]:
    """Return the static items that get an iteration: `maxIterations` cuts off the others."""
    items = loop.items or ()
    return items[: loop.max_iterations] if loop.max_iterations else items


def _static(items: tuple[JsonValue, ...], words: str) -> Items:
    item: Type | None = None
    types: dict[str, Type] = {}
    shapes: dict[frozenset[str], int] = {}
    for number, value in enumerate(items):
        found = type_of_value(value)
        item = found if item is None else joined(item, found)
        if not isinstance(value, dict):
            shapes.setdefault(_PLAIN, number)
            continue
        shapes.setdefault(frozenset(value), number)
        for name, field in value.items():
            kind = type_of_value(field)
            types[name] = joined(types[name], kind) if name in types else kind
    is_open = len(shapes) > _MOST_SHAPES
    known = () if is_open else tuple(Shape(*each) for each in shapes.items())
    return Items(words, item or ANY, types, known, is_open)


def type_of_items(found: Type) -> Type:
    """Return the type of the items in what `itemsFrom` gives: a list, or text that holds one."""
    return found.items if found.name is LIST.name else ANY
