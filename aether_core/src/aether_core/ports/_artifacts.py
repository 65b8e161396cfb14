"""The artifact repository port: where the files of tasks are kept (ports.md 5.4)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Protocol, TypeAlias

import msgspec

from aether_sdk import AetherError, JsonValue

#: Where an artifact is, as plain JSON: `type` and `config` say how to get it, `archive` how it is
#: packed. Only this travels through the kernel and the store, never a file.
Place: TypeAlias = Mapping[str, JsonValue]


class ArtifactError(AetherError):
    """An artifact can't be kept or fetched."""

    code = "AE850"


class ArtifactKey(msgspec.Struct, frozen=True):
    """Names an output artifact of one attempt; no other attempt has the same key."""

    run_id: str
    task_id: str
    attempt: int
    #: The artifact's own name.
    name: str
    #: Ending for the name of a file, such as `.tar.gz`; empty when there is none.
    suffix: str = ""


class ArtifactRepository(Protocol):
    """Keeps single files; folders have been packed by then."""

    async def put(self, path: str, key: ArtifactKey) -> dict[str, JsonValue]:
        """Keep a copy of a file and return its place.

        What is returned is durable and complete: a crash leaves nothing half written that
        anybody could get. The file itself stays as it is.

        Raises:
            ArtifactError: it can't be kept.
        """
        ...

    async def get(self, place: Place, path: str) -> None:
        """Write the file of a place that `put` returned to a path where nothing is yet.

        Raises:
            ArtifactError: it is gone, or not what was put there.
        """
        ...

    async def delete_run(self, run_id: str) -> None:
        """Remove everything that was kept for a run; there may be nothing.

        Raises:
            ArtifactError: something can't be removed.
        """
        ...
