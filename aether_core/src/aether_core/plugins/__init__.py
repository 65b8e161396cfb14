"""Plugins that provide executors: how they are found, loaded and kept."""

from __future__ import annotations

from aether_core.plugins._discovery import PluginPolicy, find_plugins
from aether_core.plugins._installed import InstalledExecutors
from aether_core.plugins._record import PluginRecord, PluginState
from aether_core.plugins._registry import Registry

__all__ = [
    "InstalledExecutors",
    "PluginPolicy",
    "PluginRecord",
    "PluginState",
    "Registry",
    "find_plugins",
]
