"""Checks for stores that outlive the process; every store of a factory has the same data."""

from __future__ import annotations

import asyncio
import contextlib
from typing import Final

from aether_core.kernel import CommandAnswer
from aether_core.ports import RunQuery, VersionConflict
from aether_core.stores.conformance._expect import (
    Check,
    StoreFactory,
    expect,
    expect_refusal,
    opened,
)
from aether_core.stores.conformance._samples import (
    a_command,
    a_cron,
    a_run,
    a_slot,
    a_task,
    a_template,
    an_event,
    changes,
)
from aether_sdk import Phase


async def commits_survive_closing(factory: StoreFactory) -> None:
    """A store that is opened again has everything, and versions go on where they were."""
    run, task, event = a_run(), a_task(), an_event(1)
    async with opened(factory) as store:
        await store.commit([changes(run, created=[task], events=[event])])

    async with opened(factory) as store:
        stored = await store.get_run(run.run_id)
        expect("run", stored, run)
        expect("tasks", await store.get_tasks(run.run_id), [task])
        expect("events", await store.get_events(run.run_id), [event])
        await store.commit([changes(run, events=[an_event(2)])])

    async with opened(factory) as store:
        stored = await store.get_run(run.run_id)
        expect("version", stored and stored.version, 2)
        expect("number of events", len(await store.get_events(run.run_id)), 2)


async def open_stores_see_each_other(factory: StoreFactory) -> None:
    """What one store commits, another one that is open reads at once."""
    async with opened(factory) as one, opened(factory) as other:
        run = a_run()
        await one.commit([changes(run, created=[a_task()])])
        expect("run", await other.get_run(run.run_id), run)
        run.phase = Phase.SUCCEEDED
        await other.commit([changes(run, updated=[a_task(phase=Phase.SUCCEEDED)])])

        expect("run", await one.get_run(run.run_id), run)
        found = await one.list_runs(RunQuery(phase=Phase.SUCCEEDED))
        expect("succeeded runs", [summary.run_id for summary in found], [run.run_id])


async def second_writer_conflicts(factory: StoreFactory) -> None:
    """Of two stores that commit to one version of a run, the second one is refused."""
    async with opened(factory) as one, opened(factory) as other:
        await one.commit([changes(a_run())])
        mine, theirs = await one.get_run("run-1"), await other.get_run("run-1")
        if mine is None or theirs is None:
            raise AssertionError("run-1 is missing")
        await other.commit([changes(theirs, events=[an_event(1)])])
        attempt = one.commit([changes(mine, events=[an_event(1)])])
        await expect_refusal("the second commit", attempt, VersionConflict)

        expect("version of the refused record", mine.version, 1)
        expect("number of events", len(await one.get_events("run-1")), 1)
        attempt = one.commit([changes(a_run(), expected=0)])
        await expect_refusal("the same run again", attempt, VersionConflict)


async def inbox_survives_closing(factory: StoreFactory) -> None:
    """Commands and answers are there when the store is opened again."""
    run = a_run()
    async with opened(factory) as store:
        await store.commit([changes(run)])
        first, second = [await store.send_command(a_command()) for _ in range(2)]

    answer = CommandAnswer(first, accepted=False, message="not now")
    async with opened(factory) as store:
        expect(
            "commands", [sent.command_id for sent in await store.list_commands()], [first, second]
        )
        await store.commit([changes(run, answers=[answer])])

    async with opened(factory) as store:
        expect("commands", [sent.command_id for sent in await store.list_commands()], [second])
        expect("answer", await store.get_answer(first), answer)
        third = await store.send_command(a_command())
        expect("larger id", third > second, True)


async def schedules_survive_closing(factory: StoreFactory) -> None:
    """Schedules, slots and templates are there when the store is opened again."""
    record, template = a_cron(), a_template()
    async with opened(factory) as store:
        await store.create_cron(record)
        await store.claim_slot(a_slot(60))
        await store.put_template(template)

    async with opened(factory) as store:
        expect("schedule", await store.get_cron(record.cron_id), record)
        expect("slots", await store.list_slots(record.cron_id), [a_slot(60)])
        expect("claim", await store.claim_slot(a_slot(60)), False)
        expect("template", await store.get_template("report", "default"), template)


async def command_reaches_the_owner_elsewhere(factory: StoreFactory) -> None:
    """What one store sends, another one lists and answers, and the first one learns."""
    async with opened(factory) as sender, opened(factory) as engine:
        run = a_run()
        run.owner = "engine"
        await engine.commit([changes(run)])
        sent = await sender.send_command(a_command())
        [command] = await engine.list_commands(owner="engine")
        expect("command", command.command_id, sent)
        answer = CommandAnswer(sent, accepted=True)
        await engine.commit([changes(run, answers=[answer])])

        expect("answer", await sender.get_answer(sent), answer)
        expect("open commands", await sender.list_commands(), [])


async def slot_is_claimed_by_one_of_many(factory: StoreFactory) -> None:
    """Of several stores that claim each slot at the same time, one gets it."""
    async with contextlib.AsyncExitStack() as stack:
        stores = [await stack.enter_async_context(opened(factory)) for _ in range(4)]
        await stores[0].create_cron(a_cron())
        for slot in range(20):
            claims = [
                store.claim_slot(a_slot(slot, engine_id=f"engine-{number}"))
                for number, store in enumerate(stores)
            ]
            won = await asyncio.gather(*claims)
            expect(f"winners of slot {slot}", sum(won), 1)
            [claimed] = await stores[slot % 4].list_slots("cron-1", limit=1)
            expect("engine", claimed.engine_id, f"engine-{won.index(True)}")


async def run_deleted_elsewhere_is_not_written(factory: StoreFactory) -> None:
    """A store that knew a run can't write it once another one has deleted or replaced it."""
    async with opened(factory) as one, opened(factory) as other:
        run = a_run()
        await one.commit([changes(run)])
        await other.delete_run("run-1")
        await expect_refusal("deleted", one.commit([changes(run)]), VersionConflict)

        await other.commit([changes(a_run("run-2"))])
        attempt = one.commit([changes(run, created=[a_task()])])
        await expect_refusal("after another run", attempt, VersionConflict)
        expect("tasks of the other run", await other.get_tasks("run-2"), [])

        again = a_run()
        await other.commit([changes(again)])
        await one.commit([changes(again, created=[a_task()])])
        expect("tasks of the new run", await other.get_tasks("run-1"), [a_task()])


DURABLE_CHECKS: Final[tuple[Check, ...]] = (
    commits_survive_closing,
    open_stores_see_each_other,
    second_writer_conflicts,
    inbox_survives_closing,
    schedules_survive_closing,
    command_reaches_the_owner_elsewhere,
    slot_is_claimed_by_one_of_many,
    run_deleted_elsewhere_is_not_written,
)
