"""The store port: where runs live (ports.md 1, with commits instead of row updates)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

import msgspec

from aether_core.ports._commands import CommandStore
from aether_core.ports._cron import CronStore
from aether_core.ports._templates import TemplateStore
from aether_sdk import Phase

if TYPE_CHECKING:
    from collections.abc import Sequence

    from aether_core.kernel import EventRecord, RunChanges, RunRecord, TaskRecord


class RunQuery(msgspec.Struct, frozen=True):
    """Which runs to list; newest first."""

    phase: Phase | None = None
    workflow: str | None = None
    limit: int = 50
    #: Only runs that this schedule started.
    cron_id: str | None = None
    #: Only runs that have not ended.
    unfinished: bool = False
    #: Only runs in which a task waits for a resume.
    suspended: bool = False


class RunSummary(msgspec.Struct, frozen=True):
    """A run as lists show it; times in microseconds since 1970-01-01 UTC."""

    run_id: str
    workflow: str
    namespace: str
    phase: Phase
    tasks_total: int
    tasks_done: int
    created_at: int
    finished_at: int | None
    cron_id: str = ""
    scheduled_at: int | None = None
    #: Tasks that wait for a resume.
    suspended: int = 0


class Owner(msgspec.Struct, frozen=True):
    """Who drives a run."""

    engine_id: str
    #: The engine's last sign of life; None when it has ended or never gave one.
    heartbeat_at: int | None
    #: The run's phase.
    phase: Phase


class Store(CommandStore, CronStore, TemplateStore, Protocol):
    """Keeps runs durably.

    Methods are called from one event loop. `open` comes first and `close` last; both may be
    called only once.
    """

    async def open(self) -> None:
        """Prepare for use; create or migrate what is needed.

        Raises:
            StoreError: the store can't be opened, or a newer program wrote it.
        """
        ...

    async def close(self) -> None:
        """Release every resource; what was committed stays."""
        ...

    async def commit(self, batch: Sequence[RunChanges]) -> None:
        """Write all changes of all runs in the batch, or none.

        A run appears at most once in a batch. On return, the stored version of each run
        is `expected_version + 1`, and so is `run.version`.

        Raises:
            VersionConflict: a run's stored version is not the expected one.
            StoreError: the batch can't be written.
        """
        ...

    async def get_run(self, run_id: str) -> RunRecord | None:
        """Return a copy of the run, or None."""
        ...

    async def get_tasks(self, run_id: str) -> list[TaskRecord]:
        """Return copies of the run's tasks in creation order; empty for an unknown run."""
        ...

    async def get_events(
        self, run_id: str, *, after: int = 0, limit: int = 1000
    ) -> list[EventRecord]:
        """Return the run's events numbered above `after`, oldest first, at most `limit`."""
        ...

    async def heartbeat(self, engine_id: str, at: int | None) -> None:
        """Note that an engine was alive at that time, or, with None, that it has ended.

        Raises:
            StoreError: it can't be written.
        """
        ...

    async def list_abandoned(self, since: int) -> list[str]:
        """Return the runs in which something is open and whose owner was not alive since then.

        Hook tasks of a run that has ended are open too. Oldest first. An engine that never gave
        a sign of life counts as gone.
        """
        ...

    async def list_runs(self, query: RunQuery) -> list[RunSummary]:
        """Return the runs that match, newest first; of equal age, the last one written first."""
        ...

    async def get_owner(self, run_id: str) -> Owner | None:
        """Return who drives a run, or drove it last; None for an unknown run.

        Cheaper than the run itself; made for being asked again and again.
        """
        ...

    async def delete_run(self, run_id: str) -> bool:
        """Remove a run with all that belongs to it; returns False if there is none.

        The caller makes sure that the run has ended; a commit to it fails afterwards.
        """
        ...
