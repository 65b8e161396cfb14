"""How the SQLite store writes batches of changes, and removes runs."""

# Only names of columns and marks, all of them constants, are put into statements.
# ruff: noqa: S608

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from aether_core.ports import VersionConflict
from aether_core.stores._errors import missing_task, refuse_repeated_runs
from aether_core.stores._rows import (
    EVENT,
    RUN_IDENTITY,
    RUN_STATE,
    RUN_SUBMISSION,
    SPAN,
    TASK_IDENTITY,
    TASK_STATE,
    event_row,
    marks,
    run_identity,
    run_state,
    run_submission,
    task_identity,
    task_state,
)

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Sequence

    from aether_core.kernel import CommandAnswer, RunChanges, RunRecord
    from aether_core.stores._database import Database

_INSERT_RUN: Final = f"""
    INSERT INTO runs({RUN_IDENTITY}, {RUN_STATE}, version)
    VALUES ({marks(RUN_IDENTITY)}, {marks(RUN_STATE)}, 1) ON CONFLICT(run_id) DO NOTHING"""
_INSERT_SUBMISSION: Final = f"""
    INSERT INTO submissions(run, {RUN_SUBMISSION}) VALUES (?, {marks(RUN_SUBMISSION)})"""
_UPDATE_RUN: Final = f"""
    UPDATE runs SET ({RUN_STATE}, version) = ({marks(RUN_STATE)}, version + 1)
    WHERE id = ? AND run_id = ? AND version = ?"""
_INSERT_TASK: Final = f"""
    INSERT INTO tasks({TASK_IDENTITY}, {TASK_STATE})
    VALUES ({marks(TASK_IDENTITY)}, {marks(TASK_STATE)})"""
_UPDATE_TASK: Final = f"UPDATE tasks SET ({TASK_STATE}) = ({marks(TASK_STATE)}) WHERE id = ?"
_INSERT_EVENT: Final = f"INSERT INTO events({EVENT}) VALUES ({marks(EVENT)})"
# The first answer stands: a command is carried out once.
_ANSWER: Final = """
    UPDATE commands SET accepted = ?, answer = ? WHERE id = ? AND accepted IS NULL"""
_SELECT_KEY: Final = "SELECT id FROM runs WHERE run_id = ?"
_DELETE_NUMBERED: Final = (
    "DELETE FROM tasks WHERE id BETWEEN ? AND ?",
    "DELETE FROM events WHERE id BETWEEN ? AND ?",
)
_DELETE_OF_RUN: Final = (
    "DELETE FROM commands WHERE run = ?",
    "DELETE FROM submissions WHERE run = ?",
    "DELETE FROM runs WHERE id = ?",
)


def commit_batch(database: Database, batch: Sequence[RunChanges]) -> None:
    """Write a batch in one transaction; see `Store.commit`.

    Raises:
        VersionConflict: a run's stored version is not the expected one.
        StoreError: the batch can't be written.
    """
    refuse_repeated_runs(batch)
    with database.transaction() as connection:
        keys = [_write_run(database, changes) for changes in batch]
        _write_numbered(database, batch, keys)
        for changes in batch:
            if changes.answers:
                _each(connection, _ANSWER, [_answer(answer) for answer in changes.answers])
    for changes, key in zip(batch, keys, strict=True):
        _remember(database, changes, key)


def delete_run(database: Database, run_id: str) -> bool:
    """Remove a run with all that belongs to it in one transaction; return whether it was there.

    Raises:
        StoreError: the file can't be written.
    """
    with database.transaction() as connection:
        key = _key(connection, run_id)
        if key is not None:
            for statement in _DELETE_NUMBERED:
                connection.execute(statement, (key * SPAN, (key + 1) * SPAN - 1))
            for statement in _DELETE_OF_RUN:
                connection.execute(statement, (key,))
    database.keys.pop(run_id, None)
    return key is not None


def _write_run(database: Database, changes: RunChanges) -> int:
    """Write the run's own row and return its key."""
    run, connection = changes.run, database.connection
    if not changes.expected_version:
        return _insert_run(connection, run)
    key = database.keys.get(run.run_id)
    if key is None or not _update_run(connection, key, changes):
        # Not known here, or removed elsewhere and submitted again under another key.
        key = _key(connection, run.run_id)
        if key is None or not _update_run(connection, key, changes):
            raise VersionConflict(run.run_id)
    return key


def _insert_run(connection: sqlite3.Connection, run: RunRecord) -> int:
    cursor = connection.execute(_INSERT_RUN, run_identity(run) + run_state(run))
    if cursor.rowcount != 1 or cursor.lastrowid is None:
        raise VersionConflict(run.run_id)
    connection.execute(_INSERT_SUBMISSION, (cursor.lastrowid, *run_submission(run)))
    return cursor.lastrowid


def _update_run(connection: sqlite3.Connection, key: int, changes: RunChanges) -> bool:
    run = changes.run
    # The run_id is compared too: a run that was deleted leaves its key to another one.
    where = (key, run.run_id, changes.expected_version)
    return connection.execute(_UPDATE_RUN, run_state(run) + where).rowcount == 1


def _write_numbered(database: Database, batch: Sequence[RunChanges], keys: list[int]) -> None:
    """Write tasks and events; one statement for all runs, so that many small ones stay cheap."""
    connection = database.connection
    bases = [(key * SPAN, changes) for key, changes in zip(keys, batch, strict=True)]
    created = [
        task_identity(base, task) + task_state(task)
        for base, changes in bases
        for task in changes.created
    ]
    updated = [
        (*task_state(task), base + task.seq) for base, changes in bases for task in changes.updated
    ]
    # Updates first: rows grow when tasks end, and SQLite splits a last page that is full for a
    # new row at less cost than for one that grows.
    all_known = _each(connection, _UPDATE_TASK, updated) == len(updated)
    _each(connection, _INSERT_TASK, created)
    # What remains may have been created just now.
    if not all_known and _each(connection, _UPDATE_TASK, updated) != len(updated):
        raise missing_task(str(database.path))
    events = [event_row(base, event) for base, changes in bases for event in changes.events]
    _each(connection, _INSERT_EVENT, events)


def _each(connection: sqlite3.Connection, statement: str, rows: list[Any]) -> int:
    """Execute the statement for each row and return how many rows of the table changed."""
    return connection.executemany(statement, rows).rowcount if rows else 0


def _answer(answer: CommandAnswer) -> tuple[bool, str, int]:
    return (answer.accepted, answer.message, answer.command_id)


def _remember(database: Database, changes: RunChanges, key: int) -> None:
    run = changes.run
    run.version = changes.expected_version + 1
    if run.phase.is_terminal:
        database.keys.pop(run.run_id, None)
    else:
        database.keys[run.run_id] = key


def _key(connection: sqlite3.Connection, run_id: str) -> int | None:
    row = connection.execute(_SELECT_KEY, (run_id,)).fetchone()
    return None if row is None else int(row[0])
