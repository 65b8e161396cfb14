"""The same for the errors of the engine and of what it is connected to."""

from __future__ import annotations

from typing import TYPE_CHECKING

from aether_core.brokers import InProcessBroker
from aether_core.engine import Engine
from aether_core.plugins import InstalledExecutors
from aether_core.stores import MemoryStore

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from aether_core.document import Diagnostic
    from aether_core.ports import Store
    from aether_sdk import JsonValue


def engine_on(store: Store) -> Engine:
    """Return an engine; the page shows this function once, above what uses it."""
    executors = InstalledExecutors()
    return Engine(store=store, broker=InProcessBroker(executors), registry=executors)


def workflow(executor: str, **config: JsonValue) -> dict[str, JsonValue]:
    """Return a document of one task; the page shows this function once as well."""
    task: JsonValue = {"name": "main", "executor": {"type": executor, "config": config}}
    return {
        "apiVersion": "aether/v1",
        "kind": "Workflow",
        "metadata": {"name": "bread"},
        "spec": {"entrypoint": "main", "templates": [{"task": task}]},
    }


def schedule_of(document: Mapping[str, JsonValue]) -> dict[str, JsonValue]:
    """Return a schedule for a document; the page shows this function as well."""
    spec: JsonValue = {"schedule": "@daily", "workflowSpec": document["spec"]}
    return {**document, "kind": "CronWorkflow", "spec": spec}


async def ae230() -> Sequence[Diagnostic]:
    from aether_core.engine import DocumentRejected

    class Bakery:
        def namespace(self) -> str:
            return "bakery"

        def variables(self) -> Mapping[str, JsonValue]:
            raise OSError("the bakery is closed")

    executors = InstalledExecutors()
    engine = Engine(
        store=MemoryStore(),
        broker=InProcessBroker(executors),
        registry=executors,
        variable_sources=[Bakery()],
    )
    async with engine:
        try:
            await engine.submit(workflow("echo", text="{{ bakery.name }}"))
        except DocumentRejected as rejected:
            return rejected.diagnostics
    return ()


async def ae501() -> Sequence[Diagnostic]:
    from aether_core.engine import DocumentRejected

    async with engine_on(MemoryStore()) as engine:
        try:
            await engine.submit({**workflow("echo"), "kind": "WorkflowTemplate"})
        except DocumentRejected as rejected:
            return rejected.diagnostics
    return ()


async def ae506() -> Sequence[Diagnostic]:
    from aether_core.engine import DocumentRejected

    async with engine_on(MemoryStore()) as engine:
        try:
            await engine.cron.create(workflow("echo"))
        except DocumentRejected as rejected:
            return rejected.diagnostics
    return ()


async def document_rejected() -> None:
    async with engine_on(MemoryStore()) as engine:
        await engine.submit(workflow("ecko"))


async def task_not_found() -> None:
    from aether_core.engine.explain import explain

    store = MemoryStore()
    async with engine_on(store) as engine:
        await engine.wait(await engine.submit(workflow("echo"), run_id="bread-1"))
        await explain(store, "bread-1", task="oven", now=0)


async def run_not_found() -> None:
    async with engine_on(MemoryStore()) as engine:
        await engine.get("bread-7")


async def run_taken_over() -> None:
    import asyncio

    from aether_core.stores import open_store

    def engine() -> Engine:
        return engine_on(open_store("sqlite:///runs.db"))

    async with engine() as one, engine() as other:
        await one.wait(await one.submit(workflow("echo", code=2), run_id="bread-1"))
        await asyncio.gather(one.retry("bread-1"), other.retry("bread-1"))


async def engine_failed() -> None:
    from aether_core.ports import StoreError

    class FullDisk(MemoryStore):
        async def commit(self, batch: object) -> None:
            raise StoreError("the disk is full")

    async with engine_on(FullDisk()) as engine:
        await engine.submit(workflow("echo"))


async def engine_closed() -> None:
    engine = engine_on(MemoryStore())
    await engine.submit(workflow("echo"))


async def not_suspended() -> None:
    async with engine_on(MemoryStore()) as engine:
        await engine.wait(await engine.submit(workflow("echo"), run_id="bread-1"))
        await engine.resume("bread-1")


async def not_applicable() -> None:
    async with engine_on(MemoryStore()) as engine:
        await engine.wait(await engine.submit(workflow("echo"), run_id="bread-1"))
        await engine.retry("bread-1")


def variable_source_error() -> None:
    from aether_core.ports import read_variables

    class Bakery:
        def namespace(self) -> str:
            return "bakery"

        def variables(self) -> Mapping[str, JsonValue]:
            raise OSError("the bakery is closed")

    read_variables(Bakery(), "the source `bakery`")


def extension_error() -> None:
    from aether_core.plugins import installed_functions

    installed_functions().load("bake")


def function_already_registered() -> None:
    from aether_core.executors import Functions

    functions = Functions()
    functions.register("bake", print)
    functions.register("bake", print)


def unknown_function() -> None:
    from aether_core.executors import Functions

    functions = Functions()
    functions.register("bake", print)
    functions.get("bke")


async def secret_not_found() -> None:
    from aether_core.secrets import EnvSecretProvider

    await EnvSecretProvider({}).get("mail", "token")


def secrets_file_error() -> None:
    from pathlib import Path

    from aether_core.secrets import read_secrets

    Path("secrets.yaml").write_text("mail: {token: 12345}", encoding="utf-8")
    read_secrets("secrets.yaml")


async def artifact_error() -> None:
    from pathlib import Path

    from aether_core.artifacts import ArtifactTransfer, LocalRepository

    transfer = ArtifactTransfer(LocalRepository(Path("artifacts")))
    await transfer.fetch({"type": "local", "config": {"path": "recipe.txt"}}, "here.txt")


async def cron_not_found() -> None:
    async with engine_on(MemoryStore()) as engine:
        await engine.cron.get("bread")


async def cron_exists() -> None:
    async with engine_on(MemoryStore()) as engine:
        await engine.cron.create(schedule_of(workflow("echo")))
        await engine.cron.create(schedule_of(workflow("echo")))


async def workflow_spec_fixed() -> None:
    async with engine_on(MemoryStore()) as engine:
        await engine.cron.create(schedule_of(workflow("echo")))
        await engine.cron.update(schedule_of(workflow("echo", loaves=12)))


def stalled() -> None:
    import asyncio

    from aether_core.simulation import run_simulated

    async def wait_for_ever() -> None:
        await asyncio.Event().wait()

    run_simulated(wait_for_ever())


def invariant_broken() -> None:
    from aether_core.engine import admit
    from aether_core.kernel import Assignment
    from aether_core.simulation import RunObserver

    observer = RunObserver(admit(workflow("echo"), InstalledExecutors()).plan)
    observer.dispatched(Assignment("bread-1", "task-1", 0, 1, "echo", "main", "main", {}, 500))
