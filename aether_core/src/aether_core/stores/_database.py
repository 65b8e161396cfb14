"""What the SQLite store does with an open database; synchronous, and without asyncio."""

from __future__ import annotations

import contextlib
import sqlite3
from typing import TYPE_CHECKING, Any, Final

from aether_core.ports import RunQuery, RunSummary, VersionConflict
from aether_core.stores._errors import missing_task, refuse_repeated_runs
from aether_core.stores._rows import (
    SPAN,
    event_of,
    event_row,
    run_identity,
    run_of,
    run_state,
    run_submission,
    summary_of,
    task_of,
    task_row,
    task_state,
)
from aether_core.stores._sqlite_errors import FAILURES, store_error
from aether_sdk import Phase

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from aether_core.kernel import EventRecord, RunChanges, RunRecord, TaskRecord

_INSERT_RUN: Final = """
    INSERT INTO runs(run_id, workflow, namespace, created_at, phase, message, outputs, started_at,
        finished_at, tasks_total, tasks_done, last_event, deadline, owner, generation,
        version)
    VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, 1) ON CONFLICT(run_id) DO NOTHING"""
_INSERT_SUBMISSION: Final = """
    INSERT INTO submissions(run, document, arguments, variables) VALUES (?, ?, ?, ?)"""
_UPDATE_RUN: Final = """
    UPDATE runs SET phase = ?, message = ?, outputs = ?, started_at = ?, finished_at = ?,
        tasks_total = ?, tasks_done = ?, last_event = ?, deadline = ?, owner = ?, generation = ?,
        version = version + 1
    WHERE id = ? AND run_id = ? AND version = ?"""
_INSERT_TASK: Final = """
    INSERT INTO tasks(id, task_id, parent_seq, parent_id, depth, scope, name, template,
        template_type, created_at, iteration, items, phase, message, code, attempt, retry_count,
        inputs, outputs, started_at, finished_at, deadline, next_attempt_at)
    VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"""
_UPDATE_TASK: Final = """
    UPDATE tasks SET phase = ?, message = ?, code = ?, attempt = ?, retry_count = ?, inputs = ?,
        outputs = ?, started_at = ?, finished_at = ?, deadline = ?, next_attempt_at = ?
    WHERE id = ?"""
_INSERT_EVENT: Final = """
    INSERT INTO events(id, at, kind, phase, task_seq, name, message)
    VALUES (?, ?, ?, ?, ?, ?, ?)"""
_SELECT_KEY: Final = "SELECT id FROM runs WHERE run_id = ?"
_SELECT_RUN: Final = """
    SELECT run_id, workflow, namespace, created_at, phase, message, outputs, started_at,
        finished_at, tasks_total, tasks_done, last_event, deadline, owner, generation, version,
        document, arguments, variables
    FROM runs JOIN submissions ON submissions.run = runs.id WHERE run_id = ?"""
_SELECT_TASKS: Final = """
    SELECT id, task_id, parent_seq, parent_id, depth, scope, name, template, template_type,
        created_at, iteration, items, phase, message, code, attempt, retry_count, inputs, outputs,
        started_at, finished_at, deadline, next_attempt_at
    FROM tasks WHERE id BETWEEN ? AND ? ORDER BY id"""
_SELECT_EVENTS: Final = """
    SELECT id, at, kind, phase, task_seq, name, message
    FROM events WHERE id BETWEEN ? AND ? ORDER BY id LIMIT ?"""
_SELECT_SUMMARIES: Final = """
    SELECT run_id, workflow, namespace, phase, tasks_total, tasks_done, created_at, finished_at
    FROM runs WHERE (? IS NULL OR phase = ?) AND (? IS NULL OR workflow = ?)
    ORDER BY created_at DESC, id DESC LIMIT ?"""

_HEARTBEAT: Final = """
    INSERT INTO engines(engine_id, heartbeat_at) VALUES (?, ?)
    ON CONFLICT(engine_id) DO UPDATE SET heartbeat_at = excluded.heartbeat_at"""
_GONE: Final = "DELETE FROM engines WHERE engine_id = ?"
_ENDED: Final = tuple(phase.value for phase in Phase if phase.is_terminal)
_MARKS: Final = ", ".join("?" * len(_ENDED))
# Only question marks are put into it.
_SELECT_ABANDONED: Final = f"""
    SELECT run_id FROM runs LEFT JOIN engines ON engine_id = owner
    WHERE phase NOT IN ({_MARKS}) AND COALESCE(heartbeat_at, -1) < ?
    ORDER BY created_at, id"""  # noqa: S608


class Database:
    """Commits to an open database and reads from it."""

    def __init__(self, connection: sqlite3.Connection, path: Path) -> None:
        self._connection = connection
        self._path = path
        #: Keys of runs that are likely to be written again; a finished run leaves.
        self._keys: dict[str, int] = {}

    def close(self) -> None:
        """Close the database; the last connection to it also empties the log."""
        self._connection.close()

    def commit(self, batch: Sequence[RunChanges]) -> None:
        """Write a batch in one transaction; see `Store.commit`."""
        refuse_repeated_runs(batch)
        try:
            self._connection.execute("BEGIN IMMEDIATE")
            keys = self._write(batch)
            self._connection.execute("COMMIT")
        except BaseException as error:
            self._roll_back()
            if isinstance(error, FAILURES):
                raise store_error(self._path, "write to", error) from error
            raise
        for changes, key in zip(batch, keys, strict=True):
            self._committed(changes, key)

    def get_run(self, run_id: str) -> RunRecord | None:
        """Return the run, or None."""
        try:
            row = self._connection.execute(_SELECT_RUN, (run_id,)).fetchone()
            return None if row is None else run_of(row)
        except FAILURES as error:
            raise store_error(self._path, "read", error) from error

    def get_tasks(self, run_id: str) -> list[TaskRecord]:
        """Return the run's tasks in creation order."""
        try:
            base = self._base(run_id)
            if base is None:
                return []
            rows = self._connection.execute(_SELECT_TASKS, (base, base + SPAN - 1))
            return [task_of(row) for row in rows]
        except FAILURES as error:
            raise store_error(self._path, "read", error) from error

    def get_events(self, run_id: str, after: int, limit: int) -> list[EventRecord]:
        """Return the run's events numbered above `after`, at most `limit`."""
        try:
            base = self._base(run_id)
            if base is None:
                return []
            span = (base + max(after + 1, 0), base + SPAN - 1, max(limit, 0))
            return [event_of(row) for row in self._connection.execute(_SELECT_EVENTS, span)]
        except FAILURES as error:
            raise store_error(self._path, "read", error) from error

    def heartbeat(self, engine_id: str, at: int | None) -> None:
        """Note when an engine was alive, or that it has ended."""
        try:
            if at is None:
                self._connection.execute(_GONE, (engine_id,))
            else:
                self._connection.execute(_HEARTBEAT, (engine_id, at))
        except FAILURES as error:
            raise store_error(self._path, "write to", error) from error

    def list_abandoned(self, since: int) -> list[str]:
        """Return unfinished runs whose owner was not alive since then."""
        try:
            rows = self._connection.execute(_SELECT_ABANDONED, (*_ENDED, since))
            return [str(row[0]) for row in rows]
        except FAILURES as error:
            raise store_error(self._path, "read", error) from error

    def list_runs(self, query: RunQuery) -> list[RunSummary]:
        """Return the runs that match, newest first."""
        phase = None if query.phase is None else str(query.phase)
        workflow = query.workflow
        arguments = (phase, phase, workflow, workflow, max(query.limit, 0))
        try:
            rows = self._connection.execute(_SELECT_SUMMARIES, arguments)
            return [summary_of(row) for row in rows]
        except FAILURES as error:
            raise store_error(self._path, "read", error) from error

    def _write(self, batch: Sequence[RunChanges]) -> list[int]:
        keys = [self._write_run(changes) for changes in batch]
        bases = [(key * SPAN, changes) for key, changes in zip(keys, batch, strict=True)]
        # One statement for all runs: a commit of many runs with one task each stays cheap.
        self._each(
            _INSERT_TASK,
            [task_row(base, task) for base, changes in bases for task in changes.created],
        )
        updated = [task_state(base, task) for base, changes in bases for task in changes.updated]
        if self._each(_UPDATE_TASK, updated) != len(updated):
            raise missing_task(str(self._path))
        self._each(
            _INSERT_EVENT,
            [event_row(base, event) for base, changes in bases for event in changes.events],
        )
        return keys

    def _write_run(self, changes: RunChanges) -> int:
        """Write the run's own row and return its key."""
        run = changes.run
        if not changes.expected_version:
            return self._insert_run(run)
        key = self._keys.get(run.run_id) or self._key(run.run_id)
        if key is None:
            raise VersionConflict(run.run_id)
        # The run_id is compared too: a run that was deleted leaves its key to another one.
        where = (key, run.run_id, changes.expected_version)
        if self._connection.execute(_UPDATE_RUN, run_state(run) + where).rowcount != 1:
            raise VersionConflict(run.run_id)
        return key

    def _insert_run(self, run: RunRecord) -> int:
        cursor = self._connection.execute(_INSERT_RUN, run_identity(run) + run_state(run))
        if cursor.rowcount != 1 or cursor.lastrowid is None:
            raise VersionConflict(run.run_id)
        self._connection.execute(_INSERT_SUBMISSION, (cursor.lastrowid, *run_submission(run)))
        return cursor.lastrowid

    def _each(self, statement: str, rows: list[Any]) -> int:
        """Execute the statement for each row and return how many rows of the table changed."""
        return self._connection.executemany(statement, rows).rowcount if rows else 0

    def _committed(self, changes: RunChanges, key: int) -> None:
        run = changes.run
        run.version = changes.expected_version + 1
        if run.phase.is_terminal:
            self._keys.pop(run.run_id, None)
        else:
            self._keys[run.run_id] = key

    def _roll_back(self) -> None:
        # SQLite itself has rolled back after some errors; and if it can't now, closing does.
        if self._connection.in_transaction:
            with contextlib.suppress(sqlite3.Error):
                self._connection.execute("ROLLBACK")

    def _key(self, run_id: str) -> int | None:
        row = self._connection.execute(_SELECT_KEY, (run_id,)).fetchone()
        return None if row is None else int(row[0])

    def _base(self, run_id: str) -> int | None:
        key = self._key(run_id)
        return None if key is None else key * SPAN
