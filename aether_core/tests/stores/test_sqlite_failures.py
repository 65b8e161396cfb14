"""What the SQLite store does with commits that fail, and with what it finds in its tables."""

from __future__ import annotations

import asyncio
import sqlite3
from collections.abc import Callable, Coroutine
from pathlib import Path
from typing import Any, TypeVar

import pytest

from aether_core.kernel import RunChanges, RunRecord, TaskRecord
from aether_core.ports import RunQuery, StoreError, VersionConflict
from aether_core.stores import SqliteStore
from aether_sdk import Phase

_T = TypeVar("_T")


def _changes(run_id: str = "run-1", *, version: int = 0, message: str = "") -> RunChanges:
    run = RunRecord(
        run_id=run_id,
        workflow="w",
        namespace="default",
        document="{}",
        phase=Phase.RUNNING,
        created_at=0,
        message=message,
        version=version,
    )
    return RunChanges(run=run, expected_version=version, created=[], updated=[], events=[])


def _with(store: SqliteStore, act: Callable[[SqliteStore], Coroutine[Any, Any, _T]]) -> _T:
    """Open the store, act on it and close it."""

    async def whole() -> _T:
        await store.open()
        try:
            return await act(store)
        finally:
            await store.close()

    return asyncio.run(whole())


async def _nothing(_: SqliteStore) -> None:
    pass


async def _commit_one(store: SqliteStore) -> None:
    await store.commit([_changes()])


async def _list(store: SqliteStore) -> list[str]:
    return [run.run_id for run in await store.list_runs(RunQuery())]


def test_locked_store_is_reported_after_the_wait_and_works_later(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("aether_core.stores._sqlite_file.BUSY_SECONDS", 0.05)
    path = tmp_path / "aether.db"
    changes = _changes()

    async def act(store: SqliteStore) -> list[str]:
        other = sqlite3.connect(path, isolation_level=None)
        other.execute("BEGIN IMMEDIATE")
        with pytest.raises(StoreError, match=r"another process holds the lock .SQLITE_BUSY"):
            await store.commit([changes])
        assert changes.run.version == 0
        other.execute("ROLLBACK")
        other.close()
        await store.commit([changes])
        return await _list(store)

    assert _with(SqliteStore(path), act) == ["run-1"]


def test_new_store_that_another_process_locks_is_reported(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("aether_core.stores._sqlite_file.BUSY_SECONDS", 0.05)
    path = tmp_path / "aether.db"
    _with(SqliteStore(path), _commit_one)
    other = sqlite3.connect(path, isolation_level=None)
    other.execute("PRAGMA journal_mode = DELETE")
    other.execute("BEGIN")
    other.execute("SELECT * FROM runs").fetchall()

    with pytest.raises(StoreError, match="another process holds the lock"):
        _with(SqliteStore(path), _nothing)

    other.close()
    assert _with(SqliteStore(path), _list) == ["run-1"]


def test_full_disk_is_reported_and_the_store_stays_usable(tmp_path: Path) -> None:
    large = _changes("large", message="x" * 1_000_000)

    async def act(store: SqliteStore) -> list[str]:
        connection = store._database.connection
        await store.commit([_changes("small")])
        connection.execute("PRAGMA max_page_count = 100")
        with pytest.raises(StoreError, match="the disk is full") as caught:
            await store.commit([_changes("other"), large])
        assert "Free some space" in str(caught.value.hint)
        assert large.run.version == 0
        connection.execute("PRAGMA max_page_count = 1000000")
        await store.commit([large])
        return sorted(await _list(store))

    assert _with(SqliteStore(tmp_path / "aether.db"), act) == ["large", "small"]


def test_damaged_file_is_reported(tmp_path: Path) -> None:
    path = tmp_path / "aether.db"

    async def fill(store: SqliteStore) -> None:
        await store.commit([_changes(f"run-{number}", message="m" * 500) for number in range(200)])

    _with(SqliteStore(path), fill)
    content = bytearray(path.read_bytes())
    content[2048 * 8 :] = b"\xff" * (len(content) - 2048 * 8)
    path.write_bytes(content)

    for read in (_list, _commit_one):
        with pytest.raises(StoreError, match=r"the database is damaged .SQLITE_CORRUPT") as caught:
            _with(SqliteStore(path), read)
        assert "backup" in str(caught.value.hint)


@pytest.mark.parametrize(
    ("statement", "read"),
    [
        ("UPDATE runs SET phase = 'Strange'", lambda store: store.get_run("run-1")),
        ("UPDATE runs SET phase = 'Strange'", lambda store: store.list_runs(RunQuery())),
        ("UPDATE tasks SET outputs = '{'", lambda store: store.get_tasks("run-1")),
        ("UPDATE events SET phase = 'Strange'", lambda store: store.get_events("run-1")),
    ],
)
def test_row_that_makes_no_sense_is_reported(
    tmp_path: Path, statement: str, read: Callable[[SqliteStore], Coroutine[Any, Any, object]]
) -> None:
    from aether_core.stores.conformance._samples import a_run, a_task, an_event, changes

    async def act(store: SqliteStore) -> None:
        await store.commit([changes(a_run(), created=[a_task()], events=[an_event(1)])])
        store._database.connection.execute(statement)
        with pytest.raises(StoreError, match="can't read the store"):
            await read(store)

    _with(SqliteStore(tmp_path / "aether.db"), act)


def test_number_too_large_for_sqlite_is_refused_whole(tmp_path: Path) -> None:
    changes = _changes("run-2")
    changes.run.finished_at = 2**63

    async def act(store: SqliteStore) -> list[str]:
        with pytest.raises(StoreError, match="too large"):
            await store.commit([_changes("run-1"), changes])
        return await _list(store)

    assert _with(SqliteStore(tmp_path / "aether.db"), act) == []


def test_what_interrupts_a_commit_undoes_it(tmp_path: Path) -> None:
    class Interrupting(TaskRecord):
        def __getattribute__(self, name: str) -> Any:
            if name == "outputs":
                raise KeyboardInterrupt
            return super().__getattribute__(name)

    changes = _changes("run-2")
    changes.created = [
        Interrupting(0, "t", -1, "", 0, "", "t", "work", "task", Phase.CREATED, created_at=0)
    ]

    async def act(store: SqliteStore) -> list[str]:
        with pytest.raises(KeyboardInterrupt):
            await store.commit([_changes("run-1"), changes])
        await store.commit([_changes("run-3")])
        return await _list(store)

    assert _with(SqliteStore(tmp_path / "aether.db"), act) == ["run-3"]


def test_run_that_was_replaced_by_another_conflicts(tmp_path: Path) -> None:
    """A run's remembered key, taken over by another run after a deletion, is not trusted."""

    async def act(store: SqliteStore) -> None:
        changes = _changes("run-1")
        await store.commit([changes])
        connection = store._database.connection
        connection.execute("DELETE FROM runs")
        connection.execute("DELETE FROM submissions")
        other = SqliteStore(store.path)
        await other.open()
        await other.commit([_changes("run-2")])
        await other.close()
        with pytest.raises(VersionConflict) as caught:
            await store.commit([_changes("run-1", version=1)])
        assert caught.value.run_id == "run-1"

    _with(SqliteStore(tmp_path / "aether.db"), act)


def test_finished_runs_are_not_remembered(tmp_path: Path) -> None:
    async def act(store: SqliteStore) -> tuple[list[str], int]:
        running, ended = _changes("running"), _changes("ended")
        ended.run.phase = Phase.SUCCEEDED
        await store.commit([running, ended])
        await store.commit([_changes("ended", version=1)])
        return sorted(store._database.keys), len(await _list(store))

    assert _with(SqliteStore(tmp_path / "aether.db"), act) == (["ended", "running"], 2)


def test_runs_of_equal_age_are_listed_last_written_first(tmp_path: Path) -> None:
    async def act(store: SqliteStore) -> list[str]:
        for run_id in ("b", "c", "a"):
            await store.commit([_changes(run_id)])
        return await _list(store)

    assert _with(SqliteStore(tmp_path / "aether.db"), act) == ["a", "c", "b"]


def test_store_that_is_not_open_says_so(tmp_path: Path) -> None:
    store = SqliteStore(tmp_path / "aether.db")

    with pytest.raises(StoreError, match="is not open"):
        asyncio.run(store.get_run("run-1"))
    _with(store, _nothing)
    with pytest.raises(StoreError, match="is not open"):
        asyncio.run(store.commit([]))
    asyncio.run(store.close())


def test_a_long_document_is_not_written_again_by_later_commits(tmp_path: Path) -> None:
    path = tmp_path / "aether.db"

    async def act(store: SqliteStore) -> tuple[int, int]:
        changes = _changes()
        changes.run.document = "d" * 500_000
        await store.commit([changes])
        log = path.with_name("aether.db-wal")
        first = log.stat().st_size
        await store.commit([_changes(version=1)])
        return first, log.stat().st_size - first

    first, second = _with(SqliteStore(path), act)

    assert first > 500_000
    assert second < 10_000
