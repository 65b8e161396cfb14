"""Checks of who drives a run, and of runs that are removed."""

from __future__ import annotations

from typing import Final

from aether_core.ports import Owner, RunQuery, VersionConflict
from aether_core.stores.conformance._expect import (
    Check,
    StoreFactory,
    expect,
    expect_refusal,
    opened,
)
from aether_core.stores.conformance._samples import (
    START,
    a_command,
    a_run,
    a_task,
    an_event,
    changes,
)
from aether_sdk import Phase


async def runs_are_abandoned_with_their_engine(factory: StoreFactory) -> None:
    """Unfinished runs are listed once their owner gives no sign of life, and only then."""
    async with opened(factory) as store:
        for number, phase in enumerate((Phase.RUNNING, Phase.CREATED, Phase.SUCCEEDED)):
            run = a_run(f"run-{number}", phase=phase, created_at=START + number)
            run.owner = "engine" if number else "other"
            await store.commit([changes(run)])
        expect("without owners", await store.list_abandoned(0), ["run-0", "run-1"])

        await store.heartbeat("engine", 100)
        await store.heartbeat("other", 50)

        expect("both alive", await store.list_abandoned(50), [])
        expect("one late", await store.list_abandoned(51), ["run-0"])
        await store.heartbeat("other", 200)
        expect("alive again", await store.list_abandoned(101), ["run-1"])
        await store.heartbeat("engine", None)
        await store.heartbeat("stranger", None)
        expect("ended", await store.list_abandoned(0), ["run-1"])


async def runs_with_open_hooks_are_abandoned_too(factory: StoreFactory) -> None:
    """A run that has ended is listed as long as hook tasks of it are open."""
    async with opened(factory) as store:
        run = a_run(phase=Phase.FAILED)
        run.hooks_open = 1
        await store.commit([changes(run)])
        expect("hooks open", await store.list_abandoned(0), [run.run_id])

        run.hooks_open = 0
        await store.commit([changes(run)])
        expect("hooks ended", await store.list_abandoned(0), [])


async def abandoned_runs_come_oldest_first(factory: StoreFactory) -> None:
    """The order is that of `created_at`; of equal age, the one written first is first."""
    async with opened(factory) as store:
        for run_id, age in (("b", 1), ("a", 1), ("d", 0), ("c", 2)):
            await store.commit([changes(a_run(run_id, created_at=START - age))])
        expect("order", await store.list_abandoned(0), ["c", "b", "a", "d"])


async def owner_is_known(factory: StoreFactory) -> None:
    """Who drives a run is told with the engine's last sign of life and the run's phase."""
    async with opened(factory) as store:
        expect("unknown run", await store.get_owner("run-1"), None)
        run = a_run()
        await store.commit([changes(run)])
        expect("without an owner", await store.get_owner("run-1"), Owner("", None, Phase.RUNNING))

        run.owner = "engine"
        await store.commit([changes(run)])
        expect("silent", await store.get_owner("run-1"), Owner("engine", None, Phase.RUNNING))
        await store.heartbeat("engine", 100)
        await store.heartbeat("other", 200)
        expect("alive", await store.get_owner("run-1"), Owner("engine", 100, Phase.RUNNING))

        run.owner, run.phase = "other", Phase.FAILED
        await store.commit([changes(run)])
        expect("taken over", await store.get_owner("run-1"), Owner("other", 200, Phase.FAILED))
        await store.heartbeat("other", None)
        expect("ended", await store.get_owner("run-1"), Owner("other", None, Phase.FAILED))


async def deleted_run_is_gone_with_all_it_had(factory: StoreFactory) -> None:
    """Nothing of a deleted run can be read; other runs stay as they are."""
    async with opened(factory) as store:
        runs = [a_run(f"run-{number}", created_at=START + number) for number in range(3)]
        commands: list[int] = []
        for run in runs:
            records = changes(run, created=[a_task(0), a_task(1)], events=[an_event(1)])
            await store.commit([records])
            commands.append(await store.send_command(a_command(run.run_id)))

        expect("deleted", await store.delete_run("run-1"), True)
        expect("deleted again", await store.delete_run("run-1"), False)
        expect("unknown", await store.delete_run("nobody"), False)

        expect("run", await store.get_run("run-1"), None)
        expect("tasks", await store.get_tasks("run-1"), [])
        expect("events", await store.get_events("run-1"), [])
        expect("owner", await store.get_owner("run-1"), None)
        expect("commands to it", await store.list_commands(run_id="run-1"), [])
        left = [run.run_id for run in await store.list_runs(RunQuery())]
        expect("runs", left, ["run-2", "run-0"])
        abandoned = await store.list_abandoned(0)
        expect("abandoned runs", abandoned, ["run-0", "run-2"])
        open_commands = [command.command_id for command in await store.list_commands()]
        expect("commands", open_commands, [commands[0], commands[2]])
        for run in (runs[0], runs[2]):
            expect(run.run_id, await store.get_run(run.run_id), run)
            expect(f"tasks of {run.run_id}", len(await store.get_tasks(run.run_id)), 2)
            expect(f"events of {run.run_id}", len(await store.get_events(run.run_id)), 1)


async def commit_to_a_deleted_run_conflicts(factory: StoreFactory) -> None:
    """An engine that still holds a run which was deleted can't write it."""
    async with opened(factory) as store:
        run, other = a_run("run-1"), a_run("run-2")
        await store.commit([changes(run), changes(other)])
        await store.delete_run("run-1")
        batch = [changes(other, created=[a_task()]), changes(run, created=[a_task()])]
        error = await expect_refusal("the commit", store.commit(batch), VersionConflict)

        expect("run of the conflict", error.run_id, "run-1")
        expect("run", await store.get_run("run-1"), None)
        expect("tasks of the other run", await store.get_tasks("run-2"), [])


async def later_run_sees_no_leftovers(factory: StoreFactory) -> None:
    """A run that follows a deleted one, under its id or another, begins with nothing."""
    async with opened(factory) as store:
        for run_id in ("run-1", "run-2", "run-1"):
            run = a_run(run_id)
            await store.commit([changes(run)])
            expect(f"tasks of {run_id}", await store.get_tasks(run_id), [])
            expect(f"events of {run_id}", await store.get_events(run_id, after=-1), [])
            expect(f"commands to {run_id}", await store.list_commands(), [])
            expect(run_id, await store.get_run(run_id), run)

            await store.send_command(a_command(run_id))
            tasks, events = [a_task(seq) for seq in range(3)], [an_event(seq) for seq in range(4)]
            await store.commit([changes(run, created=tasks, events=events)])
            await store.delete_run(run_id)


OWNER_CHECKS: Final[tuple[Check, ...]] = (
    runs_are_abandoned_with_their_engine,
    runs_with_open_hooks_are_abandoned_too,
    abandoned_runs_come_oldest_first,
    owner_is_known,
    deleted_run_is_gone_with_all_it_had,
    commit_to_a_deleted_run_conflicts,
    later_run_sees_no_leftovers,
)
