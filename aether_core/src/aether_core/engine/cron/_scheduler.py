"""The scheduler: looks after all schedules of a store and deals with their slots in time.

Every engine on a store may have one; the store decides who gets which slot.
"""

from __future__ import annotations

import asyncio
import contextlib
from itertools import islice
from typing import TYPE_CHECKING, Final

from aether_core.engine._execution import moment_text
from aether_core.engine._heartbeat import LEASE
from aether_core.engine.cron._errors import CronError
from aether_core.engine.cron._timetable import Timetables
from aether_core.engine.cron._view import slot_of
from aether_core.engine.cron._watch import Watch
from aether_core.ports import StoreError
from aether_sdk import AetherError

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from aether_core.engine._engine import Engine
    from aether_core.engine.cron._firing import Firing
    from aether_core.engine.cron._view import CronSlot
    from aether_core.engine.cron._watch import Due
    from aether_core.ports import Clock, CronRecord, SlotRecord, Store

_MOST_COUNTED: Final = 1000


class Scheduler:
    """Fires slots as their times come.

    Args:
        engine: has the runs; open.
        store: where schedules live; looked into again and again, since others change them too.
        clock: tells when a slot has come.
        firing: deals with slots.
        report: is told the name of a schedule and what became of a slot here.
        poll_seconds: longest time between two looks into the store.
    """

    def __init__(
        self,
        engine: Engine,
        store: Store,
        clock: Clock,
        firing: Firing,
        *,
        report: Callable[[str, CronSlot], None],
        poll_seconds: float,
    ) -> None:
        self._engine = engine
        self._store = store
        self._clock = clock
        self._firing = firing
        self._report = report
        self._poll_seconds = poll_seconds
        self._timetables = Timetables()
        self._started = self._swept = clock.now()
        self._watches: dict[str, tuple[CronRecord, Watch | None]] = {}
        self._work: dict[str, asyncio.Task[None]] = {}
        self._ends: set[asyncio.Task[None]] = set()
        self._wake = asyncio.Event()

    async def run(self) -> None:
        """Work until cancelled; claims that are not settled by then are left to other engines.

        Raises:
            EngineFailed: the engine lost its store.
        """
        try:
            while True:
                self._wake.clear()
                wakes_at = None
                # The next look may succeed; a store that is lost is noticed by the engine.
                with contextlib.suppress(StoreError):
                    wakes_at = await self._look()
                await self._sleep(wakes_at)
        finally:
            tasks = [*self._work.values(), *self._ends]
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)

    async def _sleep(self, until: int | None) -> None:
        withdraw = None if until is None else self._clock.call_at(until, self._wake.set)
        try:
            async with asyncio.timeout(self._poll_seconds):
                await self._wake.wait()
        except TimeoutError:
            pass
        finally:
            if withdraw is not None:
                withdraw()

    async def _look(self) -> int | None:
        """Begin with what is to be done, and return when there will be more."""
        records = await self._store.list_crons()
        self._watches = {record.cron_id: self._watched(record) for record in records}
        now = self._clock.now()
        sweeping = now - self._swept >= LEASE
        if sweeping:
            self._swept = now
        wakes: list[int] = []
        for record, watch in self._watches.values():
            if self._is_busy(record.cron_id):
                continue
            stale = await self._stale(record) if sweeping else ()
            due = None if watch is None else watch.take(now)
            if stale or due is not None:
                self._begin(record, watch, stale, due)
            elif watch is not None and watch.wakes_at is not None:
                wakes.append(watch.wakes_at)
        return min(wakes, default=None)

    def _watched(self, record: CronRecord) -> tuple[CronRecord, Watch | None]:
        """Return the watch over a schedule, a new one if somebody has changed it."""
        known = self._watches.get(record.cron_id)
        if known is not None and known[0].updated_at == record.updated_at:
            return known
        # One that can't be read any more says so in lists; nothing can be started of it.
        with contextlib.suppress(CronError):
            if not record.suspended:
                return record, Watch(record, self._timetables.of(record), self._started)
        return record, None

    def _is_busy(self, cron_id: str) -> bool:
        task = self._work.get(cron_id)
        if task is None or not task.done():
            return task is not None
        # Raises what went wrong, if it did.
        self._work.pop(cron_id).result()
        return False

    async def _stale(self, record: CronRecord) -> Sequence[SlotRecord]:
        """Return the claims that were left behind, the earliest first."""
        claimed = await self._store.list_slots(record.cron_id, outcome="claimed")
        return [slot for slot in reversed(claimed) if self._firing.is_stale(slot)]

    def _begin(
        self,
        record: CronRecord,
        watch: Watch | None,
        stale: Sequence[SlotRecord],
        due: Due | None,
    ) -> None:
        """Deal with slots of a schedule, one after the other; others are not held up by it."""
        task = asyncio.get_running_loop().create_task(self._deal(record, watch, stale, due))
        task.add_done_callback(lambda _: self._wake.set())
        self._work[record.cron_id] = task

    async def _deal(
        self,
        record: CronRecord,
        watch: Watch | None,
        stale: Sequence[SlotRecord],
        due: Due | None,
    ) -> None:
        for left_behind in stale:
            with contextlib.suppress(StoreError):
                await self._take_up(record, watch, left_behind)
        if watch is None or due is None:
            return
        for after, until in due.missed:
            with contextlib.suppress(StoreError):
                await self._miss(record, watch, after, until)
        for slot in due.slots:
            try:
                await self._fire(record, slot)
            except StoreError:
                # It is due until the store can be asked again.
                watch.return_to(slot - 1)
                return

    async def _take_up(self, record: CronRecord, watch: Watch | None, slot: SlotRecord) -> None:
        """Finish what another engine has begun and not ended."""
        if watch is not None and watch.is_too_late(slot, self._clock.now()):
            self._tell(record, await self._firing.abandon(slot))
        else:
            self._tell(record, await self._firing.carry_out(slot, scheduled=False))

    async def _miss(self, record: CronRecord, watch: Watch, after: int, until: int) -> None:
        """Write down, at the last one of them, that slots were missed."""
        last = watch.timetable.latest(after, until, 1)
        if not last:
            return
        count = sum(1 for _ in islice(watch.timetable.between(after, until), _MOST_COUNTED + 1))
        number = "more than 1000" if count > _MOST_COUNTED else str(count)
        slots = "this time was missed" if count == 1 else f"{number} times were missed up to this"
        reason = f"{slots}: nobody was scheduling (since {moment_text(after)})"
        missed = await self._firing.miss(record.cron_id, last[0], reason)
        if missed is not None:
            self._tell(record, missed)

    async def _fire(self, record: CronRecord, slot: int) -> None:
        claimed = await self._firing.claim(record.cron_id, slot)
        if claimed is not None:
            self._tell(record, await self._firing.carry_out(claimed, scheduled=True))

    def _tell(self, record: CronRecord, slot: SlotRecord) -> None:
        self._report(record.name, slot_of(slot))
        if slot.outcome == "fired":
            task = asyncio.get_running_loop().create_task(self._await_end(slot))
            self._ends.add(task)
            task.add_done_callback(self._ends.discard)

    async def _await_end(self, slot: SlotRecord) -> None:
        """Bring the history back to its limits when a run has ended."""
        # The next slot does it again.
        with contextlib.suppress(AetherError):
            await self._engine.wait(slot.run_id)
            await self._firing.prune(slot.cron_id)
