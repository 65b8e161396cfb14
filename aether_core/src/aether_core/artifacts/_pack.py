"""From a folder or a file to an archive."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from aether_core.artifacts._files import Entry, copy_bytes, walk
from aether_core.artifacts._limits import Budget
from aether_core.ports import ArtifactError

if TYPE_CHECKING:
    from collections.abc import Iterable
    from io import BufferedIOBase
    from pathlib import Path
    from tarfile import TarInfo
    from typing import BinaryIO

    from aether_core.artifacts._files import Readable
    from aether_core.artifacts._limits import Limits
    from aether_core.artifacts._threads import Stop

#: The higher levels take much more time for little less space.
_LEVEL: Final = 6


def pack(source: Path, target: Path, archive: str, stop: Stop, limits: Limits) -> None:
    """Pack a folder's content, or a single file, into a new archive.

    Args:
        source: the folder or the file.
        target: where the archive goes; nothing is there yet.
        archive: `tar`, `tar.gz` or `zip`.
        stop: asked between two pieces of work.
        limits: bounds for what is packed.

    Raises:
        ArtifactError: it is too large, or holds what such an archive can't hold.
        OSError: a file can't be read or written.
    """
    entries = walk(source, stop, limits) if source.is_dir() else [_alone(source, limits)]
    with target.open("xb") as file:
        if archive == "zip":
            _zip(entries, file, stop, limits)
        elif archive == "tar.gz":
            # Late: few runs pack anything.
            from gzip import GzipFile

            # A name and a time of the archive would say nothing that its content does not.
            with GzipFile("", "wb", _LEVEL, file, 0) as packed:
                _tar(entries, packed, stop)
        else:
            _tar(entries, file, stop)


def _alone(source: Path, limits: Limits) -> Entry:
    Budget(limits).take(source.stat().st_size)
    return Entry(source.name, source, "file")


class _Watched:
    """Reads a file until it is told to stop."""

    def __init__(self, file: Readable, stop: Stop) -> None:
        self._file = file
        self._stop = stop

    def read(self, size: int = -1, /) -> bytes:
        self._stop.check()
        return self._file.read(size)


def _tar(entries: Iterable[Entry], writer: BufferedIOBase, stop: Stop) -> None:
    # Late: as above.
    import tarfile

    with tarfile.open(fileobj=writer, mode="w", format=tarfile.PAX_FORMAT) as tar:
        for entry in entries:
            info = _nobodys(tar.gettarinfo(entry.path, entry.name))
            if info.isreg():
                with entry.path.open("rb") as content:
                    tar.addfile(info, _Watched(content, stop))
            else:
                tar.addfile(info)


def _nobodys(info: TarInfo) -> TarInfo:
    """Return a member without its owner, which is not what an artifact is about."""
    info.uid = info.gid = 0
    info.uname = info.gname = ""
    return info


def _zip(entries: Iterable[Entry], writer: BinaryIO, stop: Stop, limits: Limits) -> None:
    # Late: as above.
    from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

    with ZipFile(writer, "w", strict_timestamps=False) as archive:
        for entry in entries:
            if entry.kind == "link":
                message = f"holds the link {entry.name}, which a zip archive can't hold"
                raise ArtifactError(message, hint="Declare the archive tar.gz.")
            if entry.kind == "folder":
                archive.write(entry.path, entry.name)
                continue
            info = ZipInfo.from_file(entry.path, entry.name, strict_timestamps=False)
            info.compress_type = ZIP_DEFLATED
            with (
                entry.path.open("rb") as content,
                archive.open(info, "w", force_zip64=True) as target,
            ):
                copy_bytes(content, target, stop, limits)
