"""Functions of installed distributions, for the `function` executor."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from aether_core.plugins._extensions import Extensions
from aether_sdk import PluginError

if TYPE_CHECKING:
    from collections.abc import Callable

    from aether_core.plugins._discovery import PluginPolicy

#: Group of entry points that name a function each.
FUNCTION_GROUP: Final = "aether.functions"


def installed_functions(policy: PluginPolicy | None = None) -> Extensions[Callable[..., Any]]:
    """Return the functions of installed distributions; each is imported at its first call."""
    return Extensions(FUNCTION_GROUP, "function", _callable, policy)


def _callable(name: str, loaded: object) -> Callable[..., Any]:
    if not callable(loaded):
        message = f"the entry point {name!r} leads to {loaded!r:.100}, which can't be called"
        raise PluginError(message)
    return loaded
