"""An open SQLite database: statements and transactions whose failures are explained."""

from __future__ import annotations

import contextlib
import sqlite3
from typing import TYPE_CHECKING, TypeVar

from aether_core.stores._sqlite_errors import FAILURES, store_error

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from aether_core.stores._rows import Row

_Record = TypeVar("_Record")


class Database:
    """What the tables of the SQLite store are read and written through; synchronous.

    Attributes:
        connection: For statements within a `transaction`.
        path: The file.
        keys: Keys of runs that are likely to be written again; a finished run leaves.
    """

    def __init__(self, connection: sqlite3.Connection, path: Path) -> None:
        self.connection = connection
        self.path = path
        self.keys: dict[str, int] = {}

    def close(self) -> None:
        """Close the database; the last connection to it also empties the log."""
        self.connection.close()

    def read(
        self, convert: Callable[[Row], _Record], statement: str, arguments: Row = ()
    ) -> list[_Record]:
        """Return what each row of a query stands for.

        Raises:
            StoreError: the file can't be read, or a row makes no sense.
        """
        try:
            return [convert(row) for row in self.connection.execute(statement, arguments)]
        except FAILURES as error:
            raise store_error(self.path, "read", error) from error

    def read_one(
        self, convert: Callable[[Row], _Record], statement: str, arguments: Row
    ) -> _Record | None:
        """Return what the only row of a query stands for, or None if there is no row.

        Raises:
            StoreError: the file can't be read, or the row makes no sense.
        """
        found = self.read(convert, statement, arguments)
        return found[0] if found else None

    def write(self, statement: str, arguments: Row) -> sqlite3.Cursor:
        """Execute a statement that is a transaction of its own; return its cursor.

        Raises:
            StoreError: the file can't be written, or a value can't be stored.
        """
        try:
            return self.connection.execute(statement, arguments)
        except FAILURES as error:
            raise store_error(self.path, "write to", error) from error

    def transaction(self) -> Transaction:
        """Return a context that commits all that is executed within, or, when it raises, nothing.

        Raises:
            StoreError: the file can't be written, or a value can't be stored.
        """
        return Transaction(self)


class Transaction:
    """A write transaction; a class, since a commit would feel the cost of a generator."""

    __slots__ = ("_connection", "_path")

    def __init__(self, database: Database) -> None:
        self._connection = database.connection
        self._path = database.path

    def __enter__(self) -> sqlite3.Connection:
        try:
            self._connection.execute("BEGIN IMMEDIATE")
        except FAILURES as error:
            raise store_error(self._path, "write to", error) from error
        return self._connection

    def __exit__(self, _: object, error: BaseException | None, __: object) -> None:
        try:
            if error is None:
                self._connection.execute("COMMIT")
        except FAILURES as failure:
            error = failure
        finally:
            self._roll_back()
        if isinstance(error, FAILURES):
            raise store_error(self._path, "write to", error) from error

    def _roll_back(self) -> None:
        # Not after COMMIT, nor after errors for which SQLite itself rolls back. If it can't now,
        # closing does.
        if self._connection.in_transaction:
            with contextlib.suppress(sqlite3.Error):
                self._connection.execute("ROLLBACK")
