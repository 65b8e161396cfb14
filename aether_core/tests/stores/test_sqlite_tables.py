"""What only the SQLite store can do wrong with its keys, indexes and transactions."""

from __future__ import annotations

import asyncio
import sqlite3
from collections.abc import Callable, Coroutine
from pathlib import Path
from typing import Any

import pytest

from aether_core.kernel import CommandAnswer
from aether_core.ports import RunQuery, StoreError
from aether_core.stores import SqliteStore
from aether_core.stores._command_tables import _SELECT
from aether_core.stores._run_tables import _SELECT_SUMMARIES, _condition
from aether_core.stores.conformance._samples import (
    a_command,
    a_cron,
    a_run,
    a_slot,
    a_task,
    a_template,
    an_event,
    changes,
)

_COUNTS = """
    SELECT (SELECT count(*) FROM runs), (SELECT count(*) FROM submissions),
        (SELECT count(*) FROM tasks), (SELECT count(*) FROM events), (SELECT count(*) FROM commands)
"""


def _with(path: Path, act: Callable[[SqliteStore], Coroutine[Any, Any, None]]) -> None:
    """Open a store of a file, act on it and close it."""

    async def whole() -> None:
        store = SqliteStore(path)
        await store.open()
        try:
            await act(store)
        finally:
            await store.close()

    asyncio.run(whole())


def _counts(store: SqliteStore) -> tuple[int, ...]:
    """Return the number of rows: runs, submissions, tasks, events, commands."""
    counts: tuple[int, ...] = store._database.connection.execute(_COUNTS).fetchone()
    return counts


async def _fill(store: SqliteStore, run_id: str) -> None:
    """Write a run with tasks, events, an open and an answered command."""
    run = a_run(run_id)
    await store.commit([changes(run)])
    answered = await store.send_command(a_command(run_id))
    await store.send_command(a_command(run_id))
    tasks, events = [a_task(seq) for seq in range(3)], [an_event(seq) for seq in range(5)]
    answer = CommandAnswer(answered, accepted=True)
    await store.commit([changes(run, created=tasks, events=events, answers=[answer])])


def test_deleted_run_leaves_no_row(tmp_path: Path) -> None:
    async def act(store: SqliteStore) -> None:
        await _fill(store, "run-1")
        await store.delete_run("run-1")

        assert _counts(store) == (0, 0, 0, 0, 0)

    _with(tmp_path / "aether.db", act)


def test_deleted_run_leaves_its_neighbours_alone(tmp_path: Path) -> None:
    """Tasks and events are removed by a range of ids, which ends where the next run begins."""

    async def act(store: SqliteStore) -> None:
        for run_id in ("run-1", "run-2", "run-3"):
            await _fill(store, run_id)
        await store.delete_run("run-2")

        assert _counts(store) == (2, 2, 6, 10, 4)
        for run_id in ("run-1", "run-3"):
            assert [task.seq for task in await store.get_tasks(run_id)] == [0, 1, 2]
            events = await store.get_events(run_id, after=-1)
            assert [event.seq for event in events] == [0, 1, 2, 3, 4]

    _with(tmp_path / "aether.db", act)


def test_run_that_gets_the_key_of_a_deleted_one_begins_with_nothing(tmp_path: Path) -> None:
    async def act(store: SqliteStore) -> None:
        def key(run_id: str) -> int:
            statement = "SELECT id FROM runs WHERE run_id = ?"
            return int(store._database.connection.execute(statement, (run_id,)).fetchone()[0])

        await _fill(store, "run-1")
        before = key("run-1")
        await store.delete_run("run-1")
        await store.commit([changes(a_run("run-2"))])

        assert key("run-2") == before
        assert await store.get_tasks("run-2") == []
        assert await store.get_events("run-2", after=-1) == []
        assert await store.list_commands() == []

    _with(tmp_path / "aether.db", act)


def test_deletion_that_fails_removes_nothing(tmp_path: Path) -> None:
    async def act(store: SqliteStore) -> None:
        await _fill(store, "run-1")
        connection = store._database.connection
        connection.execute(
            "CREATE TEMP TRIGGER no BEFORE DELETE ON runs BEGIN SELECT RAISE(ABORT, 'no'); END"
        )
        with pytest.raises(StoreError, match="can't write to the store"):
            await store.delete_run("run-1")

        assert not connection.in_transaction
        assert _counts(store) == (1, 1, 3, 5, 2)
        connection.execute("DROP TRIGGER no")
        assert await store.delete_run("run-1")

    _with(tmp_path / "aether.db", act)


def test_looking_into_an_empty_inbox_reads_neither_runs_nor_answered_commands(
    tmp_path: Path,
) -> None:
    """Every engine looks twice a second: only the index of open commands is gone through."""

    async def act(store: SqliteStore) -> None:
        plan = _plan(store, _SELECT, ("engine", "engine", None, None))

        assert plan[0] == "SCAN commands USING INDEX commands_open"
        assert plan[1].startswith("SEARCH runs USING INTEGER PRIMARY KEY")

    _with(tmp_path / "aether.db", act)


def test_runs_of_a_schedule_are_found_by_their_index(tmp_path: Path) -> None:
    async def act(store: SqliteStore) -> None:
        condition, arguments = _condition(RunQuery(cron_id="cron-1", unfinished=True))
        plan = _plan(store, _SELECT_SUMMARIES.format(condition), (*arguments, 50))

        assert plan == ["SEARCH runs USING INDEX runs_by_cron (cron_id=?)"]

    _with(tmp_path / "aether.db", act)


def _plan(store: SqliteStore, statement: str, arguments: tuple[object, ...]) -> list[str]:
    connection = store._database.connection
    return [row[3] for row in connection.execute(f"EXPLAIN QUERY PLAN {statement}", arguments)]


@pytest.mark.parametrize(
    ("statement", "read"),
    [
        ("UPDATE commands SET payload = '{'", lambda store: store.list_commands()),
        ("UPDATE runs SET phase = 'Strange'", lambda store: store.get_owner("run-1")),
    ],
)
def test_row_that_makes_no_sense_is_reported(
    tmp_path: Path, statement: str, read: Callable[[SqliteStore], Coroutine[Any, Any, object]]
) -> None:
    async def act(store: SqliteStore) -> None:
        await _fill(store, "run-1")
        store._database.connection.execute(statement)
        with pytest.raises(StoreError, match="can't read the store"):
            await read(store)

    _with(tmp_path / "aether.db", act)


@pytest.mark.parametrize(
    "write",
    [
        lambda store: store.send_command(a_command()),
        lambda store: store.delete_run("run-1"),
        lambda store: store.create_cron(a_cron("cron-2", "other")),
        lambda store: store.claim_slot(a_slot(2)),
        lambda store: store.prune_slots("cron-1", 0),
        lambda store: store.put_template(a_template()),
        lambda store: store.heartbeat("engine", 1),
    ],
)
def test_locked_store_is_reported_and_works_later(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    write: Callable[[SqliteStore], Coroutine[Any, Any, object]],
) -> None:
    monkeypatch.setattr("aether_core.stores._sqlite_file.BUSY_SECONDS", 0.01)

    async def act(store: SqliteStore) -> None:
        await store.commit([changes(a_run())])
        await store.create_cron(a_cron())
        await store.claim_slot(a_slot(1, "fired"))
        other = sqlite3.connect(store.path, isolation_level=None)
        other.execute("BEGIN IMMEDIATE")
        with pytest.raises(StoreError, match=r"another process holds the lock .SQLITE_BUSY"):
            await write(store)
        other.execute("ROLLBACK")
        other.close()
        await write(store)

    _with(tmp_path / "aether.db", act)


def test_read_only_store_takes_no_command(tmp_path: Path) -> None:
    path = tmp_path / "aether.db"

    async def fill(store: SqliteStore) -> None:
        await _fill(store, "run-1")

    async def send() -> None:
        store = SqliteStore(path, read_only=True)
        await store.open()
        assert len(await store.list_commands()) == 1
        with pytest.raises(StoreError, match="it can't be written to"):
            await store.send_command(a_command())
        await store.close()

    _with(path, fill)
    asyncio.run(send())


def test_transaction_that_fails_at_its_end_writes_nothing_and_can_be_repeated(
    tmp_path: Path,
) -> None:
    def no_commit(action: int, operation: str | None, *_: object) -> int:
        denied = action == sqlite3.SQLITE_TRANSACTION and operation == "COMMIT"
        return sqlite3.SQLITE_DENY if denied else sqlite3.SQLITE_OK

    async def act(store: SqliteStore) -> None:
        batch = [changes(a_run(), created=[a_task()])]
        store._database.connection.set_authorizer(no_commit)
        with pytest.raises(StoreError, match="not authorized"):
            await store.commit(batch)

        assert (batch[0].run.version, _counts(store)) == (0, (0, 0, 0, 0, 0))
        store._database.connection.set_authorizer(None)
        await store.commit(batch)
        assert (batch[0].run.version, _counts(store)) == (1, (1, 1, 1, 0, 0))

    _with(tmp_path / "aether.db", act)
