"""Custom variables: known ones by dotted name, or not known at all (documents.md 8.1)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import msgspec

from aether_core.check._types import type_of_value
from aether_core.expression import MISSING, STRING, Type, walk
from aether_sdk import JsonValue

if TYPE_CHECKING:
    from collections.abc import Mapping


#: What every engine provides.
_ALWAYS: Final[dict[str, Type]] = {"system.os": STRING, "system.arch": STRING}


class Variables(msgspec.Struct, frozen=True):
    """The custom variables.

    Attributes:
        names: Full names of the known ones.
        tree: Their values, nested by the segments of their names.
        are_known: Whether no others exist.
    """

    names: frozenset[str]
    tree: dict[str, JsonValue]
    are_known: bool

    def type_of(self, segments: tuple[str | int, ...]) -> Type | None:
        """Return the type of a variable or of a part of one; None when it is not known."""
        always = _ALWAYS.get(".".join(map(str, segments)))
        if always is not None:
            return always
        found = walk(self.tree, segments)
        return None if found is MISSING else type_of_value(found)  # type: ignore[arg-type]  # the tree holds JSON data


def known_variables(variables: Mapping[str, JsonValue] | None) -> Variables:
    """Return the variables of a run by full dotted name; None means that nobody knows them yet."""
    tree: dict[str, JsonValue] = {}
    for name, value in (variables or {}).items():
        *parents, last = name.split(".")
        level = tree
        for parent in parents:
            below = level.get(parent)
            # A copy: an object among the given values is the caller's.
            below = dict(below) if isinstance(below, dict) else {}
            level[parent] = below
            level = below
        level[last] = value
    return Variables(frozenset({*_ALWAYS, *(variables or {})}), tree, variables is not None)
