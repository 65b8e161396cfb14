"""What is in an archive, read with suspicion: anybody may have made it."""

from __future__ import annotations

import stat
from functools import partial
from io import BufferedIOBase
from typing import TYPE_CHECKING, Final, Literal, TypeAlias

import msgspec

from aether_core.ports import ArtifactError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from tarfile import TarFile, TarInfo
    from zipfile import ZipInfo

    from aether_core.artifacts._files import Readable
    from aether_core.artifacts._threads import Stop

    #: Opens the content of the member that was yielded last.
    Opener: TypeAlias = Callable[[], Readable]

MemberKind: TypeAlias = Literal["folder", "file", "link", "hard link"]

#: Most bytes that a header or a table of contents may have: they are read into memory.
_LARGEST_HEADER: Final = 64 * 1024 * 1024
_TAR_BLOCK: Final = 512


class Member(msgspec.Struct, frozen=True):
    """One member of an archive.

    Attributes:
        name: its path as the archive has it, not checked.
        size: bytes of its content.
        target: where a link leads.
    """

    name: str
    kind: MemberKind
    size: int = 0
    is_executable: bool = False
    target: str = ""


class _Bounded(BufferedIOBase):
    """A file that refuses to be read into memory as a whole, and that knows its last block."""

    def __init__(self, file: BufferedIOBase, stop: Stop) -> None:
        super().__init__()
        self._file = file
        self._stop = stop
        self.last = b""

    def read(self, size: int | None = -1, /) -> bytes:
        self._stop.check()
        is_small = size is not None and 0 <= size <= _LARGEST_HEADER
        wanted = size if is_small else _LARGEST_HEADER + 1
        data = self._file.read(wanted)
        if len(data) > _LARGEST_HEADER:
            raise ArtifactError("holds a header that is too large")
        if size == _TAR_BLOCK:
            self.last = data
        return data

    def seek(self, offset: int, whence: int = 0, /) -> int:
        return self._file.seek(offset, whence)

    def tell(self) -> int:
        return self._file.tell()

    def seekable(self) -> bool:
        return True


def members(file: BufferedIOBase, archive: str, stop: Stop) -> Iterator[tuple[Member, Opener]]:
    """Yield the members of an archive, each with what opens its content.

    Raises:
        ArtifactError: it holds what no artifact holds, or is damaged.
        Exception: what the parsers of damaged archives raise is not limited.
    """
    if archive == "zip":
        yield from _zip_members(_Bounded(file, stop))
    elif archive == "tar.gz":
        # Late: few runs unpack anything.
        from gzip import GzipFile

        with GzipFile(fileobj=_Bounded(file, stop), mode="rb") as unpacked:
            yield from _tar_members(_Bounded(unpacked, stop))
            # To its end, where its checksum is.
            while unpacked.read(_LARGEST_HEADER):
                stop.check()
    else:
        yield from _tar_members(_Bounded(file, stop))


def _tar_members(file: _Bounded) -> Iterator[tuple[Member, Opener]]:
    # Late: as above.
    import tarfile

    with tarfile.open(fileobj=file, mode="r:") as tar:
        for info in tar:
            yield _tar_member(info), partial(_content, tar, info)
    # The parser takes a block that it does not understand for the end.
    if file.last.strip(b"\0"):
        raise ArtifactError("is damaged")


def _content(tar: TarFile, info: TarInfo) -> Readable:
    content = tar.extractfile(info)
    if content is None:
        raise ArtifactError(f"holds {info.name} without content")
    return content


def _tar_member(info: TarInfo) -> Member:
    if info.size < 0:
        raise ArtifactError("is damaged")
    if info.isdir():
        return Member(info.name, "folder")
    if info.isfile():
        return Member(info.name, "file", info.size, bool(info.mode & stat.S_IXUSR))
    if info.issym():
        return Member(info.name, "link", target=info.linkname)
    if info.islnk():
        return Member(info.name, "hard link", target=info.linkname)
    raise ArtifactError(f"holds {info.name}, which is neither a file nor a folder nor a link")


def _zip_members(file: _Bounded) -> Iterator[tuple[Member, Opener]]:
    # Late: as above.
    from zipfile import ZipFile

    with ZipFile(file) as archive:
        for info in archive.infolist():
            yield _zip_member(info), partial(archive.open, info)


def _zip_member(info: ZipInfo) -> Member:
    mode = info.external_attr >> 16
    if info.flag_bits & 1:
        raise ArtifactError(f"holds {info.filename}, which is encrypted")
    if info.is_dir():
        return Member(info.filename, "folder")
    if stat.S_IFMT(mode) not in {0, stat.S_IFREG}:
        raise ArtifactError(f"holds {info.filename}, which is neither a file nor a folder")
    return Member(info.filename, "file", info.file_size, bool(mode & stat.S_IXUSR))
