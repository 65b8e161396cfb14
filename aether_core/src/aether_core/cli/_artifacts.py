"""Where a command keeps artifacts: in a folder that is given, or beside the store."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from argparse import ArgumentParser
    from pathlib import Path

    from aether_core.artifacts import ArtifactTransfer, LocalRepository
    from aether_core.ports import ArtifactKey, Place, Store
    from aether_sdk import JsonValue

ARTIFACTS_VARIABLE = "AETHER_ARTIFACTS"


def add_artifacts(parser: ArgumentParser) -> None:
    """Add `--artifacts`."""
    parser.add_argument(
        "--artifacts",
        metavar="DIR",
        help="where the files of tasks are kept "
        f"(default: {ARTIFACTS_VARIABLE}, else a folder beside the store's file)",
    )


class Artifacts:
    """The artifacts of a command's runs; what they need is loaded when the first one comes.

    Args:
        given: the folder, if one is given.
        url: of the store.
        store: the store.
    """

    def __init__(self, given: str | None, url: str, store: Store) -> None:
        self._given = given or os.environ.get(ARTIFACTS_VARIABLE) or None
        self._url = url
        self._store = store
        self._repository: LocalRepository | None = None
        self._transfer: ArtifactTransfer | None = None

    async def fetch(self, place: Place, path: str) -> None:
        """Bring an artifact to a path where nothing is yet."""
        await self._carrier().fetch(place, path)

    async def keep(
        self, path: str, key: ArtifactKey, archive: str, scratch: str
    ) -> dict[str, JsonValue] | None:
        """Keep a file or a folder and return its place; None if there is nothing at the path."""
        return await self._carrier().keep(path, key, archive, scratch)

    async def put(self, path: str, key: ArtifactKey) -> dict[str, JsonValue]:
        """Keep a copy of a file and return its place."""
        return await self.repository().put(path, key)

    async def get(self, place: Place, path: str) -> None:
        """Write a kept file to a path where nothing is yet."""
        await self.repository().get(place, path)

    async def delete_run(self, run_id: str) -> None:
        """Remove everything that was kept for a run."""
        await self.repository().delete_run(run_id)

    def repository(self) -> LocalRepository:
        """Return what keeps them."""
        if self._repository is None:
            # Late: most runs have no artifacts.
            from aether_core.artifacts import LocalRepository

            self._repository = LocalRepository(self._folder())
        return self._repository

    def _carrier(self) -> ArtifactTransfer:
        if self._transfer is None:
            # Late: as above.
            from aether_core.artifacts import ArtifactTransfer

            self._transfer = ArtifactTransfer(self.repository())
        return self._transfer

    def _folder(self) -> Path:
        # Late: as above.
        from pathlib import Path

        if self._given is not None:
            return Path(self._given)
        if self._url.lower().startswith("memory:"):
            return self._temporary()
        file = getattr(self._store, "path", None)
        if isinstance(file, Path):
            return file.with_name(f"{file.name}.artifacts")
        # Late: a store of another package is rare.
        import platformdirs

        return platformdirs.user_state_path("aether", appauthor=False) / "artifacts"

    def _temporary(self) -> Path:
        """Return a folder that is gone with the command, as a store in memory is."""
        # Late: as above.
        import shutil
        import tempfile
        import weakref
        from pathlib import Path

        folder = tempfile.mkdtemp(prefix="aether-artifacts-")
        weakref.finalize(self, shutil.rmtree, folder, ignore_errors=True)
        return Path(folder)
