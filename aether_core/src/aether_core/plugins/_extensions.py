"""Named things of one entry-point group, such as functions; each is loaded for itself."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING, ClassVar, Generic, TypeVar

import msgspec

from aether_core.plugins._discovery import PluginPolicy, find_plugins
from aether_core.plugins._loader import failed_record
from aether_core.plugins._record import PluginRecord, PluginState
from aether_sdk import PluginError

if TYPE_CHECKING:
    from collections.abc import Callable

    from aether_core.plugins._discovery import Candidate

T = TypeVar("T")


class ExtensionError(PluginError):
    """Something that an installed distribution provides by name can't be used, or is not there."""

    code: ClassVar[str] = "AE840"


class Extensions(Generic[T]):
    """What a group of entry points names, each loaded when it is first asked for.

    A broken one breaks only itself. Safe to use from several threads.

    Args:
        group: the group, such as `aether.functions`.
        what: what one of them is called in messages, such as `function`.
        accept: makes the thing of what an entry point, by name, leads to. It raises
            `PluginError` for what is no such thing.
        policy: which of them may load.
    """

    def __init__(
        self,
        group: str,
        what: str,
        accept: Callable[[str, object], T],
        policy: PluginPolicy | None = None,
    ) -> None:
        self._group = group
        self._what = what
        self._accept = accept
        self._policy = policy or PluginPolicy()
        self._candidates: dict[tuple[str, str], Candidate] | None = None
        self._records: dict[tuple[str, str], PluginRecord] = {}
        self._loaded: dict[str, T] = {}
        # A module that is being imported may itself ask for another name.
        self._lock = threading.RLock()

    def names(self) -> tuple[str, ...]:
        """Return the names of all of them, sorted; imports nothing."""
        return tuple(dict.fromkeys(name for name, _ in self._found()))

    def records(self) -> tuple[PluginRecord, ...]:
        """Return a record per entry point as far as it is known now; imports nothing."""
        return tuple(self._records.get(key, c.record) for key, c in self._found().items())

    def load(self, name: str) -> T:
        """Return the thing of a name.

        Raises:
            ExtensionError: there is none, or it can't be used; the message says which
                distribution it comes from and why.
        """
        with self._lock:
            records = [self._load(key) for key in self._found() if key[0] == name]
            if name in self._loaded:
                return self._loaded[name]
        if not records:
            message = f"no installed package provides the {self._what} {name!r}"
            raise ExtensionError(message)
        raise _unusable(self._what, records[0])

    def load_all(self) -> tuple[PluginRecord, ...]:
        """Load all that may load; return the records afterwards."""
        with self._lock:
            for key in self._found():
                self._load(key)
            return self.records()

    def _found(self) -> dict[tuple[str, str], Candidate]:
        if self._candidates is None:
            found = find_plugins(self._policy, self._group, self._what)
            self._candidates = {(c.record.name, c.record.distribution): c for c in found}
        return self._candidates

    def _load(self, key: tuple[str, str]) -> PluginRecord:
        known = self._records.get(key)
        if known is None:
            candidate = self._found()[key]
            known = candidate.record
            if known.state is PluginState.AVAILABLE:
                known = self._tried(candidate)
            self._records[key] = known
        return known

    def _tried(self, candidate: Candidate) -> PluginRecord:
        record, stage = candidate.record, "import"
        try:
            loaded = candidate.entry_point.load()
            stage = "register"
            self._loaded[record.name] = self._accept(record.name, loaded)
        except PluginError as error:
            return msgspec.structs.replace(
                record, state=PluginState.FAILED, stage=stage, reason=error.message
            )
        except (Exception, SystemExit) as error:  # noqa: BLE001  # a broken one must not hurt others
            return failed_record(record, stage, error)
        return msgspec.structs.replace(record, state=PluginState.LOADED)


def _unusable(what: str, record: PluginRecord) -> ExtensionError:
    source = f"{record.distribution} {record.version}"
    state = "" if record.state is PluginState.FAILED else f"it is {record.state}: "
    message = f"the {what} {record.name!r} of {source} can't be used: {state}{record.reason}"
    return ExtensionError(message)
