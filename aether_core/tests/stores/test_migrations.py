"""Migrations run in order, once, whole or not at all, also with several processes."""

from __future__ import annotations

import asyncio
import sqlite3
import threading
from collections.abc import Iterator
from pathlib import Path

import msgspec
import pytest

from aether_core.kernel import EventRecord, RunChanges, RunRecord, TaskRecord
from aether_core.ports import RunQuery
from aether_core.stores import SqliteStore
from aether_core.stores._migrations import APPLICATION_ID, MIGRATIONS, migrate, schema_version
from aether_sdk import Phase

_ONE = ("CREATE TABLE one(x)", "INSERT INTO one VALUES (1)")
_TWO = ("ALTER TABLE one ADD COLUMN y", "UPDATE one SET y = x + 1", "CREATE TABLE two(z)")
_BROKEN = ("CREATE TABLE three(x)", "CREATE TABLE one(x)")


def _connect(path: Path) -> sqlite3.Connection:
    return sqlite3.connect(path, isolation_level=None, timeout=5)


@pytest.fixture
def connection(tmp_path: Path) -> Iterator[sqlite3.Connection]:
    connection = _connect(tmp_path / "x.db")
    yield connection
    connection.close()


def _tables(connection: sqlite3.Connection) -> list[str]:
    return [row[0] for row in connection.execute("SELECT name FROM sqlite_master ORDER BY name")]


def test_new_file_goes_through_every_migration(connection: sqlite3.Connection) -> None:
    assert migrate(connection, (_ONE, _TWO)) == 2

    assert connection.execute("SELECT x, y FROM one").fetchall() == [(1, 2)]
    assert schema_version(connection) == 2
    assert connection.execute("PRAGMA application_id").fetchone() == (APPLICATION_ID,)


def test_older_file_goes_through_what_it_lacks(connection: sqlite3.Connection) -> None:
    assert migrate(connection, (_ONE,)) == 1
    connection.execute("INSERT INTO one VALUES (10)")

    assert migrate(connection, (_ONE, _TWO)) == 2

    assert connection.execute("SELECT x, y FROM one").fetchall() == [(1, 2), (10, 11)]


def test_newest_file_is_left_alone(connection: sqlite3.Connection) -> None:
    migrate(connection, (_ONE, _TWO))

    assert migrate(connection, (_ONE, _TWO)) == 2

    assert connection.execute("SELECT count(*) FROM one").fetchone() == (1,)


def test_newer_file_is_left_alone(connection: sqlite3.Connection) -> None:
    migrate(connection, (_ONE, _TWO))

    assert migrate(connection, (_ONE,)) == 2


def test_migration_that_fails_leaves_the_file_before_it(connection: sqlite3.Connection) -> None:
    with pytest.raises(sqlite3.OperationalError, match="already exists"):
        migrate(connection, (_ONE, _BROKEN, _TWO))

    assert schema_version(connection) == 1
    assert _tables(connection) == ["one"]
    assert migrate(connection, (_ONE, _TWO)) == 2


def test_migration_that_fills_the_disk_leaves_the_file_before_it(
    connection: sqlite3.Connection,
) -> None:
    migrate(connection, (_ONE,))
    connection.execute("PRAGMA max_page_count = 4")
    large = ("CREATE TABLE large(x)", "INSERT INTO large VALUES (zeroblob(1000000))")

    with pytest.raises(sqlite3.OperationalError, match="full"):
        migrate(connection, (_ONE, large))

    assert not connection.in_transaction
    assert _tables(connection) == ["one"]


def test_files_opened_at_once_are_migrated_once(tmp_path: Path) -> None:
    """Each of many connections finds the file migrated, whoever did it."""
    path = tmp_path / "x.db"
    gate, versions = threading.Barrier(6), list[int]()

    def open_and_migrate() -> None:
        connection = _connect(path)
        gate.wait()
        versions.append(migrate(connection, (_ONE, _TWO)))
        connection.close()

    threads = [threading.Thread(target=open_and_migrate) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    connection = _connect(path)
    rows = connection.execute("SELECT x, y FROM one").fetchall()
    connection.close()
    assert versions == [2] * 6
    assert rows == [(1, 2)]


def test_migrations_of_the_store_make_its_tables(connection: sqlite3.Connection) -> None:
    assert migrate(connection) == len(MIGRATIONS)

    tables = {"runs", "submissions", "tasks", "events", "runs_by_age"}
    assert tables <= set(_tables(connection))


@pytest.mark.parametrize(
    ("tables", "record"),
    [(("runs", "submissions"), RunRecord), (("tasks",), TaskRecord), (("events",), EventRecord)],
)
def test_every_field_of_a_record_has_a_column(
    connection: sqlite3.Connection, tables: tuple[str, ...], record: type[msgspec.Struct]
) -> None:
    migrate(connection)

    columns = {
        column[1]
        for table in tables
        for column in connection.execute(f"PRAGMA table_info({table})").fetchall()
    }

    # A record's number is within the id, and a submission belongs to a run by its key.
    assert columns - {"id", "run"} == set(record.__struct_fields__) - {"seq"}


#: A run as the first version of the program wrote it; the ids are 1 and 1 * 2**32 + number.
_FIRST_VERSION = """
    INSERT INTO runs VALUES(1, 'run-1', 'nightly', 'default', 5, 'Succeeded', 'well', '{"v":[1]}',
        6, 9, 2, 2, 1, 3);
    INSERT INTO submissions VALUES(1, '{"kind": "Workflow"}', '{"region":"eu"}', '{"a.b":1}');
    INSERT INTO tasks VALUES(4294967296, 'task-0', -1, '', 0, '', 'main', 'main', 'dag', 5,
        'Succeeded', '', NULL, 0, 0, NULL, '{"v":[1]}', 6, 9);
    INSERT INTO tasks VALUES(4294967297, 'task-1', 0, 'task-0', 1, 'main/', 'a', 'work', 'task', 5,
        'Succeeded', 'done', 0, 2, 1, '{"n":null}', '{"v":[1]}', 6, 8);
    INSERT INTO events VALUES(4294967297, 5, 'run', 'Created', -1, 'nightly', '');
"""


def _first_version_store(path: Path) -> None:
    connection = _connect(path)
    migrate(connection, MIGRATIONS[:1])
    connection.executescript(_FIRST_VERSION)
    connection.close()


def test_a_run_of_the_first_version_is_read_as_it_was_written(tmp_path: Path) -> None:
    """What later versions added has its default."""
    _first_version_store(tmp_path / "x.db")

    async def story() -> None:
        store = SqliteStore(tmp_path / "x.db")
        await store.open()
        (summary,) = await store.list_runs(RunQuery())
        run, tasks = await store.get_run("run-1"), await store.get_tasks("run-1")
        events = await store.get_events("run-1")
        await store.close()

        assert (summary.run_id, summary.phase) == ("run-1", Phase.SUCCEEDED)
        assert run == RunRecord(
            run_id="run-1",
            workflow="nightly",
            namespace="default",
            document='{"kind": "Workflow"}',
            phase=Phase.SUCCEEDED,
            created_at=5,
            arguments={"region": "eu"},
            variables={"a.b": 1},
            message="well",
            outputs={"v": [1]},
            started_at=6,
            finished_at=9,
            tasks_total=2,
            tasks_done=2,
            last_event=1,
            version=3,
        )
        assert tasks[1] == TaskRecord(
            seq=1,
            task_id="task-1",
            parent_seq=0,
            parent_id="task-0",
            depth=1,
            scope="main/",
            name="a",
            template="work",
            template_type="task",
            phase=Phase.SUCCEEDED,
            created_at=5,
            message="done",
            code=0,
            attempt=2,
            retry_count=1,
            inputs={"n": None},
            outputs={"v": [1]},
            started_at=6,
            finished_at=8,
        )
        assert (tasks[0].name, tasks[0].seq, tasks[0].inputs) == ("main", 0, None)
        assert events == [EventRecord(1, 5, "run", Phase.CREATED, name="nightly")]

    asyncio.run(story())


def test_a_run_of_the_first_version_can_be_changed(tmp_path: Path) -> None:
    """Once its file is migrated, what later versions added is kept as well."""
    _first_version_store(tmp_path / "x.db")

    async def story() -> None:
        store = SqliteStore(tmp_path / "x.db")
        await store.open()
        run, (first, second) = await store.get_run("run-1"), await store.get_tasks("run-1")
        assert run is not None
        run.deadline, run.generation = 77, 1
        second.deadline, second.next_attempt_at = 55, 66
        fresh = msgspec.structs.replace(second, seq=2, iteration=0, items=[1, "x"])
        await store.commit([RunChanges(run, run.version, [fresh], [second], [])])
        await store.close()

        again = SqliteStore(tmp_path / "x.db", read_only=True)
        await again.open()
        assert await again.get_run("run-1") == run
        assert await again.get_tasks("run-1") == [first, second, fresh]
        await again.close()

    asyncio.run(story())
