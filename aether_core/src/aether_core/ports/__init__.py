"""Contracts between the engine and its surroundings; adapters implement them."""

from __future__ import annotations

from aether_core.ports._broker import TaskBroker
from aether_core.ports._clock import Clock, SystemClock
from aether_core.ports._hooks import HookNotifier
from aether_core.ports._ids import IdGenerator, uuid7
from aether_core.ports._store import (
    RunQuery,
    RunSummary,
    Store,
    StoreError,
    VersionConflict,
)

__all__ = [
    "Clock",
    "HookNotifier",
    "IdGenerator",
    "RunQuery",
    "RunSummary",
    "Store",
    "StoreError",
    "SystemClock",
    "TaskBroker",
    "VersionConflict",
    "uuid7",
]
