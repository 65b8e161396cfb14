"""Where the reference engine hangs, and this one does not; see test_gaps.py."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from aether_sdk import ExecuteRequest, Executor

TWO = """
entrypoint: main
templates:
- dag:
    name: main
    tasks:
    - {name: a, executor: {type: echo}}
    - {name: b, dependencies: [a], executor: {type: echo, config: {v: 2}}}
"""


async def lose(world: Any) -> None:
    """Let the engines that were here be silent for long enough."""
    await asyncio.sleep(10)


def cron(name: str, schedule: str, **spec: Any) -> dict[str, Any]:
    """Return a CronWorkflow of one task."""
    task = {"name": "main", "executor": {"type": "echo"}, **spec.pop("task", {})}
    flow = {"entrypoint": "main", "templates": [{"task": task}]}
    return {
        "apiVersion": "aether/v1",
        "kind": "CronWorkflow",
        "metadata": {"name": name},
        "spec": {"schedule": schedule, "workflowSpec": flow, **spec},
    }


def test_a_task_without_executor(found: Any) -> None:
    """Reference gap (documents.md 2.6): there it is found at dispatch, and the run stays open."""
    (problem,) = found("entrypoint: main\ntemplates: [{task: {name: main}}]")

    assert problem["severity"] == "error"


def test_a_broken_repeat_condition(play: Any) -> None:
    """Reference gap (documents.md 10.3): there the loop's record stays open."""
    done = play("""
    entrypoint: main
    templates:
    - dag: {name: main, tasks: [{name: again, template: cycle}, {name: x, executor: {type: echo}}]}
    - loop: {name: cycle, repeatCondition: "tasks.work.outputs.parameters.n > 1", body: work}
    - task: {name: work, executor: {type: echo}}
    """)

    assert done.phases == {"main": "Error", "again": "Error", "x": "Succeeded", "work": "Succeeded"}


def test_a_run_begins_in_one_commit(live: Any, read: Any) -> None:
    """Reference gap (engine.md 4): no store ever holds a run without its entry."""

    async def story(world: Any) -> None:
        batches: list[Any] = []
        commit = world.store.commit

        async def seen(batch: Any) -> None:
            batches.extend((len(changes.created), changes.run.version) for changes in batch)
            await commit(batch)

        world.store.commit = seen
        async with world.engine(broker=world.hand) as engine:
            await engine.submit(read(TWO), run_id="r")
        assert batches[0][0] == 2

    live(story)


def test_ready_tasks_survive_a_crash(live: Any, read: Any) -> None:
    """Reference gap (engine.md 6.6, 14): what no worker holds any more is dispatched again."""

    async def story(world: Any) -> None:
        async with world.engine(broker=world.hand) as engine:
            await engine.submit(read(TWO), run_id="r")
        await lose(world)
        async with world.engine() as engine:
            assert list(await engine.recover()) == ["r"]
            assert (await engine.wait("r", timeout=10)).phase == "Succeeded"

    live(story)


def test_a_lost_start_holds_nothing_up(live: Any, read: Any) -> None:
    """Reference gap (engine.md 6.7, 6.9): the answer counts, and the dag ends."""

    async def story(world: Any) -> None:
        async with world.engine(broker=world.hand) as engine:
            await engine.submit(read(TWO), run_id="r")
            await world.hand.complete(world.hand.job("a"))
            await world.hand.complete(world.hand.job("b"), v=2)
            run = await engine.wait("r", timeout=1)
            assert [task.phase for task in run.tasks] == ["Succeeded"] * 3

    live(story)


def test_a_long_chain_of_immediate_answers(play: Any) -> None:
    """Reference gap (engine.md 6.10): nothing is nested in what was before it."""
    nodes = ", ".join(
        f"{{name: t{n}, executor: {{type: echo}}, dependencies: [{f't{n - 1}' if n else ''}]}}"
        for n in range(1500)
    )
    done = play(f"entrypoint: main\ntemplates: [{{dag: {{name: main, tasks: [{nodes}]}}}}]")

    assert done.run.progress == "1501/1501"


def test_the_deadline_of_a_ready_task(live: Any, read: Any) -> None:
    """Reference gap (engine.md 9): a queue without workers ends the wait, not the run's hour."""

    async def story(world: Any) -> None:
        async with world.engine(broker=world.hand, dispatch_timeout=5_000_000) as engine:
            await engine.submit(read(TWO), run_id="r")
            run = await engine.wait("r", timeout=6)
            assert [task.phase for task in run.tasks] == ["Error", "Timeout"]
            assert world.hand.cancelled == [world.hand.jobs[0].task_id]

    live(story)


@pytest.mark.parametrize("schedule", ["* * * * *", "*/1 * * * *"])
def test_many_missed_times(live: Any, schedule: str) -> None:
    """Reference gap (engine.md 13): after a day without a process the schedule goes on."""

    async def story(world: Any) -> None:
        async with world.engine() as engine:
            await engine.cron.create(cron("tick", schedule))
            async with engine.cron.scheduling():
                await asyncio.sleep(61)
        await asyncio.sleep(24 * 3600)
        async with world.engine() as engine:
            async with engine.cron.scheduling():
                await asyncio.sleep(121)
            runs = (await engine.cron.get("tick")).runs
            days = [run.scheduled_at[:10] for run in runs]
            assert days == ["2026-01-01", "2026-01-02", "2026-01-02"]

    live(story)


def test_a_waiting_retry_survives_a_crash(live: Any, read: Any) -> None:
    """Reference gap (engine.md 8, 14): the task is Created, and begins when its time has come."""
    spec = TWO.replace("type: echo}}\n", "type: echo, config: {fail-count: 1}}, %s}\n", 1)
    spec %= "retry: {limit: 1, expression: 'true', backoff: {duration: 60s}}"

    async def story(world: Any) -> None:
        async with world.engine() as engine:
            await engine.submit(read(spec), run_id="r")
            await asyncio.sleep(1)
            assert (await engine.get("r")).tasks[1].phase == "Created"
        await lose(world)
        async with world.engine() as engine:
            await engine.recover()
            assert (await engine.wait("r", timeout=60)).phase == "Succeeded"
            assert world.echo.names == ["a", "a", "b"]
            done = await world.played(engine, "r")
            assert done.times("a", "Running") == [0, 60_000_000]

    live(story)


REPORTS = [("start", "a"), ("complete", "a"), ("start", "b")]


@pytest.mark.parametrize("reports", range(len(REPORTS) + 1))
def test_a_crash_after_each_commit(live: Any, read: Any, reports: int) -> None:
    """Reference gap (engine.md 14): wherever an engine is lost, the next one goes on from there."""

    async def story(world: Any) -> None:
        hand = world.hand
        async with world.engine(broker=hand) as engine:
            await engine.submit(read(TWO), run_id="r")
            for report, name in REPORTS[:reports]:
                await getattr(hand, report)(hand.job(name))
        await lose(world)
        async with world.engine() as engine:
            await engine.recover()
            run = await engine.wait("r", timeout=1)
            assert [task.phase for task in run.tasks] == ["Succeeded"] * 3

    live(story)


def test_a_wide_fan_out_on_a_small_broker(play: Any) -> None:
    """Reference gap (ports.md 2): there all workers wait for a place in their own queue."""
    done = play(
        f"""
        entrypoint: main
        templates:
        - loop: {{name: main, items: {list(range(300))}, body: inner}}
        - dag: {{name: inner, tasks: [{{name: a, executor: {{type: echo}}}},
                                     {{name: b, dependencies: [a], executor: {{type: echo}}}}]}}
        """,
        concurrency=2,
    )

    assert done.run.progress == "901/901"


class Panic(Executor):
    """Raises what no plugin should raise."""

    type = "panic"

    def __init__(self, error: BaseException) -> None:
        self._error = error

    async def execute(self, request: ExecuteRequest) -> None:
        """Run one attempt."""
        raise self._error


class Deaf(Executor):
    """Goes on when it is cancelled, and says that all is well."""

    type = "deaf"

    async def execute(self, request: ExecuteRequest) -> dict[str, Any]:
        """Run one attempt."""
        try:
            await asyncio.sleep(60)
        except asyncio.CancelledError:
            await asyncio.sleep(30)
        return {"v": "late"}


@pytest.mark.parametrize(
    "error", [ValueError("boom"), SystemExit(3), RecursionError("deep"), asyncio.CancelledError()]
)
def test_a_plugin_that_panics(live: Any, read: Any, error: BaseException) -> None:
    """Reference gap (executors.md 5): it ends its own task in Error, and nothing else."""

    async def story(world: Any) -> None:
        world.registry.register(Panic(error))
        async with world.engine() as engine:
            spec = "entrypoint: main\ntemplates: [{task: {name: main, executor: {type: panic}}}]"
            await engine.submit(read(spec), run_id="r")
            assert (await engine.wait("r", timeout=10)).phase == "Error"

    live(story)


def test_a_plugin_that_ignores_its_deadline(live: Any, read: Any) -> None:
    """Reference gap (executors.md 5): there a late success counts."""
    spec = TWO.replace(
        "name: a, executor: {type: echo}", "name: a, timeout: 5s, executor: {type: deaf}"
    )

    async def story(world: Any) -> None:
        world.registry.register(Deaf())
        async with world.engine() as engine:
            await engine.submit(read(spec), run_id="r")
            await engine.wait("r", timeout=6)
            await asyncio.sleep(100)
            done = await world.played(engine, "r")
        assert done.phases == {"main": "Error", "a": "Timeout"}
        assert done.task("a").outputs == {}

    live(story)


@pytest.mark.parametrize("engines", [1, 2])
def test_a_suspended_iteration_keeps_its_place(live: Any, read: Any, engines: int) -> None:
    """Reference gap (engine.md 7.5): the others wait, also in the engine that goes on with it."""
    spec = """
    entrypoint: main
    templates:
    - loop: {name: main, items: [1, 2, 3], concurrency: 1, body: work}
    - task: {name: work, executor: {type: echo, config: {suspend: true}}}
    """

    async def story(world: Any) -> None:
        engine = world.engine()
        await engine.__aenter__()
        await engine.submit(read(spec), run_id="r")
        for number in range(1, 4):
            await asyncio.wait_for(engine.wait_suspended("r"), 10)
            assert len((await engine.get("r")).tasks) == 1 + number
            if engines == 2:
                await engine.__aexit__(None, None, None)
                await lose(world)
                engine = world.engine()
                await engine.__aenter__()
            await engine.resume("r", {"__resumed": True})
            await asyncio.sleep(1)
        assert (await engine.wait("r", timeout=10)).progress == "4/4"
        assert len(world.echo.requests) == 6
        await engine.__aexit__(None, None, None)

    live(story)
