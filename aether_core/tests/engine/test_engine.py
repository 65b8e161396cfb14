"""The engine's promises: durable first, idempotent submission, events, waiting, cancelling."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from aether_core.engine import (
    DocumentRejected,
    EngineClosed,
    EngineFailed,
    RunNotFound,
)
from aether_core.kernel import RunChanges
from aether_core.ports import RunQuery, StoreError
from aether_core.stores import MemoryStore
from aether_sdk import Phase

ECHO = {"name": "a", "executor": {"type": "echo", "config": {"v": 1}}}
GATE = {"name": "g", "executor": {"type": "gate"}}


def test_a_run_goes_from_submission_to_its_end(house: Any, flow: Any) -> None:
    """submit, wait, get and list tell the same story."""

    async def story() -> None:
        async with house().engine() as engine:
            run_id = await engine.submit(flow(ECHO, {**ECHO, "name": "b", "dependencies": ["a"]}))
            ended = await engine.wait(run_id)
            assert (ended.phase, ended.progress) == ("Succeeded", "3/3")
            assert [task.name for task in ended.tasks] == ["main", "a", "b"]
            assert ended.tasks[2].outputs == {"v": 1}
            assert await engine.get(run_id) == ended
            (listed,) = await engine.list(RunQuery(workflow="flow"))
            assert (listed.run_id, listed.phase) == (run_id, "Succeeded")

    asyncio.run(story())


def test_a_refused_document_leaves_no_trace(house: Any, flow: Any) -> None:
    """Every error is carried by the exception, and nothing is stored."""

    async def story() -> None:
        async with house().engine() as engine:
            bad = flow({"name": "a", "executor": {"type": "nope"}, "dependencies": ["b"]})
            with pytest.raises(DocumentRejected) as caught:
                await engine.submit(bad)
            paths = {d.path for d in caught.value.diagnostics}
            assert "/spec/templates/0/dag/tasks/0/executor/type" in paths
            assert "/spec/templates/0/dag/tasks/0/dependencies/0" in paths
            assert await engine.list() == []

    asyncio.run(story())


@pytest.mark.parametrize(
    ("arguments", "words"),
    [({"n": "x"}, "expected an integer"), ({"m": 1}, "no argument 'm'"), ({}, "is required")],
)
def test_arguments_are_checked_before_anything_runs(
    house: Any, flow: Any, arguments: dict[str, Any], words: str
) -> None:
    """Wrong type, unknown name, missing value: refused like an error in the document."""

    async def story() -> None:
        declared = {"parameters": [{"name": "n", "type": "int"}]}
        async with house().engine() as engine:
            with pytest.raises(DocumentRejected, match=words):
                await engine.submit(flow(ECHO, arguments=declared), arguments=arguments)
            assert await engine.list() == []

    asyncio.run(story())


def test_given_values_reach_the_tasks(house: Any, flow: Any) -> None:
    """Arguments, custom variables and system variables."""

    async def story() -> None:
        node = {
            "name": "a",
            "executor": {
                "type": "echo",
                "config": {
                    "n": "{{workflow.parameters.n}}",
                    "region": "{{deploy.region}}",
                    "os": "{{system.os}}",
                },
            },
        }
        declared = {"parameters": [{"name": "n", "type": "int", "default": 1}]}
        async with house().engine() as engine:
            run_id = await engine.submit(
                flow(node, arguments=declared),
                arguments={"n": 7},
                variables={"deploy.region": "eu"},
            )
            ended = await engine.wait(run_id)
            outputs = ended.tasks[1].outputs
            assert (outputs["n"], outputs["region"]) == (7, "eu")
            assert outputs["os"]

    asyncio.run(story())


def test_a_repeated_run_id_starts_nothing(house: Any, flow: Any) -> None:
    """Neither while the first run goes on nor after it has ended, also from another engine."""

    async def story() -> None:
        home = house()
        async with home.engine() as engine:
            ids = {await engine.submit(flow(GATE), run_id="same") for _ in range(3)}
            await home.gate.entered.wait()
            home.gate.open.set()
            await engine.wait("same")
            ids.add(await engine.submit(flow(ECHO), run_id="same"))
            assert ids == {"same"}
            assert [task.name for task in (await engine.get("same")).tasks] == ["main", "g"]
            assert len(await engine.list()) == 1

    asyncio.run(story())


def test_events_are_complete_and_in_order(house: Any, flow: Any) -> None:
    """A subscriber sees each event once, from the first on, and the stream ends with the run."""

    async def story() -> None:
        home = house()
        async with home.engine() as engine:
            run_id = await engine.submit(flow(ECHO, {**GATE, "dependencies": ["a"]}))
            live: list[Any] = []

            async def follow() -> None:
                live.extend([event async for event in engine.events(run_id)])

            follower = asyncio.create_task(follow())
            await home.gate.entered.wait()
            home.gate.open.set()
            await engine.wait(run_id)
            await asyncio.wait_for(follower, 5)
            stored = [event async for event in engine.events(run_id)]
            rest = [event async for event in engine.events(run_id, after=4)]
            assert live == stored
            assert [event.seq for event in live] == list(range(1, len(live) + 1))
            assert rest == stored[4:]
            assert (live[-1].kind, live[-1].phase) == ("run", "Succeeded")

    asyncio.run(story())


def test_cancel_stops_running_executors(house: Any, flow: Any) -> None:
    """The coroutine is cancelled, the run ends Cancelled, nothing new starts."""

    async def story() -> None:
        home = house()
        async with home.engine() as engine:
            run_id = await engine.submit(flow(GATE, {**ECHO, "dependencies": ["g"]}))
            await home.gate.entered.wait()
            await engine.cancel(run_id)
            ended = await engine.wait(run_id)
            assert ended.phase == "Cancelled"
            assert {task.name: task.phase for task in ended.tasks} == {
                "main": "Cancelled",
                "g": "Cancelled",
            }
        assert home.gate.cancelled == 1

    asyncio.run(story())


def test_leaving_the_engine_keeps_what_was_committed(house: Any, flow: Any) -> None:
    """A run that was open stays open in the store; its executors are stopped."""

    async def story() -> None:
        home = house()
        async with home.engine() as engine:
            await engine.submit(flow(GATE), run_id="open")
            await home.gate.entered.wait()
        assert home.gate.cancelled == 1
        async with home.engine(store=Reopened(home.store)) as engine:
            assert (await engine.get("open")).phase in {"Ready", "Running"}
            with pytest.raises(TimeoutError):
                await engine.wait("open", timeout=0.05)

    asyncio.run(story())


def test_unknown_runs_and_closed_engines_say_so(house: Any, flow: Any) -> None:
    """No method answers for a run it can't know."""

    async def story() -> None:
        engine = house().engine()
        with pytest.raises(EngineClosed):
            await engine.submit(flow(ECHO))
        async with engine:
            for question in (engine.get, engine.wait, engine.cancel):
                with pytest.raises(RunNotFound, match="ghost"):
                    await question("ghost")
            with pytest.raises(RunNotFound):
                async for _ in engine.events("ghost"):
                    pass

    asyncio.run(story())


class Reopened:
    """A memory store that another engine has used before."""

    def __init__(self, store: MemoryStore) -> None:
        self._store = store

    def __getattr__(self, name: str) -> Any:
        return getattr(self._store, name)

    async def open(self) -> None:
        """Nothing to open."""

    async def close(self) -> None:
        """Nothing to close."""


class Faulty(Reopened):
    """A store whose commits fail when the test says so."""

    failures = 0
    error: Exception = StoreError("disk full")

    async def commit(self, batch: Any) -> None:
        if self.failures:
            self.failures -= 1
            raise self.error
        await self._store.commit(batch)


def test_a_passing_fault_of_the_store_is_survived(house: Any, flow: Any) -> None:
    """The batch is written again; nothing is lost and nothing happens twice."""

    async def story() -> None:
        store = Faulty(MemoryStore())
        async with house(store).engine() as engine:
            store.failures = 2
            ended = await engine.wait(await engine.submit(flow(ECHO)))
            assert ended.phase == "Succeeded"
            assert store.failures == 0

    asyncio.run(story())


def test_a_lost_store_stops_the_engine_loudly(house: Any, flow: Any) -> None:
    """Nobody waits for ever: submitters and waiters get the cause."""

    async def story() -> None:
        store = Faulty(MemoryStore())
        home = house(store)
        async with home.engine() as engine:
            run_id = await engine.submit(flow(GATE))
            await home.gate.entered.wait()
            store.failures = 99
            home.gate.open.set()
            with pytest.raises(EngineFailed, match="disk full"):
                await engine.wait(run_id)
            for question in (engine.submit(flow(ECHO)), engine.wait(run_id), engine.get(run_id)):
                with pytest.raises(EngineFailed):
                    await question
            with pytest.raises(EngineFailed):
                async for _ in engine.events(run_id):
                    pass

    asyncio.run(story())


def test_a_fault_of_an_adapter_stops_the_engine_loudly(house: Any, flow: Any) -> None:
    """An exception that no store should raise reaches everybody who waits."""

    async def story() -> None:
        store = Faulty(MemoryStore())
        async with house(store).engine() as engine:
            store.failures, store.error = 99, KeyError("adapter")
            with pytest.raises(EngineFailed, match="adapter"):
                await engine.submit(flow(ECHO))

    asyncio.run(story())


def test_a_run_that_another_engine_changed_is_let_go(house: Any, flow: Any) -> None:
    """The version fences: this engine goes on with the other runs, and still waits for it."""

    async def story() -> None:
        home = house()
        async with home.engine() as engine:
            lost = await engine.submit(flow(GATE))
            await home.gate.entered.wait()
            waiter = asyncio.create_task(engine.wait(lost))
            await asyncio.sleep(0)
            run = await home.store.get_run(lost)
            run.message = "from elsewhere"
            await home.store.commit([RunChanges(run, run.version, [], [], [])])
            home.gate.open.set()
            other = await engine.submit(flow(ECHO))
            assert (await engine.wait(other)).phase == "Succeeded"
            run.phase = Phase.FAILED
            await home.store.commit([RunChanges(run, run.version, [], [], [])])
            ended = await asyncio.wait_for(waiter, 10)
            assert (ended.phase, ended.message) == ("Failed", "from elsewhere")

    asyncio.run(story())


def test_many_runs_share_commits(house: Any, flow: Any) -> None:
    """Fifty runs at once all end, each with its own tasks."""

    async def story() -> None:
        async with house().engine() as engine:
            ids = await asyncio.gather(
                *(engine.submit(flow(ECHO, {**ECHO, "name": "b"})) for _ in range(50))
            )
            ended = await asyncio.gather(*map(engine.wait, ids))
            assert {run.phase for run in ended} == {"Succeeded"}
            assert {len(run.tasks) for run in ended} == {3}

    asyncio.run(story())
