"""What one task gives is what the next one gets, whatever it is and however it is packed."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from aether_core.artifacts import ArtifactTransfer, LocalRepository
from aether_core.artifacts._threads import Stop, in_thread
from aether_core.ports import ArtifactError, ArtifactKey

Tree = Callable[[Path], dict[str, object]]


def keep(transfer: ArtifactTransfer, path: Path, key: ArtifactKey, archive: str = "") -> Any:
    scratch = path.parent / "scratch"
    scratch.unlink(missing_ok=True)
    return asyncio.run(transfer.keep(str(path), key, archive, str(scratch)))


def fetch(transfer: ArtifactTransfer, place: Any, path: Path) -> Path:
    asyncio.run(transfer.fetch(place, str(path)))
    return path


@pytest.mark.parametrize("archive", ["", "tar", "tar.gz", "zip"])
def test_a_folder_is_handed_on(
    archive: str, transfer: ArtifactTransfer, key: ArtifactKey, folder: Path, tree: Tree
) -> None:
    before = tree(folder)

    place = keep(transfer, folder, key, archive)
    got = fetch(transfer, place, folder.parent / "got")

    assert tree(got) == before == tree(folder)
    assert place["archive"] == archive or "tar.gz"
    assert place["content"] == "folder"
    assert not (folder.parent / "got.packed").exists()


@pytest.mark.parametrize("archive", ["", "none", "tar", "tar.gz", "zip"])
@pytest.mark.parametrize("executable", [True, False])
def test_a_file_is_handed_on(
    archive: str, executable: bool, transfer: ArtifactTransfer, key: ArtifactKey, tmp_path: Path
) -> None:
    """A file stays a file, also when it is kept in an archive."""
    made = tmp_path / "made"
    made.write_bytes(b"content")
    made.chmod(0o755 if executable else 0o644)

    place = keep(transfer, made, key, archive)
    got = fetch(transfer, place, tmp_path / "got")

    assert got.read_bytes() == b"content"
    assert bool(got.stat().st_mode & 0o100) == executable
    assert sorted(path.name for path in tmp_path.iterdir() if "got" in path.name) == ["got"]


def test_the_packed_file_itself_can_be_had(
    transfer: ArtifactTransfer, key: ArtifactKey, folder: Path, tmp_path: Path
) -> None:
    place = keep(transfer, folder, key, "zip")

    got = fetch(transfer, {**place, "archive": "none"}, tmp_path / "got")

    assert got.read_bytes()[:2] == b"PK"


def test_nothing_at_the_path_is_nothing_to_keep(
    transfer: ArtifactTransfer, key: ArtifactKey, tmp_path: Path
) -> None:
    (tmp_path / "dangling").symlink_to("nothing")

    assert keep(transfer, tmp_path / "missing", key) is None
    assert keep(transfer, tmp_path / "dangling", key) is None


def test_a_link_to_what_was_made_elsewhere_is_followed(
    transfer: ArtifactTransfer, key: ArtifactKey, folder: Path, tmp_path: Path, tree: Tree
) -> None:
    (tmp_path / "link").symlink_to(folder)

    place = keep(transfer, tmp_path / "link", key)

    assert tree(fetch(transfer, place, tmp_path / "got")) == tree(folder)


def test_a_folder_needs_an_archive(
    transfer: ArtifactTransfer, key: ArtifactKey, folder: Path
) -> None:
    with pytest.raises(ArtifactError, match="is a folder") as raised:
        keep(transfer, folder, key, "none")

    assert raised.value.hint == "Declare an archive for it, such as tar.gz."


def test_what_is_neither_a_file_nor_a_folder_is_not_kept(
    transfer: ArtifactTransfer, key: ArtifactKey
) -> None:
    with pytest.raises(ArtifactError, match="is neither a file nor a folder"):
        keep(transfer, Path("/dev/null"), key, "none")


def test_what_the_system_says_is_passed_on(
    transfer: ArtifactTransfer, key: ArtifactKey, tmp_path: Path
) -> None:
    (tmp_path / "kept").write_text("a file in the place of the folder", encoding="utf-8")
    (tmp_path / "made").write_bytes(b"x")

    with pytest.raises(ArtifactError, match=r"kept.*: "):
        keep(transfer, tmp_path / "made", key)
    (tmp_path / "taken").touch()
    with pytest.raises(ArtifactError, match=r"taken: File exists"):
        fetch(transfer, local(tmp_path / "made"), tmp_path / "taken")


def local(path: Path | str, archive: str = "none") -> dict[str, Any]:
    return {"type": "local", "config": {"path": str(path)}, "archive": archive}


def test_a_file_of_this_machine_is_copied(
    transfer: ArtifactTransfer, folder: Path, tmp_path: Path
) -> None:
    got = fetch(transfer, local(folder / "run.sh"), tmp_path / "got")
    got.write_text("changed", encoding="utf-8")

    assert (folder / "run.sh").read_text() == "#!/bin/sh\n"
    assert got.stat().st_mode & 0o100


def test_a_folder_of_this_machine_is_copied(
    transfer: ArtifactTransfer, folder: Path, tmp_path: Path, tree: Tree
) -> None:
    (folder / "twin").symlink_to("plain.bin")

    assert tree(fetch(transfer, local(folder), tmp_path / "got")) == tree(folder)


def test_a_relative_path_counts_from_the_current_folder(
    transfer: ArtifactTransfer, folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(folder)

    assert fetch(transfer, local("plain.bin"), tmp_path / "got").stat().st_size == 256


def test_an_archive_of_this_machine_is_unpacked(
    transfer: ArtifactTransfer, key: ArtifactKey, folder: Path, tmp_path: Path, tree: Tree
) -> None:
    place = keep(transfer, folder, key, "zip")
    packed = tmp_path / "kept" / place["config"]["key"]

    assert tree(fetch(transfer, local(packed, "zip"), tmp_path / "got")) == tree(folder)


@pytest.mark.parametrize(
    ("place", "said"),
    [
        (local("/nothing/here"), "there is no file /nothing/here"),
        (local("/dev/null"), "is neither a file nor a folder"),
        (local("/tmp", "tar"), "is a folder, not a tar archive"),  # noqa: S108  # only looked at
        ({"type": "local", "config": {}}, 'source whose "path" is no text'),
        ({"type": "local", "config": {"path": "a\0b"}}, 'source whose "path" is no text'),
        ({"type": "local"}, 'source whose "path" is no text'),
        ({"type": "http", "config": {"url": 5}}, 'source whose "url" is no text'),
        ({"type": "oss", "config": {}}, "unknown type 'oss'"),
        ({"type": "repository", "config": {"key": "run/x"}}, "is gone"),
    ],
)
def test_a_place_without_a_file_is_told(place: dict[str, Any], said: str, tmp_path: Path) -> None:
    transfer = ArtifactTransfer(LocalRepository(tmp_path / "kept"))

    with pytest.raises(ArtifactError, match=said):
        fetch(transfer, place, tmp_path / "got")


def test_file_work_does_not_hold_up_the_loop() -> None:
    """It happens in a thread; the loop goes on meanwhile."""

    async def both() -> list[str]:
        order: list[str] = []
        loop = asyncio.get_running_loop()
        go = asyncio.Event()
        done = asyncio.Event()

        def work(stop: Stop) -> None:
            loop.call_soon_threadsafe(go.set)
            asyncio.run_coroutine_threadsafe(done.wait(), loop).result(10)
            order.append("work")

        task = asyncio.create_task(in_thread(work))
        await go.wait()
        order.append("loop")
        done.set()
        await task
        return order

    assert asyncio.run(both()) == ["loop", "work"]


def test_work_that_was_cancelled_has_ended_when_the_wait_is_over() -> None:
    """So nothing is written into a folder that is removed next."""

    async def cancelled() -> list[str]:
        order: list[str] = []
        loop = asyncio.get_running_loop()
        entered = asyncio.Event()

        def work(stop: Stop) -> None:
            loop.call_soon_threadsafe(entered.set)
            try:
                while True:
                    stop.check()
            finally:
                order.append("work ended")

        task = asyncio.create_task(in_thread(work))
        await entered.wait()
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        order.append("wait over")
        return order

    assert asyncio.run(cancelled()) == ["work ended", "wait over"]
