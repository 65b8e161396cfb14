"""Where runs are kept: in memory, in an SQLite file, or in a store of another package.

Importing this package loads no store, neither `sqlite3` nor what finds other packages.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from aether_core.stores._errors import StoreNotFound, StoreUrlError
from aether_core.stores._urls import default_store_url, open_store

if TYPE_CHECKING:
    from aether_core.stores._memory import MemoryStore
    from aether_core.stores._sqlite import SqliteStore, Synchronous

__all__ = [
    "MemoryStore",
    "SqliteStore",
    "StoreNotFound",
    "StoreUrlError",
    "Synchronous",
    "default_store_url",
    "open_store",
]

_HOMES = {"MemoryStore": "_memory", "SqliteStore": "_sqlite", "Synchronous": "_sqlite"}


# A type checker that saw this function would accept every misspelt name.
if not TYPE_CHECKING:

    def __getattr__(name: str) -> object:
        if name not in _HOMES:
            raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
        # Late: a command needs one store at most, and each is several modules.
        from importlib import import_module

        value = globals()[name] = getattr(import_module(f"{__name__}.{_HOMES[name]}"), name)
        return value


def __dir__() -> list[str]:
    return __all__
