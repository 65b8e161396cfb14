"""Custom variables: known ones by dotted name, or not known at all (documents.md 8.1)."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Final, TypeAlias

import msgspec

from aether_core.check._types import type_of_value
from aether_core.expression import MISSING, STRING, Type, walk
from aether_sdk import AetherError, JsonValue

#: Returns the variables of a namespace by full dotted name, empty if it has none. It raises
#: `AetherError` when they can't be had.
VariableLookup: TypeAlias = Callable[[str], Mapping[str, JsonValue]]

#: What every engine provides.
_ALWAYS: Final[dict[str, Type]] = {"system.os": STRING, "system.arch": STRING}


class Variables(msgspec.Struct):
    """The custom variables.

    Attributes:
        values: The known ones by full name.
        tree: Their values, nested by the segments of their names.
        are_known: Whether no others exist.
        look_up: Asked once for each namespace of a name that is not known.
        failures: Why the variables of a namespace can't be had.
    """

    values: dict[str, JsonValue]
    tree: dict[str, JsonValue]
    are_known: bool
    look_up: VariableLookup | None = None
    failures: dict[str, AetherError] = {}
    asked: set[str] = set()

    @property
    def names(self) -> frozenset[str]:
        """Full names of the known ones."""
        return frozenset({*_ALWAYS, *self.values})

    def type_of(self, segments: tuple[str | int, ...]) -> Type | None:
        """Return the type of a variable or of a part of one; None when it is not known."""
        always = _ALWAYS.get(".".join(map(str, segments)))
        if always is not None:
            return always
        found = walk(self.tree, segments)
        if found is MISSING and self._learn(str(segments[0])):
            found = walk(self.tree, segments)
        return None if found is MISSING else type_of_value(found)  # type: ignore[arg-type]  # the tree holds JSON data

    def _learn(self, namespace: str) -> bool:
        """Ask for the variables of a namespace; return whether there are any new ones."""
        if self.look_up is None or namespace in self.asked:
            return False
        self.asked.add(namespace)
        try:
            found = self.look_up(namespace)
        except AetherError as error:
            self.failures[namespace] = error
            return False
        self.values = {**found, **self.values}
        self.tree = _nested(self.values)
        return bool(found)


def known_variables(
    variables: Mapping[str, JsonValue] | None, look_up: VariableLookup | None = None
) -> Variables:
    """Return the variables of a run.

    Args:
        variables: by full dotted name; None means that nobody knows them yet.
        look_up: finds those of further namespaces; it comes after `variables`.
    """
    values = dict(variables or {})
    return Variables(values, _nested(values), variables is not None, look_up)


def _nested(variables: Mapping[str, JsonValue]) -> dict[str, JsonValue]:
    tree: dict[str, JsonValue] = {}
    for name, value in variables.items():
        *parents, last = name.split(".")
        level = tree
        for parent in parents:
            below = level.get(parent)
            # A copy: an object among the given values is the caller's.
            below = dict(below) if isinstance(below, dict) else {}
            level[parent] = below
            level = below
        level[last] = value
    return tree
