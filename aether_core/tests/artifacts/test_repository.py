"""A folder keeps artifacts whole, apart from each other, and only as long as their run."""

from __future__ import annotations

import asyncio
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from aether_core.artifacts import Limits, LocalRepository
from aether_core.artifacts._repository import _key_text
from aether_core.ports import ArtifactError, ArtifactKey


def put(repository: LocalRepository, key: ArtifactKey, content: bytes, folder: Path) -> Any:
    (folder / "new").write_bytes(content)
    return asyncio.run(repository.put(str(folder / "new"), key))


def get(repository: LocalRepository, place: Any, folder: Path) -> bytes:
    target = folder / "got"
    target.unlink(missing_ok=True)
    asyncio.run(repository.get(place, str(target)))
    return target.read_bytes()


def test_what_is_put_can_be_got(
    repository: LocalRepository, key: ArtifactKey, tmp_path: Path
) -> None:
    place = put(repository, key, b"content", tmp_path)

    assert get(repository, place, tmp_path) == b"content"
    assert (tmp_path / "new").read_bytes() == b"content"
    assert place["size"] == 7
    assert place["config"] == {"key": "run-1/task-1.1/package"}


def test_a_place_holds_no_path_of_this_machine(
    repository: LocalRepository, key: ArtifactKey, tmp_path: Path
) -> None:
    """So the folder can be moved."""
    place = put(repository, key, b"content", tmp_path)
    (tmp_path / "kept").rename(tmp_path / "moved")

    assert get(LocalRepository(tmp_path / "moved"), place, tmp_path) == b"content"


def test_attempts_do_not_overwrite_each_other(
    repository: LocalRepository, key: ArtifactKey, tmp_path: Path
) -> None:
    first = put(repository, key, b"first", tmp_path)
    second = put(repository, replace(key, attempt=2), b"second", tmp_path)

    assert get(repository, first, tmp_path) == b"first"
    assert get(repository, second, tmp_path) == b"second"


def test_the_ending_of_an_archive_is_in_its_name(
    repository: LocalRepository, key: ArtifactKey, tmp_path: Path
) -> None:
    place = put(repository, replace(key, suffix=".tar.gz"), b"x", tmp_path)

    assert (repository.folder / place["config"]["key"]).name == "package.tar.gz"


def test_only_the_owner_can_look_inside(
    repository: LocalRepository, key: ArtifactKey, tmp_path: Path
) -> None:
    put(repository, key, b"content", tmp_path)

    modes = {path.stat().st_mode & 0o077 for path in repository.folder.rglob("*")}
    assert modes == {0}
    assert repository.folder.stat().st_mode & 0o077 == 0


_IDS = st.text(min_size=1, max_size=200) | st.sampled_from(
    ["..", ".", "/", "a/b", "../../etc", "A", "a", "con", "x" * 200, "\ud800", "a.b", "-", "_"]
)


@settings(max_examples=100)
@given(run=_IDS, task=_IDS, other=_IDS)
def test_no_id_leaves_the_folder_or_means_another_one(run: str, task: str, other: str) -> None:
    """Ids of runs come from people; a file system may not tell capital letters apart."""
    key = ArtifactKey(run, task, 1, "a")

    parts = _key_text(key).split("/")

    assert len(parts) == 3
    assert not {"", ".", ".."} & set(parts)
    assert all(len(part) < 200 and part.isascii() for part in parts)
    elsewhere = _key_text(ArtifactKey(other, task, 1, "a")).split("/")
    assert (parts[0].lower() == elsewhere[0].lower()) == (run == other)


def test_the_files_of_a_run_are_deleted_with_it(
    repository: LocalRepository, key: ArtifactKey, tmp_path: Path
) -> None:
    mine = put(repository, key, b"mine", tmp_path)
    other = put(repository, replace(key, run_id="run-2"), b"other", tmp_path)

    asyncio.run(repository.delete_run("run-1"))

    assert get(repository, other, tmp_path) == b"other"
    assert [path.name for path in repository.folder.iterdir()] == ["run-2"]
    with pytest.raises(ArtifactError, match="is gone: there is no ") as raised:
        get(repository, mine, tmp_path)
    assert raised.value.hint
    assert raised.value.code == "AE850"


def test_a_run_without_files_can_be_deleted(repository: LocalRepository) -> None:
    asyncio.run(repository.delete_run("nothing"))

    assert not repository.folder.exists()


def test_files_that_cannot_be_removed_are_told(
    repository: LocalRepository, key: ArtifactKey, tmp_path: Path
) -> None:
    put(repository, key, b"x", tmp_path)
    (repository.folder / "run-1").rename(tmp_path / "elsewhere")
    (repository.folder / "run-1").write_text("a file, no folder", encoding="utf-8")

    with pytest.raises(ArtifactError, match="the artifacts of the run can't be removed: "):
        asyncio.run(repository.delete_run("run-1"))


def test_a_file_that_was_changed_is_not_handed_out(
    repository: LocalRepository, key: ArtifactKey, tmp_path: Path
) -> None:
    place = put(repository, key, b"content", tmp_path)
    (repository.folder / place["config"]["key"]).write_bytes(b"c0ntent")

    with pytest.raises(ArtifactError, match="has changed since it was kept"):
        get(repository, place, tmp_path)


@pytest.mark.parametrize("key", ["/etc/passwd", "../secret", "a/../../secret", 5, None])
def test_a_place_that_leads_elsewhere_is_refused(
    key: object, repository: LocalRepository, tmp_path: Path
) -> None:
    with pytest.raises(ArtifactError, match="names no file of the repository"):
        get(repository, {"type": "repository", "config": {"key": key}}, tmp_path)


def test_a_file_beyond_the_limit_is_not_kept(key: ArtifactKey, tmp_path: Path) -> None:
    repository = LocalRepository(tmp_path / "kept", limits=Limits(max_bytes=10))

    with pytest.raises(ArtifactError, match="is larger than 10 bytes"):
        put(repository, key, b"eleven byte", tmp_path)

    assert [path for path in repository.folder.rglob("*") if path.is_file()] == []


_KILLED = """
import asyncio, os, signal, sys
from pathlib import Path
from aether_core.artifacts import LocalRepository
from aether_core.ports import ArtifactKey

def die(descriptor):
    os.kill(os.getpid(), signal.SIGKILL)

os.fsync = die
repository = LocalRepository(Path(sys.argv[1]))
repository.folder.joinpath("run-1", "task-1.1").mkdir(parents=True)
asyncio.run(repository.put(sys.argv[2], ArtifactKey("run-1", "task-1", 1, "package")))
"""


def test_a_crash_leaves_no_half_artifact(
    repository: LocalRepository, key: ArtifactKey, tmp_path: Path
) -> None:
    """What was written has no name yet; it goes with the run, and the next attempt succeeds."""
    (tmp_path / "large").write_bytes(os.urandom(3_000_000))

    killed = subprocess.run(
        [sys.executable, "-c", _KILLED, str(repository.folder), str(tmp_path / "large")],
        check=False,
    )

    left = [path.name for path in repository.folder.rglob("*") if path.is_file()]
    assert killed.returncode == -9
    assert len(left) == 1
    assert left[0].startswith(".")
    place = put(repository, replace(key, attempt=2), b"again", tmp_path)
    assert get(repository, place, tmp_path) == b"again"
    asyncio.run(repository.delete_run("run-1"))
    assert list(repository.folder.iterdir()) == []
