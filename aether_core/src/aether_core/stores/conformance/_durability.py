"""Checks for stores that outlive the process; every store of a factory has the same data."""

from __future__ import annotations

from typing import Final

from aether_core.ports import RunQuery, VersionConflict
from aether_core.stores.conformance._expect import (
    Check,
    StoreFactory,
    expect,
    expect_refusal,
    opened,
)
from aether_core.stores.conformance._samples import a_run, a_task, an_event, changes
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


DURABLE_CHECKS: Final[tuple[Check, ...]] = (
    commits_survive_closing,
    open_stores_see_each_other,
    second_writer_conflicts,
)
