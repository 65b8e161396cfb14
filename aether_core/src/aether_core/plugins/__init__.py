"""Plugins that provide executors: how they are found, loaded and kept."""

from __future__ import annotations

from aether_core.plugins._discovery import PluginPolicy, find_plugins
from aether_core.plugins._extensions import ExtensionError, Extensions
from aether_core.plugins._functions import FUNCTION_GROUP, installed_functions
from aether_core.plugins._installed import InstalledExecutors
from aether_core.plugins._record import BROKEN, PluginRecord, PluginState
from aether_core.plugins._registry import Registry
from aether_core.plugins._secret_providers import SECRET_GROUP, is_secret_address, open_secrets
from aether_core.plugins._variable_sources import VARIABLE_GROUP, InstalledVariables

__all__ = [
    "BROKEN",
    "FUNCTION_GROUP",
    "SECRET_GROUP",
    "VARIABLE_GROUP",
    "ExtensionError",
    "Extensions",
    "InstalledExecutors",
    "InstalledVariables",
    "PluginPolicy",
    "PluginRecord",
    "PluginState",
    "Registry",
    "find_plugins",
    "installed_functions",
    "is_secret_address",
    "open_secrets",
]
