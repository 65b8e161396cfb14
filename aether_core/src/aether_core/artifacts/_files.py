"""Files and folders on disk: going through them, and copying them within limits."""

from __future__ import annotations

from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING, Final, Literal, Protocol, TypeAlias

import msgspec

from aether_core.artifacts._limits import Budget, too_large
from aether_core.ports import ArtifactError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from aether_core.artifacts._limits import Limits
    from aether_core.artifacts._threads import Stop

EntryKind: TypeAlias = Literal["folder", "file", "link"]

_CHUNK: Final = 1024 * 1024
_ANYBODY_EXECUTES: Final = 0o111


class Readable(Protocol):
    """Something with bytes to read."""

    def read(self, size: int, /) -> bytes:
        """Return at most that many bytes; none at the end."""
        ...


class Writable(Protocol):
    """Something that takes bytes."""

    def write(self, data: bytes, /) -> object:
        """Take all of them."""
        ...


class Entry(msgspec.Struct, frozen=True):
    """One member of a folder.

    Attributes:
        name: its path inside the folder, with `/`.
        path: where it is.
    """

    name: str
    path: Path
    kind: EntryKind


def walk(folder: Path, stop: Stop, limits: Limits) -> Iterator[Entry]:
    """Yield what is in a folder, sorted by name, each folder before its content.

    Raises:
        ArtifactError: it holds more than an artifact may, a link that leads out of it, or
            something that is no file, folder or link.
    """
    budget = Budget(limits)
    waiting = [("", folder)]
    while waiting:
        prefix, place = waiting.pop()
        inner: list[tuple[str, Path]] = []
        for path in sorted(place.iterdir()):
            stop.check()
            entry = _entry(f"{prefix}{path.name}", path)
            budget.take(path.stat().st_size if entry.kind == "file" else 0)
            if entry.kind == "folder":
                inner.append((f"{entry.name}/", path))
            yield entry
        waiting += reversed(inner)


def _entry(name: str, path: Path) -> Entry:
    if path.is_symlink():
        check_link(name, str(path.readlink()))
        return Entry(name, path, "link")
    if path.is_dir():
        return Entry(name, path, "folder")
    if path.is_file():
        return Entry(name, path, "file")
    raise ArtifactError(f"holds {name}, which is neither a file nor a folder nor a link")


def check_link(name: str, target: str) -> None:
    """Refuse a link that may lead out of the folder in which it stands under this name.

    Steps upwards count only at the beginning of a target: `a/../b` goes elsewhere when `a` is a
    link itself.

    Raises:
        ArtifactError: it may.
    """
    steps = PurePosixPath(target).parts
    up = next((place for place, step in enumerate(steps) if step != ".."), len(steps))
    depth = len(PurePosixPath(name).parts) - 1
    if not steps or target.startswith("/") or ".." in steps[up:] or up > depth:
        raise ArtifactError(f"holds the link {name} to {target}, which may lead out of the folder")


def copy_bytes(source: Readable, target: Writable, stop: Stop, limits: Limits) -> int:
    """Copy a stream to its end and return its length.

    Raises:
        ArtifactError: it is longer than an artifact may be.
    """
    size = 0
    while chunk := source.read(_CHUNK):
        stop.check()
        size += len(chunk)
        if size > limits.max_bytes:
            raise too_large(limits)
        target.write(chunk)
    return size


def copy_file(source: Path, target: Path, stop: Stop, limits: Limits) -> None:
    """Copy a file to a path where nothing is yet; whether it can be executed is kept.

    Raises:
        ArtifactError: it is larger than an artifact may be.
    """
    with source.open("rb") as reader, target.open("xb") as writer:
        copy_bytes(reader, writer, stop, limits)
    if is_executable(source):
        make_executable(target)


def copy_folder(source: Path, target: Path, stop: Stop, limits: Limits) -> None:
    """Copy a folder with all that is in it to a path where nothing is yet.

    Raises:
        ArtifactError: `walk` refuses it.
    """
    target.mkdir()
    for entry in walk(source, stop, limits):
        path = target / entry.name
        if entry.kind == "folder":
            path.mkdir()
        elif entry.kind == "link":
            path.symlink_to(entry.path.readlink())
        else:
            copy_file(entry.path, path, stop, limits)


def is_executable(path: Path) -> bool:
    """Return whether anybody may execute a file."""
    return bool(path.stat().st_mode & _ANYBODY_EXECUTES)


def make_executable(path: Path) -> None:
    """Let those execute a file who may read it."""
    mode = path.stat().st_mode
    path.chmod(mode | (mode & 0o444) >> 2)
