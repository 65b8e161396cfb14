"""What can go wrong with a store, beside the errors of the port.

StoreError                      ports: the store can't be opened, read or written
├── VersionConflict             ports: somebody else committed to the run first
├── StoreNotFound               there is nothing where the store should be
└── StoreUrlError               a store URL that leads nowhere
"""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar, Final

import msgspec

from aether_core.ports import StoreError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from aether_core.kernel import RunChanges

#: What the encoding of a record as JSON fails with.
UNWRITABLE: Final = (ValueError, TypeError, OverflowError, msgspec.MsgspecError)


class StoreNotFound(StoreError):
    """There is nothing where the store should be, and it must not be created.

    Attributes:
        location: Where the store was expected.
    """

    code: ClassVar[str] = "AE803"

    def __init__(self, location: str) -> None:
        super().__init__(
            f"there is no store at {location}",
            hint="Check --store or AETHER_STORE. The first `aether run` creates the store.",
        )
        self.location = location


class StoreUrlError(StoreError):
    """A store URL that is malformed, or whose scheme nothing installed understands.

    Attributes:
        url: The URL as it was given, but for a password in it.
    """

    code: ClassVar[str] = "AE804"

    def __init__(self, url: str, problem: str, *, hint: str) -> None:
        self.url = _without_password(url)
        super().__init__(f'store URL "{self.url}": {problem}', hint=hint)


def _without_password(url: str) -> str:
    scheme, slashes, rest = url.partition("://")
    # The last @: a password may hold one. A path may hold one too, but has no user before it.
    login, at, place = rest.rpartition("@")
    user, colon, _ = login.partition(":")
    if not slashes or not at or not colon or "/" in user:
        return url
    return f"{scheme}://{user}:******@{place}"


def refuse_repeated_runs(batch: Sequence[RunChanges]) -> None:
    """Raise a `StoreError` if a run is more than once in a batch."""
    if len(batch) < 2:
        return
    seen: set[str] = set()
    for changes in batch:
        run_id = changes.run.run_id
        if run_id in seen:
            raise StoreError(f"run {run_id} is more than once in a batch of changes")
        seen.add(run_id)


def command_to_nobody(run_id: str) -> StoreError:
    """Return the error for a command to a run that does not exist."""
    return StoreError(
        f"there is no run {run_id} to send a command to",
        hint="It may have been deleted; `aether list` shows the runs there are.",
    )


def missing_task(location: str) -> StoreError:
    """Return the error for an update of a task that was never created."""
    return StoreError(
        f"can't write to {location}: a task that changed was never created",
        hint="Nothing of the batch was written.",
    )
