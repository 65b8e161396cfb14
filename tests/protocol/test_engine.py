"""What the engine promises about states and deliveries: decisions 19, 20, 22, 25, 27, 28, 29."""

from __future__ import annotations

import asyncio
import re
from datetime import UTC, datetime
from itertools import count
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest

from aether_core.ports import RunQuery
from aether_core.stores import SqliteStore

SECOND = 1_000_000
TWO = """
entrypoint: main
templates:
- dag:
    name: main
    tasks:
    - {name: a, executor: {type: echo}, retry: {limit: 1}}
    - {name: b, dependencies: [a], executor: {type: echo}}
"""
NESTED = """
entrypoint: main
templates:
- dag: {name: main, tasks: [{name: box, template: box}]}
- loop: {name: box, items: [1, 2], body: leaf}
- task: {name: leaf, executor: {type: echo}}
"""


def phases(shown: Any, name: str) -> list[str]:
    """Return the phases that a task or the run went through."""
    return [event.phase.value for event in shown.events if event.phase and event.name == name]


def test_a_container_moves_with_its_first_leaf(live: Any, read: Any) -> None:
    """Decision 19: it is Ready, then Running with it, not before and not with the last one."""

    async def story(world: Any) -> None:
        async with world.engine(broker=world.hand) as engine:
            await engine.submit(read(NESTED), run_id="r")
            for expected in ("Ready", "Running"):
                shown = await world.played(engine, "r")
                assert {shown.phases["main"], shown.phases["box"]} == {expected}
                assert shown.run.phase == expected
                await world.hand.start(world.hand.jobs[1])
            await world.hand.complete(world.hand.jobs[1])
            assert (await world.played(engine, "r")).phases["box"] == "Running"

    live(story)


def test_a_container_ends_from_any_phase(live: Any, read: Any, play: Any) -> None:
    """Decision 19: also if no start was ever seen, and if nothing ever ran."""

    async def story(world: Any) -> None:
        async with world.engine(broker=world.hand) as engine:
            await engine.submit(read(NESTED), run_id="r")
            for job in world.hand.jobs:
                await world.hand.complete(job)
            assert (await engine.wait("r", timeout=1)).phase == "Succeeded"

    live(story)
    idle = play(NESTED.replace("template: box}", "template: box, when: 'false'}"))
    assert idle.phases == {"main": "Succeeded", "box": "Skipped"}
    assert idle.run.started_at is None


def test_a_completion_while_ready_is_accepted(live: Any, read: Any) -> None:
    """Decision 20: the start may have been lost."""

    async def story(world: Any) -> None:
        async with world.engine(broker=world.hand) as engine:
            await engine.submit(read(TWO), run_id="r")
            await world.hand.complete(world.hand.job("a"), v=1)
            shown = await world.played(engine, "r")
            assert shown.phases == {"main": "Running", "a": "Succeeded", "b": "Ready"}
            assert shown.task("a").outputs == {"v": 1}

    live(story)


def test_results_of_other_attempts_are_ignored_and_noted(live: Any, read: Any) -> None:
    """Decision 20: each assignment has its number; late and repeated answers change nothing."""

    async def story(world: Any) -> None:
        async with world.engine(broker=world.hand) as engine:
            await engine.submit(read(TWO), run_id="r")
            first = world.hand.job("a")
            await world.hand.start(first)
            await world.hand.complete(first, 3)
            second = world.hand.job("a")
            assert second.attempt > first.attempt

            await world.hand.complete(first, 0, v="late")
            shown = await world.played(engine, "r")
            assert shown.phases["a"] == "Ready"
            assert shown.notes

            await world.hand.complete(second, 0, v="right")
            await world.hand.complete(second, 2, v="again")
            await world.hand.start(second)
            shown = await world.played(engine, "r")
            assert (shown.phases["a"], shown.task("a").outputs) == ("Succeeded", {"v": "right"})
            assert world.hand.names == ["a", "a", "b"]

    live(story)


@pytest.mark.parametrize("end", ["cancel", "timeout"])
def test_nothing_begins_in_a_run_that_has_ended(live: Any, read: Any, end: str) -> None:
    """Decision 22: what was open is stopped and recorded; late answers set nothing free."""

    async def story(world: Any) -> None:
        async with world.engine(broker=world.hand) as engine:
            await engine.submit(read(f"timeout: 1m{TWO}"), run_id="r")
            job = world.hand.job("a")
            await world.hand.start(job)
            if end == "cancel":
                await engine.cancel("r")
            run = await engine.wait("r")
            phase = "Cancelled" if end == "cancel" else "Timeout"
            assert [task.phase for task in run.tasks] == [phase, phase]
            assert all(task.finished_at for task in run.tasks)
            assert world.hand.cancelled == [job.task_id]

            await world.hand.complete(job)
            assert await engine.get("r") == run
            assert world.hand.names == ["a"]

    live(story)


def test_what_is_acknowledged_is_durable(live: Any, read: Any, tmp_path: Path) -> None:
    """Decision 25: another connection sees it when submit returns, and before a dispatch."""

    async def story(world: Any) -> None:
        other = SqliteStore(tmp_path / "runs.db")
        seen: list[str] = []
        async with world.engine(broker=world.hand) as engine:
            await other.open()
            await engine.submit(read(TWO), run_id="r")
            seen += [task.phase for task in await other.get_tasks("r")]
            await world.hand.complete(world.hand.job("a"))
            seen += [task.phase for task in await other.get_tasks("r")]
            await other.close()
        assert seen == ["Ready", "Ready", "Running", "Succeeded", "Ready"]

    live(story, SqliteStore(tmp_path / "runs.db"))


def test_execution_at_least_once_and_transitions_exactly_once(live: Any, read: Any) -> None:
    """Decision 25: what a lost engine had dispatched runs again; its history has no doubles."""

    async def story(world: Any) -> Any:
        async with world.engine(broker=world.hand) as engine:
            await engine.submit(read(TWO), run_id="r")
            await world.hand.start(world.hand.job("a"))
        await asyncio.sleep(10)
        async with world.engine() as engine:
            await engine.recover()
            await engine.wait("r")
            return await world.played(engine, "r")

    done = live(story)
    assert [request.task_name for request in done.requests] == ["a", "b"]
    for name in ("a", "b"):
        assert phases(done, name).count("Succeeded") == 1
        assert phases(done, name)[0] == "Ready"
    assert done.run.progress == "3/3"


def flow(name: str, priority: int | None) -> str:
    """Return a spec with a task of a name."""
    level = "" if priority is None else f"priority: {priority}"
    return f"""
    entrypoint: {name}
    {level or "x-none: 0"}
    templates: [{{task: {{name: {name}, executor: {{type: echo, config: {{sleep: 1s}}}}}}}}]
    """


def test_priority_among_all_runs(live: Any, read: Any) -> None:
    """Decision 27: the higher first, equals in the order in which they were ready; 0 counts."""

    async def story(world: Any) -> None:
        async with world.engine(concurrency=1) as engine:
            given = [("first", 0), ("zero", 0), ("low", 100), ("none", None), ("high", 900)]
            more = [("none-2", None), ("high-2", 900), ("low-2", 100)]
            for name, priority in given + more:
                await engine.submit(read(flow(name, priority)), run_id=name)
                await asyncio.sleep(0.01)
            for name, _ in given + more:
                await engine.wait(name)
        names = ["first", "high", "high-2", "none", "none-2", "low", "low-2", "zero"]
        assert world.echo.names == names

    live(story)


def test_times_are_utc_with_microseconds(play: Any) -> None:
    """Decision 28: ISO 8601 with Z, of runs and of tasks."""
    done = play(TWO)

    for shown in (done.run, *done.run.tasks):
        for time in (shown.created_at, shown.started_at, shown.finished_at):
            assert re.fullmatch(r"2026-01-01T00:00:00\.\d{6}Z", time)


def test_times_are_real(aether: Any, write: Any) -> None:
    """Decision 28: also in the command, whatever the zone of the machine."""
    before = datetime.now(UTC)
    shown = aether("run", write(TWO), "--output", "json").json
    after = datetime.now(UTC)

    times = [shown["createdAt"], *(task["finishedAt"] for task in shown["tasks"])]
    assert all(time.endswith("Z") and "." in time for time in times)
    assert all(before <= datetime.fromisoformat(time) <= after for time in times)


def test_ids_are_uuid7(aether: Any, write: Any) -> None:
    """Decision 29: of runs and tasks, in the order of their creation, to the millisecond."""
    runs = [aether("run", write(TWO), "--output", "json").json for _ in range(3)]
    ids = [
        each for run in runs for each in (run["runId"], *(task["runId"] for task in run["tasks"]))
    ]

    assert {UUID(each).version for each in ids} == {7}
    assert len(set(ids)) == len(ids)
    stamps = [UUID(each).int >> 80 for each in ids]
    assert stamps == sorted(stamps)


def test_ids_come_from_a_port(live: Any, read: Any) -> None:
    """Decision 29: whoever embeds the engine may bring a generator."""

    async def story(world: Any) -> None:
        numbers = count(1)
        async with world.engine(new_id=lambda: f"id-{next(numbers)}") as engine:
            run_id = await engine.submit(read(TWO))
            run = await engine.wait(run_id)
            assert [run.run_id, *(task.run_id for task in run.tasks)] == [
                "id-2",
                "id-3",
                "id-4",
                "id-5",
            ]
            assert [run.run_id for run in await engine.list(RunQuery())] == ["id-2"]

    live(story)
