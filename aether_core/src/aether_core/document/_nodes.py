"""Where the values of a document stand in its text."""

from __future__ import annotations

from typing import Literal, TypeAlias

import msgspec

#: How text is written: decides how an offset in the value maps to one in the source.
Style: TypeAlias = Literal["plain", "single", "double", "block", "none"]


class Node(msgspec.Struct):
    """The place of one value; offsets are in characters, `end` is exclusive.

    Attributes:
        members: nodes of an object's values, or None when this is not an object.
        keys: places of an object's keys.
        items: nodes of a list's items, or None when this is not a list.
    """

    start: int
    end: int
    style: Style = "none"
    members: dict[str, Node] | None = None
    keys: dict[str, tuple[int, int]] | None = None
    items: list[Node] | None = None


def object_node(start: int) -> Node:
    """Return the node of an object that begins here."""
    return Node(start, start, members={}, keys={})


def list_node(start: int) -> Node:
    """Return the node of a list that begins here."""
    return Node(start, start, items=[])
