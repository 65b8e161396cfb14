"""Files of a run, through the engine: kept as long as the run, seen where it is shown."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import msgspec
import pytest

from aether_core.artifacts import ArtifactTransfer, LocalRepository
from aether_core.brokers import InProcessBroker
from aether_core.engine import Engine, NotApplicable
from aether_core.ports import ArtifactError, RunQuery
from aether_core.stores import SqliteStore
from aether_sdk import ExecuteRequest, Executor

House = Callable[..., Any]
Flow = Callable[..., dict[str, Any]]


class Writer(Executor):
    """Joins its input files and writes them to its output files; some tasks fail at first."""

    type = "writer"

    def __init__(self, *failing: str) -> None:
        self.failing = [*failing]

    def execute(self, request: ExecuteRequest) -> None:
        if request.task_name in self.failing:
            self.failing.remove(request.task_name)
            raise ValueError("not now")
        inputs = request.inputs.artifacts if request.inputs is not None else ()
        text = "".join(Path(each.path).read_text() for each in inputs) + request.task_name
        for path in request.output_artifacts.values():
            Path(path).write_text(text, encoding="utf-8")


@pytest.fixture
def repository(tmp_path: Path) -> LocalRepository:
    return LocalRepository(tmp_path / "kept")


@pytest.fixture
def engine_of(house: House, repository: LocalRepository) -> Callable[..., Engine]:
    """Build an engine with a writer on a store."""

    def build(store: Any = None, writer: Writer | None = None) -> Engine:
        place = house(store)
        place.registry.register(writer or Writer())
        broker = InProcessBroker(place.registry, artifacts=ArtifactTransfer(repository))
        engine: Engine = place.engine(broker=broker, artifacts=repository)
        return engine

    return build


def chain(flow: Flow) -> dict[str, Any]:
    """Return a workflow of two tasks of which the second gets the file of the first."""
    second = {
        "name": "b",
        "dependencies": ["a"],
        "executor": {"type": "writer"},
        "inputs": {"artifacts": [{"name": "text"}]},
        "arguments": {"artifacts": [{"name": "text", "from": "tasks.a.outputs.artifacts.text"}]},
        "outputs": {"artifacts": [{"name": "text", "archive": {"type": "zip"}}]},
    }
    first = {
        "name": "a",
        "executor": {"type": "writer"},
        "outputs": {"artifacts": [{"name": "text"}]},
    }
    document = flow(first, second)
    outputs = {"artifacts": [{"name": "result", "from": "tasks.b.outputs.artifacts.text"}]}
    document["spec"]["templates"][0]["dag"]["outputs"] = outputs
    return document


def content(repository: LocalRepository, place: Any, folder: Path) -> str:
    path = folder / "got"
    path.unlink(missing_ok=True)
    asyncio.run(ArtifactTransfer(repository).fetch(place, str(path)))
    return path.read_text()


def test_a_run_shows_where_its_files_are(
    engine_of: Callable[..., Engine], flow: Flow, repository: LocalRepository, tmp_path: Path
) -> None:
    async def run() -> Any:
        async with engine_of(SqliteStore(tmp_path / "runs.db")) as engine:
            return await engine.wait(await engine.submit(chain(flow)))

    execution = asyncio.run(run())

    shown = json.loads(msgspec.json.encode(execution))
    assert execution.phase == "Succeeded"
    assert content(repository, shown["artifacts"]["result"], tmp_path) == "ab"
    assert [set(task.get("artifacts", {})) for task in shown["tasks"]] == [
        {"result"},
        {"text"},
        {"text"},
    ]
    assert shown["tasks"][0]["artifacts"] == shown["artifacts"]


def test_a_run_without_files_has_no_key_for_them(house: House, flow: Flow) -> None:
    """cli.md fixes the keys of the JSON."""

    async def run() -> Any:
        async with house().engine() as engine:
            return await engine.wait(
                await engine.submit(flow({"name": "a", "executor": {"type": "echo"}}))
            )

    shown = json.loads(msgspec.json.encode(asyncio.run(run())))

    assert "artifacts" not in shown
    assert "artifacts" not in shown["tasks"][0]


def test_deleting_a_run_deletes_its_files(
    engine_of: Callable[..., Engine], flow: Flow, repository: LocalRepository
) -> None:
    async def run() -> tuple[list[Path], list[Path]]:
        async with engine_of() as engine:
            run_id = await engine.submit(chain(flow))
            await engine.wait(run_id)
            before = [path for path in repository.folder.rglob("*") if path.is_file()]
            await engine.delete(run_id)
            return before, list(repository.folder.iterdir())

    before, after = asyncio.run(run())

    assert len(before) == 2
    assert after == []


def test_a_run_whose_files_cannot_be_deleted_stays(
    engine_of: Callable[..., Engine], flow: Flow, repository: LocalRepository
) -> None:
    """So that it can be deleted again."""

    async def run() -> Any:
        async with engine_of() as engine:
            run_id = await engine.submit(chain(flow))
            await engine.wait(run_id)
            (repository.folder / run_id).rename(repository.folder / "elsewhere")
            (repository.folder / run_id).touch()
            with pytest.raises(ArtifactError, match="can't be removed"):
                await engine.delete(run_id)
            return await engine.list(RunQuery())

    assert len(asyncio.run(run())) == 1


def test_a_run_that_goes_on_keeps_its_files(
    engine_of: Callable[..., Engine], flow: Flow, repository: LocalRepository
) -> None:
    document = chain(flow)
    document["spec"]["templates"][0]["dag"]["tasks"][1]["executor"]["type"] = "gate"

    async def run() -> list[Path]:
        async with engine_of() as engine:
            run_id = await engine.submit(document)
            async for event in engine.events(run_id):
                if (event.name, event.phase) == ("b", "Running"):
                    break
            with pytest.raises(NotApplicable, match="has not ended"):
                await engine.delete(run_id)
            await engine.cancel(run_id)
            await engine.wait(run_id)
            return [path for path in repository.folder.rglob("*") if path.is_file()]

    assert [path.name for path in asyncio.run(run())] == ["text"]


def test_each_attempt_keeps_its_own_file(
    engine_of: Callable[..., Engine], flow: Flow, repository: LocalRepository, tmp_path: Path
) -> None:
    """A retry of the task, and one of the whole run, which keeps what had succeeded."""
    writer = Writer("a", "b")
    document = chain(flow)
    tasks = document["spec"]["templates"][0]["dag"]["tasks"]
    tasks[0]["retry"] = {"limit": 1}

    async def run() -> Any:
        async with engine_of(SqliteStore(tmp_path / "runs.db"), writer) as engine:
            run_id = await engine.submit(document)
            first = await engine.wait(run_id)
            await engine.retry(run_id)
            return first, await engine.wait(run_id)

    first, second = asyncio.run(run())

    assert (first.phase, second.phase) == ("Error", "Succeeded")
    assert first.artifacts == {}
    assert content(repository, second.artifacts["result"], tmp_path) == "ab"
    files = sorted(path.relative_to(repository.folder) for path in repository.folder.glob("*/*/*"))
    assert sorted((path.suffix, path.parent.suffix) for path in files) == [
        ("", ".2"),
        (".zip", ".2"),
    ]


def test_the_history_of_a_schedule_takes_the_files_with_it(
    engine_of: Callable[..., Engine], flow: Flow, repository: LocalRepository
) -> None:
    schedule = {
        **chain(flow),
        "kind": "CronWorkflow",
        "spec": {
            "schedule": "@daily",
            "successfulJobsHistoryLimit": 0,
            "workflowSpec": chain(flow)["spec"],
        },
    }

    async def run() -> list[str]:
        async with engine_of() as engine:
            await engine.cron.create(schedule)
            for day in (1, 2):
                slot = await engine.cron.trigger("flow", at=day * 86_400_000_000)
                await engine.wait(slot.run_id)
            left = [path.name for path in repository.folder.iterdir()]
            assert left == [slot.run_id]
            await engine.cron.prune("flow")
            return [path.name for path in repository.folder.iterdir()]

    assert asyncio.run(run()) == []
