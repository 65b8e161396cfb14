"""A store URL leads to the store it names, or to an error that says what to write."""

from __future__ import annotations

import asyncio
import importlib
import subprocess
import sys
from pathlib import Path

import pytest

from aether_core.ports import StoreError
from aether_core.stores import (
    MemoryStore,
    SqliteStore,
    StoreNotFound,
    StoreUrlError,
    default_store_url,
    open_store,
)


def _sqlite(url: str) -> SqliteStore:
    store = open_store(url)
    assert isinstance(store, SqliteStore)
    return store


def test_memory_url_is_a_store_in_memory() -> None:
    assert isinstance(open_store("memory:"), MemoryStore)
    assert isinstance(open_store("memory:", must_exist=True), MemoryStore)


@pytest.mark.parametrize(
    ("url", "path"),
    [
        ("sqlite:////tmp/x/aether.db", "/tmp/x/aether.db"),  # noqa: S108 - never opened
        ("sqlite:///aether.db", "{cwd}/aether.db"),
        ("sqlite:///a/b.db", "{cwd}/a/b.db"),
        ("SQLite:///a.db?synchronous=full", "{cwd}/a.db"),
        ("sqlite:///a%20b%3Fc%23d%25.db?mode=rw&synchronous=normal", "{cwd}/a b?c#d%.db"),
        ("sqlite:///%C3%BC.db", "{cwd}/ü.db"),
        ("sqlite:///ü.db", "{cwd}/ü.db"),
    ],
)
def test_sqlite_url_is_a_file(
    url: str, path: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)

    store = _sqlite(url)

    assert str(store.path) == path.replace("{cwd}", str(tmp_path))
    assert list(tmp_path.iterdir()) == []


def test_options_reach_the_store(tmp_path: Path) -> None:
    path = tmp_path / "aether.db"

    async def synchronous(store: SqliteStore) -> object:
        await store.open()
        try:
            return store._database.connection.execute("PRAGMA synchronous").fetchone()
        finally:
            await store.close()

    assert asyncio.run(synchronous(_sqlite(f"sqlite:///{path}?synchronous=full"))) == (2,)
    assert asyncio.run(synchronous(_sqlite(f"sqlite:///{path}"))) == (1,)
    assert _sqlite(f"sqlite:///{path}?mode=ro")._read_only


def test_store_that_must_exist_is_missed_at_once_and_not_created(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'aether.db'}"

    with pytest.raises(StoreNotFound, match="there is no store at"):
        open_store(url, must_exist=True)
    with pytest.raises(StoreNotFound):
        open_store(f"{url}?mode=ro")
    vanished = SqliteStore(tmp_path / "aether.db", must_exist=True)
    with pytest.raises(StoreNotFound):
        asyncio.run(vanished.open())

    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("url", "problem", "hint"),
    [
        ("aether.db", "it has no scheme", "A file is sqlite:///aether.db."),
        ("", "it has no scheme", "Known schemes"),
        (":x", "it has no scheme", "Known schemes"),
        ("nosuchscheme://host/db", 'unknown scheme "nosuchscheme"', "Known schemes: memory"),
        ("memory:x", "no options", "just memory:"),
        ("memory:?synchronous=full", "no options", "just memory:"),
        ("sqlite:aether.db", "it names no file", "sqlite:///relative.db"),
        ("sqlite://host/aether.db", "it names no file", "sqlite:///relative.db"),
        ("sqlite:///", "it names no file", "sqlite:///relative.db"),
        ("sqlite:///?mode=ro", "it names no file", "sqlite:///relative.db"),
        ("sqlite:///a.db#b", "no fragment", "%23"),
        ("sqlite:///a%00b.db", "zero byte", "sqlite:///relative.db"),
        ("sqlite:///a.db?synchronous=off", 'option "synchronous=off"', "synchronous=normal|full"),
        ("sqlite:///a.db?sync=full", 'unknown option "sync=full"', "mode=rw|ro"),
        ("sqlite:///a.db?mode", 'unknown option "mode"', "mode=rw|ro"),
    ],
)
def test_bad_url_is_refused_with_what_to_write(url: str, problem: str, hint: str) -> None:
    with pytest.raises(StoreUrlError) as caught:
        open_store(url)

    assert caught.value.url == url
    assert caught.value.code == "AE804"
    assert f'"{url}"' in str(caught.value)
    assert problem in str(caught.value)
    assert hint in str(caught.value.hint)


@pytest.mark.parametrize(
    ("url", "shown"),
    [
        ("nosuch://me:p@ss@host/db?x=a@b", "nosuch://me:******@b"),
        ("nosuch://me:secret@host/db", "nosuch://me:******@host/db"),
        ("nosuch://me:sec@ret@host/db", "nosuch://me:******@host/db"),
        ("nosuch://me@host/db", "nosuch://me@host/db"),
        ("nosuch:///a:b@c", "nosuch:///a:b@c"),
    ],
)
def test_password_in_a_url_is_not_shown(url: str, shown: str) -> None:
    with pytest.raises(StoreUrlError) as caught:
        open_store(url)

    assert caught.value.url == shown
    assert shown in str(caught.value)


@pytest.fixture
def installed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A distribution that brings the schemes `shelf`, `absent` and `sqlite`."""
    (tmp_path / "shelf_store.py").write_text(
        "class Shelf:\n    def __init__(self, url):\n        self.url = url\n"
    )
    info = tmp_path / "shelf_store-1.0.dist-info"
    info.mkdir()
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: shelf-store\nVersion: 1.0\n")
    (info / "entry_points.txt").write_text(
        "[aether.stores]\n"
        "shelf = shelf_store:Shelf\nabsent = shelf_store:Nothing\nsqlite = shelf_store:Shelf\n"
    )
    monkeypatch.syspath_prepend(tmp_path)
    importlib.invalidate_caches()


@pytest.mark.usefixtures("installed")
def test_other_schemes_come_from_installed_packages() -> None:
    store = open_store("shelf://host/db?x=1")

    assert type(store).__name__ == "Shelf"
    assert getattr(store, "url", None) == "shelf://host/db?x=1"
    assert isinstance(open_store("sqlite:///a.db"), SqliteStore)
    with pytest.raises(StoreUrlError) as caught:
        open_store("nosuchscheme:x")
    assert "Known schemes: absent, memory, shelf, sqlite." in str(caught.value.hint)


@pytest.mark.usefixtures("installed")
def test_package_that_can_not_be_loaded_is_named() -> None:
    with pytest.raises(
        StoreUrlError, match="shelf-store can't be loaded: AttributeError"
    ) as caught:
        open_store("absent:x")

    assert isinstance(caught.value, StoreError)
    assert isinstance(caught.value.__cause__, AttributeError)


def test_default_store_is_a_file_in_the_state_folder(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    state = tmp_path / "state # 100%"
    monkeypatch.setenv("XDG_STATE_HOME", str(state))

    store = _sqlite(default_store_url())

    assert store.path.name == "aether.db"
    if sys.platform.startswith("linux"):
        assert store.path == state / "aether" / "aether.db"
    assert not state.exists()


def test_import_loads_nothing_that_only_some_stores_need() -> None:
    code = (
        "import sys, aether_core.kernel, aether_core.ports\n"
        "before = set(sys.modules)\n"
        "from aether_core.stores import open_store\n"
        "open_store('memory:'), open_store('sqlite:///never-opened.db')\n"
        "print(*sorted(set(sys.modules) - before))"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True, timeout=30
    )

    loaded = set(done.stdout.split())
    assert "aether_core.stores._sqlite" in loaded
    late = {"sqlite3", "importlib.metadata", "platformdirs", "asyncio", "pydantic"}
    assert not loaded & (late | {"aether_core.stores._database"})


def test_import_loads_only_the_store_that_is_asked_for() -> None:
    code = (
        "import sys\n"
        "from aether_core.stores import StoreNotFound, open_store\n"
        "open_store('sqlite:///never-opened.db')\n"
        "print(*(name for name in sys.modules if name.startswith('aether_core.stores._')))"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True, timeout=30
    )

    loaded = {name.removeprefix("aether_core.stores.") for name in done.stdout.split()}
    assert "_sqlite" in loaded
    assert not [name for name in loaded if name.startswith("_memory")]


def test_package_has_the_names_that_it_says_and_no_other() -> None:
    stores = importlib.import_module("aether_core.stores")

    assert dir(stores) == stores.__all__
    assert all(hasattr(stores, name) for name in stores.__all__)
    with pytest.raises(AttributeError, match="has no attribute 'NoStore'"):
        _ = stores.NoStore
