"""Where the reference engine does something twice, and this one does not; see test_gaps.py."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from aether_core.engine import NotApplicable
from aether_core.kernel import NotifyHook
from aether_core.ports import RunQuery

TWO = """
entrypoint: main
templates:
- dag:
    name: main
    tasks:
    - {name: a, executor: {type: echo}}
    - {name: b, dependencies: [a], executor: {type: echo, config: {v: 2}}}
"""


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


HOOKED = """
entrypoint: main
hooks: {onStart: {template: note}, onError: {template: note}, onExit: {template: note}}
templates:
- dag:
    name: main
    tasks:
    - name: a
      executor: {type: echo, config: {sleep: 1h}}
      hooks: {onStart: {template: note}, onExit: {template: note}}
- task: {name: note, executor: {type: echo}}
"""


def test_a_repeated_submission(live: Any, read: Any) -> None:
    """Reference gap (engine.md 4): a client that asks again gets the run that there is."""

    async def story(world: Any) -> None:
        async with world.engine() as engine, world.engine() as other:
            ids = await asyncio.gather(
                *(each.submit(read(TWO), run_id="r") for each in (engine, other, engine))
            )
            assert ids == ["r", "r", "r"]
            await engine.wait("r")
            assert len(await engine.list(RunQuery())) == 1
        assert world.echo.names == ["a", "b"]

    live(story)


@pytest.mark.parametrize("end", ["cancel", "timeout"])
def test_no_retry_in_a_run_that_has_ended(live: Any, read: Any, end: str) -> None:
    """Reference gap (engine.md 8): an attempt that waits for its time does not come any more."""
    spec = TWO.replace("type: echo}}\n", "type: echo, config: {code: 3}}, %s}\n", 1)
    spec %= "retry: {limit: 9, backoff: {duration: 30s}}"

    async def story(world: Any) -> None:
        async with world.engine() as engine:
            await engine.submit(read(f"timeout: 20s{spec}"), run_id="r")
            await asyncio.sleep(10)
            if end == "cancel":
                await engine.cancel("r")
            run = await engine.wait("r", timeout=11)
            await asyncio.sleep(600)
            assert run == await engine.get("r")
            assert {task.phase for task in run.tasks} == {run.phase}
        assert world.echo.names == ["a"]

    live(story)


def test_hooks_at_a_timeout_of_the_run(live: Any, read: Any) -> None:
    """Reference gap (engine.md 9): there they fire again with each look at the deadline."""
    told: list[tuple[str, str]] = []

    def notify(hook: NotifyHook) -> None:
        told.append((hook.scope, hook.hook))

    async def story(world: Any) -> None:
        async with world.engine(notifier=notify) as engine:
            await engine.submit(read(f"timeout: 1m{HOOKED}"), run_id="r")
            assert (await engine.wait("r")).phase == "Timeout"
            await asyncio.sleep(600)

    live(story)
    assert sorted(told) == [
        ("task", "onExit"),
        ("task", "onStart"),
        ("workflow", "onError"),
        ("workflow", "onExit"),
        ("workflow", "onStart"),
    ]


def test_repeated_starts(live: Any, read: Any) -> None:
    """Reference gap (engine.md 11): onStart fires once, whatever workers report."""
    told: list[str] = []

    async def story(world: Any) -> None:
        async with world.engine(
            broker=world.hand, notifier=lambda hook: told.append(hook.hook)
        ) as engine:
            await engine.submit(read(HOOKED), run_id="r")
            job = world.hand.job("a")
            for _ in range(3):
                await world.hand.start(job)
            await world.hand.complete(job)
            await world.hand.start(job)

    live(story)
    assert sorted(told) == ["onExit", "onExit", "onStart", "onStart"]


def test_nothing_escapes_a_cancel(live: Any, read: Any) -> None:
    """Reference gap (engine.md 12): there tasks that begin meanwhile go on in a cancelled run."""

    async def story(world: Any) -> None:
        async with world.engine(broker=world.hand) as engine:
            await engine.submit(read(TWO), run_id="r")
            job = world.hand.job("a")
            await asyncio.gather(world.hand.complete(job), engine.cancel("r"))
            run = await engine.wait("r", timeout=1)
            assert run.phase == "Cancelled"
            assert all(task.phase.is_terminal for task in run.tasks)
            with pytest.raises(NotApplicable):
                await engine.cancel("r")
            left = {job.task_id for job in world.hand.jobs} - {job.task_id}
            assert left <= set(world.hand.cancelled)

    live(story)


def test_queued_tasks_of_a_cancelled_run(live: Any, read: Any) -> None:
    """Reference gap (engine.md 12): what waits for a place is not executed any more."""
    spec = """
    entrypoint: main
    templates:
    - loop: {name: main, items: [1, 2, 3], body: work}
    - task: {name: work, executor: {type: echo, config: {sleep: 10s}}}
    """

    async def story(world: Any) -> None:
        async with world.engine(concurrency=1) as engine:
            await engine.submit(read(spec), run_id="r")
            await asyncio.sleep(1)
            await engine.cancel("r")
            await asyncio.sleep(100)
        assert len(world.echo.requests) == 1

    live(story)


def test_cancelled_runs_are_pruned(live: Any) -> None:
    """Reference gap (engine.md 13): Replace does not pile them up."""

    async def story(world: Any) -> None:
        slow = {"executor": {"type": "echo", "config": {"sleep": "1h"}}}
        async with world.engine() as engine:
            document = cron("tick", "* * * * *", task=slow, concurrencyPolicy="Replace")
            await engine.cron.create(document)
            async with engine.cron.scheduling():
                await asyncio.sleep(590)
            phases = [run.phase for run in (await engine.cron.get("tick")).runs]
            assert phases == ["Cancelled", "Running"]

    live(story)
