"""Resume, cancel and retry, when they apply and when they do not: decisions 22 and 23."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from aether_core.engine import EngineError, NotApplicable, NotSuspended, RunNotFound

ASKING = """
entrypoint: main
templates:
- dag:
    name: main
    tasks:
    - {name: ask, executor: {type: echo, config: {suspend: true, given: document}}}
    - {name: after, dependencies: [ask], executor: {type: echo}}
    - {name: beside, executor: {type: echo, config: {sleep: 1s}}}
"""
ASKING_TWO = ASKING.replace(
    "name: beside, executor: {type: echo, config: {sleep: 1s}}",
    "name: also, executor: {type: echo, config: {suspend: true}}",
)


async def suspended(engine: Any, document: Any) -> None:
    """Start a run and wait until it is suspended."""
    await engine.submit(document, run_id="r")
    await engine.wait_suspended("r")


def test_a_resumed_task_is_ready_and_then_running(live: Any, read: Any) -> None:
    """Decision 23: it does not stay Suspended while it executes."""

    async def story(world: Any) -> Any:
        async with world.engine() as engine:
            await suspended(engine, read(ASKING))
            await engine.resume("r", {"__resumed": True, "given": "payload"})
            await engine.wait("r")
            return await world.played(engine, "r")

    done = live(story)
    reached = [event.phase for event in done.events if event.name == "ask" and event.phase]
    assert reached == ["Ready", "Running", "Suspended", "Ready", "Running", "Succeeded"]
    assert done.task("ask").outputs == {"given": "payload"}


def test_outputs_of_all_rounds_add_up(live: Any, read: Any) -> None:
    """Decision 23: the last writer of a name wins."""

    async def story(world: Any) -> None:
        async with world.engine(broker=world.hand) as engine:
            await engine.submit(read(ASKING), run_id="r")
            for code, outputs in [
                (1, {"a": 1, "b": 1}),
                (1, {"b": 2, "c": 2}),
                (0, {"c": 3, "d": 3}),
            ]:
                await world.hand.complete(world.hand.job("ask"), code, **outputs)
                if code == 1:
                    await engine.resume("r", {f"round-{outputs['b']}": True})
            shown = await world.played(engine, "r")
            assert shown.task("ask").outputs == {"a": 1, "b": 2, "c": 3, "d": 3}
            assert (
                shown.task("ask").inputs["round-1"] is shown.task("ask").inputs["round-2"] is True
            )

    live(story)


def test_a_payload_is_durable_and_applied_once(live: Any, read: Any) -> None:
    """Decision 23: also if the engine is lost right after it has taken it."""

    async def story(world: Any) -> Any:
        async with world.engine(broker=world.hand) as engine:
            await engine.submit(read(ASKING), run_id="r")
            await world.hand.complete(world.hand.job("ask"), 1)
            await engine.resume("r", {"__resumed": True, "given": "payload"})
        await asyncio.sleep(10)
        async with world.engine() as engine:
            await engine.recover()
            await engine.wait("r")
            return await world.played(engine, "r")

    done = live(story)
    assert done.task("ask").outputs == {"given": "payload"}
    assert [request.task_name for request in done.requests].count("ask") == 1


def test_of_many_resumes_at_once_one_counts(live: Any, read: Any) -> None:
    """Decision 23: the others are told why not."""

    async def story(world: Any) -> Any:
        async with world.engine() as engine:
            await suspended(engine, read(ASKING))
            answers = await asyncio.gather(
                *(engine.resume("r", {"__resumed": True, "given": n}) for n in range(5)),
                return_exceptions=True,
            )
            await engine.wait("r")
            return answers, await world.played(engine, "r")

    answers, done = live(story)
    refused = [answer for answer in answers if isinstance(answer, EngineError)]
    assert (len(answers), len(refused)) == (5, 4)
    assert [request.task_name for request in done.requests].count("ask") == 2


RESUMES = [
    ("running", "beside", NotSuspended, "beside"),
    ("running", "ghost", NotSuspended, "ghost"),
    ("running", "main", NotSuspended, "main"),
    ("two", None, NotSuspended, "also"),
    ("ended", "ask", NotApplicable, "ended"),
    ("unknown", None, RunNotFound, "r"),
]


@pytest.mark.parametrize(("state", "task", "error", "reason"), RESUMES)
def test_a_resume_that_does_not_apply(
    live: Any, read: Any, state: str, task: str | None, error: type[EngineError], reason: str
) -> None:
    """Decision 23: a clear error, and nothing is changed."""

    async def story(world: Any) -> None:
        async with world.engine() as engine:
            if state == "running":
                await engine.submit(read(ASKING), run_id="r")
                await asyncio.sleep(0.5)
            elif state == "two":
                await suspended(engine, read(ASKING_TWO))
            elif state == "ended":
                await suspended(engine, read(ASKING))
                await engine.cancel("r")
            before = await dump(world)
            with pytest.raises(error) as refused:
                await engine.resume("r", {"__resumed": True, "given": "x"}, task=task)
            assert reason in f"{refused.value} {refused.value.hint}"
            assert await dump(world) == before

    live(story)


async def dump(world: Any) -> str:
    """Return all that the store holds of the run."""
    run, tasks = await world.store.get_run("r"), await world.store.get_tasks("r")
    return repr((run, tasks, await world.store.get_events("r", after=0, limit=1000)))


@pytest.mark.parametrize("state", ["ended", "unknown"])
def test_a_cancel_that_does_not_apply(live: Any, read: Any, state: str) -> None:
    """Decision 22: a run that has ended stays what it is, and the caller is told why."""

    async def story(world: Any) -> None:
        async with world.engine() as engine:
            if state == "ended":
                await suspended(engine, read(ASKING))
                await engine.cancel("r", "first")
            before = await dump(world)
            with pytest.raises(NotApplicable if state == "ended" else RunNotFound) as refused:
                await engine.cancel("r", "second")
            assert "Cancelled" in str(refused.value) or state == "unknown"
            assert await dump(world) == before

    live(story)


@pytest.mark.parametrize(("state", "reason"), [("open", "ended"), ("good", "succeeded")])
def test_a_retry_that_does_not_apply(live: Any, read: Any, state: str, reason: str) -> None:
    """Decision 22: a run that is open or succeeded is not begun again, and says why."""

    async def story(world: Any) -> None:
        async with world.engine() as engine:
            await suspended(engine, read(ASKING))
            if state == "good":
                await engine.resume("r", {"__resumed": True})
                await engine.wait("r")
            before = await dump(world)
            with pytest.raises(NotApplicable) as refused:
                await engine.retry("r")
            assert reason in str(refused.value)
            assert await dump(world) == before
            with pytest.raises(RunNotFound):
                await engine.retry("ghost")

    live(story)


COMMANDS = [
    ("resume", "r", "succeeded"),
    ("cancel", "r", "succeeded"),
    ("retry", "r", "succeeded"),
    ("resume", "ghost", "ghost"),
    ("cancel", "ghost", "ghost"),
    ("retry", "ghost", "ghost"),
]


@pytest.mark.parametrize(("command", "run", "reason"), COMMANDS)
def test_the_command_says_why_not(
    aether: Any, write: Any, command: str, run: str, reason: str
) -> None:
    """Decision 23: status 2, a reason, and the run is as it was."""
    ran = "entrypoint: main\ntemplates: [{task: {name: main, executor: {type: echo}}}]"
    aether("run", write(ran), "--run-id", "r")
    before = aether("get", "r", "--output", "json").out

    outcome = aether(command, run)

    assert outcome.status == 2
    assert reason in outcome.err.lower()
    assert "Traceback" not in outcome.err
    assert aether("get", "r", "--output", "json").out == before
