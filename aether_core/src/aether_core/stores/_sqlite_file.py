"""From a path to an open SQLite database of the newest schema."""

from __future__ import annotations

import functools
import os
import sqlite3
import stat
import time
from typing import TYPE_CHECKING, Final

from aether_core.ports import StoreError
from aether_core.stores._errors import StoreNotFound
from aether_core.stores._migrations import APPLICATION_ID, MIGRATIONS, migrate, schema_version
from aether_core.stores._sqlite_errors import FAILURES, file_error, not_ours, store_error

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

#: How long a statement waits for another process's lock.
BUSY_SECONDS: Final = 5.0

# Measured: a small page makes a commit of one task a fifth cheaper than the default of 4096,
# since each commit writes three whole pages; larger batches cost the same.
_PAGE_BYTES: Final = 2048
# A checkpoint stops the event loop: 4 MiB of log cost 7 ms; more saves little and stops longer.
_CHECKPOINT_PAGES: Final = 2000


def open_database(path: Path, *, full: bool, read_only: bool, create: bool) -> sqlite3.Connection:
    """Return an open database of the newest schema.

    Args:
        path: Absolute path of the file.
        full: Whether each commit waits for the disk.
        read_only: Whether to write nothing; implies that nothing is created.
        create: Whether a missing file, and its missing folders, are created.

    Raises:
        StoreNotFound: there is no store, and none may be created.
        StoreError: it can't be opened, or it is not a store of this program's version.
    """
    try:
        _prepare(path, create=create and not read_only)
    except OSError as error:
        raise file_error(path, error) from error
    try:
        return _open_to_read(path) if read_only else _open_to_write(path, full=full)
    except FAILURES as error:
        raise store_error(path, "open", error) from error


def _open_to_read(path: Path) -> sqlite3.Connection:
    try:
        return _connect(path, "mode=ro", _check)
    except sqlite3.OperationalError as error:
        # SQLite puts shared memory beside the file even to read it. Where it can't, and there
        # is no log, the file alone is all there is.
        denied = error.sqlite_errorcode & 0xFF in {sqlite3.SQLITE_READONLY, sqlite3.SQLITE_CANTOPEN}
        if not denied or _has_log(path):
            raise
        return _connect(path, "mode=ro&immutable=1", _check)


def _open_to_write(path: Path, *, full: bool) -> sqlite3.Connection:
    return _connect(path, "mode=rw", functools.partial(_set_up, full=full))


def _connect(
    path: Path, options: str, prepare: Callable[[sqlite3.Connection, Path], None]
) -> sqlite3.Connection:
    connection = sqlite3.connect(
        f"{path.as_uri()}?{options}", uri=True, isolation_level=None, timeout=BUSY_SECONDS
    )
    try:
        prepare(connection, path)
    except BaseException:
        connection.close()
        raise
    return connection


def _has_log(path: Path) -> bool:
    try:
        return path.with_name(f"{path.name}-wal").stat().st_size > 0
    except FileNotFoundError:
        return False


def _prepare(path: Path, *, create: bool) -> None:
    try:
        status = path.stat()
    except FileNotFoundError:
        if not create:
            raise StoreNotFound(str(path)) from None
        _create_file(path)
        return
    if stat.S_ISDIR(status.st_mode):
        raise not_ours(path, "it is a folder, not a file")
    if not stat.S_ISREG(status.st_mode):
        raise not_ours(path, "it is not a regular file")
    if status.st_size == 1:
        # The one size that SQLite takes for an empty file, and would overwrite.
        raise not_ours(path, "it is not an SQLite database")


def _create_file(path: Path) -> None:
    missing: list[Path] = []
    folder = path.parent
    while not folder.exists():
        missing.append(folder)
        folder = folder.parent
    for folder in reversed(missing):
        folder.mkdir(mode=0o700, exist_ok=True)
    # Made here and not by SQLite, for its mode: runs hold inputs and outputs of all kinds. The
    # log and the shared memory that SQLite puts beside it get the mode of the file.
    try:
        os.close(os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600))
    except FileExistsError:
        return


def _check(connection: sqlite3.Connection, path: Path) -> None:
    if _identify(connection, path):
        raise StoreNotFound(str(path))
    _require_newest(schema_version(connection), path)


def _set_up(connection: sqlite3.Connection, path: Path, *, full: bool) -> None:
    empty = _identify(connection, path)
    synchronous = "FULL" if full else "NORMAL"
    if empty:
        connection.execute(f"PRAGMA page_size = {_PAGE_BYTES:d}")
        # Creating takes six waits for the disk, which NORMAL need not pay: should the power
        # fail now, there is nothing to lose yet.
        connection.execute(f"PRAGMA synchronous = {'FULL' if full else 'OFF'}")
    else:
        connection.execute(f"PRAGMA synchronous = {synchronous}")
    _require_newest(migrate(connection), path)
    _use_log(connection, path)
    connection.execute(f"PRAGMA synchronous = {synchronous}")
    connection.execute(f"PRAGMA wal_autocheckpoint = {_CHECKPOINT_PAGES:d}")


def _identify(connection: sqlite3.Connection, path: Path) -> bool:
    """Return whether the file is empty; raise if it is neither that nor a store.

    The header is read through SQLite: closing a file of our own on it would drop the locks
    that another connection of this process holds.
    """
    # One transaction, so that a file which another process is creating is seen whole.
    connection.execute("BEGIN")
    application = connection.execute("PRAGMA application_id").fetchone()[0]
    pages = connection.execute("PRAGMA page_count").fetchone()[0]
    connection.execute("COMMIT")
    if pages and application != APPLICATION_ID:
        raise not_ours(path, "it is an SQLite database of another application")
    return not pages


def _require_newest(version: int, path: Path) -> None:
    newest = len(MIGRATIONS)
    if version > newest:
        raise StoreError(
            f"can't open the store {path}: a newer program wrote it"
            f" (schema {version}, this program knows {newest})",
            hint="Update Aether, or choose another file with --store or AETHER_STORE.",
        )
    if version < newest:
        raise StoreError(
            f"can't read the store {path}: its schema {version} is older than {newest}",
            hint="Open it once for writing, for instance with `aether recover`; that updates it.",
        )


def _use_log(connection: sqlite3.Connection, path: Path) -> None:
    deadline = time.monotonic() + BUSY_SECONDS
    while True:
        try:
            mode = connection.execute("PRAGMA journal_mode = WAL").fetchone()[0]
        except sqlite3.OperationalError as error:
            # This switch does not wait for locks: another process is opening the new file too.
            if error.sqlite_errorcode & 0xFF != sqlite3.SQLITE_BUSY or time.monotonic() > deadline:
                raise
            time.sleep(0.002)
            continue
        if mode == "wal":
            return
        raise not_ours(path, "its disk offers no shared memory, as network disks do")
