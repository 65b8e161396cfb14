"""Executors of the installed plugins, each loaded when a workflow first names its type."""

from __future__ import annotations

import threading
from contextlib import contextmanager
from typing import TYPE_CHECKING

from aether_core.plugins._discovery import PluginPolicy, find_plugins
from aether_core.plugins._first_party import FIRST_PARTY
from aether_core.plugins._loader import SLOW_IMPORT, load_plugin
from aether_core.plugins._record import BROKEN, PluginRecord, PluginState
from aether_core.plugins._registry import Registry, near_miss
from aether_sdk import PluginError

if TYPE_CHECKING:
    from collections.abc import Callable, Generator

    from aether_core.plugins._discovery import Candidate
    from aether_sdk import Executor, ExecutorSchema


class InstalledExecutors:
    """A registry that fills itself from installed plugins, only as far as it is asked.

    It answers the checker (`get_schema`, `explain`) and the broker (`get`).

    Args:
        policy: which plugins may load.
        registry: where executors are put; those already in it come first.
        slow_import: seconds from which on the import of a plugin is remarked upon.
        on_slow: is told of a plugin that has taken so long and is not done, from another thread.
    """

    def __init__(
        self,
        policy: PluginPolicy | None = None,
        registry: Registry | None = None,
        *,
        slow_import: float = SLOW_IMPORT,
        on_slow: Callable[[PluginRecord], None] | None = None,
    ) -> None:
        self.registry = registry or Registry()
        self._slow_import = slow_import
        self._on_slow = on_slow
        self._policy = policy or PluginPolicy()
        self._candidates: dict[tuple[str, str], Candidate] | None = None
        self._records: dict[tuple[str, str], PluginRecord] = {}

    def get(self, executor_type: str) -> Executor | None:
        """Return the executor of a type, loading its plugin if need be; None if there is none.

        Raises:
            PluginError: the policy is strict and a plugin, maybe another one, is broken.
        """
        known = self.registry.get(executor_type)
        if known is None:
            self._load_for(executor_type)
        return known or self.registry.get(executor_type)

    def get_schema(self, executor_type: str) -> ExecutorSchema | None:
        """Return the schema of a type, loading its plugin if need be; None if there is none.

        Raises:
            PluginError: the policy is strict and a plugin, maybe another one, is broken.
        """
        known = self.registry.get_schema(executor_type)
        if known is None:
            self._load_for(executor_type)
        return known or self.registry.get_schema(executor_type)

    def origin(self, executor_type: str) -> tuple[str, str]:
        """Return distribution and version that provide a loaded type; empty if none does."""
        return self.registry.origin(executor_type)

    def explain(self, executor_type: str) -> tuple[str, str | None]:
        """Return why a type has no executor, and what to do about it."""
        segment = executor_type.partition(".")[0]
        for record in self.records():
            if record.name == segment and record.state is not PluginState.LOADED:
                return (
                    f"executor type {executor_type!r} can't be used: plugin {record.distribution} "
                    f"({record.state}): {record.reason}",
                    None
                    if record.state is PluginState.DISABLED
                    else f"`aether plugins show {record.name} --traceback` tells more.",
                )
            if record.name == segment:
                types = ", ".join(record.executors)
                message = f"unknown executor type {executor_type!r}"
                return message, f"Plugin {record.distribution} provides {types}."
        message = f"unknown executor type {executor_type!r}"
        home = FIRST_PARTY.get(segment)
        if home is not None:
            return message, f"It comes with the package {home}, which is not installed."
        names = (record.name for record in self.records())
        return message, near_miss(executor_type, {*self.registry.types(), *names})

    def records(self) -> tuple[PluginRecord, ...]:
        """Return a record per plugin as far as it is known now; imports nothing."""
        found = self._found()
        return tuple(self._records.get(key, c.record) for key, c in found.items())

    def load_all(self) -> tuple[PluginRecord, ...]:
        """Load every plugin that may load; return the records afterwards."""
        for key in self._found():
            self._load(key)
        return self.records()

    def load(self, name: str) -> tuple[PluginRecord, ...]:
        """Load the plugins with this entry or distribution name; return their records."""
        keys = [key for key in self._found() if name in key]
        return tuple(self._load(key) for key in keys)

    def _found(self) -> dict[tuple[str, str], Candidate]:
        if self._candidates is None:
            self._candidates = {
                (c.record.name, c.record.distribution): c for c in find_plugins(self._policy)
            }
        return self._candidates

    def _load_for(self, executor_type: str) -> None:
        if self._policy.strict:
            self._refuse_broken()
        segment = executor_type.partition(".")[0]
        for key in self._found():
            if key[0] == segment:
                self._load(key)

    def _refuse_broken(self) -> None:
        broken = [record for record in self.load_all() if record.state in BROKEN]
        if broken:
            names = "; ".join(
                f"{record.name} of {record.distribution} is {record.state}: {record.reason}"
                for record in broken
            )
            hint = "Repair or uninstall them, or unset AETHER_PLUGINS_STRICT."
            raise PluginError(f"plugins are strict, and not all of them work: {names}", hint=hint)

    def _load(self, key: tuple[str, str]) -> PluginRecord:
        known = self._records.get(key)
        if known is None:
            candidate = self._found()[key]
            known = candidate.record
            if known.state is PluginState.AVAILABLE:
                with self._told_when_slow(known):
                    known = load_plugin(candidate, self.registry, slow_import=self._slow_import)
            self._records[key] = known
        return known

    @contextmanager
    def _told_when_slow(self, record: PluginRecord) -> Generator[None, None, None]:
        if self._on_slow is None:
            yield
            return
        timer = threading.Timer(self._slow_import, self._on_slow, [record])
        # One that never comes back must not keep an interrupted command alive.
        timer.daemon = True
        timer.start()
        try:
            yield
        finally:
            timer.cancel()
