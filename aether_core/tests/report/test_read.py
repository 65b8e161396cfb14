"""From a run in a store to its report."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from aether_core.brokers import InProcessBroker
from aether_core.engine import Engine, RunNotFound
from aether_core.plugins import Registry
from aether_core.ports import SystemClock
from aether_core.report import Report, read_report
from aether_core.stores import MemoryStore
from aether_sdk import ExecuteRequest, Executor, TaskError


class Talker(Executor):
    """Says as many lines as it is asked to, and fails where it is asked to."""

    type = "talker"

    async def execute(self, request: ExecuteRequest) -> None:
        given: dict[str, Any] = request.inputs.as_dict() if request.inputs is not None else {}
        for number in range(given["lines"]):
            request.log(f"line {number}")
        if given.get("fail"):
            raise TaskError("out of order")


def document(*tasks: dict[str, Any]) -> dict[str, Any]:
    dag = {
        "name": "main",
        "outputs": {
            "parameters": [
                {"name": "gone", "value": "{{ tasks.talk.outputs.parameters.x }}"},
            ]
        },
        "tasks": list(tasks),
    }
    return {
        "apiVersion": "aether/v1",
        "kind": "Workflow",
        "metadata": {"name": "flow"},
        "spec": {"entrypoint": "main", "templates": [{"dag": dag}]},
    }


def talk(name: str, **inputs: Any) -> dict[str, Any]:
    parameters = [{"name": key, "value": value} for key, value in inputs.items()]
    return {
        "name": name,
        "executor": {"type": "talker"},
        "inputs": {"parameters": parameters},
        "retry": {"limit": 1},
    }


async def reported(flow: dict[str, Any]) -> Report:
    store, registry = MemoryStore(), Registry()
    registry.register(Talker())
    async with Engine(store=store, broker=InProcessBroker(registry), registry=registry) as engine:
        await engine.submit(flow, run_id="r")
        await engine.wait("r")
        return await read_report(store, "r", now=SystemClock().now())


def test_a_report_has_what_happened() -> None:
    """The last lines of each task, its attempts, notes apart, reasons and the document's graph."""
    flow = document(talk("talk", lines=250), talk("bad", lines=1, fail=True))

    report = asyncio.run(reported(flow))

    assert report.run.phase == "Error"
    main, *others = report.run.tasks
    tasks = {task.name: report.histories[task.run_id] for task in others}
    assert [line.text for line in tasks["talk"].lines] == [f"line {n}" for n in range(50, 250)]
    assert tasks["talk"].earlier == 50
    assert [each.number for each in tasks["bad"].attempts] == [1, 2]
    assert tasks["bad"].notes == ()
    assert [line.text for line in tasks["bad"].lines] == ["line 0", "line 0"]
    assert "gone" in report.histories[main.run_id].notes[0].text
    assert report.reasons[0].startswith("bad ended Error: out of order")
    assert report.graph is not None
    assert [node.id for node in report.graph.nodes] == ["main", "main/talk", "main/bad"]
    assert report.made_at is not None


def test_an_unknown_run_has_no_report() -> None:
    with pytest.raises(RunNotFound):
        asyncio.run(read_report(MemoryStore(), "nobody", now=0))
