"""Following a run through its store."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Final

from aether_core.cli._running import Ended
from aether_core.engine import LEASE, RunNotFound, execution_of, shown_events
from aether_core.ports import SystemClock
from aether_sdk import Phase

if TYPE_CHECKING:
    from collections.abc import Sequence

    from aether_core.cli._progress import Progress
    from aether_core.kernel import RunRecord, TaskRecord
    from aether_core.ports import Owner, Store

_POLL_SECONDS: Final = 0.2
_EVENT_PAGE: Final = 1000


class Watcher:
    """Shows what happens in a run until nothing more will happen by itself.

    Args:
        store: where the run lives; open.
        run_id: the run.
        progress: is told what happens.
    """

    def __init__(self, store: Store, run_id: str, progress: Progress) -> None:
        self._store = store
        self._run_id = run_id
        self._progress = progress
        self._shown = 0
        self._clock = SystemClock()
        self._has_warned = False

    async def watch(self, stop: asyncio.Event) -> Ended:
        """Return when the run has ended, waits for a resume with nobody to go on, or at `stop`.

        Raises:
            RunNotFound: there is no such run, or no more.
        """
        run = await self._store.get_run(self._run_id)
        if run is None:
            raise RunNotFound(self._run_id)
        self._progress.begin(run.run_id, run.workflow, known=False)
        while not stop.is_set() and not await self._is_over(run):
            await _wait(stop, _POLL_SECONDS)
        run = await self._store.get_run(self._run_id)
        if run is None:
            raise RunNotFound(self._run_id)
        execution = execution_of(run, await self._store.get_tasks(self._run_id))
        return Ended(execution, stop.is_set())

    async def _is_over(self, run: RunRecord) -> bool:
        """Show what is new, and return whether that was all."""
        # Looked at first: whatever an owner that is gone now has done is shown below.
        owner = await self._store.get_owner(self._run_id)
        if owner is None:
            raise RunNotFound(self._run_id)
        await self._show(run)
        if owner.phase.is_terminal:
            return True
        return not self._is_alive(owner) and await self._is_left()

    async def _show(self, run: RunRecord) -> None:
        while page := await self._store.get_events(
            self._run_id, after=self._shown, limit=_EVENT_PAGE
        ):
            for event in shown_events(run, page):
                self._progress.show(event)
            self._shown = page[-1].seq

    def _is_alive(self, owner: Owner) -> bool:
        at = owner.heartbeat_at
        return at is not None and at >= self._clock.now() - LEASE

    async def _is_left(self) -> bool:
        """Return whether a run that nobody drives can go on with a resume only."""
        if _only_suspended(await self._store.get_tasks(self._run_id)):
            return True
        if not self._has_warned:
            self._has_warned = True
            self._progress.say(
                f"nobody drives run {self._run_id}; `aether recover` goes on with it"
            )
        return False


def _only_suspended(tasks: Sequence[TaskRecord]) -> bool:
    leaves = [t for t in tasks if t.template_type == "task" and not t.phase.is_terminal]
    return bool(leaves) and all(leaf.phase is Phase.SUSPENDED for leaf in leaves)


async def _wait(stop: asyncio.Event, seconds: float) -> None:
    try:
        async with asyncio.timeout(seconds):
            await stop.wait()
    except TimeoutError:
        return
