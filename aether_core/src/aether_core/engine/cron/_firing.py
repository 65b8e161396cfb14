"""What happens at one slot of a schedule: claimed, decided, started, settled (engine.md 13.3).

Of all engines on a store one claims a slot. It decides, writes down in the schedule what it
decided, and only then starts the run. The id of the run follows from the slot, so whoever finds
a claim that its engine left behind can go through the same steps again: nothing starts twice.
"""

from __future__ import annotations

import asyncio
import contextlib
from typing import TYPE_CHECKING, Final

from msgspec.structs import replace

from aether_core.engine._errors import EngineClosed, EngineFailed, NotApplicable, RunNotFound
from aether_core.engine._heartbeat import LEASE
from aether_core.engine.cron._errors import CronError
from aether_core.engine.cron._history import prune_history
from aether_core.engine.cron._timetable import Timetables
from aether_core.ports import RunQuery, SlotRecord, StoreError, uuid7_of
from aether_sdk import AetherError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from aether_core.engine._engine import Engine
    from aether_core.ports import Clock, CronRecord, Store

_MOST_ACTIVE: Final = 10_000
_MOST_SLOTS: Final = 10_000
# How often a claim is renewed while other runs are waited for, in seconds.
_RENEW_SECONDS: Final = 2.0
_POLL_SECONDS: Final = 0.1


class Firing:
    """Deals with slots of schedules.

    Args:
        engine: starts and cancels runs; open.
        store: where schedules and runs live.
        clock: gives the times.
        engine_id: who claims.
    """

    def __init__(self, engine: Engine, store: Store, clock: Clock, engine_id: str) -> None:
        self._engine = engine
        self._store = store
        self._clock = clock
        self._engine_id = engine_id
        self._timetables = Timetables()

    async def claim(self, cron_id: str, slot: int) -> SlotRecord | None:
        """Claim a slot; None if it is somebody else's, or was dealt with before."""
        now = self._clock.now()
        record = SlotRecord(cron_id, slot, "claimed", self._engine_id, now)
        return record if await self._store.claim_slot(record) else None

    async def miss(self, cron_id: str, slot: int, reason: str) -> SlotRecord | None:
        """Settle a slot, and with it those before, as missed; None as above."""
        now = self._clock.now()
        missed = SlotRecord(cron_id, slot, "skipped", self._engine_id, now, reason=reason)
        if not await self._store.claim_slot(missed):
            return None
        while (record := await self._store.get_cron(cron_id)) is not None:
            record.last_slot = slot
            record.since = max(record.since, slot)
            if await self._store.update_cron(record):
                break
        return missed

    async def look_up(self, cron_id: str, slot: int) -> SlotRecord:
        """Return what became of a slot that can't be claimed."""
        known = await self._store.list_slots(cron_id, limit=_MOST_SLOTS)
        found = next((each for each in known if each.slot == slot), None)
        if found is not None:
            return found
        reason = "it is older than what is remembered of this schedule"
        return SlotRecord(cron_id, slot, "skipped", "", self._clock.now(), reason=reason)

    def is_stale(self, slot: SlotRecord) -> bool:
        """Return whether a claim was left behind by its engine."""
        return slot.outcome == "claimed" and slot.at < self._clock.now() - LEASE

    async def carry_out(self, slot: SlotRecord, *, scheduled: bool) -> SlotRecord:
        """Do what a claimed slot asks for, and settle it; may safely be repeated.

        Args:
            slot: claimed, by whichever engine.
            scheduled: whether slots up to this one are done with.

        Returns:
            What became of it.

        Raises:
            StoreError: the store failed; the claim stays.
        """
        try:
            decided = await self._deal(slot, scheduled=scheduled)
        except (StoreError, EngineClosed, EngineFailed):
            raise
        except AetherError as error:
            # What is wrong with a document or a plugin will not go away by itself.
            decided = replace(slot, outcome="failed", reason=str(error))
        await self._store.settle_slot(replace(decided, at=self._clock.now()))
        if decided.outcome != "skipped":
            await self.prune(slot.cron_id)
        return decided

    async def prune(self, cron_id: str) -> None:
        """Delete what a schedule's past has too much of."""
        record = await self._store.get_cron(cron_id)
        if record is None:
            # Without the schedule all its runs stay.
            return
        # Of a document that can't be read any more nobody knows what it wants to keep.
        with contextlib.suppress(CronError):
            spec = self._timetables.of(record).spec
            engine = self._engine
            await prune_history(record, spec, self._store, engine.drives, engine.delete)

    async def abandon(self, slot: SlotRecord) -> SlotRecord:
        """Settle a claim that was left behind so long ago that nothing is started any more."""
        settled = _fired(slot)
        if await self._store.get_owner(settled.run_id) is None:
            settled = _skipped(slot, "the engine that was about to start it has ended")
        await self._store.settle_slot(settled)
        return settled

    async def _deal(self, slot: SlotRecord, *, scheduled: bool) -> SlotRecord:
        if await self._store.get_owner(run_id_of(slot)) is not None:
            # Whoever claimed it got as far as that.
            return _fired(slot)
        decided = await self._decide(slot, scheduled=scheduled)
        record = await self._store.get_cron(slot.cron_id)
        if record is None:
            return _skipped(slot, "the schedule was deleted")
        if decided.outcome == "fired":
            await self._engine.submit(
                self._timetables.of(record).workflow(),
                run_id=decided.run_id,
                cron_id=slot.cron_id,
                scheduled_at=slot.slot,
            )
        return decided

    async def _decide(self, slot: SlotRecord, *, scheduled: bool) -> SlotRecord:
        """Decide about a slot, and write the decision into the schedule.

        The version of the schedule makes the decisions of several engines follow each other:
        each knows what the one before it decided to start.
        """
        while True:
            record = await self._store.get_cron(slot.cron_id)
            if record is None:
                return slot
            decided = await self._verdict(slot, record)
            if decided is None:
                continue
            record.last_slot = slot.slot
            if decided.outcome == "fired":
                record.last_run_id = decided.run_id
            if scheduled:
                record.since = max(record.since, slot.slot)
            if await self._store.update_cron(record):
                return decided

    async def _verdict(self, slot: SlotRecord, record: CronRecord) -> SlotRecord | None:
        """Return what is to become of a slot; None to ask again after things have changed."""
        fired = _fired(slot)
        if fired.run_id == record.last_run_id:
            return fired
        timetable = self._timetables.of(record)
        objection = timetable.objection(slot.slot, self._clock.now())
        if record.suspended:
            objection = "the schedule is suspended"
        if objection:
            return _skipped(slot, objection)
        policy = timetable.spec.effective_concurrency_policy
        if policy == "Allow":
            return fired
        coming = await self._coming(record)
        if coming is not None and self.is_stale(coming):
            await self.carry_out(coming, scheduled=False)
            return None
        query = RunQuery(cron_id=record.cron_id, unfinished=True, limit=_MOST_ACTIVE)
        active = [run.run_id for run in await self._store.list_runs(query)]
        if coming is None and not active:
            return fired
        if policy == "Forbid":
            in_the_way = active[0] if active else record.last_run_id
            return _skipped(slot, f"run {in_the_way} has not ended (Forbid)")
        if active:
            await self._end(active, slot)
        else:
            # What another engine is about to start can't be cancelled yet.
            await asyncio.sleep(_POLL_SECONDS)
        return None

    async def _coming(self, record: CronRecord) -> SlotRecord | None:
        """Return the slot whose run was decided on last, if that run has yet to begin."""
        if not record.last_run_id or await self._store.get_owner(record.last_run_id) is not None:
            return None
        claimed = await self._store.list_slots(record.cron_id, outcome="claimed")
        return next((slot for slot in claimed if run_id_of(slot) == record.last_run_id), None)

    async def _end(self, run_ids: Sequence[str], slot: SlotRecord) -> None:
        """Cancel runs and wait until they have ended; the claim is kept alive meanwhile."""
        work = asyncio.ensure_future(self._cancel(run_ids))
        try:
            while not work.done():
                await asyncio.wait({work}, timeout=_RENEW_SECONDS)
                await self._store.settle_slot(replace(slot, at=self._clock.now()))
            await work
        finally:
            work.cancel()

    async def _cancel(self, run_ids: Sequence[str]) -> None:
        # Each of them may end by itself, or be deleted, at any moment.
        for run_id in run_ids:
            with contextlib.suppress(NotApplicable, RunNotFound):
                await self._engine.cancel(run_id, "replaced by the next run of its schedule")
        for run_id in run_ids:
            with contextlib.suppress(RunNotFound):
                await self._engine.wait(run_id)


def _fired(slot: SlotRecord) -> SlotRecord:
    return replace(slot, outcome="fired", run_id=run_id_of(slot))


def _skipped(slot: SlotRecord, reason: str) -> SlotRecord:
    return replace(slot, outcome="skipped", reason=reason)


def run_id_of(slot: SlotRecord) -> str:
    """Return the id of the run of a slot: a UUID of version 7, the same for everybody.

    The slot is the time in it, and what would be random is a digest.
    """
    # Late: few engines have schedules.
    from hashlib import sha256

    digest = sha256(f"{slot.cron_id} {slot.slot}".encode()).digest()
    return uuid7_of(slot.slot // 1000, int.from_bytes(digest[:10]))
