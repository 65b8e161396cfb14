"""Artifacts on their way to a task and from it: found, packed, unpacked."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from aether_core.artifacts._files import is_executable, make_executable
from aether_core.artifacts._limits import Limits
from aether_core.artifacts._repository import REPOSITORY
from aether_core.artifacts._threads import Stop, in_thread
from aether_core.ports import ArtifactError

if TYPE_CHECKING:
    from aether_core.ports import ArtifactKey, ArtifactRepository, Place
    from aether_sdk import JsonValue


class ArtifactTransfer:
    """Brings input artifacts to the disk of a worker, and output artifacts to a repository.

    What a task gives is what the next one gets: a file comes out as a file and a folder as a
    folder, however it is packed in between.

    Args:
        repository: keeps what tasks make.
        limits: how large an artifact may be.
    """

    def __init__(self, repository: ArtifactRepository, *, limits: Limits | None = None) -> None:
        self._repository = repository
        self._limits = limits or Limits()

    async def fetch(self, place: Place, path: str) -> None:
        """Bring an artifact to a path where nothing is yet, as a file or a folder.

        Raises:
            ArtifactError: it can't be had, or is not what its place says.
        """
        archive = place.get("archive") or "none"
        try:
            if archive == "none":
                await self._bring(place, path)
                if place.get("executable"):
                    make_executable(Path(path))
                return
            packed = f"{path}.packed"
            await self._bring(place, packed)
            await in_thread(lambda stop: self._open(place, Path(packed), Path(path), stop))
        except OSError as error:
            raise _unreadable(error) from error

    async def keep(
        self, path: str, key: ArtifactKey, archive: str, scratch: str
    ) -> dict[str, JsonValue] | None:
        """Keep a file or a folder and return its place; None if there is nothing at the path.

        Args:
            path: the file or folder.
            key: names it.
            archive: `none`, `tar`, `tar.gz`, `zip`, or empty for `none` for a file and `tar.gz`
                for a folder.
            scratch: a path where nothing is yet; an archive is made there, for the caller to
                remove.

        Raises:
            ArtifactError: it can't be kept.
        """
        # Wherever a link leads: the executor has made it.
        source = Path(path).resolve()
        if not source.exists():
            return None
        is_folder = source.is_dir()
        archive = archive or ("tar.gz" if is_folder else "none")
        try:
            if archive == "none":
                return await self._keep_file(source, key)
            place = await self._keep_packed(source, scratch, key, archive)
        except OSError as error:
            raise _unreadable(error) from error
        return {**place, "archive": archive, "content": "folder" if is_folder else "file"}

    async def _bring(self, place: Place, path: str) -> None:
        if place.get("type") == REPOSITORY:
            await self._repository.get(place, path)
            return
        # Late: what tasks make is in the repository.
        from aether_core.artifacts._sources import bring

        await in_thread(lambda stop: bring(place, Path(path), stop, self._limits))

    def _open(self, place: Place, packed: Path, target: Path, stop: Stop) -> None:
        # Late: few artifacts are archives.
        from aether_core.artifacts._unpack import unpack

        archive = str(place.get("archive"))
        if place.get("content") != "file":
            unpack(packed, target, archive, stop, self._limits)
        else:
            folder = target.with_name(f"{target.name}.unpacked")
            unpack(packed, folder, archive, stop, self._limits)
            [only] = folder.iterdir()
            only.rename(target)
            folder.rmdir()
        packed.unlink()

    async def _keep_file(self, source: Path, key: ArtifactKey) -> dict[str, JsonValue]:
        if not source.is_file():
            what = "is a folder" if source.is_dir() else "is neither a file nor a folder"
            raise ArtifactError(what, hint="Declare an archive for it, such as tar.gz.")
        place = await self._repository.put(str(source), key)
        kept: dict[str, JsonValue] = {**place, "archive": "none"}
        if is_executable(source):
            kept["executable"] = True
        return kept

    async def _keep_packed(
        self, source: Path, packed: str, key: ArtifactKey, archive: str
    ) -> dict[str, JsonValue]:
        # Late: as above.
        from msgspec.structs import replace

        from aether_core.artifacts._pack import pack

        await in_thread(lambda stop: pack(source, Path(packed), archive, stop, self._limits))
        return await self._repository.put(packed, replace(key, suffix=f".{archive}"))


def _unreadable(error: OSError) -> ArtifactError:
    """Return what the system says of a file, as an error of the artifact."""
    where = f"{error.filename}: " if error.filename is not None else ""
    return ArtifactError(f"{where}{error.strerror or error}")
