"""What is known of one plugin: a frozen record with a state and a reason (plugins.md 4)."""

from __future__ import annotations

from enum import StrEnum
from typing import Final

import msgspec


class PluginState(StrEnum):
    """How far a plugin got."""

    #: Installed; nothing of it has been imported yet.
    AVAILABLE = "available"
    LOADED = "loaded"
    #: Switched off by the user.
    DISABLED = "disabled"
    FAILED = "failed"
    #: Another plugin claims the same executor type.
    CONFLICT = "conflict"
    #: Made for another API level.
    INCOMPATIBLE = "incompatible"


#: States of plugins that somebody has to look after.
BROKEN: Final = frozenset({PluginState.FAILED, PluginState.CONFLICT, PluginState.INCOMPATIBLE})


class PluginRecord(msgspec.Struct, frozen=True):
    """One entry point of the group `aether.executors`."""

    #: The entry point's name: an executor type or its first dotted segment.
    name: str
    distribution: str
    version: str
    #: What the entry point names, such as `aether_http`.
    target: str
    state: PluginState = PluginState.AVAILABLE
    #: Where it failed: `import`, `register`, `schema` or `api`; empty if it did not.
    stage: str = ""
    #: Why the state is not `available` or `loaded`, or what is odd about a plugin that works.
    reason: str = ""
    #: The traceback of the failure, for those who ask.
    traceback: str = ""
    #: Executor types it provides, once loaded; before that, its name.
    executors: tuple[str, ...] = ()
