"""Checks of what is read: order, limits, filters, and records that nobody shares."""

from __future__ import annotations

from typing import Final

from aether_core.ports import RunQuery, RunSummary
from aether_core.stores.conformance._expect import Check, StoreFactory, expect, opened
from aether_core.stores.conformance._samples import START, a_run, a_task, an_event, changes
from aether_sdk import JsonValue, Phase


async def unknown_run_is_empty(factory: StoreFactory) -> None:
    """A run that was never committed is None, without tasks and events."""
    async with opened(factory) as store:
        expect("run", await store.get_run("nobody"), None)
        expect("tasks", await store.get_tasks("nobody"), [])
        expect("events", await store.get_events("nobody"), [])
        expect("runs", await store.list_runs(RunQuery()), [])


async def records_come_back_as_they_were(factory: StoreFactory) -> None:
    """A run and its tasks and events are read as they were committed."""
    async with opened(factory) as store:
        run, tasks = a_run(), [a_task(0), a_task(1)]
        events = [an_event(1), an_event(2, task_seq=1)]
        await store.commit([changes(run, created=tasks, events=events)])

        expect("run", await store.get_run(run.run_id), run)
        expect("tasks", await store.get_tasks(run.run_id), tasks)
        expect("events", await store.get_events(run.run_id), events)


async def update_reaches_every_field_that_may_change(factory: StoreFactory) -> None:
    """A later commit replaces all that may change of a run and of a task."""
    async with opened(factory) as store:
        run, task = a_run(), a_task()
        await store.commit([changes(run, created=[task])])
        run.phase, run.message, run.outputs = Phase.ERROR, "no answer", {"answer": [42]}
        run.started_at, run.finished_at = START + 1, START + 2
        run.tasks_total, run.tasks_done, run.last_event = 3, 2, 9
        run.deadline, run.owner, run.generation = START + 5, "engine", 1
        task.phase, task.message, task.code = Phase.ERROR, "exit 3", 3
        task.attempt, task.retry_count = 2, 1
        task.inputs, task.outputs = {"a": 1}, {"b": [None]}
        task.started_at, task.finished_at = START + 3, START + 4
        task.deadline, task.next_attempt_at, task.generation = START + 5, START + 6, 1
        task.items = [1, {"deep": [None]}]
        task.input_artifacts = {"source": {"type": "local", "config": {"path": "a"}}}
        task.artifacts = {"report": {"type": "s3", "archive": None}}
        await store.commit([changes(run, updated=[task])])

        expect("run", await store.get_run(run.run_id), run)
        expect("tasks", await store.get_tasks(run.run_id), [task])


async def update_leaves_other_tasks_alone(factory: StoreFactory) -> None:
    """Only the tasks that a commit names change, also in other runs."""
    async with opened(factory) as store:
        for run_id in ("run-1", "run-2"):
            tasks = [a_task(seq) for seq in range(3)]
            await store.commit([changes(a_run(run_id), created=tasks)])
        run = await store.get_run("run-1")
        if run is None:
            raise AssertionError("run-1 is missing")
        await store.commit([changes(run, updated=[a_task(1, phase=Phase.SKIPPED)])])

        phases = [task.phase for task in await store.get_tasks("run-1")]
        expect("phases", phases, [Phase.CREATED, Phase.SKIPPED, Phase.CREATED])
        other = {task.phase for task in await store.get_tasks("run-2")}
        expect("phases of the other run", other, {Phase.CREATED})


async def tasks_come_in_creation_order(factory: StoreFactory) -> None:
    """Tasks are read by number, however they were committed."""
    async with opened(factory) as store:
        run = a_run()
        await store.commit([changes(run, created=[a_task(seq) for seq in (2, 0, 1)])])
        await store.commit([changes(run, created=[a_task(seq) for seq in (11, 3, 100)])])
        await store.commit([changes(run, updated=[a_task(1)])])
        order = [task.seq for task in await store.get_tasks(run.run_id)]
        expect("order", order, [0, 1, 2, 3, 11, 100])


async def events_are_read_in_pages(factory: StoreFactory) -> None:
    """Events come oldest first, above `after`, at most `limit`; a page may be empty."""
    async with opened(factory) as store:
        run = a_run()
        await store.commit([changes(run, events=[an_event(seq) for seq in range(1, 8)])])
        await store.commit([changes(run, events=[an_event(seq) for seq in range(8, 13)])])
        await store.commit([changes(a_run("run-2"), events=[an_event(3)])])
        pages = {
            (0, 1000): list(range(1, 13)),
            (0, 5): [1, 2, 3, 4, 5],
            (5, 5): [6, 7, 8, 9, 10],
            (10, 5): [11, 12],
            (12, 5): [],
            (0, 0): [],
            (-5, 2): [1, 2],
        }
        for (after, limit), expected in pages.items():
            page = await store.get_events(run.run_id, after=after, limit=limit)
            expect(f"{limit} after {after}", [event.seq for event in page], expected)


async def runs_are_listed_newest_first(factory: StoreFactory) -> None:
    """The order is that of `created_at`, not that of commits; the limit cuts the oldest."""
    async with opened(factory) as store:
        for age in (2, 0, 3, 1):
            await store.commit([changes(a_run(f"run-{age}", created_at=START - age))])
        everything = await store.list_runs(RunQuery())
        expect("order", [run.run_id for run in everything], ["run-0", "run-1", "run-2", "run-3"])
        newest = await store.list_runs(RunQuery(limit=2))
        expect("limited to 2", [run.run_id for run in newest], ["run-0", "run-1"])
        expect("limited to 0", await store.list_runs(RunQuery(limit=0)), [])


async def runs_that_wait_for_a_resume_are_found(factory: StoreFactory) -> None:
    """The number of suspended tasks is listed, changes with the run, and selects runs."""
    async with opened(factory) as store:
        waiting, other = a_run("run-1"), a_run("run-2")
        waiting.suspended = 2
        await store.commit([changes(waiting), changes(other)])
        found = await store.list_runs(RunQuery(suspended=True))
        expect("suspended", [(run.run_id, run.suspended) for run in found], [("run-1", 2)])

        waiting.suspended = 0
        await store.commit([changes(waiting)])
        expect("resumed", await store.list_runs(RunQuery(suspended=True)), [])


async def run_list_has_a_limit_by_default(factory: StoreFactory) -> None:
    """A query without a limit returns at most 50 runs."""
    async with opened(factory) as store:
        await store.commit([changes(a_run(f"run-{number}")) for number in range(60)])
        expect("number of runs", len(await store.list_runs(RunQuery())), 50)


async def runs_are_filtered(factory: StoreFactory) -> None:
    """Phase and workflow select; both together mean both; the limit counts what is selected."""
    async with opened(factory) as store:
        for number in range(8):
            phase = Phase.FAILED if number % 2 else Phase.RUNNING
            workflow = "nightly" if number < 4 else "weekly"
            run = a_run(f"{number}", workflow=workflow, phase=phase, created_at=START + number)
            await store.commit([changes(run)])
        expected = {
            RunQuery(phase=Phase.FAILED): "7531",
            RunQuery(workflow="nightly"): "3210",
            RunQuery(phase=Phase.RUNNING, workflow="weekly"): "64",
            RunQuery(phase=Phase.FAILED, limit=2): "75",
            RunQuery(phase=Phase.SUCCEEDED): "",
            RunQuery(workflow="NIGHTLY"): "",
            RunQuery(unfinished=True): "6420",
            RunQuery(unfinished=True, phase=Phase.FAILED): "",
            RunQuery(cron_id="even"): "",
        }
        for query, order in expected.items():
            found = await store.list_runs(query)
            expect(str(query), "".join(run.run_id for run in found), order)


async def runs_of_a_schedule_are_listed(factory: StoreFactory) -> None:
    """A schedule's id selects the runs it started; an empty id is none's, and selects nothing."""
    async with opened(factory) as store:
        for number, cron_id in enumerate(("odd", "even", "odd", "", "even", "odd")):
            phase = Phase.RUNNING if number > 3 else Phase.SUCCEEDED
            run = a_run(f"{number}", phase=phase, created_at=START + number, cron_id=cron_id)
            await store.commit([changes(run)])
        expected = {
            RunQuery(cron_id="odd"): "520",
            RunQuery(cron_id="odd", limit=2): "52",
            RunQuery(cron_id="odd", unfinished=True): "5",
            RunQuery(cron_id="even", phase=Phase.SUCCEEDED): "1",
            RunQuery(cron_id="ODD"): "",
            RunQuery(cron_id=""): "",
        }
        for query, order in expected.items():
            found = await store.list_runs(query)
            expect(str(query), "".join(run.run_id for run in found), order)
        schedules = [(run.cron_id, run.scheduled_at) for run in await store.list_runs(RunQuery())]
        expect("schedules", schedules[1:3], [("even", START - 1), ("", None)])


async def summaries_follow_the_run(factory: StoreFactory) -> None:
    """A summary shows what the last commit wrote, and the filters look at the same."""
    async with opened(factory) as store:
        run = a_run()
        await store.commit([changes(run)])
        run.phase, run.tasks_total, run.tasks_done = Phase.SUCCEEDED, 5, 5
        run.finished_at = START + 10
        await store.commit([changes(run)])

        expected = RunSummary(
            "run-1",
            "nightly",
            "default",
            Phase.SUCCEEDED,
            tasks_total=5,
            tasks_done=5,
            created_at=START,
            finished_at=START + 10,
            cron_id="cron-1",
            scheduled_at=START - 1,
        )
        expect("finished", await store.list_runs(RunQuery(phase=Phase.SUCCEEDED)), [expected])
        expect("running", await store.list_runs(RunQuery(phase=Phase.RUNNING)), [])


async def committed_records_are_copied(factory: StoreFactory) -> None:
    """What the caller does to records after a commit does not reach the store."""
    async with opened(factory) as store:
        nested: list[JsonValue] = [1]
        run, task = a_run(), a_task()
        task.outputs, run.outputs = {"list": nested}, {"list": nested}
        await store.commit([changes(run, created=[task])])
        task.phase, task.message, run.message = Phase.ERROR, "changed", "changed"
        run.arguments["region"] = "changed"
        nested.append(2)

        stored, [stored_task] = await store.get_run("run-1"), await store.get_tasks("run-1")
        expect("task", (stored_task.phase, stored_task.message), (Phase.CREATED, ""))
        expect("outputs of the task", stored_task.outputs, {"list": [1]})
        expect("outputs of the run", stored and stored.outputs, {"list": [1]})
        expect("arguments", stored and stored.arguments["region"], "eu")
        expect("message", stored and stored.message, "")


async def returned_records_are_copies(factory: StoreFactory) -> None:
    """What the caller does to records that were read does not reach the store."""
    async with opened(factory) as store:
        task = a_task()
        task.outputs = {"list": [1]}
        await store.commit([changes(a_run(), created=[task])])
        run, [read] = await store.get_run("run-1"), await store.get_tasks("run-1")
        if run is not None:
            run.message = "changed"
            run.arguments["region"] = "changed"
        read.message = "changed"
        if read.outputs is not None:
            read.outputs["list"] = "changed"

        stored, [stored_task] = await store.get_run("run-1"), await store.get_tasks("run-1")
        expect("message", stored and stored.message, "")
        expect("arguments", stored and stored.arguments["region"], "eu")
        expect("message of the task", stored_task.message, "")
        expect("outputs of the task", stored_task.outputs, {"list": [1]})


READ_CHECKS: Final[tuple[Check, ...]] = (
    unknown_run_is_empty,
    records_come_back_as_they_were,
    update_reaches_every_field_that_may_change,
    update_leaves_other_tasks_alone,
    tasks_come_in_creation_order,
    events_are_read_in_pages,
    runs_are_listed_newest_first,
    runs_that_wait_for_a_resume_are_found,
    run_list_has_a_limit_by_default,
    runs_are_filtered,
    runs_of_a_schedule_are_listed,
    summaries_follow_the_run,
    committed_records_are_copied,
    returned_records_are_copies,
)
