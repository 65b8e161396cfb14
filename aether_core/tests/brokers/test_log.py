"""What executors say while they work: gathered, bounded, and never in their way."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable, Coroutine
from typing import Any

import pytest

from aether_core.brokers import AttemptLog, InProcessBroker
from aether_core.kernel import Assignment
from aether_core.plugins import Registry
from aether_core.ports import SystemClock
from aether_sdk import ExecuteRequest, Executor

FULL = "… further lines are not recorded: this attempt has said too much"


class Talking(Executor):
    """Does what the test says, on the loop."""

    type = "talking"

    def __init__(self, work: Callable[[ExecuteRequest], Coroutine[Any, Any, None]]) -> None:
        self.work = work

    async def execute(self, request: ExecuteRequest) -> None:
        await self.work(request)


class Plain(Executor):
    """Does what the test says, in a thread."""

    type = "plain"

    def __init__(self, work: Callable[[ExecuteRequest], None]) -> None:
        self.work = work

    def execute(self, request: ExecuteRequest) -> None:
        self.work(request)


class Desk:
    """A broker with one executor, and everything that it reports, in order."""

    def __init__(self, executor: Executor) -> None:
        registry = Registry()
        registry.register(executor)
        self.executor = executor
        self.broker = InProcessBroker(registry)
        self.reports: list[object] = []
        self.changed = asyncio.Event()

    async def __aenter__(self) -> Desk:
        await self.broker.open(
            lambda event: self.take(("started", event.task_seq)),
            lambda event: self.take(("ended", event.task_seq)),
            lambda event: self.take(event.lines),
        )
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.broker.close()

    def take(self, report: object) -> None:
        self.reports.append(report)
        self.changed.set()

    def give(self, attempt: int = 1) -> None:
        self.broker.dispatch(
            Assignment("r", "t", 7, attempt, self.executor.type, "task", "", {}, 0)
        )

    async def until(self, condition: Callable[[], bool]) -> None:
        async with asyncio.timeout(10):
            while not condition():
                self.changed.clear()
                await self.changed.wait()


def reports_of(executor: Executor) -> list[Any]:
    """Return what is reported of one attempt."""

    async def story() -> list[Any]:
        async with Desk(executor) as desk:
            desk.give()
            await desk.until(lambda: ("ended", 7) in desk.reports)
            return desk.reports

    return asyncio.run(story())


def talk(*texts: str) -> list[str]:
    """Return the lines that are reported of an attempt that says these texts."""

    async def work(request: ExecuteRequest) -> None:
        for text in texts:
            request.log(text)

    _, *batches, _ = reports_of(Talking(work))
    return [line for batch in batches for line in batch]


def test_what_is_said_at_once_comes_in_one_batch_between_start_and_result() -> None:
    async def work(request: ExecuteRequest) -> None:
        for number in range(100):
            assert request.log(f"line {number}")

    reports = reports_of(Talking(work))

    lines = tuple(f"line {number}" for number in range(100))
    assert reports == [("started", 7), lines, ("ended", 7)]


def test_an_attempt_that_says_nothing_reports_no_lines() -> None:
    async def work(request: ExecuteRequest) -> None:
        assert request.on_log is not None

    assert reports_of(Talking(work)) == [("started", 7), ("ended", 7)]


def test_lines_come_while_the_work_goes_on() -> None:
    """The work ends only after its line has been reported."""

    async def story() -> None:
        go_on = asyncio.Event()

        async def work(request: ExecuteRequest) -> None:
            request.log("waiting")
            await go_on.wait()
            request.log("done")

        async with Desk(Talking(work)) as desk:
            desk.give()
            await desk.until(lambda: ("waiting",) in desk.reports)
            go_on.set()
            await desk.until(lambda: ("ended", 7) in desk.reports)
            assert desk.reports == [("started", 7), ("waiting",), ("done",), ("ended", 7)]

    asyncio.run(story())


def test_threads_may_talk_all_at_once() -> None:
    """Nothing is lost, and each thread's lines keep their order."""

    def work(request: ExecuteRequest) -> None:
        def say(name: int) -> None:
            for number in range(100):
                request.log(f"{name} {number}")

        threads = [threading.Thread(target=say, args=(name,)) for name in range(8)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()

    started, *batches, ended = reports_of(Plain(work))

    lines = [line for batch in batches for line in batch]
    assert (started, ended) == (("started", 7), ("ended", 7))
    assert len(lines) == 800
    for name in range(8):
        assert [line for line in lines if line.startswith(f"{name} ")] == [
            f"{name} {number}" for number in range(100)
        ]


def test_a_text_of_several_lines_is_several_lines() -> None:
    assert talk("a\nb\r\n\nc\n", "", "d") == ["a", "b", "", "c", "", "d"]


@pytest.mark.parametrize(("said", "kept"), [(1000, 1000), (1001, 1000), (5000, 1000)])
def test_a_thousand_lines_are_taken_and_then_one_that_says_so(said: int, kept: int) -> None:
    lines = talk(*map(str, range(said)))

    assert lines[:kept] == [str(number) for number in range(kept)]
    assert lines[kept:] == ([FULL] if said > kept else [])


def test_lines_of_one_text_are_bounded_too() -> None:
    assert talk("\n".join(map(str, range(3000))))[-2:] == ["999", FULL]


def test_characters_are_bounded() -> None:
    """262,144 of them, where a long line counts as far as it is kept."""
    lines = talk(*["x" * 100_000] * 33)

    assert lines == ["x" * 8192 + "…"] * 31 + [FULL]


def test_who_talks_too_much_is_told_so() -> None:
    answers: list[bool] = []

    async def work(request: ExecuteRequest) -> None:
        answers.extend(request.log("more") for _ in range(1002))

    reports_of(Talking(work))

    assert answers == [True] * 1000 + [False] * 2


def test_what_no_store_could_keep_is_replaced() -> None:
    assert talk("half \ud800 of a character", "Zeit für 🫖") == [
        "half ? of a character",
        "Zeit für 🫖",
    ]


def test_what_is_no_text_is_said_as_text() -> None:
    """Nobody's value vanishes without a word."""
    assert talk(42, None) == ["42", "None"]  # type: ignore[arg-type]  # the point


def test_after_the_result_and_after_a_cancellation_nothing_comes() -> None:
    async def story() -> None:
        requests: list[ExecuteRequest] = []
        cancelled = asyncio.Event()

        async def work(request: ExecuteRequest) -> None:
            requests.append(request)
            if request.attempt == 1:
                return
            request.log("never seen")
            try:
                await asyncio.Event().wait()
            finally:
                request.log("not even this")
                cancelled.set()

        async with Desk(Talking(work)) as desk:
            desk.give()
            await desk.until(lambda: ("ended", 7) in desk.reports)
            assert not requests[0].log("too late")
            desk.give(attempt=2)
            await desk.until(lambda: len(requests) == 2)
            desk.broker.cancel("t")
            await cancelled.wait()
            await asyncio.sleep(0.06)
            assert not requests[1].log("later")
            assert desk.reports == [("started", 7), ("ended", 7), ("started", 7)]

    asyncio.run(story())


def test_whoever_talks_to_a_closed_loop_is_not_disturbed() -> None:
    """A thread may outlive the engine."""
    loop = asyncio.new_event_loop()
    reports: list[object] = []
    assignment = Assignment("r", "t", 7, 1, "plain", "task", "", {}, 0)
    log = AttemptLog(assignment, reports.append, SystemClock(), loop)
    loop.close()

    assert log.say("anybody there?")
    assert reports == []
