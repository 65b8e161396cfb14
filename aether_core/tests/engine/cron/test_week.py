"""A week of schedules with retries and timeouts, under a clock that jumps from one to the next."""

from __future__ import annotations

import asyncio
import heapq
from collections import Counter
from collections.abc import Callable
from itertools import count
from typing import Any

from aether_core.brokers import InProcessBroker
from aether_sdk import ExecuteRequest, Executor, ExecutorSchema

SECOND = 1_000_000
DAY = 86_400 * SECOND
#: Monday, 23 March 2026, 00:00 UTC: in this week clocks in Berlin change.
MONDAY = 1_774_224_000 * SECOND


class JumpingClock:
    """A clock port that only moves when it is told to, from one request to the next."""

    def __init__(self) -> None:
        self._now = MONDAY
        self._numbers = count()
        self._heap: list[tuple[int, int]] = []
        self._callbacks: dict[int, Callable[[], None]] = {}

    def now(self) -> int:
        return self._now

    def call_at(self, at: int, callback: Callable[[], None]) -> Callable[[], None]:
        number = next(self._numbers)
        self._callbacks[number] = callback
        heapq.heappush(self._heap, (at, number))
        return lambda: self._callbacks.pop(number, None) and None

    async def run_until(self, end: int) -> None:
        """Let the time come, one request after the other, each when nothing goes on any more."""
        while True:
            for _ in range(20):
                await asyncio.sleep(0)
            while self._heap and self._heap[0][1] not in self._callbacks:
                heapq.heappop(self._heap)
            if not self._heap or self._heap[0][0] > end:
                self._now = end
                return
            at, number = heapq.heappop(self._heap)
            self._now = max(self._now, at)
            self._callbacks.pop(number)()


class Unreliable(Executor):
    """Ends in Error in its first two attempts."""

    type = "unreliable"

    async def execute(self, request: ExecuteRequest) -> None:
        if request.attempt < 3:
            raise RuntimeError("not yet")


class Endless(Executor):
    """Never ends by itself."""

    type = "endless"

    async def execute(self, request: ExecuteRequest) -> None:
        await asyncio.Event().wait()


def document(name: str, schedule: str, task: dict[str, Any], **spec: Any) -> dict[str, Any]:
    """Return a CronWorkflow of one task that keeps all its runs."""
    keep = {"successfulJobsHistoryLimit": 1000, "failedJobsHistoryLimit": 1000}
    templates = [{"task": {"name": "main", **task}}]
    return {
        "apiVersion": "aether/v1",
        "kind": "CronWorkflow",
        "metadata": {"name": name},
        "spec": {
            "schedule": schedule,
            "workflowSpec": {"entrypoint": "main", "templates": templates},
            **keep,
            **spec,
        },
    }


def test_every_slot_of_a_week_comes_once(house: Any) -> None:
    """Every slot of three schedules, with retries after minutes and timeouts.

    Clocks in Berlin go forward on the Sunday: the slot at 02:30 comes at 03:00 (decision 26).
    `benchmarks/cron_week.py` tells how long it takes.
    """
    retried = {"limit": 2, "backoff": {"duration": "9m", "factor": 2}}
    documents = (
        document(
            "quarter",
            "*/15 * * * *",
            {"executor": {"type": "unreliable"}, "retry": retried},
            concurrencyPolicy="Forbid",
        ),
        document("hourly", "@hourly", {"executor": {"type": "endless"}, "timeout": "45m"}),
        document(
            "nightly",
            "30 2 * * *",
            {"executor": {"type": "echo"}},
            timezone="Europe/Berlin",
        ),
    )

    async def week() -> dict[str, Any]:
        clock, home = JumpingClock(), house()
        for executor in (Unreliable(), Endless()):
            home.registry.register(executor)
            home.registry.register_schema(ExecutorSchema(executor.type))
        broker = InProcessBroker(home.registry, clock=clock)
        async with home.engine(clock=clock, broker=broker) as engine:
            for each in documents:
                await engine.cron.create(each)
            async with engine.cron.scheduling(poll_seconds=60):
                await clock.run_until(MONDAY + 7 * DAY)
            return {
                each.name: await engine.cron.get(each.name, slots=1000)
                for each in await engine.cron.list()
            }

    shown = asyncio.run(week())

    outcomes = {name: Counter(slot.outcome for slot in each.slots) for name, each in shown.items()}
    # With waits of 9 and 18 minutes a run is at work at the next slot, and not at the one after.
    assert outcomes["quarter"] == {"fired": 336, "skipped": 336}
    assert outcomes["hourly"] == {"fired": 168}
    phases = {name: Counter(run.phase for run in each.runs) for name, each in shown.items()}
    assert phases["quarter"]["Succeeded"] == 335
    # A run whose only task times out ends in Error.
    assert phases["hourly"] == {"Error": 167, "Running": 1}
    nights = [run.scheduled_at[8:16] for run in shown["nightly"].runs]
    assert nights == [f"{day}T01:30" for day in range(23, 29)] + ["29T01:00"]
