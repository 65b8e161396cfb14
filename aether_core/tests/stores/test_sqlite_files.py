"""What the SQLite store does with files: creates, refuses, protects, reports."""

from __future__ import annotations

import asyncio
import os
import sqlite3
import stat
import tempfile
from collections.abc import Callable, Coroutine, Iterator, Mapping
from pathlib import Path
from typing import Any, TypeVar

import pytest

from aether_core.kernel import RunChanges, RunRecord
from aether_core.ports import RunQuery, StoreError
from aether_core.stores import SqliteStore, StoreNotFound
from aether_core.stores._migrations import MIGRATIONS
from aether_sdk import Phase

_T = TypeVar("_T")

_NEWEST = len(MIGRATIONS)


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


@pytest.fixture
def ordinary_folder() -> Iterator[Path]:
    """A folder that can't be written to, seen by a user to whom that matters."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        folder.chmod(0o555)
        root = os.geteuid() == 0
        if root:
            os.seteuid(65534)
        try:
            yield folder
        finally:
            if root:
                os.seteuid(0)
            folder.chmod(0o700)


def _as_owner(folder: Path, act: Callable[[], None], *, modes: Mapping[str, int]) -> None:
    """Act as the user who may write to the folder, then give its files their modes."""
    user = os.geteuid()
    os.seteuid(os.getuid())
    folder.chmod(0o755)
    act()
    for name, mode in modes.items():
        (folder / name).chmod(mode)
    folder.chmod(0o555)
    os.seteuid(user)


def _create_as_owner(path: Path, *, mode: int) -> None:
    _as_owner(path.parent, lambda: _with(SqliteStore(path), _commit_one), modes={path.name: mode})


def test_missing_folders_and_the_file_are_created_for_the_owner_only(tmp_path: Path) -> None:
    tmp_path.chmod(0o755)
    store = SqliteStore(tmp_path / "a" / "b" / "aether.db")

    async def modes(_: SqliteStore) -> dict[str, int]:
        await store.commit([_changes()])
        paths = [tmp_path, *tmp_path.rglob("*")]
        return {path.name: stat.S_IMODE(path.stat().st_mode) for path in paths}

    found = _with(store, modes)

    assert found == {
        tmp_path.name: 0o755,
        "a": 0o700,
        "b": 0o700,
        "aether.db": 0o600,
        "aether.db-wal": 0o600,
        "aether.db-shm": 0o600,
    }


def test_file_is_alone_once_the_store_is_closed(tmp_path: Path) -> None:
    _with(SqliteStore(tmp_path / "aether.db"), _commit_one)

    assert [path.name for path in tmp_path.iterdir()] == ["aether.db"]


def test_names_that_mean_something_to_sqlite_are_plain_files(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    for name in (":memory:", "file:x?mode=memory", "a b#c%41ü.db"):
        _with(SqliteStore(name), _commit_one)

        assert (tmp_path / name).is_file()
        assert _with(SqliteStore(name, must_exist=True), _list) == ["run-1"]


def test_relative_path_is_fixed_when_the_store_is_made(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    store = SqliteStore("aether.db")
    monkeypatch.chdir("/")

    _with(store, _commit_one)

    assert (tmp_path / "aether.db").is_file()


def test_full_is_asked_of_sqlite(tmp_path: Path) -> None:
    async def setting(store: SqliteStore) -> int:
        connection = store._database.connection
        return int(connection.execute("PRAGMA synchronous").fetchone()[0])

    normal = _with(SqliteStore(tmp_path / "normal.db"), setting)
    full = _with(SqliteStore(tmp_path / "full.db", synchronous="full"), setting)
    again = _with(SqliteStore(tmp_path / "full.db"), setting)

    assert (normal, full, again) == (1, 2, 1)


@pytest.mark.parametrize("options", [{"read_only": True}, {"must_exist": True}])
def test_missing_file_is_said_to_be_missing_and_stays_so(
    tmp_path: Path, options: dict[str, bool]
) -> None:
    path = tmp_path / "folder" / "aether.db"

    with pytest.raises(StoreNotFound, match="there is no store at") as caught:
        _with(SqliteStore(path, **options), _nothing)  # type: ignore[arg-type] # one literal option

    assert caught.value.location == str(path)
    assert caught.value.hint
    assert list(tmp_path.iterdir()) == []


def test_empty_file_is_taken_as_a_new_store_but_not_for_reading_only(tmp_path: Path) -> None:
    path = tmp_path / "aether.db"
    path.touch()

    with pytest.raises(StoreNotFound):
        _with(SqliteStore(path, read_only=True), _nothing)
    assert path.stat().st_size == 0
    _with(SqliteStore(path, must_exist=True), _commit_one)

    assert _with(SqliteStore(path), _list) == ["run-1"]


def test_read_only_store_reads_and_refuses_to_write(tmp_path: Path) -> None:
    path = tmp_path / "aether.db"
    _with(SqliteStore(path), _commit_one)
    before = path.read_bytes()

    async def act(store: SqliteStore) -> list[str]:
        with pytest.raises(StoreError, match=r"can't write to the store .*: it can't be written"):
            await store.commit([_changes("run-2")])
        return await _list(store)

    assert _with(SqliteStore(path, read_only=True), act) == ["run-1"]
    assert path.read_bytes() == before


def test_read_only_store_sees_commits_of_a_writer(tmp_path: Path) -> None:
    path = tmp_path / "aether.db"

    async def act(writer: SqliteStore) -> list[str]:
        reader = SqliteStore(path, read_only=True)
        await reader.open()
        await writer.commit([_changes()])
        found = await _list(reader)
        await reader.close()
        return found

    assert _with(SqliteStore(path), act) == ["run-1"]


def _text_file(path: Path) -> None:
    path.write_text("runs: []\n" * 1000)


def _short_file(path: Path) -> None:
    path.write_bytes(b"x")


def _file_as_long_as_a_header(path: Path) -> None:
    path.write_bytes(b"x" * 100)


def _other_database(path: Path) -> None:
    with sqlite3.connect(path) as connection:
        connection.execute("CREATE TABLE runs(id INTEGER PRIMARY KEY)")
        connection.execute("PRAGMA user_version = 1")
    connection.close()


def _labelled_database(path: Path) -> None:
    with sqlite3.connect(path) as connection:
        connection.execute("PRAGMA application_id = 252006673")
        connection.execute("CREATE TABLE t(x)")
    connection.close()


def _newer_store(path: Path) -> None:
    _with(SqliteStore(path), _commit_one)
    with sqlite3.connect(path) as connection:
        connection.execute("PRAGMA journal_mode = DELETE")
        connection.execute(f"PRAGMA user_version = {_NEWEST + 1}")
    connection.close()


@pytest.mark.parametrize(
    ("make", "reason"),
    [
        (_text_file, "it is not an SQLite database"),
        (_short_file, "it is not an SQLite database"),
        (_file_as_long_as_a_header, "it is not an SQLite database"),
        (_other_database, "it is an SQLite database of another application"),
        (_labelled_database, "it is an SQLite database of another application"),
        (
            _newer_store,
            rf"a newer program wrote it \(schema {_NEWEST + 1}, this program knows {_NEWEST}\)",
        ),
    ],
)
@pytest.mark.parametrize("read_only", [False, True])
def test_foreign_file_is_refused_and_not_touched(
    tmp_path: Path, make: Callable[[Path], None], reason: str, read_only: bool
) -> None:
    path = tmp_path / "aether.db"
    make(path)
    before = path.read_bytes()

    with pytest.raises(StoreError, match=reason) as caught:
        _with(SqliteStore(path, read_only=read_only), _nothing)

    assert str(path) in str(caught.value)
    assert caught.value.hint
    assert path.read_bytes() == before
    assert [entry.name for entry in tmp_path.iterdir()] == ["aether.db"]


@pytest.mark.parametrize("version", range(_NEWEST))
def test_store_of_an_older_schema_is_not_opened_for_reading_only(
    tmp_path: Path, version: int
) -> None:
    path = tmp_path / "aether.db"
    _with(SqliteStore(path), _commit_one)
    with sqlite3.connect(path) as connection:
        connection.execute(f"PRAGMA user_version = {version}")
    connection.close()
    reason = f"its schema {version} is older than {_NEWEST}"

    with pytest.raises(StoreError, match=reason) as caught:
        _with(SqliteStore(path, read_only=True), _nothing)

    assert "Open it once for writing" in str(caught.value.hint)


def test_folder_is_refused(tmp_path: Path) -> None:
    with pytest.raises(StoreError, match="it is a folder, not a file"):
        _with(SqliteStore(tmp_path), _nothing)


def test_pipe_is_refused_and_not_waited_for(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "aether.db")

    with pytest.raises(StoreError, match="it is not a regular file"):
        _with(SqliteStore(tmp_path / "aether.db"), _nothing)


def test_file_as_a_folder_is_refused(tmp_path: Path) -> None:
    (tmp_path / "file").touch()

    with pytest.raises(StoreError, match="Not a directory") as caught:
        _with(SqliteStore(tmp_path / "file" / "aether.db"), _nothing)

    assert isinstance(caught.value.__cause__, OSError)


def test_link_to_nowhere_is_refused(tmp_path: Path) -> None:
    (tmp_path / "aether.db").symlink_to(tmp_path / "gone" / "aether.db")

    with pytest.raises(StoreError, match="the file can't be opened"):
        _with(SqliteStore(tmp_path / "aether.db"), _nothing)


@pytest.mark.parametrize("name", ["aether.db", "new/folder/aether.db"])
def test_folder_without_write_permission_is_reported(ordinary_folder: Path, name: str) -> None:
    with pytest.raises(StoreError, match=f"can't open the store .*{name}: Permission denied"):
        _with(SqliteStore(ordinary_folder / name), _nothing)


def test_file_without_permission_is_reported(ordinary_folder: Path) -> None:
    path = ordinary_folder / "aether.db"
    _create_as_owner(path, mode=0o000)

    for read_only in (False, True):
        with pytest.raises(StoreError, match="the file can't be opened") as caught:
            _with(SqliteStore(path, read_only=read_only), _nothing)
        assert "permissions" in str(caught.value.hint)


def test_file_without_write_permission_is_reported(ordinary_folder: Path) -> None:
    path = ordinary_folder / "aether.db"
    _create_as_owner(path, mode=0o444)

    with pytest.raises(StoreError, match="can't open the store") as caught:
        _with(SqliteStore(path), _commit_one)
    assert "permissions" in str(caught.value.hint)


def test_store_in_a_folder_without_write_permission_can_be_read(ordinary_folder: Path) -> None:
    path = ordinary_folder / "aether.db"
    _create_as_owner(path, mode=0o444)

    assert _with(SqliteStore(path, read_only=True), _list) == ["run-1"]
    assert [entry.name for entry in ordinary_folder.iterdir()] == ["aether.db"]


def test_store_with_a_log_that_can_not_be_read_is_not_read_without_it(
    tmp_path: Path, ordinary_folder: Path
) -> None:
    """What the log holds was committed; leaving it out would show an older state."""
    path = ordinary_folder / "aether.db"

    async def copy_while_open(store: SqliteStore) -> None:
        await store.commit([_changes()])
        for source in (store.path, store.path.with_name("aether.db-wal")):
            (ordinary_folder / source.name).write_bytes(source.read_bytes())

    _as_owner(
        ordinary_folder,
        lambda: _with(SqliteStore(tmp_path / "aether.db"), copy_while_open),
        modes={"aether.db": 0o444, "aether.db-wal": 0o000},
    )

    with pytest.raises(StoreError, match="can't open the store"):
        _with(SqliteStore(path, read_only=True), _list)


def test_disk_without_shared_memory_is_refused(tmp_path: Path) -> None:
    from aether_core.stores._sqlite_file import _use_log

    connection = sqlite3.connect(":memory:")
    with pytest.raises(StoreError, match="no shared memory"):
        _use_log(connection, tmp_path)
    connection.close()
