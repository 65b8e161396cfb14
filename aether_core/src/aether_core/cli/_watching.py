"""Following a run through its store."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from aether_core.cli._interrupts import wait_for
from aether_core.cli._running import Ended, only_suspended
from aether_core.engine import LEASE, RunNotFound, execution_of, shown_events
from aether_core.ports import SystemClock

if TYPE_CHECKING:
    import asyncio
    from collections.abc import Awaitable, Callable

    from aether_core.cli._progress import Progress
    from aether_core.kernel import RunRecord
    from aether_core.ports import Owner, Store

_POLL_SECONDS: Final = 0.2
_EVENT_PAGE: Final = 1000


class Watcher:
    """Shows what happens in a run until nothing more will happen by itself.

    Args:
        store: where the run lives; open.
        run_id: the run.
        progress: is told what happens.
        show: shows what is new in place of the progress, which then gets remarks only.
    """

    def __init__(
        self,
        store: Store,
        run_id: str,
        progress: Progress,
        *,
        show: Callable[[], Awaitable[None]] | None = None,
    ) -> None:
        self._store = store
        self._run_id = run_id
        self._progress = progress
        self._show_instead = show
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
            await wait_for(stop, _POLL_SECONDS)
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
        if self._show_instead is not None:
            await self._show_instead()
            return
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
        if only_suspended(await self._store.get_tasks(self._run_id)):
            return True
        if not self._has_warned:
            self._has_warned = True
            self._progress.say(
                f"nobody drives run {self._run_id}; `aether recover` goes on with it"
            )
        return False
