"""Schedules of an engine: those of its store, and what starts their runs (engine.md 13)."""

from __future__ import annotations

import asyncio
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, Final

from aether_core.engine.cron._book import CronBook
from aether_core.engine.cron._firing import Firing
from aether_core.engine.cron._scheduler import Scheduler
from aether_core.engine.cron._view import slot_of

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, Callable, Iterable

    from aether_core.check import ExecutorCatalog
    from aether_core.engine._engine import Engine
    from aether_core.engine.cron._view import CronSlot
    from aether_core.ports import Clock, IdGenerator, SlotRecord, Store, VariableSource

_POLL_SECONDS: Final = 0.1


class Cron(CronBook):
    """The schedules that an engine can start runs of.

    Args:
        engine: starts the runs; open.
        store: where schedules and runs live; open.
        registry: what is known of executors; the checker asks it.
        clock: gives the times.
        new_id: gives ids for schedules.
        engine_id: who claims slots.
        variable_sources: asked for the custom variables that documents refer to.
    """

    def __init__(
        self,
        engine: Engine,
        store: Store,
        *,
        registry: ExecutorCatalog,
        clock: Clock,
        new_id: IdGenerator,
        engine_id: str,
        variable_sources: Iterable[VariableSource] = (),
    ) -> None:
        super().__init__(
            store,
            registry=registry,
            clock=clock,
            new_id=new_id,
            variable_sources=variable_sources,
        )
        self._engine = engine
        self._firing = Firing(engine, store, clock, engine_id)

    async def trigger(
        self, name: str, *, at: int | None = None, namespace: str = "default"
    ) -> CronSlot:
        """Fire one slot by hand, as the schedule's policies say, and tell what became of it.

        A slot that was dealt with before is not fired again; it is returned as it is.

        Args:
            name: of the schedule.
            at: the slot, in microseconds since 1970-01-01 UTC; None is now.
            namespace: where the schedule is.

        Raises:
            CronNotFound: there is no schedule of that name.
            StoreError: the store can't be written.
        """
        record = await self._find(name, namespace)
        slot = self._clock.now() if at is None else at
        claimed = await self._firing.claim(record.cron_id, slot)
        if claimed is not None:
            return slot_of(await self._firing.carry_out(claimed, scheduled=False))
        return slot_of(await self._settled(record.cron_id, slot))

    async def prune(self, name: str, *, namespace: str = "default") -> None:
        """Delete the ended runs of a schedule that are beyond its limits.

        Raises:
            CronNotFound: there is no schedule of that name.
        """
        record = await self._find(name, namespace)
        await self._firing.prune(record.cron_id)

    async def _settled(self, cron_id: str, slot: int) -> SlotRecord:
        """Return what became of a slot that somebody else has claimed."""
        while True:
            known = await self._firing.look_up(cron_id, slot)
            if known.outcome != "claimed":
                return known
            if self._firing.is_stale(known):
                return await self._firing.carry_out(known, scheduled=False)
            await asyncio.sleep(_POLL_SECONDS)

    @asynccontextmanager
    async def scheduling(
        self,
        *,
        report: Callable[[str, CronSlot], None] = lambda name, slot: None,
        poll_seconds: float = 1.0,
    ) -> AsyncGenerator[asyncio.Task[None], None]:
        """Fire the slots of all schedules of the store as they come, as long as it is entered.

        Any number of engines may do so on one store; each slot is fired once.

        Args:
            report: is told the name of a schedule and what became of a slot here.
            poll_seconds: longest time until changes by other processes are noticed.

        Yields:
            The task that does it; it ends only if this engine loses its store.

        Raises:
            EngineFailed: this engine lost its store.
        """
        scheduler = Scheduler(
            self._engine,
            self._store,
            self._clock,
            self._firing,
            report=report,
            poll_seconds=poll_seconds,
        )
        task = asyncio.get_running_loop().create_task(scheduler.run(), name="aether-cron")
        try:
            yield task
        finally:
            task.cancel()
            await asyncio.wait([task])
        if not task.cancelled():
            task.result()
