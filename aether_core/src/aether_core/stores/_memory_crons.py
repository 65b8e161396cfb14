"""Schedules and their slots in memory."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec

from aether_core.ports import CronRecord, SlotRecord

if TYPE_CHECKING:
    from aether_core.ports import SlotOutcome


class _Kept(msgspec.Struct):
    """A schedule and its slots by time."""

    record: CronRecord
    slots: dict[int, SlotRecord]
    #: The latest slot that was forgotten; it and all before it stay taken.
    pruned_to: int | None = None


class MemoryCrons:
    """The `CronStore` part of the store in memory."""

    def __init__(self) -> None:
        super().__init__()
        self._crons: dict[str, _Kept] = {}

    async def create_cron(self, record: CronRecord) -> bool:
        """Keep a new schedule; False if its name in the namespace, or its id, is taken."""
        if record.cron_id in self._crons:
            return False
        if await self.find_cron(record.name, record.namespace) is not None:
            return False
        record.version = 1
        self._crons[record.cron_id] = _Kept(_copy(record), {})
        return True

    async def get_cron(self, cron_id: str) -> CronRecord | None:
        """Return a copy of the schedule of this id, or None."""
        kept = self._crons.get(cron_id)
        return None if kept is None else _copy(kept.record)

    async def find_cron(self, name: str, namespace: str) -> CronRecord | None:
        """Return a copy of the schedule of this name, or None."""
        for kept in self._crons.values():
            if (kept.record.name, kept.record.namespace) == (name, namespace):
                return _copy(kept.record)
        return None

    async def list_crons(self) -> list[CronRecord]:
        """Return all schedules, oldest first; of equal age, the one that came first."""
        records = [_copy(kept.record) for kept in self._crons.values()]
        return sorted(records, key=lambda record: record.created_at)

    async def update_cron(self, record: CronRecord) -> bool:
        """Write what may change of a schedule: all but its id, name, namespace and creation.

        False if it is gone or its version is not the stored one; else the version is raised.
        """
        kept = self._crons.get(record.cron_id)
        if kept is None or kept.record.version != record.version:
            return False
        old = kept.record
        record.version += 1
        kept.record = msgspec.structs.replace(
            record, name=old.name, namespace=old.namespace, created_at=old.created_at
        )
        return True

    async def delete_cron(self, cron_id: str) -> bool:
        """Remove a schedule and its slots, not its runs; False if there is none."""
        return self._crons.pop(cron_id, None) is not None

    async def claim_slot(self, slot: SlotRecord) -> bool:
        """Keep a slot that nobody has claimed before; False if somebody has.

        False also for a slot that is not later than a pruned one, and for an unknown schedule.
        """
        kept = self._crons.get(slot.cron_id)
        if kept is None or slot.slot in kept.slots:
            return False
        if kept.pruned_to is not None and slot.slot <= kept.pruned_to:
            return False
        kept.slots[slot.slot] = slot
        return True

    async def settle_slot(self, slot: SlotRecord) -> None:
        """Write what became of a claimed slot; nothing if nobody has claimed it."""
        kept = self._crons.get(slot.cron_id)
        if kept is not None and slot.slot in kept.slots:
            kept.slots[slot.slot] = slot

    async def list_slots(
        self, cron_id: str, *, outcome: SlotOutcome | None = None, limit: int = 100
    ) -> list[SlotRecord]:
        """Return a schedule's slots, the latest time first, at most `limit`."""
        found = [slot for slot in self._slots(cron_id) if outcome in {None, slot.outcome}]
        return found[: max(limit, 0)]

    async def prune_slots(self, cron_id: str, keep: int) -> None:
        """Forget all but the latest `keep` slots of a schedule; claimed ones stay."""
        surplus = self._slots(cron_id)[max(keep, 0) :]
        if not surplus:
            return
        kept = self._crons[cron_id]
        for slot in surplus:
            if slot.outcome != "claimed":
                del kept.slots[slot.slot]
        latest = surplus[0].slot
        kept.pruned_to = latest if kept.pruned_to is None else max(kept.pruned_to, latest)

    def _slots(self, cron_id: str) -> list[SlotRecord]:
        """Return a schedule's slots, the latest time first."""
        kept = self._crons.get(cron_id)
        slots = {} if kept is None else kept.slots
        return [slots[time] for time in sorted(slots, reverse=True)]


def _copy(record: CronRecord) -> CronRecord:
    return msgspec.structs.replace(record)
