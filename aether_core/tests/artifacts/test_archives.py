"""Whatever is packed comes out the same; whatever is hostile comes out not at all."""

from __future__ import annotations

import gzip
import os
import random
import tarfile
import tempfile
import zipfile
from collections.abc import Callable, Mapping
from contextlib import suppress
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from aether_core.artifacts import Limits
from aether_core.artifacts._pack import pack
from aether_core.artifacts._threads import Stop, Stopped
from aether_core.artifacts._unpack import unpack
from aether_core.ports import ArtifactError

ARCHIVES = ["tar", "tar.gz", "zip"]
LIMITS = Limits(max_bytes=100_000, max_members=50)

Tar = Callable[..., Path]
Zip = Callable[[Mapping[str, bytes]], Path]
Tree = Callable[[Path], dict[str, object]]


def opened(archive: Path, kind: str = "tar", limits: Limits = LIMITS) -> Path:
    """Unpack an archive beside itself."""
    target = archive.parent / "out"
    unpack(archive, target, kind, Stop(), limits)
    return target


def member(name: str, kind: bytes = tarfile.REGTYPE, link: str = "") -> tarfile.TarInfo:
    info = tarfile.TarInfo(name)
    info.type = kind
    info.linkname = link
    return info


def link(name: str, target: str) -> tarfile.TarInfo:
    return member(name, tarfile.SYMTYPE, target)


@pytest.mark.parametrize("archive", ARCHIVES)
def test_a_folder_comes_out_as_it_went_in(
    archive: str, folder: Path, tmp_path: Path, tree: Tree
) -> None:
    pack(folder, tmp_path / "packed", archive, Stop(), LIMITS)

    unpack(tmp_path / "packed", tmp_path / "out", archive, Stop(), LIMITS)

    assert tree(tmp_path / "out") == tree(folder)


@pytest.mark.parametrize("archive", ARCHIVES)
def test_an_empty_folder_comes_out_empty(archive: str, tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    pack(tmp_path / "empty", tmp_path / "packed", archive, Stop(), LIMITS)

    unpack(tmp_path / "packed", tmp_path / "out", archive, Stop(), LIMITS)

    assert list((tmp_path / "out").iterdir()) == []


def test_links_that_stay_inside_are_kept(folder: Path, tmp_path: Path, tree: Tree) -> None:
    (folder / "deep" / "up").symlink_to("../plain.bin")
    (folder / "around").symlink_to("deep/er")
    (folder / "twin.bin").hardlink_to(folder / "plain.bin")
    pack(folder, tmp_path / "packed", "tar.gz", Stop(), LIMITS)

    unpack(tmp_path / "packed", tmp_path / "out", "tar.gz", Stop(), LIMITS)

    assert tree(tmp_path / "out") == tree(folder)
    assert (tmp_path / "out" / "around" / "note.txt").read_text() == "deep"


def test_owners_are_left_out(folder: Path, tmp_path: Path) -> None:
    pack(folder, tmp_path / "packed", "tar", Stop(), LIMITS)

    with tarfile.open(tmp_path / "packed") as archive:
        owners = {(info.uid, info.gid, info.uname, info.gname) for info in archive}

    assert owners == {(0, 0, "", "")}


def test_times_before_1980_do_not_keep_a_file_out_of_a_zip(folder: Path, tmp_path: Path) -> None:
    os.utime(folder / "plain.bin", (0, 0))

    pack(folder, tmp_path / "packed", "zip", Stop(), LIMITS)

    assert zipfile.ZipFile(tmp_path / "packed").testzip() is None


_NAMES = st.text(st.characters(codec="utf-8", exclude_characters="/\0"), min_size=1, max_size=8)
_PATHS = st.lists(_NAMES.filter(lambda n: n not in {".", ".."}), min_size=1, max_size=3)


@settings(max_examples=25, deadline=None)
@given(
    files=st.lists(st.tuples(_PATHS, st.binary(max_size=2000)), max_size=5),
    archive=st.sampled_from(ARCHIVES),
)
def test_any_folder_comes_out_as_it_went_in(
    files: list[tuple[list[str], bytes]], archive: str
) -> None:
    with tempfile.TemporaryDirectory() as name:
        root = Path(name)
        (root / "in").mkdir()
        written: dict[Path, bytes] = {}
        for parts, content in files:
            path = (root / "in").joinpath(*parts)
            try:
                path.parent.mkdir(parents=True, exist_ok=True)
                path.write_bytes(content)
            except OSError:
                continue  # Two of the names clash.
            written[path.relative_to(root / "in")] = content
        pack(root / "in", root / "packed", archive, Stop(), LIMITS)

        unpack(root / "packed", root / "out", archive, Stop(), LIMITS)

        assert {p: (root / "out" / p).read_bytes() for p in written} == written


# What must not be packed.


@pytest.mark.parametrize("target", ["/etc/passwd", "../outside", "deep/../../x", "deep/er/../x"])
def test_a_link_that_may_lead_out_is_not_packed(target: str, folder: Path, tmp_path: Path) -> None:
    (folder / "bad").symlink_to(target)

    with pytest.raises(ArtifactError, match=r"holds the link bad to .*, which may lead out"):
        pack(folder, tmp_path / "packed", "tar", Stop(), LIMITS)


def test_a_zip_holds_no_links(folder: Path, tmp_path: Path) -> None:
    (folder / "twin").symlink_to("plain.bin")

    with pytest.raises(ArtifactError, match="the link twin, which a zip archive can't") as raised:
        pack(folder, tmp_path / "packed", "zip", Stop(), LIMITS)

    assert raised.value.hint == "Declare the archive tar.gz."


def test_a_pipe_is_not_packed(folder: Path, tmp_path: Path) -> None:
    os.mkfifo(folder / "pipe")

    with pytest.raises(ArtifactError, match="holds pipe, which is neither a file nor a folder"):
        pack(folder, tmp_path / "packed", "tar", Stop(), LIMITS)


@pytest.mark.parametrize("archive", ARCHIVES)
def test_what_could_not_be_unpacked_is_not_packed(
    archive: str, folder: Path, tmp_path: Path
) -> None:
    (folder / "large").write_bytes(bytes(100_001))

    with pytest.raises(ArtifactError, match=r"is larger than 100,000 bytes"):
        pack(folder, tmp_path / "packed", archive, Stop(), LIMITS)
    with pytest.raises(ArtifactError, match=r"is larger than 100,000 bytes"):
        pack(folder / "large", tmp_path / "again", archive, Stop(), LIMITS)


def test_too_many_files_are_not_packed(tmp_path: Path) -> None:
    (tmp_path / "many").mkdir()
    for number in range(51):
        (tmp_path / "many" / str(number)).touch()

    with pytest.raises(ArtifactError, match="has more than 50 files and folders"):
        pack(tmp_path / "many", tmp_path / "packed", "tar", Stop(), LIMITS)


@pytest.mark.parametrize("archive", ARCHIVES)
def test_packing_and_unpacking_stop_when_nobody_waits(
    archive: str, folder: Path, tmp_path: Path
) -> None:
    stop = Stop()
    pack(folder, tmp_path / "packed", archive, stop, LIMITS)
    stop.set()

    with pytest.raises(Stopped):
        pack(folder, tmp_path / "again", archive, stop, LIMITS)
    with pytest.raises(Stopped):
        unpack(tmp_path / "packed", tmp_path / "out", archive, stop, LIMITS)


# What must not be unpacked.


@pytest.mark.parametrize(
    "name", ["../evil", "a/../../evil", "/etc/evil", "..", "a/.."], ids=lambda name: name
)
def test_a_member_that_leaves_the_folder_is_refused(
    name: str, tar: Tar, zipped: Zip, tmp_path: Path
) -> None:
    """Zip slip, in both formats."""
    with pytest.raises(ArtifactError, match="lies outside of the archive's own folder"):
        opened(tar((name, b"x")))
    (tmp_path / "out").rmdir()
    with pytest.raises(ArtifactError, match="lies outside of the archive's own folder"):
        opened(zipped({name: b"x"}), "zip")

    assert not (tmp_path / "evil").exists()


@pytest.mark.parametrize(
    "members",
    [
        [link("out", "/etc")],
        [link("out", "..")],
        [link("a/out", "../..")],
        [link("out", "")],
        # A link to the folder itself, and one that climbs out through it.
        [member("a/b", tarfile.DIRTYPE), link("a/up", ".."), link("out", "a/up/../../etc")],
    ],
)
def test_a_link_that_leads_out_is_refused(members: list[tarfile.TarInfo], tar: Tar) -> None:
    with pytest.raises(ArtifactError, match="may lead out of the folder"):
        opened(tar(*members))


def test_nothing_is_written_through_a_link(tar: Tar, tmp_path: Path) -> None:
    """The link waits until all files are there, so that a file below it is a file inside."""
    (tmp_path / "victim").mkdir()

    with pytest.raises(ArtifactError, match=r"holds the link door to \.\./victim"):
        opened(tar(link("door", "../victim"), ("door/evil", b"x")))

    assert list((tmp_path / "victim").iterdir()) == []


def test_a_link_below_a_link_is_refused(tar: Tar) -> None:
    """Its place would be another one than its name says."""
    with pytest.raises(ArtifactError, match="holds a/d twice, as different things"):
        opened(tar(link("a/d", "b"), link("a/d/l", "../../x"), member("a/b", tarfile.DIRTYPE)))


@pytest.mark.parametrize("target", ["../secret", "/etc/passwd", "nothing", "later-link"])
def test_a_hard_link_to_anything_but_a_file_of_the_archive_is_refused(
    target: str, tar: Tar, tmp_path: Path
) -> None:
    (tmp_path / "secret").write_text("s", encoding="utf-8")

    with pytest.raises(ArtifactError, match=r"lies outside|which it lacks"):
        opened(tar(link("later-link", "../secret"), member("hard", tarfile.LNKTYPE, target)))


@pytest.mark.parametrize("kind", [tarfile.FIFOTYPE, tarfile.CHRTYPE, tarfile.BLKTYPE])
def test_devices_and_pipes_are_refused(kind: bytes, tar: Tar) -> None:
    with pytest.raises(ArtifactError, match="neither a file nor a folder nor a link"):
        opened(tar(member("dev", kind)))


def test_a_name_twice_is_refused(tar: Tar) -> None:
    with pytest.raises(ArtifactError, match="holds a twice, as different things"):
        opened(tar(("a", b"1"), ("a", b"2")))


def test_a_bomb_of_one_large_file_is_refused(tmp_path: Path) -> None:
    """Its size is believed before a byte of it is read."""
    info = member("zeros")
    info.size = 10**12
    (tmp_path / "bomb").write_bytes(gzip.compress(info.tobuf()))

    with pytest.raises(ArtifactError, match="is larger than 100,000 bytes"):
        opened(tmp_path / "bomb", "tar.gz")


def test_a_bomb_of_many_files_is_refused(tar: Tar, zipped: Zip, tmp_path: Path) -> None:
    with pytest.raises(ArtifactError, match="has more than 50 files and folders"):
        opened(tar(*((str(number), b"") for number in range(51))))
    for path in (tmp_path / "out").iterdir():
        path.unlink()
    (tmp_path / "out").rmdir()
    with pytest.raises(ArtifactError, match="has more than 50 files and folders"):
        opened(zipped({str(number): b"" for number in range(51)}), "zip")


def test_a_zip_bomb_is_refused(zipped: Zip) -> None:
    with pytest.raises(ArtifactError, match="is larger than 100,000 bytes"):
        opened(zipped({"a": bytes(60_000), "b": bytes(60_000)}), "zip")


def test_a_header_that_would_fill_the_memory_is_refused(
    tar: Tar, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("aether_core.artifacts._members._LARGEST_HEADER", 10_000)

    with pytest.raises(ArtifactError, match="holds a header that is too large"):
        opened(tar(("n" * 20_000, b"")))


def test_a_negative_size_is_refused(tar: Tar) -> None:
    """Some versions of the parser go round in circles after one."""
    info = member("odd")
    info.pax_headers = {"size": "-1024"}

    with pytest.raises(ArtifactError, match="is damaged"):
        opened(tar(info))


def test_an_encrypted_zip_is_refused(zipped: Zip) -> None:
    path = zipped({"a": b"x"})
    data = bytearray(path.read_bytes())
    data[data.index(b"PK\x01\x02") + 8] |= 1
    path.write_bytes(data)

    with pytest.raises(ArtifactError, match="holds a, which is encrypted"):
        opened(path, "zip")


def test_a_link_in_a_zip_is_refused(tmp_path: Path) -> None:
    info = zipfile.ZipInfo("link")
    info.external_attr = 0o120777 << 16
    with zipfile.ZipFile(tmp_path / "z.zip", "w") as archive:
        archive.writestr(info, "/etc/passwd")

    with pytest.raises(ArtifactError, match="holds link, which is neither a file nor a folder"):
        opened(tmp_path / "z.zip", "zip")


def test_special_bits_of_files_are_dropped(tar: Tar) -> None:
    info = member("tool")
    info.mode = 0o6777

    folder = opened(tar(info))

    assert (folder / "tool").stat().st_mode & 0o7022 == 0
    assert (folder / "tool").stat().st_mode & 0o100


@pytest.mark.parametrize("archive", ARCHIVES)
def test_what_is_no_archive_is_told(archive: str, tmp_path: Path) -> None:
    (tmp_path / "text").write_text("no archive " * 100, encoding="utf-8")

    with pytest.raises(ArtifactError, match=rf"is no {archive} archive, or is damaged: "):
        opened(tmp_path / "text", archive)


@pytest.mark.parametrize("archive", ARCHIVES)
def test_an_archive_cut_off_anywhere_is_damaged(
    archive: str, folder: Path, tmp_path: Path, tree: Tree
) -> None:
    """It is never taken for a smaller one, but for a tar that lacks nothing but its end mark."""
    pack(folder, tmp_path / "packed", archive, Stop(), LIMITS)
    whole = (tmp_path / "packed").read_bytes()
    lengths = random.Random(1).sample(range(1, len(whole)), 40)

    for number, length in enumerate(sorted(lengths)):
        (tmp_path / "cut").write_bytes(whole[:length])
        target = tmp_path / f"out-{number}"
        try:
            unpack(tmp_path / "cut", target, archive, Stop(), LIMITS)
        except ArtifactError:
            continue
        assert archive == "tar"
        assert length % 512 == 0 or tree(target) == tree(folder)


@settings(max_examples=60, deadline=None)
@given(data=st.data())
def test_no_damage_raises_anything_else_or_leaves_the_folder(data: st.DataObject) -> None:
    with tempfile.TemporaryDirectory() as name:
        root = Path(name)
        (root / "in" / "a").mkdir(parents=True)
        (root / "in" / "a" / "b").write_bytes(b"content" * 50)
        (root / "in" / "l").symlink_to("a/b")
        archive = data.draw(st.sampled_from(["tar", "tar.gz"]))
        pack(root / "in", root / "packed", archive, Stop(), LIMITS)
        bytes_ = bytearray((root / "packed").read_bytes())
        for _ in range(data.draw(st.integers(1, 4))):
            where = data.draw(st.integers(0, 10_000)) % len(bytes_)
            bytes_[where] = data.draw(st.integers(0, 255))
        (root / "packed").write_bytes(bytes_)

        with suppress(ArtifactError, OSError):
            unpack(root / "packed", root / "out", archive, Stop(), LIMITS)

        assert sorted(path.name for path in root.iterdir()) == ["in", "out", "packed"]
