"""Contracts between the engine and its surroundings; adapters implement them."""

from __future__ import annotations

from aether_core.ports._artifacts import ArtifactError, ArtifactKey, ArtifactRepository, Place
from aether_core.ports._broker import TaskBroker
from aether_core.ports._clock import Clock, SystemClock
from aether_core.ports._commands import Command, CommandKind, CommandStore
from aether_core.ports._cron import CronRecord, CronStore, SlotOutcome, SlotRecord
from aether_core.ports._hooks import HookNotifier
from aether_core.ports._ids import IdGenerator, uuid7, uuid7_of
from aether_core.ports._secrets import SecretNotFound, SecretProvider
from aether_core.ports._store import Owner, RunQuery, RunSummary, Store
from aether_core.ports._store_errors import StoreError, VersionConflict
from aether_core.ports._templates import TemplateRecord, TemplateStore
from aether_core.ports._variables import VariableSource, VariableSourceError, read_variables

__all__ = [
    "ArtifactError",
    "ArtifactKey",
    "ArtifactRepository",
    "Clock",
    "Command",
    "CommandKind",
    "CommandStore",
    "CronRecord",
    "CronStore",
    "HookNotifier",
    "IdGenerator",
    "Owner",
    "Place",
    "RunQuery",
    "RunSummary",
    "SecretNotFound",
    "SecretProvider",
    "SlotOutcome",
    "SlotRecord",
    "Store",
    "StoreError",
    "SystemClock",
    "TaskBroker",
    "TemplateRecord",
    "TemplateStore",
    "VariableSource",
    "VariableSourceError",
    "VersionConflict",
    "read_variables",
    "uuid7",
    "uuid7_of",
]
