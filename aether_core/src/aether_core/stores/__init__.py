"""Where runs are kept: in memory, in an SQLite file, or in a store of another package.

Importing this package loads neither `sqlite3` nor what finds other packages.
"""

from __future__ import annotations

from aether_core.stores._errors import StoreNotFound, StoreUrlError
from aether_core.stores._memory import MemoryStore
from aether_core.stores._sqlite import SqliteStore, Synchronous
from aether_core.stores._urls import default_store_url, open_store

__all__ = [
    "MemoryStore",
    "SqliteStore",
    "StoreNotFound",
    "StoreUrlError",
    "Synchronous",
    "default_store_url",
    "open_store",
]
