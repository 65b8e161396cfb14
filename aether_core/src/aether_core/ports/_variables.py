"""The variable source port: values that documents see by name (ports.md 5.9)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Protocol, cast

from aether_sdk import AetherError, OutputError, json_value

if TYPE_CHECKING:
    from aether_sdk import JsonValue


class VariableSourceError(AetherError):
    """A variable source did not give variables; the message says which one, and why."""

    code = "AE843"


class VariableSource(Protocol):
    """Gives custom variables; asked once when a run is submitted, and kept with the run.

    It is asked only for a document that refers to its namespace.
    """

    def namespace(self) -> str:
        """Return the first segment of all its names, such as `deploy`."""
        ...

    def variables(self) -> Mapping[str, JsonValue]:
        """Return values by full dotted name, such as `deploy.region`."""
        ...


def read_variables(source: VariableSource, name: str) -> dict[str, JsonValue]:
    """Return what a source gives, checked and copied.

    Args:
        source: the source.
        name: what the source is called in messages.

    Raises:
        VariableSourceError: it raised something, or gave what are no variables of its namespace.
        AetherError: whatever error of this tree it raised.
    """
    try:
        prefix, given = f"{source.namespace()}.", cast("object", source.variables())
    except AetherError:
        raise
    except (Exception, SystemExit) as error:
        message = f"{name} failed: {type(error).__name__}: {error}"
        raise VariableSourceError(message) from error
    if not isinstance(given, Mapping):
        raise VariableSourceError(f"{name} returned {given!r:.60}, not names with values")
    items = cast("Mapping[object, object]", given).items()
    return dict(_checked(key, value, prefix, name) for key, value in items)


def _checked(key: object, value: object, prefix: str, name: str) -> tuple[str, JsonValue]:
    if not isinstance(key, str) or not key.startswith(prefix) or "" in key.split("."):
        message = f"{name} returned the name {key!r:.60}; its names look like {prefix}region"
        raise VariableSourceError(message)
    try:
        return key, json_value(value)
    except OutputError as error:
        raise VariableSourceError(f"{name} returned a bad value for {key}: {error}") from None
