"""Migrations run in order, once, whole or not at all, also with several processes."""

from __future__ import annotations

import sqlite3
import threading
from collections.abc import Iterator
from pathlib import Path

import msgspec
import pytest

from aether_core.kernel import EventRecord, RunRecord, TaskRecord
from aether_core.ports import CronRecord, SlotRecord, TemplateRecord
from aether_core.stores._migrations import APPLICATION_ID, MIGRATIONS, migrate, schema_version

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
    assert tables | {"commands", "crons", "slots", "templates"} <= set(_tables(connection))


@pytest.mark.parametrize(
    ("tables", "record"),
    [
        (("runs", "submissions"), RunRecord),
        (("tasks",), TaskRecord),
        (("events",), EventRecord),
        (("crons",), CronRecord),
        (("slots",), SlotRecord),
        (("templates",), TemplateRecord),
    ],
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

    # A record's number is within the id, a submission belongs to a run by its key, and what was
    # pruned is the store's own concern.
    assert columns - {"id", "run", "pruned_to"} == set(record.__struct_fields__) - {"seq"}
