"""A process that takes on every run nobody drives, and fires schedules."""

from __future__ import annotations

import asyncio
import contextlib
from typing import TYPE_CHECKING, Final

from aether_core.cli._durations import moment_text
from aether_core.cli._interrupts import Interrupts
from aether_core.engine import EngineError, EngineFailed, RunNotFound, RunTakenOver

if TYPE_CHECKING:
    from aether_core.cli._driving import Means
    from aether_core.engine import CronSlot, Engine

# How long a submitted run waits at most before it begins, in seconds.
_POLL_SECONDS: Final = 1.0


async def serve(means: Means) -> int | None:
    """Serve until the first signal, and return its number; None if there was none.

    Args:
        means: what drives the runs.

    Raises:
        StoreError: the store can't be opened.
        EngineFailed: the store was lost.
    """
    with Interrupts() as interrupts:
        async with means.engine() as engine:
            server = _Server(engine, means)
            async with engine.cron.scheduling(report=server.report) as schedules:
                means.progress.say("serving; interrupt to stop")
                work = asyncio.create_task(server.work())
                stop = asyncio.create_task(interrupts.first.wait())
                await asyncio.wait({work, stop, schedules}, return_when=asyncio.FIRST_COMPLETED)
                stop.cancel()
                await server.close(work)
                means.progress.say("stopped; what has not ended goes on with the next process")
        return interrupts.number


class _Server:
    """Takes runs on and tells what becomes of them."""

    def __init__(self, engine: Engine, means: Means) -> None:
        self._engine = engine
        self._progress = means.progress
        self._following: set[asyncio.Task[None]] = set()
        self._refused: set[str] = set()

    async def work(self) -> None:
        """Look for runs without an owner again and again."""
        while True:
            for run_id in await self._taken():
                self.follow(run_id)
            await asyncio.sleep(_POLL_SECONDS)

    async def close(self, work: asyncio.Task[None]) -> None:
        """Stop; raises what ended the work, if anything but this did."""
        for task in (work, *self._following):
            task.cancel()
        await asyncio.gather(*self._following, return_exceptions=True)
        await asyncio.wait([work])
        if not work.cancelled():
            work.result()

    def report(self, name: str, slot: CronSlot) -> None:
        """Tell what became of a slot of a schedule."""
        why = f": {slot.reason}" if slot.reason else ""
        moment = moment_text(slot.scheduled_at)
        self._progress.say(f"schedule {name} at {moment}: {slot.outcome}{why}")
        if slot.run_id and self._engine.drives(slot.run_id):
            self.follow(slot.run_id)

    def follow(self, run_id: str) -> None:
        """Tell how a run ends."""
        task = asyncio.get_running_loop().create_task(self._end(run_id))
        self._following.add(task)
        task.add_done_callback(self._following.discard)

    async def _taken(self) -> list[str]:
        try:
            return [*await self._engine.recover()]
        except EngineFailed:
            raise
        except EngineError as error:
            # A run that this version does not understand is left to another; the rest goes on.
            if str(error) not in self._refused:
                self._refused.add(str(error))
                self._progress.say(str(error))
            return []

    async def _end(self, run_id: str) -> None:
        # A schedule that keeps no history deletes a run right after its end.
        with contextlib.suppress(RunNotFound):
            await self._tell_end(run_id)

    async def _tell_end(self, run_id: str) -> None:
        run = await self._engine.get(run_id)
        self._progress.say(f"run {run_id} of workflow {run.workflow} goes on here")
        try:
            run = await self._engine.wait(run_id)
        except RunTakenOver:
            self._progress.say(f"run {run_id} was taken over by another process")
            return
        self._progress.say(f"run {run_id} of workflow {run.workflow}: {run.phase}")
