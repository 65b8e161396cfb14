"""A repository of artifacts in a folder of this machine."""

from __future__ import annotations

import os
import re
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING, Final

from aether_core.artifacts._files import copy_bytes
from aether_core.artifacts._limits import Limits
from aether_core.artifacts._threads import Stop, in_thread
from aether_core.ports import ArtifactError

if TYPE_CHECKING:
    from aether_core.artifacts._files import Writable
    from aether_core.ports import ArtifactKey, Place
    from aether_sdk import JsonValue

REPOSITORY: Final = "repository"

#: Names of folders that mean the same on every file system; ids may be anything.
_PLAIN: Final = re.compile(r"[a-z0-9][a-z0-9-]{0,99}")


class LocalRepository:
    """Keeps artifacts as `<folder>/<run>/<task>.<attempt>/<name>`; the folder may be moved.

    The folder is made when the first artifact comes. A file gets its name only when all of it is
    on disk, so a crash leaves at most a hidden file, which goes with the run.

    Args:
        folder: where to keep them.
        limits: how large one may be.
    """

    def __init__(self, folder: Path, *, limits: Limits | None = None) -> None:
        self.folder = folder
        self._limits = limits or Limits()

    async def put(self, path: str, key: ArtifactKey) -> dict[str, JsonValue]:
        """Keep a copy of a file and return its place.

        Raises:
            ArtifactError: it is too large.
            OSError: it can't be read, or the folder can't be written.
        """
        return await in_thread(lambda stop: self._put(Path(path), key, stop))

    async def get(self, place: Place, path: str) -> None:
        """Write a kept file to a path where nothing is yet.

        Raises:
            ArtifactError: it is gone, or its content has changed.
            OSError: it can't be read, or the path can't be written.
        """
        await in_thread(lambda stop: self._get(place, Path(path), stop))

    async def delete_run(self, run_id: str) -> None:
        """Remove everything that was kept for a run; there may be nothing.

        Raises:
            ArtifactError: something can't be removed.
        """
        await in_thread(lambda _: self._delete(self.folder / _folder_name(run_id)))

    def _put(self, source: Path, key: ArtifactKey, stop: Stop) -> dict[str, JsonValue]:
        # Late: runs without artifacts need none of it.
        from tempfile import mkstemp

        name = _key_text(key)
        target = self.folder / name
        _make_folders(target.parent)
        descriptor, partial = mkstemp(dir=target.parent, prefix=".")
        try:
            with open(descriptor, "wb") as writer, source.open("rb") as reader:  # noqa: PTH123  # a number, not a path
                digest = _Digest(writer)
                size = copy_bytes(reader, digest, stop, self._limits)
                writer.flush()
                os.fsync(descriptor)
            Path(partial).replace(target)
        except BaseException:
            Path(partial).unlink(missing_ok=True)
            raise
        _sync_folder(target.parent)
        return {
            "type": REPOSITORY,
            "config": {"key": name},
            "size": size,
            "sha256": digest.text,
        }

    def _get(self, place: Place, target: Path, stop: Stop) -> None:
        source = self._path_of(place)
        try:
            reader = source.open("rb")
        except FileNotFoundError:
            message = f"is gone: there is no {source}"
            hint = "Was it removed, or is another folder set for artifacts?"
            raise ArtifactError(message, hint=hint) from None
        with reader, target.open("xb") as writer:
            digest = _Digest(writer)
            copy_bytes(reader, digest, stop, self._limits)
        if digest.text != place.get("sha256"):
            raise ArtifactError(f"has changed since it was kept as {source}")

    def _path_of(self, place: Place) -> Path:
        config = place.get("config")
        key = config.get("key") if isinstance(config, dict) else None
        if not isinstance(key, str) or ".." in PurePosixPath(key).parts or key.startswith("/"):
            raise ArtifactError("has a place that names no file of the repository")
        return self.folder / key

    def _delete(self, folder: Path) -> None:
        # Late: only deleting needs it.
        import shutil

        try:
            shutil.rmtree(folder)
        except FileNotFoundError:
            return
        except OSError as error:
            reason = f"{error.filename}: {error.strerror}"
            raise ArtifactError(f"the artifacts of the run can't be removed: {reason}") from error


class _Digest:
    """Passes bytes on and knows their SHA-256."""

    def __init__(self, target: Writable) -> None:
        # Late: only artifacts need it.
        import hashlib

        self._target = target
        self._hash = hashlib.sha256()

    def write(self, data: bytes) -> None:
        self._hash.update(data)
        self._target.write(data)

    @property
    def text(self) -> str:
        return self._hash.hexdigest()


def _key_text(key: ArtifactKey) -> str:
    attempt = f"{_folder_name(key.task_id)}.{key.attempt}"
    return f"{_folder_name(key.run_id)}/{attempt}/{key.name}{key.suffix}"


def _folder_name(identifier: str) -> str:
    """Return an id as the name of a folder; ids that could mean something else are hashed."""
    if _PLAIN.fullmatch(identifier):
        return identifier
    # Late: ids that the engine makes need it not.
    import hashlib

    return f"_{hashlib.sha256(identifier.encode('utf-8', 'surrogatepass')).hexdigest()}"


def _make_folders(folder: Path) -> None:
    """Make a folder and those above it, each of them durable; only its owner can look inside."""
    missing = [each for each in (folder, *folder.parents) if not each.exists()]
    for each in reversed(missing):
        each.mkdir(mode=0o700, exist_ok=True)
        _sync_folder(each.parent)


def _sync_folder(folder: Path) -> None:
    """Make the names in a folder durable, where the system can do that."""
    try:
        descriptor = os.open(folder, os.O_RDONLY)
    except PermissionError:  # Windows opens no folders.
        return
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
