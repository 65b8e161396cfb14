"""Suspended runs: they wait, they are resumed once, and they survive their engine."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from aether_core.brokers import InProcessBroker
from aether_core.engine import NotSuspended, RunNotFound
from aether_sdk import ExecOutputs, ExecuteRequest, Executor


class Ask(Executor):
    """Suspends until it is given an answer."""

    type = "ask"

    def __init__(self) -> None:
        self.calls = 0

    async def execute(self, request: ExecuteRequest) -> Any:
        self.calls += 1
        inputs = request.inputs.as_dict() if request.inputs is not None else {}
        if "answer" not in inputs:
            return ExecOutputs.of({"asked": True}, code=1, message="what is it?")
        return {"answer": inputs["answer"]}


ASK = {"name": "q", "executor": {"type": "ask"}}
AFTER = {
    "name": "after",
    "dependencies": ["q"],
    "executor": {"type": "echo", "config": {"got": "{{tasks.q.outputs.parameters.answer}}"}},
}


@pytest.fixture
def home(house: Any) -> Any:
    """A house with an executor that asks."""
    made = house()
    made.ask = Ask()
    made.registry.register(made.ask)
    return made


def test_a_suspended_run_goes_on_with_its_answer(home: Any, flow: Any) -> None:
    """Partial outputs stay, the payload reaches the executor, what depends on it runs."""

    async def story() -> None:
        async with home.engine() as engine:
            run_id = await engine.submit(flow(ASK, AFTER))
            await asyncio.wait_for(engine.wait_suspended(run_id), 5)
            waiting = await engine.get(run_id)
            assert waiting.phase == "Running"
            assert waiting.tasks[1].message == "what is it?"
            await engine.resume(run_id, {"answer": 42})
            ended = await engine.wait(run_id)
            assert ended.phase == "Succeeded"
            assert ended.tasks[1].outputs == {"asked": True, "answer": 42}
            assert ended.tasks[2].outputs == {"got": 42}

    asyncio.run(story())


def test_a_suspended_run_survives_its_engine(home: Any, flow: Any) -> None:
    """Another engine on the same store takes it on when it is resumed."""

    async def story() -> None:
        async with home.engine() as engine:
            run_id = await engine.submit(flow(ASK, AFTER))
            await asyncio.wait_for(engine.wait_suspended(run_id), 5)
        async with home.engine(broker=InProcessBroker(home.registry)) as engine:
            await engine.resume(run_id, {"answer": "yes"}, task="q")
            ended = await asyncio.wait_for(engine.wait(run_id), 5)
            assert ended.phase == "Succeeded"
            assert ended.progress == "3/3"
            assert ended.tasks[2].outputs == {"got": "yes"}
        assert home.ask.calls == 2

    asyncio.run(story())


def test_what_is_not_suspended_can_not_be_resumed(home: Any, flow: Any) -> None:
    """Each refusal says why, and changes nothing."""

    async def story() -> None:
        async with home.engine() as engine:
            run_id = await engine.submit(flow(ASK, {**ASK, "name": "r"}))
            await asyncio.wait_for(engine.wait_suspended(run_id), 5)
            for task, words in ((None, "2 suspended tasks"), ("nope", "'nope'")):
                with pytest.raises(NotSuspended, match=words):
                    await engine.resume(run_id, {"answer": 1}, task=task)
            with pytest.raises(RunNotFound):
                await engine.resume("ghost")
            await engine.resume(run_id, {"answer": 1}, task="q")
            await engine.resume(run_id, {"answer": 1}, task="r")
            await engine.wait(run_id)
            with pytest.raises(NotSuspended, match="nothing to resume"):
                await engine.resume(run_id, {"answer": 2})
        assert home.ask.calls == 4

    asyncio.run(story())
