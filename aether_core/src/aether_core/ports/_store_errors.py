"""What can go wrong with any store."""

from __future__ import annotations

from aether_sdk import AetherError


class StoreError(AetherError):
    """The store can't be opened, read or written."""

    code = "AE801"


class VersionConflict(StoreError):
    """Somebody else committed to the run first; nothing of the batch was written.

    Attributes:
        run_id: the run whose stored version is not the expected one.
    """

    code = "AE802"

    def __init__(self, run_id: str) -> None:
        super().__init__(f"run {run_id} was changed by another engine")
        self.run_id = run_id
