"""Runs outlive their engine: another one goes on with them, and only then."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from aether_core.brokers import InProcessBroker
from aether_core.engine import EngineError, RunTakenOver

ECHO = {"name": "a", "executor": {"type": "echo", "config": {"v": 1}}}
GATE = {"name": "g", "dependencies": ["a"], "executor": {"type": "gate"}}


def test_a_run_is_left_to_a_living_engine(house: Any, flow: Any) -> None:
    """Neither recovered nor resumed by another one while its own gives signs of life."""

    async def story() -> None:
        home = house()
        async with home.engine() as engine:
            run_id = await engine.submit(flow(ECHO, GATE))
            await home.gate.entered.wait()
            async with home.engine(broker=InProcessBroker(home.registry)) as other:
                assert await other.abandoned() == []
                assert await other.recover() == ()
                with pytest.raises(RunTakenOver):
                    await other._ownership.take_on(run_id)
            home.gate.open.set()
            assert (await engine.wait(run_id)).phase == "Succeeded"

    asyncio.run(story())


def test_another_engine_goes_on_after_the_first_one_has_ended(house: Any, flow: Any) -> None:
    """What had ended is kept, what was with a worker is executed again, and the run ends."""

    async def story() -> None:
        home = house()
        async with home.engine() as engine:
            run_id = await engine.submit(flow(ECHO, GATE))
            await home.gate.entered.wait()
            before = await engine.get(run_id)
        home.gate.open.set()
        async with home.engine(broker=InProcessBroker(home.registry)) as engine:
            assert await engine.recover() == (run_id,)
            ended = await asyncio.wait_for(engine.wait(run_id), 5)
            assert ended.phase == "Succeeded"
            assert ended.tasks[1] == before.tasks[1]
            assert [task.run_id for task in ended.tasks] == [t.run_id for t in before.tasks]
            assert await engine.recover() == ()

    asyncio.run(story())


def test_two_engines_recover_a_run_once(house: Any, flow: Any) -> None:
    """The store's version decides between them; the other one lets it be."""

    async def story() -> None:
        home = house()
        async with home.engine() as engine:
            run_id = await engine.submit(flow(ECHO, GATE))
            await home.gate.entered.wait()
        one = home.engine(broker=InProcessBroker(home.registry))
        two = home.engine(broker=InProcessBroker(home.registry))
        async with one, two:
            taken = await asyncio.gather(one.recover(), two.recover())
            assert sorted(taken) == [(), (run_id,)]
            home.gate.open.set()
            assert (await asyncio.wait_for(one.wait(run_id), 5)).phase == "Succeeded"
            assert (await asyncio.wait_for(two.wait(run_id), 5)).phase == "Succeeded"

    asyncio.run(story())


def test_a_run_that_can_not_be_read_does_not_stop_the_others(house: Any, flow: Any) -> None:
    """The others are taken on, and the error names the run."""

    async def story() -> None:
        home = house()
        async with home.engine() as engine:
            broken = await engine.submit(flow(GATE | {"dependencies": []}), run_id="broken")
            whole = await engine.submit(flow(GATE | {"dependencies": []}), run_id="whole")
            await home.gate.entered.wait()
        kept = home.store._runs[broken]
        kept.created = kept.created.replace(b"aether/v1", b"aether/v9")
        home.gate.open.set()
        async with home.engine(broker=InProcessBroker(home.registry)) as engine:
            with pytest.raises(EngineError, match="broken"):
                await engine.recover()
            assert (await asyncio.wait_for(engine.wait(whole), 5)).phase == "Succeeded"

    asyncio.run(story())
