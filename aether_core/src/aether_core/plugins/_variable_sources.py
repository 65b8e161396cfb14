"""Variable sources of installed distributions (ports.md 5.9)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final, cast

from aether_core.plugins._extensions import Extensions
from aether_core.plugins._record import PluginState
from aether_sdk import PluginError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from aether_core.plugins._discovery import PluginPolicy
    from aether_core.plugins._record import PluginRecord
    from aether_core.ports import VariableSource
    from aether_sdk import JsonValue

#: Group of entry points that lead to a variable source each and are named like its namespace.
VARIABLE_GROUP: Final = "aether.variables"


class InstalledVariables:
    """The variable sources of installed distributions.

    To iterate over them reads metadata and imports nothing: each is loaded when it is asked for
    its variables. One that can't be used says so then, as an `AetherError`.

    Args:
        policy: which of them may load.
    """

    def __init__(self, policy: PluginPolicy | None = None) -> None:
        self._extensions = Extensions(VARIABLE_GROUP, "variable source", _source, policy)

    def __iter__(self) -> Iterator[VariableSource]:
        return (_Installed(name, self._extensions) for name in self._extensions.names())

    def load_all(self) -> tuple[PluginRecord, ...]:
        """Load every source that may load; return their records. None is asked for variables."""
        return self._extensions.load_all()


class _Installed:
    """A source that is loaded when it is needed."""

    def __init__(self, name: str, extensions: Extensions[VariableSource]) -> None:
        self._name = name
        self._extensions = extensions

    def namespace(self) -> str:
        return self._name

    def variables(self) -> dict[str, JsonValue]:
        # Late: plugins are also listed, and then nothing is asked for variables.
        from aether_core.ports import read_variables

        source = self._extensions.load(self._name)
        (record,) = (
            each
            for each in self._extensions.records()
            if each.name == self._name and each.state is PluginState.LOADED
        )
        home = f"{record.distribution} {record.version}"
        return read_variables(source, f"the variable source {self._name!r} of {home}")


def _source(name: str, loaded: object) -> VariableSource:
    """Return the source that an entry point leads to: an instance, a class or a factory."""
    if isinstance(loaded, type) or not _is_source(loaded):
        if not callable(loaded):
            message = f"the entry point {name!r} leads to {loaded!r:.100}, which is no source"
            raise PluginError(message)
        loaded = cast("Callable[[], object]", loaded)()
    if not _is_source(loaded):
        kind = type(loaded).__name__
        message = f"a source needs the methods namespace() and variables(), {kind} has not both"
        raise PluginError(message)
    source: Any = loaded
    if source.namespace() != name:
        message = f"its namespace is {source.namespace()!r}, its entry point is named {name!r}"
        raise PluginError(message)
    return cast("VariableSource", source)


def _is_source(value: object) -> bool:
    methods = (getattr(value, name, None) for name in ("namespace", "variables"))
    return all(map(callable, methods))
