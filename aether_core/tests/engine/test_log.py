"""What executors say while they work is in the events of the run, at once and without secrets."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any

import pytest

from aether_core.engine import LogReader
from aether_core.engine.explain import TaskNotFound, explain
from aether_core.secrets import StaticSecretProvider
from aether_core.stores import MemoryStore
from aether_sdk import ExecuteRequest, Executor, TaskError

Flow = Callable[..., dict[str, Any]]
KEY = "-----BEGIN KEY-----\nAbC+/one==\nshort\nXyZ\n-----END KEY-----"


class Talker(Executor):
    """Says the lines of its input; waits for the gate where it is told to."""

    type = "talker"

    def __init__(self, house: Any) -> None:
        self.gate = house.gate

    async def execute(self, request: ExecuteRequest) -> None:
        inputs: dict[str, Any] = request.inputs.as_dict() if request.inputs is not None else {}
        for line in inputs.get("lines", []):
            request.log(line)
        if inputs.get("wait"):
            self.gate.entered.set()
            await self.gate.open.wait()
            request.log("end")
        if inputs.get("fails"):
            raise TaskError(f"attempt {request.attempt} failed")


@pytest.fixture
def home(house: Any) -> Any:
    """Return a house with an executor that talks."""
    made = house()
    made.registry.register(Talker(made))
    return made


def talk(name: str, *lines: str, **inputs: Any) -> dict[str, Any]:
    """Return a task that says these lines."""
    more: dict[str, Any] = {
        key: inputs.pop(key) for key in ("dependencies", "retry") if key in inputs
    }
    given: dict[str, Any] = {"lines": list(lines), **inputs}
    parameters = [{"name": key, "value": value} for key, value in given.items()]
    return {
        "name": name,
        "executor": {"type": "talker"},
        "inputs": {"parameters": parameters},
        **more,
    }


async def lines_of(store: Any, run_id: str, task: str | None = None) -> list[Any]:
    """Return the lines that are recorded of a run."""
    run = await store.get_run(run_id)
    reader = LogReader(store, run, task)
    await reader.check()
    found: list[Any] = []
    while lines := await reader.read():
        found += lines
    return found


def test_lines_are_durable_and_seen_while_the_task_works(home: Any, flow: Flow) -> None:
    """The gate opens only after the line has come; lines stand between start and end."""

    async def scenario() -> list[Any]:
        async with home.engine() as engine:
            run_id = await engine.submit(flow(talk("a", "begin", wait=True)))
            events = []
            async for event in engine.events(run_id):
                events.append(event)
                if event.message == "begin":
                    assert event in await home.store.get_events(run_id)
                    home.gate.open.set()
            return events

    events = asyncio.run(scenario())

    assert [event.phase or event.message for event in events if event.name == "a"] == [
        "Ready",
        "Running",
        "begin",
        "end",
        "Succeeded",
    ]
    assert [event.seq for event in events] == list(range(1, len(events) + 1))


def test_lines_are_read_with_task_attempt_and_time(home: Any, flow: Flow) -> None:
    async def scenario() -> Any:
        async with home.engine() as engine:
            retry = {"limit": 1, "expression": "true"}
            document = flow(talk("a", "x", retry=retry, fails=True), talk("b", "y"))
            run = await engine.wait(await engine.submit(document), timeout=10)
            ids = {task.name: task.run_id for task in run.tasks}
            found = [await lines_of(home.store, run.run_id, each) for each in (None, "a", ids["b"])]
            return ids, *found

    ids, everything, of_a, of_b = asyncio.run(scenario())

    assert len(everything) == 3
    assert [(line.task, line.task_run_id, line.attempt, line.message) for line in of_a] == [
        ("a", ids["a"], 1, "x"),
        ("a", ids["a"], 2, "x"),
    ]
    assert [line.message for line in of_b] == ["y"]
    assert all(line.at.endswith("Z") for line in everything)


def test_a_task_without_lines_has_none_and_an_unknown_one_is_an_error(
    home: Any, flow: Flow
) -> None:
    """What has not begun is known from the document."""

    async def scenario() -> None:
        async with home.engine() as engine:
            document = flow(
                talk("a", fails=True), talk("b", dependencies=["a"]), talk("c", dependencies=["b"])
            )
            run_id = await engine.submit(document)
            await engine.wait(run_id, timeout=10)
            for name in ("a", "b", "c"):
                assert await lines_of(home.store, run_id, name) == []
            with pytest.raises(TaskNotFound, match="no task 'ghost'"):
                await lines_of(home.store, run_id, "ghost")

    asyncio.run(scenario())


def test_explanations_are_not_disturbed_by_lines(home: Any, flow: Flow) -> None:
    """The attempts are those of the same run without lines, also when lines look like notes."""

    async def attempts(*lines: str) -> list[tuple[Any, ...]]:
        async with home.engine() as engine:
            retry = {"limit": 2, "expression": "true"}
            document = flow(talk("a", *lines, retry=retry, fails=True))
            run_id = await engine.submit(document)
            await engine.wait(run_id, timeout=10)
            told = await explain(home.store, run_id, now=0, task="a")
        (task,) = told.tasks
        return [(each.number, each.phase, each.message) for each in task.attempts]

    silent = asyncio.run(attempts())
    talking = asyncio.run(attempts("attempt 1 ended well", "x"))

    assert len(silent) == 3
    assert talking == silent


def test_many_lines_are_read_page_by_page(home: Any, flow: Flow) -> None:
    """Also by what reads all events of a run."""
    tasks = [talk(name, *map(str, range(900))) for name in "abc"]

    async def scenario() -> Any:
        async with home.engine() as engine:
            run_id = await engine.submit(flow(*tasks))
            await engine.wait(run_id, timeout=10)
            explained = await explain(home.store, run_id, now=0, task="c")
            return explained, await lines_of(home.store, run_id)

    explained, lines = asyncio.run(scenario())

    assert explained.tasks[0].phase == "Succeeded"
    for name in "abc":
        assert [int(line.message) for line in lines if line.task == name] == list(range(900))


def test_a_task_that_talks_much_costs_few_commits(house: Any, flow: Flow) -> None:
    class Counting(MemoryStore):
        commits = 0

        async def commit(self, batch: Any) -> None:
            self.commits += 1
            await super().commit(batch)

    home = house(Counting())
    home.registry.register(Talker(home))

    async def scenario() -> int:
        async with home.engine() as engine:
            run_id = await engine.submit(flow(talk("a", *map(str, range(1000)))))
            await engine.wait(run_id, timeout=10)
            assert len(await lines_of(home.store, run_id)) == 1000
            return int(home.store.commits)

    assert asyncio.run(scenario()) < 10


@pytest.mark.parametrize(
    ("said", "shown"),
    [
        (["token: {}!"], ["token: ******!"]),
        # A value of several lines, however it is said.
        ([KEY], ["******"]),
        (["before", *KEY.split("\n"), "after"], ["before", "******", "after"]),
        # Parts of it, in so far as they are long enough to be told from other text.
        (["x AbC+/one== x", "short"], ["x ****** x", "short"]),
        # In front of the place where a line is cut.
        (["x" * 4090 + "{} end"], ["x" * 4090 + "******… (cut)"]),
        (["base64 ", "Y29ycmVjdC1ob3JzZS1iYXR0ZXJ5"], ["base64 ", "******"]),
    ],
)
def test_secrets_of_the_run_are_hidden_in_lines(
    home: Any, flow: Flow, said: list[str], shown: list[str]
) -> None:
    value = "correct-horse-battery"
    task = talk("a", *(line.format(value) if "{}" in line else line for line in said))
    for key in ("token", "key"):
        source = {"secretKeyRef": {"name": "vault", "key": key}}
        task["inputs"]["parameters"].append({"name": key, "valueFrom": source})
    provider = StaticSecretProvider({"vault": {"token": value, "key": KEY}})

    async def scenario() -> Any:
        async with home.engine(secrets=provider) as engine:
            run_id = await engine.submit(flow(task))
            await engine.wait(run_id, timeout=10)
            seen = [event.message async for event in engine.events(run_id) if event.kind == "log"]
            stored = [event.message for event in await home.store.get_events(run_id)]
            return seen, [line.message for line in await lines_of(home.store, run_id)], stored

    seen, read, stored = asyncio.run(scenario())

    assert seen == read
    assert seen == shown
    assert value not in "\n".join(stored)
    assert "AbC+/one==" not in "\n".join(stored)
