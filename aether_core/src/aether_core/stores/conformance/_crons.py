"""Checks of schedules and of their slots."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import msgspec

from aether_core.stores.conformance._expect import Check, StoreFactory, expect, opened
from aether_core.stores.conformance._samples import START, a_cron, a_run, a_slot, changes

if TYPE_CHECKING:
    from aether_core.ports import CronRecord, SlotOutcome, Store


async def schedule_comes_back_as_it_was(factory: StoreFactory) -> None:
    """A schedule is found by id and by name within its namespace; its first version is 1."""
    async with opened(factory) as store:
        record = a_cron()
        expect("before", await store.get_cron("cron-1"), None)
        expect("created", await store.create_cron(record), True)
        expect("version", record.version, 1)

        expect("by id", await store.get_cron("cron-1"), record)
        expect("by name", await store.find_cron("nightly", "default"), record)
        expect("of another namespace", await store.find_cron("nightly", "other"), None)
        expect("of another name", await store.find_cron("NIGHTLY", "default"), None)
        expect("of another id", await store.get_cron("cron-2"), None)


async def schedule_has_a_name_of_its_own(factory: StoreFactory) -> None:
    """A second schedule of a name is refused; another namespace may have it."""
    async with opened(factory) as store:
        first, second = a_cron("cron-1"), a_cron("cron-2")
        expect("first", await store.create_cron(first), True)
        expect("same name", await store.create_cron(second), False)
        expect("version of the refused record", second.version, 0)
        expect("the same again", await store.create_cron(a_cron("cron-1")), False)
        elsewhere = msgspec.structs.replace(second, namespace="other")
        expect("same name elsewhere", await store.create_cron(elsewhere), True)

        expect("by name", await store.find_cron("nightly", "default"), first)
        expect("by name elsewhere", await store.find_cron("nightly", "other"), elsewhere)


async def schedules_are_listed_oldest_first(factory: StoreFactory) -> None:
    """The order is that of creation; of equal age, the one that came first is first."""
    async with opened(factory) as store:
        expect("none", await store.list_crons(), [])
        for name, age in (("b", 1), ("a", 1), ("c", 2), ("d", 0)):
            await store.create_cron(a_cron(f"cron-{name}", name, created_at=START - age))
        names = [record.name for record in await store.list_crons()]
        expect("order", names, ["c", "b", "a", "d"])


async def schedule_changes_need_the_stored_version(factory: StoreFactory) -> None:
    """Of two changes to one version, the second is refused and writes nothing."""
    async with opened(factory) as store:
        await store.create_cron(a_cron())
        mine, theirs = await _cron(store), await _cron(store)
        theirs.document, theirs.updated_at, theirs.suspended = '{"new": 1}', START + 5, True
        theirs.since, theirs.last_run_id, theirs.last_slot = START + 6, "run-1", START + 7
        expect("first change", await store.update_cron(theirs), True)
        expect("its version", theirs.version, 2)
        mine.last_run_id = "mine"
        expect("second change", await store.update_cron(mine), False)
        expect("its version", mine.version, 1)
        expect("stored", await _cron(store), theirs)

        theirs.suspended, theirs.last_slot = False, None
        expect("third change", await store.update_cron(theirs), True)
        expect("stored", await _cron(store), theirs)
        expect("unknown", await store.update_cron(a_cron("cron-2", "other")), False)


async def schedule_keeps_its_identity(factory: StoreFactory) -> None:
    """Name, namespace and age of a schedule never change."""
    async with opened(factory) as store:
        record = a_cron()
        await store.create_cron(record)
        renamed = msgspec.structs.replace(record, name="x", namespace="y", created_at=1)
        expect("changed", await store.update_cron(renamed), True)
        expect("stored", await _cron(store), msgspec.structs.replace(record, version=2))


async def schedules_are_copied(factory: StoreFactory) -> None:
    """What happens to a record after it was written or read does not reach the store."""
    async with opened(factory) as store:
        record = a_cron()
        await store.create_cron(record)
        record.since = 7
        for read in (await _cron(store), *await store.list_crons()):
            read.since = 8
        found = await store.find_cron("nightly", "default")
        expect("since", found and found.since, START + 1)
        record.version = 1
        await store.update_cron(record)
        record.since = 9
        expect("since after the change", (await _cron(store)).since, 7)


async def deleted_schedule_takes_its_slots_along(factory: StoreFactory) -> None:
    """A schedule goes with its slots, but its runs and other schedules stay."""
    async with opened(factory) as store:
        for cron_id, name in (("cron-1", "a"), ("cron-2", "b")):
            await store.create_cron(a_cron(cron_id, name))
            await store.claim_slot(a_slot(5, cron_id=cron_id))
        await store.commit([changes(a_run(cron_id="cron-1"))])

        expect("deleted", await store.delete_cron("cron-1"), True)
        expect("deleted again", await store.delete_cron("cron-1"), False)
        expect("slots", await store.list_slots("cron-1"), [])
        expect("slots of the other", await _slots(store, "cron-2"), [5])
        expect("schedules", [record.name for record in await store.list_crons()], ["b"])
        run = await store.get_run("run-1")
        expect("its run", run and run.cron_id, "cron-1")
        await store.settle_slot(a_slot(5, "fired"))
        expect("claim", await store.claim_slot(a_slot(6)), False)
        expect("slots after all", await store.list_slots("cron-1"), [])
        expect("the name is free", await store.create_cron(a_cron("cron-3", "a")), True)


async def slot_is_claimed_once(factory: StoreFactory) -> None:
    """A slot is given to who asks first, whatever becomes of it; schedules don't share slots."""
    async with opened(factory) as store:
        await store.create_cron(a_cron("cron-1", "a"))
        await store.create_cron(a_cron("cron-2", "b"))
        expect("first", await store.claim_slot(a_slot(60)), True)
        expect("same engine", await store.claim_slot(a_slot(60)), False)
        expect("other engine", await store.claim_slot(a_slot(60, engine_id="other")), False)
        expect("other slot", await store.claim_slot(a_slot(120)), True)
        expect("earlier slot", await store.claim_slot(a_slot(0)), True)
        expect("other schedule", await store.claim_slot(a_slot(60, cron_id="cron-2")), True)
        await store.settle_slot(a_slot(60, "failed"))
        expect("once settled", await store.claim_slot(a_slot(60)), False)
        expect("slots", await _slots(store), [120, 60, 0])


async def slot_is_settled_by_anybody(factory: StoreFactory) -> None:
    """What became of a claimed slot replaces the claim; without a claim nothing is written."""
    async with opened(factory) as store:
        await store.create_cron(a_cron())
        for slot in (1, 2, 3):
            await store.claim_slot(a_slot(slot))
        fired, skipped = a_slot(1, "fired"), a_slot(3, "skipped", engine_id="other")
        for settled in (fired, skipped, a_slot(4, "fired")):
            await store.settle_slot(settled)

        expect("slots", await store.list_slots("cron-1"), [skipped, a_slot(2), fired])
        failed = a_slot(1, "failed")
        await store.settle_slot(failed)
        expect("corrected", (await store.list_slots("cron-1"))[-1], failed)


async def slots_are_listed_latest_first(factory: StoreFactory) -> None:
    """The latest time comes first; outcome and limit select."""
    async with opened(factory) as store:
        await store.create_cron(a_cron())
        for slot in (30, 10, 50, 20, 40):
            await store.claim_slot(a_slot(slot))
        await store.settle_slot(a_slot(20, "fired"))
        await store.settle_slot(a_slot(50, "fired"))

        expect("all", await _slots(store), [50, 40, 30, 20, 10])
        expect("limited", await _slots(store, limit=2), [50, 40])
        expect("limited to 0", await _slots(store, limit=0), [])
        expect("fired", await _slots(store, outcome="fired"), [50, 20])
        expect("claimed", await _slots(store, outcome="claimed", limit=2), [40, 30])
        expect("failed", await _slots(store, outcome="failed"), [])
        expect("unknown", await _slots(store, "cron-2"), [])


async def pruning_keeps_the_latest_slots(factory: StoreFactory) -> None:
    """The latest slots stay, and those that nobody has settled; a pruned slot stays taken."""
    async with opened(factory) as store:
        await store.create_cron(a_cron())
        for slot in range(10, 80, 10):
            await store.claim_slot(a_slot(slot))
            if slot != 30:
                await store.settle_slot(a_slot(slot, "fired"))
        await store.prune_slots("cron-1", 9)
        expect("more than there are", len(await _slots(store)), 7)
        await store.prune_slots("cron-1", 3)
        expect("three kept", await _slots(store), [70, 60, 50, 30])
        await store.prune_slots("cron-1", 3)
        expect("again", await _slots(store), [70, 60, 50, 30])

        expect("pruned slot", await store.claim_slot(a_slot(40)), False)
        expect("next slot", await store.claim_slot(a_slot(80)), True)
        await store.prune_slots("cron-1", 0)
        expect("none kept", await _slots(store), [80, 30])
        expect("kept before", await store.claim_slot(a_slot(70)), False)
        await store.prune_slots("cron-2", 0)


async def _cron(store: Store) -> CronRecord:
    record = await store.get_cron("cron-1")
    if record is None:
        raise AssertionError("cron-1 is missing")
    return record


async def _slots(
    store: Store,
    cron_id: str = "cron-1",
    *,
    outcome: SlotOutcome | None = None,
    limit: int = 100,
) -> list[int]:
    found = await store.list_slots(cron_id, outcome=outcome, limit=limit)
    return [slot.slot for slot in found]


CRON_CHECKS: Final[tuple[Check, ...]] = (
    schedule_comes_back_as_it_was,
    schedule_has_a_name_of_its_own,
    schedules_are_listed_oldest_first,
    schedule_changes_need_the_stored_version,
    schedule_keeps_its_identity,
    schedules_are_copied,
    deleted_schedule_takes_its_slots_along,
    slot_is_claimed_once,
    slot_is_settled_by_anybody,
    slots_are_listed_latest_first,
    pruning_keeps_the_latest_slots,
)
