"""The store in an SQLite file; loads `sqlite3` only when it is opened."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal, TypeAlias

from aether_core.stores._command_tables import CommandTables
from aether_core.stores._commits import commit_batch, delete_run
from aether_core.stores._cron_tables import CronTables
from aether_core.stores._run_tables import RunTables
from aether_core.stores._template_tables import TemplateTables

if TYPE_CHECKING:
    import os
    from collections.abc import Sequence

    from aether_core.kernel import RunChanges

#: How far a commit goes before it returns: to the system, or to the disk.
Synchronous: TypeAlias = Literal["normal", "full"]


class SqliteStore(RunTables, CommandTables, CronTables, TemplateTables):
    """Keeps runs and schedules in one SQLite file, beside it a write-ahead log while it is open.

    With `synchronous="normal"` a commit is safe once the system has it: the death of the
    process loses nothing; a power failure may lose the last commits, but damages nothing and
    never leaves half a batch. With `"full"` each commit waits for the disk, which takes
    several times as long.

    Statements run on the event loop's own thread: a commit takes tens of microseconds, the way
    to another thread and back more than a hundred. Several processes may use a file at once;
    a commit waits up to 5 seconds for the lock of another. The file must be on a local disk.

    Args:
        path: The file; its missing folders are created (mode 700), itself too (mode 600).
        synchronous: How far a commit goes.
        read_only: Whether to write nothing: the file must exist and have the newest schema.
            SQLite may still put an empty log and shared memory beside it.
        must_exist: Whether a missing file is an error instead of created.
    """

    def __init__(
        self,
        path: str | os.PathLike[str],
        *,
        synchronous: Synchronous = "normal",
        read_only: bool = False,
        must_exist: bool = False,
    ) -> None:
        super().__init__(path)
        self._synchronous = synchronous
        self._read_only = read_only
        self._must_exist = must_exist

    async def open(self) -> None:
        """Open the file; create or migrate it if needed.

        Raises:
            StoreNotFound: the file is missing, and `read_only` or `must_exist` is set.
            StoreError: the file can't be opened, is no store, or a newer program wrote it.
        """
        # Late: commands without a store don't pay for sqlite3.
        from aether_core.stores._database import Database
        from aether_core.stores._sqlite_file import open_database

        connection = open_database(
            self.path,
            full=self._synchronous == "full",
            read_only=self._read_only,
            create=not self._must_exist,
        )
        self._opened = Database(connection, self.path)

    async def close(self) -> None:
        """Close the file. What was committed stays."""
        if self._opened is not None:
            self._opened.close()
            self._opened = None

    async def commit(self, batch: Sequence[RunChanges]) -> None:
        """Write all changes of all runs in the batch in one transaction, or none.

        Raises:
            VersionConflict: a run's stored version is not the expected one.
            StoreError: the batch can't be written; the store stays usable.
        """
        commit_batch(self._database, batch)

    async def delete_run(self, run_id: str) -> bool:
        """Remove a run with all that belongs to it; returns False if there is none.

        Raises:
            StoreError: the file can't be written.
        """
        return delete_run(self._database, run_id)
