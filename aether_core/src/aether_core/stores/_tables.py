"""What the parts of the SQLite store have in common."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from aether_core.ports import StoreError

if TYPE_CHECKING:
    import os

    from aether_core.stores._database import Database


class Tables:
    """A file and, while it is open, its database. Loads `sqlite3` no earlier than that."""

    def __init__(self, path: str | os.PathLike[str]) -> None:
        self.path = Path(path).absolute()
        self._opened: Database | None = None

    @property
    def _database(self) -> Database:
        if self._opened is None:
            raise StoreError(
                f"the store {self.path} is not open", hint="Call `open` before anything else."
            )
        return self._opened
