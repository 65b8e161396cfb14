"""The public cases through the engine's API: two delivery modes, two stores, virtual time.

`inline`: each result is reported from within its dispatch. `random`: starts and results arrive
in an order and at times that a seed decides. Where the cases come from, and what is compared,
says `test_conformance.py`.
"""

from __future__ import annotations

import asyncio
import importlib.util
import json
from collections import Counter
from collections.abc import Callable, Coroutine
from itertools import count
from pathlib import Path
from typing import Any, Final

import msgspec
import pytest

from aether_core.document import parse_duration
from aether_core.engine import DocumentRejected, Engine
from aether_core.kernel import NotifyHook
from aether_core.plugins import InstalledExecutors
from aether_core.ports import HookNotifier, Store
from aether_core.simulation import (
    Delivery,
    SimulatedBroker,
    VirtualClock,
    executing,
    run_simulated,
)
from aether_core.stores import MemoryStore, SqliteStore
from aether_sdk import JsonValue

_harness = importlib.util.spec_from_file_location(
    "conformance_harness", Path(__file__).with_name("test_conformance.py")
)
assert _harness is not None
assert _harness.loader is not None
harness: Any = importlib.util.module_from_spec(_harness)
_harness.loader.exec_module(harness)

# Public cases that the engine can't run yet; each has a harness here already.
UNSUPPORTED: Final[tuple[str, ...]] = ()
CASES: Final = tuple(
    number for number in (f"{n:02}" for n in range(1, 31)) if number not in UNSUPPORTED
)
CRON: Final = ("28", "29", "30")
VARIABLES: Final = {"deploy.cluster": "prod-cluster", "deploy.region": "ap-east-1"}
SEEDS: Final = (1, 2)
DELIVERIES: Final = [
    pytest.param(None, id="inline"),
    *(pytest.param(Delivery(seed=seed, repeated=0.2), id=f"random-{seed}") for seed in SEEDS),
]
PAYLOAD: Final = {"__resumed": True}
# Hooks that the public harness sees at least so often, as it describes: level, hook, task.
HOOKS: Final = {
    "24": {
        **{("workflow", hook): 1 for hook in ("onStart", "onSuccess", "onExit")},
        **{("task", hook): 2 for hook in ("onStart", "onSuccess", "onExit")},
    },
    "25": {
        ("task", hook): 1 for hook in ("onStart", "onSuspend", "onResume", "onSuccess", "onExit")
    },
    "26": {
        **{("workflow", hook): 1 for hook in ("onStart", "onCancel", "onExit")},
        ("task", "onCancel"): 1,
    },
}


def memory(_: Path) -> Store:
    return MemoryStore()


def sqlite(folder: Path) -> Store:
    return SqliteStore(folder / "runs.db")


def engine_of(store: Store, delivery: Delivery | None, notifier: HookNotifier) -> Engine:
    """Return an engine in virtual time whose ids are the same each time."""
    executors, clock, ids = InstalledExecutors(), VirtualClock(), count(1)
    return Engine(
        store=store,
        broker=SimulatedBroker(executing(executors), clock, delivery),
        registry=executors,
        clock=clock,
        new_id=lambda: f"id{next(ids):04}",
        notifier=notifier,
    )


def plain(value: object) -> dict[str, Any]:
    """Return an execution as the command prints it."""
    decoded: dict[str, Any] = msgspec.json.decode(msgspec.json.encode(value))
    return decoded


async def suspended(engine: Engine, run_id: str) -> str:
    """Wait until a task is suspended, and return its id."""
    while True:
        for task in (await engine.get(run_id)).tasks:
            if task.phase == "Suspended":
                return task.run_id
        await asyncio.sleep(0.01)


async def drive(engine: Engine, run_id: str, expected: dict[str, Any]) -> None:
    """Do what the expectation asks of a user, when its time has come."""
    if "autoResumeAfter" in expected:
        task = await suspended(engine, run_id)
        await asyncio.sleep(seconds(expected["autoResumeAfter"]))
        await engine.resume(run_id, PAYLOAD, task=task)
    if "autoCancelAfter" in expected:
        await suspended(engine, run_id)
        await asyncio.sleep(seconds(expected["autoCancelAfter"]))
        await engine.cancel(run_id)


def seconds(duration: str) -> float:
    return parse_duration(duration) / 1_000_000


async def workflow(
    engine: Engine, document: dict[str, JsonValue], expected: dict[str, Any]
) -> None:
    """Run a workflow and compare it with what is expected of it."""
    if "expectSubmitError" in expected:
        with pytest.raises(DocumentRejected) as refused:
            await engine.submit(document)
        assert expected["expectSubmitError"] in refused.value.message
        assert await engine.list() == []
        return
    run_id = await engine.submit(document, variables=VARIABLES)
    await drive(engine, run_id, expected)
    execution = await engine.wait(run_id, timeout=3600)
    assert harness.mismatches(expected, plain(execution)) == []


async def schedule(
    engine: Engine, document: dict[str, JsonValue], expected: dict[str, Any]
) -> None:
    """Fire a schedule by hand and compare its runs with what is expected of them."""
    name = (await engine.cron.create(document)).name
    for _ in range(expected.get("cronTriggerCount") or 1):
        await engine.cron.trigger(name)
        await asyncio.sleep(0.3)
    await asyncio.sleep(0.5)
    runs = [plain(await engine.get(run.run_id)) for run in (await engine.cron.get(name)).runs]
    phases = [run["phase"] for run in runs]
    assert len(runs) == expected.get("expectRunCount", len(runs))
    assert expected.get("expectRunPhase") in {None, phases[-1]}
    assert phases.count("Cancelled") == expected.get("expectCancelledCount", 0)
    assert harness.mismatches({"expectTasks": expected.get("expectTasks", [])}, runs[-1]) == []


def play(
    document: Path, expectation: Path, store: Store, delivery: Delivery | None
) -> Coroutine[Any, Any, None]:
    """Return the story of one case."""
    content = json.loads(document.read_text(encoding="utf-8"))
    expected = json.loads(expectation.read_text(encoding="utf-8"))
    story = schedule if content["kind"] == "CronWorkflow" else workflow

    seen: Counter[tuple[str, str]] = Counter()

    def notice(hook: NotifyHook) -> None:
        seen[hook.scope, hook.hook] += 1

    async def told() -> None:
        async with engine_of(store, delivery, notice) as engine:
            await story(engine, content, expected)
        assert Counter(HOOKS.get(document.name[:2], {})) <= seen

    return told()


@pytest.mark.parametrize("store", [memory, sqlite])
@pytest.mark.parametrize("delivery", DELIVERIES)
@pytest.mark.parametrize(("document", "expectation"), harness.public_cases(CASES))
def test_public_case_in_every_delivery_mode(
    document: Path,
    expectation: Path,
    delivery: Delivery | None,
    store: Callable[[Path], Store],
    tmp_path: Path,
) -> None:
    """A case has the same result whenever its results arrive, in whichever store it lives."""
    run_simulated(play(document, expectation, store(tmp_path), delivery))
