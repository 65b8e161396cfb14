"""The custom variables of one run: given ones, and those of sources (documents.md 8.1)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from aether_core.ports import read_variables

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from aether_core.ports import VariableSource
    from aether_sdk import JsonValue


class RunVariables:
    """Collects the variables of a run while its document is checked.

    What is given wins over what sources say; of two sources with one namespace, the later one
    wins, name by name.

    Args:
        given: variables by full dotted name.
        sources: asked only for namespaces that the document refers to and that lack a name; not
            even looked through before.
    """

    def __init__(
        self, given: Mapping[str, JsonValue], sources: Iterable[VariableSource] = ()
    ) -> None:
        self._given = given
        self._sources = sources
        self._found: dict[str, dict[str, JsonValue]] = {}

    def look_up(self, namespace: str) -> dict[str, JsonValue]:
        """Return the variables that sources have for a namespace; empty if there are none.

        The sources are asked once, also when this object serves several documents.

        Raises:
            AetherError: a source of the namespace can't be used.
        """
        known = self._found.get(namespace)
        if known is not None:
            return known
        found: dict[str, JsonValue] = {}
        for source in self._sources:
            if source.namespace() == namespace:
                found.update(read_variables(source, f"the variable source {namespace!r}"))
        self._found[namespace] = found
        return found

    def values(self) -> dict[str, JsonValue]:
        """Return everything that is known by now, by full dotted name."""
        found = {key: value for each in self._found.values() for key, value in each.items()}
        return {**found, **self._given}
