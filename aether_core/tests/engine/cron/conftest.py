"""Schedules of documents that only echo, wait or suspend, and engines in virtual time."""

from __future__ import annotations

from collections.abc import Callable, Coroutine
from typing import Any, TypeVar

import pytest

from aether_core.brokers import InProcessBroker
from aether_core.engine import Engine
from aether_core.simulation import VirtualClock, run_simulated
from aether_sdk import ExecOutputs, ExecuteRequest, Executor

_T = TypeVar("_T")

#: 2026-01-01T00:00:00Z, in microseconds since 1970-01-01 UTC: where virtual time begins.
NEW_YEAR = 1_767_225_600_000_000
SECOND = 1_000_000


class Pause(Executor):
    """Suspends until it is resumed."""

    type = "pause"

    async def execute(self, request: ExecuteRequest) -> ExecOutputs:
        given = request.inputs.as_dict() if request.inputs is not None else {}
        return ExecOutputs(code=0 if "__resumed" in given else 1)


class Fail(Executor):
    """Says no."""

    type = "fail"

    async def execute(self, request: ExecuteRequest) -> ExecOutputs:
        return ExecOutputs(code=2, message="no")


def document(
    schedule: str = "* * * * *", executor: str = "echo", name: str = "tick", **spec: Any
) -> dict[str, Any]:
    """Return a CronWorkflow of one task."""
    task = {"name": "main", "executor": {"type": executor}}
    return {
        "apiVersion": "aether/v1",
        "kind": "CronWorkflow",
        "metadata": {"name": name},
        "spec": {
            "schedule": schedule,
            "workflowSpec": {"entrypoint": "main", "templates": [{"task": task}]},
            **spec,
        },
    }


class Town:
    """Engines in virtual time on one store."""

    def __init__(self, building: Any) -> None:
        building.registry.register(Pause())
        building.registry.register(Fail())
        self.building = building
        self.store = building.store
        self.clock = VirtualClock()

    def engine(self, **more: Any) -> Engine:
        """Return one more engine."""
        broker = InProcessBroker(self.building.registry, clock=self.clock)
        engine: Engine = self.building.engine(clock=self.clock, broker=broker, **more)
        return engine


@pytest.fixture
def cron() -> Callable[..., dict[str, Any]]:
    """Build a CronWorkflow."""
    return document


@pytest.fixture
def live(house: Any) -> Callable[..., Any]:
    """Run a story about a town in virtual time."""

    def run(story: Callable[[Town], Coroutine[Any, Any, _T]], store: Any = None) -> _T:
        async def main() -> _T:
            return await story(Town(house(store)))

        return run_simulated(main())

    return run


def at(text: str) -> int:
    """Return the time of 1 January 2026 that a text such as `00:10:00` names."""
    hours, minutes, seconds = map(int, text.split(":"))
    return NEW_YEAR + (hours * 3600 + minutes * 60 + seconds) * SECOND


@pytest.fixture
def clock_time() -> Callable[[str], int]:
    """Name a time of the first day."""
    return at
