"""From an archive to a folder, whoever has made the archive.

The rules are this room's own, the same for every format and every version of Python: no name
leads out of the folder, links come last, so that nothing is ever written through one, and none
of them leads out either.
"""

from __future__ import annotations

from contextlib import contextmanager
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING

from aether_core.artifacts._files import check_link, copy_bytes, make_executable
from aether_core.artifacts._limits import Budget
from aether_core.artifacts._members import members
from aether_core.artifacts._threads import Stopped
from aether_core.ports import ArtifactError

if TYPE_CHECKING:
    from collections.abc import Generator

    from aether_core.artifacts._limits import Limits
    from aether_core.artifacts._members import Member, Opener
    from aether_core.artifacts._threads import Stop


def unpack(source: Path, target: Path, archive: str, stop: Stop, limits: Limits) -> None:
    """Unpack an archive into a new folder.

    Args:
        source: the archive.
        target: the folder; nothing is there yet.
        archive: `tar`, `tar.gz` or `zip`.
        stop: asked between two pieces of work.
        limits: bounds for what comes out.

    Raises:
        ArtifactError: it is no such archive, is damaged, too large, or holds what would not stay
            in the folder.
        OSError: a file can't be read or written.
    """
    target.mkdir()
    unpacking = _Unpacking(target, stop, limits)
    try:
        with source.open("rb") as file:
            for member, content in members(file, archive, stop):
                unpacking.add(member, content)
        unpacking.finish()
    except (ArtifactError, Stopped, MemoryError):
        raise
    except Exception as error:
        if isinstance(error, OSError) and error.errno is not None:
            raise
        # What a parser raises for something hostile can't be listed.
        reason = str(error) or type(error).__name__
        raise ArtifactError(f"is no {archive} archive, or is damaged: {reason}") from error


@contextmanager
def _once(member: Member) -> Generator[None, None, None]:
    """Refuse a name that is taken: no two members may have the same one."""
    try:
        yield
    except (FileExistsError, NotADirectoryError, IsADirectoryError) as error:
        raise ArtifactError(f"holds {member.name} twice, as different things") from error


class _Unpacking:
    """A folder that fills."""

    def __init__(self, folder: Path, stop: Stop, limits: Limits) -> None:
        self._folder = folder
        self._stop = stop
        self._limits = limits
        self._budget = Budget(limits)
        #: Links to make in the end: where, and the member.
        self._links: list[tuple[Path, Member]] = []

    def add(self, member: Member, content: Opener) -> None:
        """Write a member; a link waits until everything else is there."""
        self._stop.check()
        self._budget.take(member.size)
        path = self._path_of(member.name)
        if path == self._folder:
            return
        with _once(member):
            if member.kind == "folder":
                path.mkdir(parents=True, exist_ok=True)
                return
            # Real folders, made before there is any link.
            path.parent.mkdir(parents=True, exist_ok=True)
            if member.kind == "file":
                self._write(path, member, content)
            else:
                self._links.append((path, member))

    def finish(self) -> None:
        """Make the links: first those to files of the archive, which must not follow others."""
        for path, member in self._links:
            if member.kind == "hard link":
                with _once(member):
                    self._hard_link(path, member)
        for path, member in self._links:
            if member.kind == "link":
                check_link(str(path.relative_to(self._folder)), member.target)
                with _once(member):
                    path.symlink_to(member.target)

    def _path_of(self, name: str) -> Path:
        path = self._folder.joinpath(*PurePosixPath(name).parts)
        if "\0" in name or ".." in path.parts or not path.is_relative_to(self._folder):
            raise ArtifactError(f"holds {name!r}, which lies outside of the archive's own folder")
        return path

    def _write(self, path: Path, member: Member, content: Opener) -> None:
        with path.open("xb") as writer:
            copy_bytes(content(), writer, self._stop, self._limits)
        if member.is_executable:
            make_executable(path)

    def _hard_link(self, path: Path, member: Member) -> None:
        original = self._path_of(member.target)
        if not original.is_file():
            raise ArtifactError(f"holds {member.name}, a link to {member.target}, which it lacks")
        path.hardlink_to(original)
