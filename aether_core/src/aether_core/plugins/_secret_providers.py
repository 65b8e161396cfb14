"""Secret providers of installed distributions, by the scheme of an address (ports.md 5.3)."""

from __future__ import annotations

import inspect
import re
from typing import TYPE_CHECKING, Any, Final, cast

from aether_core.plugins._extensions import ExtensionError, Extensions
from aether_sdk import AetherError, PluginError

if TYPE_CHECKING:
    from collections.abc import Callable

    from aether_core.plugins._discovery import PluginPolicy
    from aether_core.ports import SecretProvider

#: Group of entry points that are named like a scheme and lead to a callable each, which takes
#: the whole address and returns a provider.
SECRET_GROUP: Final = "aether.secrets"  # noqa: S105  # a name, not a secret

_ADDRESS: Final = re.compile(r"([a-zA-Z][a-zA-Z0-9+.-]*)://")


def is_secret_address(text: str) -> bool:
    """Return whether a text is the address of a provider, such as `vault://host/path`."""
    return _ADDRESS.match(text) is not None


def open_secrets(address: str, policy: PluginPolicy | None = None) -> SecretProvider:
    """Return the provider that an installed distribution makes of an address.

    Args:
        address: `scheme://...`; it may hold a password, so no message repeats it.
        policy: which distributions may be asked.

    Raises:
        ExtensionError: no distribution knows the scheme, or the one that does can't be used.
    """
    found = _ADDRESS.match(address)
    scheme = found[1].lower() if found else ""
    extensions = Extensions(SECRET_GROUP, "secret provider", _factory, policy)
    if scheme not in extensions.names():
        message = f"no installed package provides secrets from addresses {scheme}://"
        known = ", ".join(f"{name}://" for name in extensions.names())
        hint = f"Known here: {known}." if known else "Install one, or give a file of secrets."
        raise ExtensionError(message, hint=hint)
    provider = _made(scheme, extensions.load(scheme), address)
    if not inspect.iscoroutinefunction(getattr(provider, "get", None)):
        kind = type(provider).__name__
        message = f"the secret provider {scheme!r} gave {kind}, which has no async method get()"
        raise ExtensionError(message)
    return cast("SecretProvider", provider)


def _made(scheme: str, factory: Callable[[str], Any], address: str) -> object:
    try:
        return factory(address)
    except AetherError as error:
        message = f"the secret provider {scheme!r} refuses its address: {error.message}"
        raise ExtensionError(message, hint=error.hint) from error
    except Exception as error:
        # Only the class: the text may repeat the address.
        message = f"the secret provider {scheme!r} failed: {type(error).__name__}"
        raise ExtensionError(message) from error


def _factory(name: str, loaded: object) -> Callable[[str], Any]:
    if not callable(loaded):
        message = f"the entry point {name!r} leads to {loaded!r:.100}, which can't be called"
        raise PluginError(message)
    return loaded
