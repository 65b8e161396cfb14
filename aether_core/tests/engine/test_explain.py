"""Reasons of runs that an engine is at work on, and of runs that it gave up."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from typing import Any

from aether_core.document import Workflow, decode, encode
from aether_core.engine.explain import Explanation, command_line, explain
from aether_core.kernel import RunRecord, Submitted, new_run, step
from aether_core.plan import compile_workflow
from aether_core.ports import Command, SystemClock
from aether_core.stores import MemoryStore
from aether_sdk import Executor, Phase, TaskError

House = Callable[..., Any]
Flow = Callable[..., dict[str, Any]]

GATE = {"name": "wait", "executor": {"type": "gate"}}


class Broken(Executor):
    """Never does anything."""

    type = "broken"

    async def execute(self, request: object) -> None:
        raise TaskError("out of order")


def texts(explanation: Explanation) -> dict[str, str]:
    """Return the reasons of the run by kind."""
    return {reason.kind: reason.text for reason in explanation.reasons}


async def ask(house: Any, task: str | None = None, **more: Any) -> Explanation:
    return await explain(house.store, "r", now=SystemClock().now(), task=task, **more)


def test_a_run_at_work(house: House, flow: Flow) -> None:
    """Who has the task since when, what waits for it, and when the whole times out."""

    async def main() -> tuple[Explanation, Explanation]:
        home = house()
        async with home.engine() as engine:
            document = flow(GATE, {"name": "next", "executor": {"type": "echo"}})
            document["spec"]["templates"][0]["dag"]["tasks"][1]["dependencies"] = ["wait"]
            await engine.submit(document, run_id="r")
            await home.gate.entered.wait()
            while (await home.store.get_run("r")).phase is not Phase.RUNNING:
                await asyncio.sleep(0)
            return await ask(home), await ask(home, "main")

    whole, container = asyncio.run(main())

    assert whole.phase == "Running"
    assert texts(whole)["executing"] == "wait is with its executor."
    assert whole.reasons[-2].since is not None
    assert texts(whole)["dependency"] == "1 task waits for others: next."
    assert texts(whole)["deadline"].startswith("The whole run times out at ")
    assert "owner" not in texts(whole)
    assert [reason.text for reason in container.tasks[0].reasons] == ["It waits for wait."]


def test_a_request_that_nobody_has_answered(house: House, flow: Flow) -> None:
    """Cancelling it will take until the engine looks into its inbox."""

    async def main() -> Explanation:
        home = house()
        async with home.engine() as engine:
            await engine.submit(flow(GATE), run_id="r")
            await home.store.send_command(Command("r", "cancel", at=5))
            return await ask(home)

    request = texts(asyncio.run(main()))["request"]

    assert request == "A request to cancel it waits for the engine that drives it."


def test_a_wait_for_the_next_attempt(house: House, flow: Flow) -> None:
    """When it is over is told as a time and as a duration."""
    retry = {"limit": 2, "backoff": {"duration": "2h"}}
    node = {"name": "again", "executor": {"type": "broken"}, "retry": retry}

    async def main() -> Explanation:
        home = house()
        home.registry.register(Broken())
        async with home.engine() as engine:
            await engine.submit(flow(node, timeout="0"), run_id="r")
            while not any(t.next_attempt_at for t in await home.store.get_tasks("r")):
                await asyncio.sleep(0)
            return await ask(home)

    explanation = asyncio.run(main())

    (reason,) = (each for each in explanation.reasons if each.kind == "backoff")
    assert reason.until is not None
    assert reason.text.startswith("again waits after attempt 1 to begin the next one at ")
    assert reason.text.endswith(", in 1h59m59s.")
    assert explanation.tasks[0].phase == "Created"


def test_commands_are_written_as_the_caller_wants(house: House, flow: Flow) -> None:
    """A command line needs the store that a user gave; an application has no command line."""

    def politely(words: Sequence[str]) -> str:
        return f"please {' '.join(words)}"

    async def main() -> Explanation:
        home = house()
        async with home.engine() as engine:
            await engine.submit(flow(GATE), run_id="r")
        return await ask(home, write=politely)

    owner = texts(asyncio.run(main()))["owner"]

    assert owner == "Nobody drives it any more; this goes on with it: `please recover`"
    assert command_line(("resume", "a b")) == "aether resume 'a b'"


def test_a_fault_of_the_engine_is_said_to_be_one(flow: Flow) -> None:
    """It is neither the document's nor the executor's."""
    workflow, _ = decode(flow({"name": "a", "executor": {"type": "echo"}}))
    assert isinstance(workflow, Workflow)
    run = RunRecord("r", "flow", "default", encode(workflow), Phase.CREATED, 0)
    ids = iter(["first"])

    async def main() -> tuple[Explanation, Explanation]:
        store = MemoryStore()
        await store.open()
        # The second id can't be had, in the middle of a step.
        state = new_run(compile_workflow(workflow), run, lambda: next(ids))
        await store.commit([step(state, Submitted(1)).changes])
        whole = await explain(store, "r", now=2)
        return whole, await explain(store, "r", now=2, task="main")

    whole, entry = asyncio.run(main())

    assert whole.phase == "Error"
    assert texts(whole)["engine"].startswith("The engine failed: engine internal error: ")
    assert entry.tasks[0].reasons[0].kind == "engine"
