"""SQLite's failures in words: path, cause and what to do next."""

from __future__ import annotations

import sqlite3
from typing import TYPE_CHECKING, Final

import msgspec

from aether_core.ports import StoreError

if TYPE_CHECKING:
    from pathlib import Path

#: Everything that a statement, or a value on its way in or out, can fail with.
FAILURES: Final = (
    sqlite3.Error,
    msgspec.MsgspecError,
    ValueError,
    TypeError,
    OverflowError,
    LookupError,
)

_MOVE: Final = "Choose another file with --store or AETHER_STORE."
_RESTORE: Final = "Keep a copy of the file, then restore a backup or recover it with sqlite3."
_REASONS: Final[dict[int, tuple[str, str]]] = {
    sqlite3.SQLITE_BUSY: (
        "another process holds the lock",
        "Try again; find who holds it with `fuser` or `lsof` if that does not help.",
    ),
    sqlite3.SQLITE_READONLY: (
        "it can't be written to",
        f"Check the permissions of the file and of its folder. {_MOVE}",
    ),
    sqlite3.SQLITE_PERM: ("access is denied", f"Check the permissions. {_MOVE}"),
    sqlite3.SQLITE_CANTOPEN: (
        "the file can't be opened",
        f"Check the permissions of the file and of its folder. {_MOVE}",
    ),
    sqlite3.SQLITE_FULL: ("the disk is full", "Free some space, then try again."),
    sqlite3.SQLITE_IOERR: ("the disk failed", f"Check the disk and its free space. {_MOVE}"),
    sqlite3.SQLITE_NOTADB: ("it is not an SQLite database", _MOVE),
    sqlite3.SQLITE_CORRUPT: ("the database is damaged", _RESTORE),
    sqlite3.SQLITE_TOOBIG: ("a value is larger than SQLite allows", "Pass large data by file."),
}


def store_error(path: Path, action: str, cause: Exception) -> StoreError:
    """Return the error that says what could not be done with which file, why, and what next.

    Args:
        path: The store's file.
        action: A verb, with its preposition: "open", "write to", "read".
        cause: One of FAILURES.
    """
    extended = getattr(cause, "sqlite_errorcode", None)
    # The low byte of an extended code is the code of its family.
    reason, hint = _REASONS.get((extended or 0) & 0xFF, (str(cause), None))
    if extended is not None:
        reason = f"{reason} ({getattr(cause, 'sqlite_errorname', extended)})"
    return StoreError(f"can't {action} the store {path}: {reason}", hint=hint)


def file_error(path: Path, cause: OSError) -> StoreError:
    """Return the error for a file or folder that the system refuses to create or look at."""
    return StoreError(
        f"can't open the store {path}: {cause.strerror or cause}",
        hint=f"Check the permissions of the folder. {_MOVE}",
    )


def not_ours(path: Path, problem: str) -> StoreError:
    """Return the error for something that is there but is no store."""
    return StoreError(f"can't open the store {path}: {problem}", hint=_MOVE)
