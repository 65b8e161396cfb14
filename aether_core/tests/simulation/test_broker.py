"""The simulated broker: what arrives when is decided by a seed, and by nothing else."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

import pytest

from aether_core.kernel import Assignment, TaskCompleted, TaskLogged, TaskStarted
from aether_core.plugins import Registry
from aether_core.simulation import (
    Delivery,
    SimulatedBroker,
    VirtualClock,
    executing,
    run_simulated,
)
from aether_sdk import ExecCode, ExecOutputs, ExecuteRequest, Executor


def assignment(seq: int, attempt: int = 1, executor: str = "echo") -> Assignment:
    return Assignment(
        run_id="r",
        task_id=f"t{seq}",
        task_seq=seq,
        attempt=attempt,
        executor_type=executor,
        task_name=f"task{seq}",
        template_name="",
        inputs={},
        priority=0,
    )


class Desk:
    """A broker and what it reported, in order."""

    def __init__(
        self,
        worker: Callable[[Assignment], Awaitable[ExecOutputs]],
        delivery: Delivery | None = None,
        **more: Any,
    ) -> None:
        self.reports: list[tuple[str, int, int]] = []
        self.broker = SimulatedBroker(worker, VirtualClock(), delivery, **more)

    async def open(self) -> SimulatedBroker:
        await self.broker.open(self.started, self.completed, self.logged)
        return self.broker

    def started(self, event: TaskStarted) -> None:
        self.reports.append(("start", event.task_seq, event.attempt))

    def completed(self, event: TaskCompleted) -> None:
        self.reports.append(("result", event.task_seq, event.attempt))

    def logged(self, event: TaskLogged) -> None:
        self.reports.append(("lines", event.task_seq, event.attempt))


async def succeed(_: Assignment) -> ExecOutputs:
    return ExecOutputs()


def told(delivery: Delivery | None, tasks: int = 20) -> list[tuple[str, int, int]]:
    """Return what is reported for some tasks."""

    async def main() -> list[tuple[str, int, int]]:
        desk = Desk(succeed, delivery)
        broker = await desk.open()
        for seq in range(tasks):
            broker.dispatch(assignment(seq))
        await asyncio.sleep(100)
        await broker.close()
        return desk.reports

    return run_simulated(main())


def test_inline_results_are_reported_from_within_the_dispatch() -> None:
    async def main() -> None:
        desk = Desk(succeed)
        broker = await desk.open()

        broker.dispatch(assignment(1))

        assert desk.reports == [("start", 1, 1), ("result", 1, 1)]
        assert not broker.holds("t1", 1)

    run_simulated(main())


def test_an_inline_worker_that_waits_reports_when_it_is_done() -> None:
    async def work(_: Assignment) -> ExecOutputs:
        await asyncio.sleep(0)
        await asyncio.sleep(5)
        await asyncio.sleep(5)
        return ExecOutputs()

    async def main() -> None:
        desk = Desk(work)
        broker = await desk.open()

        broker.dispatch(assignment(1))
        assert desk.reports == [("start", 1, 1)]
        assert broker.holds("t1", 1)
        assert not broker.holds("t1", 2)
        await asyncio.sleep(11)

        assert desk.reports == [("start", 1, 1), ("result", 1, 1)]

    run_simulated(main())


@pytest.mark.parametrize("after", [0.0, 5.0])
def test_an_inline_worker_can_be_cancelled_where_it_waits(after: float) -> None:
    """Also before the task that does the rest has begun, and it may clean up."""
    cleaned: list[float] = []

    async def work(_: Assignment) -> ExecOutputs:
        try:
            await asyncio.sleep(10)
        finally:
            await asyncio.sleep(1)
            cleaned.append(asyncio.get_running_loop().time())
        return ExecOutputs()

    async def main() -> None:
        desk = Desk(work)
        broker = await desk.open()
        broker.dispatch(assignment(1))
        await asyncio.sleep(after)
        if after:
            broker.cancel("t1")
        await broker.close()

        assert desk.reports == [("start", 1, 1)]

    run_simulated(main())

    # A task that is cancelled before its first step never gets to its coroutine.
    assert cleaned == ([after + 1] if after else cleaned)


def test_a_seed_decides_the_order_and_always_the_same() -> None:
    one, same, other = (told(Delivery(seed=seed)) for seed in (1, 1, 2))

    assert one == same != other
    assert sorted(one) == sorted(other) == sorted(told(None))
    assert one != told(None)


def test_a_start_comes_before_its_result() -> None:
    reports = told(Delivery(seed=3))

    for seq in range(20):
        assert reports.index(("start", seq, 1)) < reports.index(("result", seq, 1))


def test_results_may_come_twice_and_starts_not_at_all() -> None:
    reports = told(Delivery(seed=4, repeated=0.5, lost_starts=0.5), tasks=50)
    results = [report for report in reports if report[0] == "result"]

    assert len(set(results)) == 50 < len(results)
    assert 0 < len(reports) - len(results) < 50


def test_lost_assignments_are_never_answered_and_not_held() -> None:
    async def main() -> None:
        desk = Desk(succeed, Delivery(seed=5, lost=1.0))
        broker = await desk.open()
        broker.dispatch(assignment(1))
        await asyncio.sleep(10)

        assert desk.reports == []
        assert not broker.holds("t1", 1)

    run_simulated(main())


@pytest.mark.parametrize(("stubborn", "results"), [(0.0, []), (1.0, [("result", 1, 1)])])
def test_cancelled_work_reports_only_if_it_is_stubborn(
    stubborn: float, results: list[tuple[str, int, int]]
) -> None:
    async def main() -> list[tuple[str, int, int]]:
        desk = Desk(succeed, Delivery(seed=6, longest=1.0, stubborn=stubborn))
        broker = await desk.open()
        broker.dispatch(assignment(1))
        broker.cancel("t1")
        broker.cancel("unknown")
        assert not broker.holds("t1", 1)
        await asyncio.sleep(10)
        return desk.reports

    assert run_simulated(main())[-1:] == results


def test_a_dead_broker_reports_nothing_more() -> None:
    async def main() -> None:
        desk = Desk(succeed, Delivery(seed=7, longest=1.0))
        broker = await desk.open()
        broker.dispatch(assignment(1))
        await asyncio.sleep(0)
        broker.die()
        await asyncio.sleep(10)

        assert desk.reports == []

    run_simulated(main())


def test_the_witness_is_told_before_anybody_else() -> None:
    seen: list[str] = []

    class Watch:
        """Notes what goes through the broker."""

        def dispatched(self, assignment: Assignment) -> None:
            seen.append(f"dispatched {assignment.task_id}")

        def reported(self, completed: TaskCompleted) -> None:
            seen.append(f"reported {completed.task_seq}")

    async def work(_: Assignment) -> ExecOutputs:
        seen.append("work")
        return ExecOutputs()

    async def main() -> None:
        broker = await Desk(work, witness=Watch()).open()
        broker.dispatch(assignment(1))

    run_simulated(main())

    assert seen == ["dispatched t1", "work", "reported 1"]


def test_executors_are_called_as_the_in_process_broker_calls_them() -> None:
    class Add(Executor):
        """Answers, or raises."""

        type = "echo"

        async def execute(self, request: ExecuteRequest) -> dict[str, int]:
            if request.attempt == 2:
                raise ValueError("no")
            return {"n": request.attempt}

    async def main() -> list[ExecOutputs]:
        registry = Registry()
        registry.register(Add())
        work = executing(registry)
        return [
            await work(assignment(1)),
            await work(assignment(1, attempt=2)),
            await work(assignment(1, executor="nobody")),
        ]

    good, bad, unknown = run_simulated(main())

    assert good.as_dict() == {"n": 1}
    assert bad.code == ExecCode.ERROR
    assert unknown.message == "unknown executor type: nobody"


def test_talkative_attempts_also_say_something_too_late() -> None:
    reports = told(Delivery(seed=4, talkative=0.5), tasks=50)

    talkative = {seq for what, seq, _ in reports if what == "lines"}
    assert 10 < len(talkative) < 40
    for seq in talkative:
        assert [what for what, each, _ in reports if each == seq] == [
            "start",
            "lines",
            "result",
            "lines",
        ]
