"""Executors are closed with the last broker that has called them, whatever they do then."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any

import pytest

from aether_core.brokers import InProcessBroker
from aether_core.kernel import Assignment
from aether_core.plugins import Registry
from aether_sdk import Executor

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from aether_sdk import ExecuteRequest


class Pooled(Executor):
    """Has something to close."""

    type = "pooled"

    def __init__(self) -> None:
        self.closed = 0
        self.open_calls = 0

    async def execute(self, request: ExecuteRequest) -> None:
        self.open_calls += 1
        try:
            if request.task_name == "long":
                await asyncio.Event().wait()
        finally:
            self.open_calls -= 1

    async def aclose(self) -> None:
        assert self.open_calls == 0
        self.closed += 1


class Threaded(Pooled):
    """The same in a thread."""

    def execute(self, request: ExecuteRequest) -> None:  # type: ignore[override]  # plain here
        return


class Stubborn(Executor):
    """Closes as the test says."""

    type = "pooled"

    def __init__(self, closing: Callable[[], Awaitable[None]]) -> None:
        self.closing = closing

    async def execute(self, request: ExecuteRequest) -> None:
        return

    async def aclose(self) -> None:
        await self.closing()


async def opened(executor: Executor) -> InProcessBroker:
    """Return a broker that has called the executor once."""
    registry = Registry()
    registry.register(executor)
    broker = InProcessBroker(registry)
    done = asyncio.Event()
    await broker.open(lambda _: None, lambda _: done.set(), lambda _: None)
    broker.dispatch(assignment("short"))
    await done.wait()
    return broker


def assignment(name: str) -> Assignment:
    return Assignment(
        run_id="run",
        task_id=name,
        task_seq=0,
        attempt=1,
        executor_type="pooled",
        task_name=name,
        template_name=name,
        inputs={},
        priority=0,
    )


@pytest.mark.parametrize("kind", [Pooled, Threaded])
def test_closing_the_broker_closes_the_executors_that_it_called(kind: type[Pooled]) -> None:
    executor, other = kind(), Pooled()

    async def run() -> None:
        broker = await opened(executor)
        await broker.close()
        await broker.close()

    asyncio.run(run())

    assert (executor.closed, other.closed) == (1, 0)


def test_an_executor_is_closed_after_its_calls_have_ended() -> None:
    executor = Pooled()

    async def run() -> None:
        broker = await opened(executor)
        broker.dispatch(assignment("long"))
        while not executor.open_calls:
            await asyncio.sleep(0)
        await broker.close()

    asyncio.run(run())

    assert executor.closed == 1


def test_brokers_that_share_an_executor_close_it_once_with_the_last() -> None:
    executor = Pooled()

    async def run() -> list[int]:
        brokers = [await opened(executor) for _ in range(3)]
        seen: list[int] = []
        for broker in brokers:
            await broker.close()
            seen.append(executor.closed)
        return seen

    assert asyncio.run(run()) == [0, 0, 1]


def test_each_event_loop_closes_for_itself() -> None:
    executor = Pooled()

    async def run() -> None:
        await (await opened(executor)).close()

    asyncio.run(run())
    asyncio.run(run())

    assert executor.closed == 2


async def refuse() -> None:
    raise ValueError("no")


async def leave() -> None:
    raise SystemExit(3)


async def hang() -> None:
    await asyncio.Event().wait()


async def hang_on() -> None:
    while True:
        try:
            await asyncio.Event().wait()
        except asyncio.CancelledError:
            return


@pytest.mark.parametrize(
    ("closing", "reason"),
    [
        (refuse, "ValueError: no"),
        (leave, "SystemExit: 3"),
        (hang, "it took longer than 0.02 s"),
        (hang_on, "it took longer than 0.02 s"),
    ],
)
def test_what_goes_wrong_while_closing_is_reported_and_bounded_in_time(
    closing: Callable[[], Awaitable[None]], reason: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("aether_core.brokers._closing._CLOSE_SECONDS", 0.02)
    reports: list[dict[str, Any]] = []

    async def run() -> None:
        broker = await opened(Stubborn(closing))
        asyncio.get_running_loop().set_exception_handler(lambda _, report: reports.append(report))
        await broker.close()

    asyncio.run(run())

    assert [report["message"] for report in reports] == [
        f"executor 'pooled' could not be closed: {reason}"
    ]


def test_an_executor_whose_aclose_is_no_coroutine_is_refused() -> None:
    class Plain(Pooled):
        def aclose(self) -> None:  # type: ignore[override]  # the mistake
            return

    with pytest.raises(Exception, match="aclose: expected `async def aclose"):
        Registry().register(Plain())
