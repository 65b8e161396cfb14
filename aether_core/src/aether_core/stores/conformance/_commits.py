"""Checks of what a commit does: versions, and all or nothing."""

from __future__ import annotations

from typing import Final

from aether_core.ports import Store, StoreError, VersionConflict
from aether_core.stores.conformance._expect import (
    Check,
    StoreFactory,
    expect,
    expect_refusal,
    opened,
)
from aether_core.stores.conformance._samples import a_run, a_task, an_event, changes
from aether_sdk import Phase


async def commit_raises_the_version_by_one(factory: StoreFactory) -> None:
    """A commit sets `run.version` and the stored version to the expected one plus one."""
    async with opened(factory) as store:
        run = a_run()
        for version in (1, 2, 3):
            await store.commit([changes(run)])
            expect("version of the record", run.version, version)
            expect("stored version", await _version(store, run.run_id), version)


async def commit_needs_the_stored_version(factory: StoreFactory) -> None:
    """A version that is too old, too new, 0 for a known run or not 0 for a new one conflicts."""
    async with opened(factory) as store:
        run = a_run()
        await store.commit([changes(run)])
        await store.commit([changes(run)])
        for expected in (0, 1, 3):
            attempt = store.commit([changes(a_run(), expected=expected)])
            error = await expect_refusal(f"version {expected}", attempt, VersionConflict)
            expect("run of the conflict", error.run_id, run.run_id)
        attempt = store.commit([changes(a_run("run-2"), expected=1)])
        await expect_refusal("version 1 of an unknown run", attempt, VersionConflict)

        expect("stored version", await _version(store, run.run_id), 2)
        expect("unknown run", await store.get_run("run-2"), None)


async def conflict_in_a_batch_writes_nothing(factory: StoreFactory) -> None:
    """Of a batch whose second run conflicts, the first and the third are not written either."""
    async with opened(factory) as store:
        first, second, third = a_run("run-1"), a_run("run-2"), a_run("run-3")
        await store.commit(
            [changes(run, created=[a_task()], events=[an_event(1)]) for run in (first, second)]
        )
        first.phase = Phase.SUCCEEDED
        batch = [
            changes(first, created=[a_task(1)], updated=[a_task(0)], events=[an_event(2)]),
            changes(a_run("run-2"), expected=7, created=[a_task(1)], events=[an_event(2)]),
            changes(third, created=[a_task(0)], events=[an_event(1)]),
        ]
        error = await expect_refusal("the batch", store.commit(batch), VersionConflict)

        expect("run of the conflict", error.run_id, "run-2")
        await _expect_untouched(store)
        expect("versions of the records", (first.version, third.version), (1, 0))


async def refused_batch_can_be_corrected(factory: StoreFactory) -> None:
    """After a conflict, the same changes without the one that conflicts are written."""
    async with opened(factory) as store:
        run = a_run()
        good = changes(run, created=[a_task()], events=[an_event(1)])
        bad = changes(a_run("run-2"), expected=1)
        await expect_refusal("the batch", store.commit([good, bad]), VersionConflict)
        await store.commit([good])

        expect("version of the record", run.version, 1)
        expect("number of tasks", len(await store.get_tasks(run.run_id)), 1)
        expect("number of events", len(await store.get_events(run.run_id)), 1)


async def run_twice_in_a_batch_is_refused(factory: StoreFactory) -> None:
    """A batch that changes a run twice is refused whole."""
    async with opened(factory) as store:
        batch = [changes(a_run()), changes(a_run(), expected=1)]
        await expect_refusal("the batch", store.commit(batch), StoreError)
        expect("the run", await store.get_run("run-1"), None)


async def update_of_an_unknown_task_is_refused(factory: StoreFactory) -> None:
    """A task that was never created can't be updated, and the batch is refused whole."""
    await _refused_for(factory, updated=5)


async def second_task_of_a_number_is_refused(factory: StoreFactory) -> None:
    """A task's number is taken once per run, and the batch is refused whole."""
    await _refused_for(factory, created=0)


async def second_event_of_a_number_is_refused(factory: StoreFactory) -> None:
    """An event's number is taken once per run, and the batch is refused whole."""
    await _refused_for(factory, event=1)


async def task_is_created_and_updated_at_once(factory: StoreFactory) -> None:
    """A task that one commit creates and updates is as the update says."""
    async with opened(factory) as store:
        run, ended = a_run(), a_task(1, phase=Phase.SUCCEEDED)
        await store.commit([changes(run, created=[a_task(0)])])
        first = a_task(0, phase=Phase.RUNNING)
        await store.commit([changes(run, created=[a_task(1)], updated=[first, ended])])
        expect("tasks", await store.get_tasks(run.run_id), [first, ended])


async def empty_batch_does_nothing(factory: StoreFactory) -> None:
    """No changes, or a run without new tasks and events, are fine."""
    async with opened(factory) as store:
        await store.commit([])
        run = a_run()
        await store.commit([changes(run)])
        expect("tasks", await store.get_tasks(run.run_id), [])
        expect("events", await store.get_events(run.run_id), [])


async def batch_holds_many_runs(factory: StoreFactory) -> None:
    """Runs of one batch, new and known ones mixed, get each their own records."""
    async with opened(factory) as store:
        runs = [a_run(f"run-{number}") for number in range(50)]
        await store.commit([changes(run, created=[a_task(0)]) for run in runs[::2]])
        await store.commit(
            [
                changes(run, created=[a_task(run.version)], events=[an_event(1 + run.version)])
                for run in runs
            ]
        )
        for number, run in enumerate(runs):
            known = number % 2 == 0
            tasks = [task.seq for task in await store.get_tasks(run.run_id)]
            events = [event.seq for event in await store.get_events(run.run_id)]
            expect(f"tasks of {run.run_id}", tasks, [0, 1] if known else [0])
            expect(f"events of {run.run_id}", events, [2] if known else [1])


async def finished_run_can_change_again(factory: StoreFactory) -> None:
    """A run that has ended is committed to like any other, as a retry does."""
    async with opened(factory) as store:
        run = a_run()
        for phase in (Phase.FAILED, Phase.RUNNING, Phase.SUCCEEDED):
            run.phase = phase
            await store.commit([changes(run)])
        stored = await store.get_run(run.run_id)
        expect("phase", stored and stored.phase, Phase.SUCCEEDED)
        expect("stored version", await _version(store, run.run_id), 3)


async def _refused_for(
    factory: StoreFactory,
    *,
    created: int | None = None,
    updated: int | None = None,
    event: int | None = None,
) -> None:
    async with opened(factory) as store:
        first, second = a_run("run-1"), a_run("run-2")
        await store.commit(
            [changes(run, created=[a_task()], events=[an_event(1)]) for run in (first, second)]
        )
        batch = [
            changes(first, created=[a_task(1)], updated=[a_task(0)], events=[an_event(2)]),
            changes(
                second,
                created=[] if created is None else [a_task(created)],
                updated=[] if updated is None else [a_task(updated)],
                events=[] if event is None else [an_event(event)],
            ),
        ]
        await expect_refusal("the batch", store.commit(batch), StoreError)

        await _expect_untouched(store)
        expect("versions of the records", (first.version, second.version), (1, 1))


async def _expect_untouched(store: Store) -> None:
    """Expect run-1 and run-2 with one task and one event each, and nothing else."""
    for run_id in ("run-1", "run-2"):
        run = await store.get_run(run_id)
        expect(f"phase of {run_id}", run and run.phase, Phase.RUNNING)
        expect(f"version of {run_id}", run and run.version, 1)
        expect(f"tasks of {run_id}", await store.get_tasks(run_id), [a_task(0)])
        expect(f"events of {run_id}", await store.get_events(run_id), [an_event(1)])
    expect("a new run", await store.get_run("run-3"), None)
    expect("its tasks", await store.get_tasks("run-3"), [])


async def _version(store: Store, run_id: str) -> int | None:
    run = await store.get_run(run_id)
    return None if run is None else run.version


COMMIT_CHECKS: Final[tuple[Check, ...]] = (
    commit_raises_the_version_by_one,
    commit_needs_the_stored_version,
    conflict_in_a_batch_writes_nothing,
    refused_batch_can_be_corrected,
    run_twice_in_a_batch_is_refused,
    update_of_an_unknown_task_is_refused,
    second_task_of_a_number_is_refused,
    second_event_of_a_number_is_refused,
    task_is_created_and_updated_at_once,
    empty_batch_does_nothing,
    batch_holds_many_runs,
    finished_run_can_change_again,
)
