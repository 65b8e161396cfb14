"""The store in an SQLite file; loads `sqlite3` only when it is opened."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Literal, TypeAlias

from aether_core.ports import RunQuery, RunSummary, StoreError

if TYPE_CHECKING:
    import os
    from collections.abc import Sequence

    from aether_core.kernel import EventRecord, RunChanges, RunRecord, TaskRecord
    from aether_core.stores._database import Database

#: How far a commit goes before it returns: to the system, or to the disk.
Synchronous: TypeAlias = Literal["normal", "full"]


class SqliteStore:
    """Keeps runs in one SQLite file (write-ahead log), beside it a log while it is open.

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
        self.path = Path(path).absolute()
        self._synchronous = synchronous
        self._read_only = read_only
        self._must_exist = must_exist
        self._opened: Database | None = None

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
        self._database.commit(batch)

    async def get_run(self, run_id: str) -> RunRecord | None:
        """Return the run, or None.

        Raises:
            StoreError: the file can't be read.
        """
        return self._database.get_run(run_id)

    async def get_tasks(self, run_id: str) -> list[TaskRecord]:
        """Return the run's tasks in creation order; empty for an unknown run.

        Raises:
            StoreError: the file can't be read.
        """
        return self._database.get_tasks(run_id)

    async def get_events(
        self, run_id: str, *, after: int = 0, limit: int = 1000
    ) -> list[EventRecord]:
        """Return the run's events numbered above `after`, oldest first, at most `limit`.

        Raises:
            StoreError: the file can't be read.
        """
        return self._database.get_events(run_id, after, limit)

    async def heartbeat(self, engine_id: str, at: int | None) -> None:
        """Note that an engine was alive at that time, or, with None, that it has ended.

        Raises:
            StoreError: the file can't be written.
        """
        self._database.heartbeat(engine_id, at)

    async def list_abandoned(self, since: int) -> list[str]:
        """Return the runs that have not ended and whose owner was not alive since then.

        Raises:
            StoreError: the file can't be read.
        """
        return self._database.list_abandoned(since)

    async def list_runs(self, query: RunQuery) -> list[RunSummary]:
        """Return the runs that match, newest first; of equal age, the last one written first.

        Raises:
            StoreError: the file can't be read.
        """
        return self._database.list_runs(query)

    @property
    def _database(self) -> Database:
        if self._opened is None:
            raise StoreError(
                f"the store {self.path} is not open", hint="Call `open` before anything else."
            )
        return self._opened
