"""Cancel, resume, retry and delete, in the engine that drives a run and from others."""

from __future__ import annotations

import asyncio
import contextlib
from typing import Any

import pytest

from aether_core.brokers import InProcessBroker
from aether_core.engine import NotApplicable, NotSuspended, RunNotFound
from aether_core.ports import Command, RunQuery
from aether_core.stores import SqliteStore
from aether_sdk import ExecuteRequest, Executor, TaskFailed, TaskSuspended

GATE = {"name": "hold", "executor": {"type": "gate"}}
ECHO = {"name": "say", "executor": {"type": "echo"}}


class Ask(Executor):
    """Suspends until it is called again."""

    type = "ask"

    async def execute(self, request: ExecuteRequest) -> Any:
        given = request.inputs.as_dict() if request.inputs is not None else {}
        if "__resumed" in given:
            return {"answer": given.get("answer")}
        raise TaskSuspended("asks")


class Flaky(Executor):
    """Fails until it is told not to."""

    type = "flaky"

    def __init__(self) -> None:
        self.works = False
        self.calls = 0

    async def execute(self, request: ExecuteRequest) -> Any:
        self.calls += 1
        if not self.works:
            raise TaskFailed("not yet")
        return {"n": self.calls}


ASK = {"name": "q", "executor": {"type": "ask"}}
FLAKY = {"name": "try", "executor": {"type": "flaky"}, "dependencies": ["say"]}


@pytest.fixture(params=["memory", "sqlite"])
def home(request: pytest.FixtureRequest, house: Any, tmp_path: Any) -> Any:
    """A house whose engines share a store; on SQLite each has a connection of its own."""
    made = house()
    made.registry.register(Ask())
    made.flaky = Flaky()
    made.registry.register(made.flaky)
    if request.param == "sqlite":
        path = tmp_path / "runs.db"
        plain = made.engine
        made.engine = lambda **more: plain(**{"store": SqliteStore(path), **more})
    return made


def other(home: Any) -> Any:
    return home.engine(broker=InProcessBroker(home.registry))


def test_a_run_of_another_engine_is_cancelled_through_the_inbox(home: Any, flow: Any) -> None:
    """The owner stops its task; the caller returns when that is durable (decision 22)."""

    async def story() -> None:
        async with home.engine() as engine, other(home) as caller:
            run_id = await engine.submit(flow(GATE))
            await home.gate.entered.wait()

            await caller.cancel(run_id, "enough")

            run = await caller.get(run_id)
            assert (run.phase, run.message) == ("Cancelled", "enough")
            assert (await engine.wait(run_id, timeout=10)).phase == "Cancelled"
        assert home.gate.cancelled == 1

    asyncio.run(story())


def test_a_suspended_run_without_an_owner_is_cancelled(home: Any, flow: Any) -> None:
    """Public case 20: nobody drives the run, so the caller ends it, and starts nothing."""

    async def story() -> None:
        async with home.engine() as engine:
            run_id = await engine.submit(flow(ECHO, ASK))
            await asyncio.wait_for(engine.wait_suspended(run_id), 10)
        async with other(home) as caller:
            await caller.cancel(run_id)
            run = await caller.wait(run_id, timeout=10)
        phases = {task.name: task.phase for task in run.tasks}
        assert phases == {"main": "Cancelled", "say": "Succeeded", "q": "Cancelled"}

    asyncio.run(story())


def test_what_was_running_when_its_engine_died_is_not_started_again_by_a_cancel(
    home: Any, flow: Any
) -> None:
    """The task of the dead engine is not dispatched once more only to be stopped."""

    async def story() -> None:
        async with home.engine() as engine:
            run_id = await engine.submit(flow(GATE))
            await home.gate.entered.wait()
        home.gate.entered.clear()
        async with other(home) as caller:
            await caller.cancel(run_id)
            assert (await caller.wait(run_id, timeout=10)).phase == "Cancelled"
        assert not home.gate.entered.is_set()

    asyncio.run(story())


def test_a_task_of_another_engine_is_resumed_through_the_inbox(home: Any, flow: Any) -> None:
    """The payload reaches the task in the process that drives the run (decision 23)."""

    async def story() -> None:
        async with home.engine() as engine, other(home) as caller:
            run_id = await engine.submit(flow(ASK))
            await asyncio.wait_for(engine.wait_suspended(run_id), 10)
            await asyncio.wait_for(caller.wait_suspended(run_id), 10)

            await caller.resume(run_id, {"__resumed": True, "answer": 42})

            run = await engine.wait(run_id, timeout=10)
            assert run.tasks[1].outputs == {"answer": 42}

    asyncio.run(story())


def test_of_two_resumes_one_is_applied_and_one_is_told_why_not(home: Any, flow: Any) -> None:
    """Reference gap: the reference would run the executor twice; here the payload counts once."""

    async def story() -> None:
        async with home.engine() as engine, other(home) as caller:
            run_id = await engine.submit(flow(ASK, GATE))
            while not any(t.phase == "Suspended" for t in (await engine.get(run_id)).tasks):
                await asyncio.sleep(0)
            answers = await asyncio.gather(
                engine.resume(run_id, {"__resumed": True, "answer": 1}),
                caller.resume(run_id, {"__resumed": True, "answer": 2}),
                return_exceptions=True,
            )
            refused = [a for a in answers if a is not None]
            assert len(refused) == 1
            assert isinstance(refused[0], NotApplicable)
            home.gate.open.set()
            run = await engine.wait(run_id, timeout=10)
            asked = next(task for task in run.tasks if task.name == "q")
            assert asked.outputs == {"answer": 1}

    asyncio.run(story())


def test_a_command_survives_the_engine_it_was_sent_to(home: Any, flow: Any) -> None:
    """A resume that nobody has read yet is applied by whoever takes the run on."""

    async def story() -> None:
        async with home.engine() as engine:
            run_id = await engine.submit(flow(ASK))
            await asyncio.wait_for(engine.wait_suspended(run_id), 10)
        async with other(home) as caller:
            payload: dict[str, Any] = {"__resumed": True, "answer": "kept"}
            await caller._store.send_command(
                Command(run_id, "resume", 1, task_seq=1, attempt=1, payload=payload)
            )
        async with other(home) as third:
            assert await third.recover() == (run_id,)
            run = await third.wait(run_id, timeout=10)
            assert run.tasks[1].outputs == {"answer": "kept"}
            assert await third._store.list_commands(run_id=run_id) == []

    asyncio.run(story())


def test_a_failed_run_is_retried_from_what_did_not_succeed(home: Any, flow: Any) -> None:
    """Same run, new generation; the task that succeeded does not run again."""

    async def story() -> None:
        async with home.engine() as engine:
            run_id = await engine.submit(flow(ECHO, FLAKY))
            assert (await engine.wait(run_id, timeout=10)).phase == "Failed"
        home.flaky.works = True
        async with other(home) as caller:
            await caller.retry(run_id)
            run = await caller.wait(run_id, timeout=10)
            events = [event async for event in caller.events(run_id)]
        assert run.phase == "Succeeded"
        assert run.message == ""
        assert [(t.name, t.phase) for t in run.tasks] == [
            ("main", "Succeeded"),
            ("say", "Succeeded"),
            ("try", "Succeeded"),
        ]
        assert home.flaky.calls == 2
        ends = [e.phase for e in events if e.kind == "run" and e.phase and e.phase.is_terminal]
        assert ends == ["Failed", "Succeeded"]
        assert sum(e.name == "say" and e.phase == "Running" for e in events) == 1

    asyncio.run(story())


def test_two_engines_that_retry_a_run_do_it_once(home: Any, flow: Any) -> None:
    """The version of the run decides; the other one is told."""

    async def story() -> None:
        async with home.engine() as engine:
            run_id = await engine.submit(flow(ECHO, FLAKY))
            await engine.wait(run_id, timeout=10)
        home.flaky.works = True
        async with other(home) as one, other(home) as two:
            answers = await asyncio.gather(
                one.retry(run_id), two.retry(run_id), return_exceptions=True
            )
            run = await one.wait(run_id, timeout=10)
        assert run.phase == "Succeeded"
        assert home.flaky.calls == 2
        assert sum(answer is None for answer in answers) == 1

    asyncio.run(story())


def test_requests_that_do_not_apply_say_why_and_change_nothing(home: Any, flow: Any) -> None:
    """Each names the state of the run; the run's version stays."""

    async def story() -> None:
        async with home.engine() as engine:
            done = await engine.submit(flow(ECHO))
            await engine.wait(done, timeout=10)
            waiting = await engine.submit(flow(ASK))
            await asyncio.wait_for(engine.wait_suspended(waiting), 10)
            before = [await engine._store.get_run(run) for run in (done, waiting)]
            for request, run_id, error, text in (
                (engine.cancel, done, NotApplicable, "already ended \\(Succeeded\\)"),
                (engine.resume, done, NotSuspended, "already ended"),
                (engine.retry, done, NotApplicable, "has succeeded"),
                (engine.retry, waiting, NotApplicable, "has not ended"),
                (engine.delete, waiting, NotApplicable, "can't be deleted"),
            ):
                with pytest.raises(error, match=text):
                    await request(run_id)
            for request in (engine.cancel, engine.resume, engine.retry, engine.delete):
                with pytest.raises(RunNotFound):
                    await request("ghost")
            assert [await engine._store.get_run(run) for run in (done, waiting)] == before

    asyncio.run(story())


def test_a_deleted_run_is_gone(home: Any, flow: Any) -> None:
    """Neither `get` nor `list` knows it, and its id may be used again."""

    async def story() -> None:
        async with home.engine() as engine:
            run_id = await engine.submit(flow(ECHO), run_id="mine")
            await engine.wait(run_id, timeout=10)

            await engine.delete(run_id)

            with pytest.raises(RunNotFound):
                await engine.get(run_id)
            assert await engine.list() == []
            await engine.submit(flow(ECHO), run_id="mine")
            assert len((await engine.wait("mine", timeout=10)).tasks) == 2

    asyncio.run(story())


def test_a_run_that_was_only_kept_is_executed_by_whoever_recovers(home: Any, flow: Any) -> None:
    """Nothing happens before; its first event is that of its submission."""

    async def story() -> None:
        async with home.engine() as engine:
            run_id = await engine.enqueue(flow(ECHO), run_id="later")
            assert await engine.enqueue(flow(ECHO), run_id="later") == "later"
            kept = await engine.get(run_id)
            assert (kept.phase, kept.tasks) == ("Created", ())
        async with other(home) as worker:
            assert await worker.recover() == ("later",)
            run = await worker.wait("later", timeout=10)
            assert run.phase == "Succeeded"
            assert [s.run_id for s in await worker.list(RunQuery())] == ["later"]

    asyncio.run(story())


def test_a_run_that_was_only_kept_can_be_cancelled(home: Any, flow: Any) -> None:
    """It ends without a task."""

    async def story() -> None:
        async with home.engine() as engine:
            run_id = await engine.enqueue(flow(ECHO))
            await engine.cancel(run_id)
            run = await engine.wait(run_id, timeout=10)
            assert (run.phase, run.tasks) == ("Cancelled", ())

    asyncio.run(story())


def test_a_cancel_of_a_run_that_ends_meanwhile_is_refused(home: Any, flow: Any) -> None:
    """Nobody waits for ever for the answer to a command that came too late."""

    async def story() -> None:
        async with home.engine() as engine, other(home) as caller:
            run_id = await engine.submit(flow(GATE))
            await home.gate.entered.wait()
            request = asyncio.create_task(caller.cancel(run_id))
            home.gate.open.set()
            with contextlib.suppress(NotApplicable):
                await asyncio.wait_for(request, 10)
            assert (await caller.get(run_id)).phase in {"Succeeded", "Cancelled"}

    asyncio.run(story())


def test_a_command_that_came_too_late_does_not_reach_the_next_generation(
    home: Any, flow: Any
) -> None:
    """An old cancel is refused when the run is retried, not carried out."""

    async def story() -> None:
        async with home.engine() as engine:
            run_id = await engine.submit(flow(ECHO, FLAKY))
            await engine.wait(run_id, timeout=10)
            store = engine._store
            late = await store.send_command(Command(run_id, "cancel", 1, reason="late"))
            home.flaky.works = True

            await engine.retry(run_id)

            assert (await engine.wait(run_id, timeout=10)).phase == "Succeeded"
            answer = await store.get_answer(late)
            assert answer is not None
            assert not answer.accepted

    asyncio.run(story())


def test_hooks_that_a_dead_engine_left_open_are_recovered(home: Any, flow: Any) -> None:
    """Reference gap (engine.md 11): there they were lost with the process."""
    document = flow(ECHO, hooks={"onExit": {"template": "bye"}})
    document["spec"]["templates"].append({"task": {"name": "bye", "executor": {"type": "gate"}}})

    async def story() -> None:
        async with home.engine() as engine:
            run_id = await engine.submit(document)
            await home.gate.entered.wait()
            assert (await engine.get(run_id)).phase == "Succeeded"
        home.gate.open.set()
        async with other(home) as next_engine:
            assert await next_engine.recover() == (run_id,)
            run = await next_engine.wait(run_id, timeout=10)
            assert [(t.name, t.phase) for t in run.tasks if t.scope == "hooks"] == [
                ("bye", "Succeeded")
            ]
            assert await next_engine.recover() == ()

    asyncio.run(story())


def test_who_waits_for_a_suspension_is_told_when_the_run_ends_instead(home: Any, flow: Any) -> None:
    """Neither a run of this engine nor one of another is waited for in vain."""

    async def story() -> None:
        async with home.engine() as engine, other(home) as caller:
            run_id = await engine.submit(flow(GATE))
            await home.gate.entered.wait()
            waits = [asyncio.create_task(e.wait_suspended(run_id)) for e in (engine, caller)]
            await asyncio.sleep(0)
            home.gate.open.set()
            answers = await asyncio.wait_for(asyncio.gather(*waits, return_exceptions=True), 10)
            assert [type(answer) for answer in answers] == [NotApplicable, NotApplicable]

    asyncio.run(story())
