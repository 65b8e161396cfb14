"""Programs of a few lines that raise the errors of the packages, or return diagnostics.

Each function is named after its error class, or after the code of its diagnostics. The page shows
what it does, so each brings its own imports along, as a reader would write them.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

    from aether_core.document import Problem


def ae124() -> Sequence[Problem]:
    from aether_core.document import decode

    _, problems = decode({"apiVersion": "aether/v1", "kind": {"Workflow"}})
    return problems


def bind_error() -> None:
    from pydantic import BaseModel

    from aether_sdk import Inputs, bind_inputs

    class Order(BaseModel):
        bread: str
        loaves: int

    bind_inputs(Inputs.of({"loaves": "many"}), Order)


def executor_already_registered() -> None:
    from aether_core.plugins import Registry
    from aether_echo import EchoExecutor

    registry = Registry()
    registry.register(EchoExecutor())
    registry.register(EchoExecutor())


def missing_package() -> None:
    from aether_sdk.testing import MissingPackage

    message = "run_document needs the engine, the distribution aether-workflow"
    raise MissingPackage(message, hint="Install it: pip install aether-workflow")


def output_error() -> None:
    from aether_sdk import ExecOutputs

    ExecOutputs.of({"sizes": {500, 1000}})


def schema_error() -> None:
    from aether_sdk import DynamicOutputs, schema_of

    schema_of(int, DynamicOutputs, type="bake")


def task_error() -> None:
    from aether_sdk import TaskError

    raise TaskError("the oven does not answer")


def task_failed() -> None:
    from aether_sdk import TaskFailed

    raise TaskFailed("the bread is burnt", outputs={"minutes": 90})


def task_suspended() -> None:
    from aether_sdk import TaskSuspended

    raise TaskSuspended("somebody has to taste it")


def task_timeout() -> None:
    from aether_sdk import TaskTimeout

    raise TaskTimeout("not done after 2 hours")


def unknown_executor() -> None:
    from aether_sdk import UnknownExecutor

    raise UnknownExecutor("ecko", hint='Did you mean "echo"?')


def expression_error() -> None:
    from aether_core.expression import compile_expression

    compile_expression("loaves = 12")


def evaluation_error() -> None:
    from aether_core.expression import compile_expression

    compile_expression("1 / 0").evaluate(lambda reference: None)


def missing_reference() -> None:
    from aether_core.expression import MISSING, compile_expression

    compile_expression("order.loaves + 1").evaluate(lambda reference: MISSING)


def schedule_error() -> None:
    from aether_core.schedule import Schedule

    Schedule("0 25 * * *")


def unknown_time_zone() -> None:
    from aether_core.schedule import Zone

    Zone("Europe/Ulm")


async def store_error() -> None:
    from pathlib import Path

    from aether_core.stores import open_store

    Path("runs.db").mkdir()
    await open_store("sqlite:///runs.db").open()


async def version_conflict() -> None:
    from aether_core.kernel import RunChanges, RunRecord
    from aether_core.stores import MemoryStore
    from aether_sdk import Phase

    def bread() -> RunChanges:
        run = RunRecord("bread-1", "bread", "default", "{}", Phase.CREATED, created_at=0)
        return RunChanges(run, expected_version=0, created=[], updated=[], events=[])

    store = MemoryStore()
    await store.open()
    await store.commit([bread()])
    await store.commit([bread()])


async def store_not_found() -> None:
    from aether_core.stores import open_store

    await open_store("sqlite:///runs.db", must_exist=True).open()


def store_url_error() -> None:
    from aether_core.stores import open_store

    open_store("bakery://runs")
