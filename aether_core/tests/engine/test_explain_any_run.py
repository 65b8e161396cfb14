"""Whatever the document and at whatever moment, a run can be explained."""

from __future__ import annotations

import asyncio
import random
from collections.abc import Iterator
from itertools import count
from typing import Any

import msgspec
from hypothesis import given, settings
from hypothesis import strategies as st

from aether_core.document import Workflow, decode, encode
from aether_core.engine.explain import Explanation, explain
from aether_core.kernel import (
    CancelRequested,
    Dispatch,
    Recovered,
    ResumeRequested,
    RetryRequested,
    RunRecord,
    RunState,
    Submitted,
    TaskCompleted,
    TaskStarted,
    TimePassed,
    new_run,
    reopen_run,
    restore_run,
    step,
)
from aether_core.plan import compile_workflow
from aether_core.stores import MemoryStore
from aether_sdk import Phase


@st.composite
def dags(draw: st.DrawFn, prefix: str, callees: list[str]) -> list[dict[str, Any]]:
    """Draw the nodes of a dag; each depends on some of those before it."""
    nodes: list[dict[str, Any]] = []
    for number in range(draw(st.integers(1, 5))):
        earlier = [node["name"] for node in nodes]
        node: dict[str, Any] = {"name": f"{prefix}{number}", "template": "work"}
        if draw(st.integers(0, 2)) == 0:
            node["template"] = draw(st.sampled_from(callees))
        if earlier:
            node["dependencies"] = draw(st.lists(st.sampled_from(earlier), max_size=2, unique=True))
        if draw(st.integers(0, 3)) == 0:
            names = [f"tasks.{name}.phase == Succeeded" for name in node.get("dependencies", ())]
            node["when"] = draw(st.sampled_from(["true", "false", "1 < 'x'", "sys.n > 1", *names]))
        if draw(st.booleans()):
            node["continueOn"] = {"failed": draw(st.booleans()), "error": draw(st.booleans())}
        if draw(st.integers(0, 2)) == 0:
            node["timeout"] = "3us"
        nodes.append(node)
    return nodes


@st.composite
def documents(draw: st.DrawFn) -> dict[str, Any]:
    """Draw a workflow with dags and loops of every mode, retries, timeouts and hooks."""
    backoff = draw(st.sampled_from([None, {"duration": "4us"}]))
    expression = draw(st.sampled_from([None, "phase == Failed", "outputs.parameters.none > 1"]))
    retry = {"limit": draw(st.integers(0, 2)), "expression": expression, "backoff": backoff}
    rules = {"failed": "code == 0"} if draw(st.booleans()) else {"error": "code == none.x"}
    limit = draw(st.sampled_from([2, 5]))
    items = f"[1, {'x' if draw(st.integers(0, 5)) == 0 else 2}, 3]"
    loops = [
        {"name": "each", "body": "sub", "itemsFrom": items, "concurrency": 1},
        {"name": "all", "body": "work", "items": [{"n": 1}, {"n": 2}], "maxIterations": limit},
        {
            "name": "again",
            "body": "work",
            "repeatCondition": "tasks.work.phase != Succeeded",
            "maxIterations": limit,
        },
    ]
    main = draw(dags("m", ["sub", "each", "all", "again", "judged", "needy"]))
    return {
        "apiVersion": "aether/v1",
        "kind": "Workflow",
        "metadata": {"name": "drawn"},
        "spec": {
            "entrypoint": draw(st.sampled_from(["main", "main", "main", "each", "work"])),
            "timeout": draw(st.sampled_from(["1h", "30us"])),
            "hooks": {"onExit": {"template": "work"}} if draw(st.booleans()) else None,
            "templates": [
                {"task": {"name": "work", "executor": {"type": "echo"}, "retry": retry}},
                {"task": {"name": "judged", "executor": {"type": "e"}, "phaseConditions": rules}},
                {
                    "task": {
                        "name": "needy",
                        "executor": {"type": "e"},
                        "inputs": {"parameters": [{"name": "q", "type": "int"}]},
                    }
                },
                {"dag": {"name": "main", "tasks": main, "timeout": "40us"}},
                {"dag": {"name": "sub", "tasks": draw(dags("s", ["work", "judged"]))}},
                *({"loop": loop} for loop in loops),
            ],
        },
    }


class Player:
    """Drives a run by hand, with every change in a store."""

    def __init__(self, document: dict[str, Any], seed: int) -> None:
        workflow, problems = decode(document)
        assert isinstance(workflow, Workflow), problems
        self.random = random.Random(seed)
        self.store = MemoryStore()
        self.plan = compile_workflow(workflow)
        self.run = RunRecord("run", "drawn", "default", encode(workflow), Phase.CREATED, 0)
        ids = count(1)
        self.new_id = lambda: f"t{next(ids)}"
        self.state: RunState = new_run(self.plan, self.run, self.new_id)
        self.records: dict[int, Any] = {}
        self.jobs: list[Any] = []
        self.clock = 0

    async def play(self) -> list[Explanation]:
        """Return what is said at some moments, at the end, and after a retry of the run."""
        await self.store.open()
        said: list[Explanation] = []
        await self.apply(Submitted(self.tick()))
        for event in self.moves():
            await self.apply(event)
            if self.random.random() < 0.2:
                said.append(await self.ask(some=2))
        said.append(await self.ask())
        return said

    def moves(self) -> Iterator[Any]:
        """Yield what may happen next, until nothing can any more or it is enough."""
        for number in range(60):
            draw = self.random.random()
            if self.state.run.phase.is_terminal and not self.state.leaves:
                if number > 40 or self.state.run.phase is Phase.SUCCEEDED or draw < 0.5:
                    return
                yield from self.reopened()
            elif draw < 0.05:
                yield CancelRequested(self.tick())
            elif draw < 0.1:
                yield from self.restored()
            elif draw < 0.25 or not self.jobs:
                self.clock += self.random.choice([1, 5, 20])
                yield TimePassed(self.clock)
                yield from self.resumes()
            else:
                yield from self.worked()

    def worked(self) -> Iterator[Any]:
        job = self.random.choice(self.jobs)
        if self.random.random() < 0.4:
            yield TaskStarted("run", job.task_seq, job.attempt, self.tick())
            return
        code = self.random.choice([0, 0, 0, 1, 2, 3, 4, 99])
        message = self.random.choice(["", "said so"])
        at = self.tick()
        yield TaskCompleted("run", job.task_seq, job.attempt, at, code, message, {"n": 1})

    def resumes(self) -> Iterator[Any]:
        for seq in sorted(self.state.suspended)[:1]:
            yield ResumeRequested(self.tick(), seq, {})

    def restored(self) -> Iterator[Any]:
        self.state = restore_run(self.plan, self.run, self.copies(), self.new_id)
        self.jobs.clear()
        yield Recovered(self.tick())

    def reopened(self) -> Iterator[Any]:
        self.state = reopen_run(self.plan, self.run, self.copies(), self.new_id)
        self.jobs.clear()
        yield RetryRequested(self.tick())

    def copies(self) -> list[Any]:
        return list(self.records.values())

    async def apply(self, event: Any) -> None:
        answer = step(self.state, event)
        for record in (*answer.changes.created, *answer.changes.updated):
            self.records[record.seq] = record
        await self.store.commit([answer.changes])
        self.jobs += [e.assignment for e in answer.effects if isinstance(e, Dispatch)]

    async def ask(self, some: int | None = None) -> Explanation:
        """Explain the whole run, and every task by every name that it has, or some of these."""
        self.clock += 1
        explanation = await explain(self.store, "run", now=self.clock)
        names = {task.path for task in explanation.tasks}
        for record in await self.store.get_tasks("run"):
            names |= {record.name, record.task_id}
        for dag in self.plan.dags.values():
            names |= {node.name for node in dag.nodes}
        asked_for = sorted(names)
        for name in asked_for if some is None else self.random.choices(asked_for, k=some):
            asked = await explain(self.store, "run", now=self.clock, task=name)
            assert asked.tasks
            assert all(task.reasons for task in asked.tasks)
        return explanation

    def tick(self) -> int:
        self.clock += 1
        return self.clock


@settings(max_examples=50, deadline=None)
@given(document=documents(), seed=st.integers(0, 2**32))
def test_any_run_can_be_explained_at_any_moment(document: dict[str, Any], seed: int) -> None:
    """Nothing raises, every task has a reason, and a bad end has a cause."""
    player = Player(document, seed)

    said = asyncio.run(player.play())

    for explanation in said:
        msgspec.json.encode(explanation)
        assert explanation.reasons or not explanation.phase.is_terminal
        texts = [r.text for r in explanation.reasons]
        texts += [r.text for task in explanation.tasks for r in task.reasons]
        assert all(text.endswith((".", "`")) and text.isprintable() for text in texts)
        if explanation.phase in {Phase.FAILED, Phase.ERROR}:
            kinds = {reason.kind for reason in explanation.reasons}
            assert kinds & {"cause", "engine"}
        paths = [task.path for task in explanation.tasks if not task.path.startswith("hooks/")]
        assert len(paths) == len(set(paths))
