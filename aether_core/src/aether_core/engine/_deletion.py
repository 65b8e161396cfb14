"""The end of a run's records, and of the files that its tasks have left."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from aether_core.ports import ArtifactRepository, Store


async def delete_run(run_id: str, store: Store, artifacts: ArtifactRepository | None) -> bool:
    """Remove an ended run with all that belongs to it; returns False if there is none.

    The files go first: whoever finds some that are left has a run to delete them with.

    Raises:
        ArtifactError: files can't be removed; the run stays.
        StoreError: the store can't be written.
    """
    if artifacts is not None:
        await artifacts.delete_run(run_id)
    return await store.delete_run(run_id)
