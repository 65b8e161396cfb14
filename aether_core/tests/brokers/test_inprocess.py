"""The in-process broker: limits, order, cancellation, and what executors do wrong."""

from __future__ import annotations

import asyncio
import json
import re
import sys
import threading
from collections.abc import Callable, Coroutine
from typing import Any

import pytest

from aether_core.brokers import InProcessBroker
from aether_core.kernel import Assignment, TaskCompleted, TaskLogged, TaskStarted
from aether_core.plugins import Registry
from aether_sdk import ExecOutputs, ExecuteRequest, Executor, ExecutorSchema, TaskFailed


class Scripted(Executor):
    """Does what the test says."""

    type = "scripted"

    def __init__(self, work: Callable[[ExecuteRequest], Coroutine[Any, Any, Any]]) -> None:
        self.work = work

    async def execute(self, request: ExecuteRequest) -> Any:
        return await self.work(request)


class Plain(Executor):
    """A plain function, which must not block the loop."""

    type = "plain"

    def __init__(self, work: Callable[[], Any]) -> None:
        self.work = work

    def execute(self, request: ExecuteRequest) -> Any:
        return self.work()


class Desk:
    """A broker with one executor; collects what the broker reports."""

    def __init__(self, executor: Executor, concurrency: int = 64) -> None:
        registry = Registry()
        registry.register(executor)
        self.executor = executor
        self.broker = InProcessBroker(registry, concurrency=concurrency)
        self.started: list[int] = []
        self.results: dict[int, TaskCompleted] = {}
        self.batches: list[TaskLogged] = []
        self.changed = asyncio.Event()

    def give(
        self,
        seq: int,
        *,
        priority: int = 0,
        attempt: int = 1,
        executor_type: str | None = None,
        more: dict[str, Any] | None = None,
    ) -> None:
        self.broker.dispatch(
            Assignment(
                run_id="r",
                task_id=f"t{seq}",
                task_seq=seq,
                attempt=attempt,
                executor_type=executor_type or self.executor.type,
                task_name=f"task{seq}",
                template_name="",
                inputs={"n": seq, **(more or {})},
                priority=priority,
            )
        )

    def on_started(self, event: TaskStarted) -> None:
        self.started.append(event.task_seq)
        self.changed.set()

    def on_completed(self, event: TaskCompleted) -> None:
        self.results[event.task_seq] = event
        self.changed.set()

    def on_logged(self, event: TaskLogged) -> None:
        self.batches.append(event)
        self.changed.set()

    async def until(self, condition: Callable[[], bool]) -> None:
        async with asyncio.timeout(10):
            while not condition():
                self.changed.clear()
                await self.changed.wait()

    async def __aenter__(self) -> Desk:
        await self.broker.open(self.on_started, self.on_completed, self.on_logged)
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.broker.close()


def play(story: Callable[[], Coroutine[Any, Any, None]]) -> None:
    asyncio.run(story())


def test_at_most_the_limit_runs_at_once_and_higher_priority_first() -> None:
    """Two places: two run, the rest waits in order of priority, then of dispatch."""

    async def story() -> None:
        gates = {n: asyncio.Event() for n in range(5)}

        async def work(request: ExecuteRequest) -> None:
            assert request.inputs is not None
            await gates[request.inputs.get("n")].wait()

        async with Desk(Scripted(work), concurrency=2) as desk:
            for seq, priority in ((0, 0), (1, 0), (2, 1), (3, 9), (4, 1)):
                desk.give(seq, priority=priority)
            await desk.until(lambda: len(desk.started) == 2)
            assert desk.started == [0, 1]
            for seq in (0, 3, 2, 4, 1):
                gates[seq].set()
                await desk.until(lambda seq=seq: seq in desk.results)
            assert desk.started == [0, 1, 3, 2, 4]

    play(story)


def test_a_plain_function_runs_beside_the_loop() -> None:
    """The loop goes on while the function blocks, and the function has a thread of its own."""

    async def story() -> None:
        release, threads = threading.Event(), []

        def work() -> dict[str, int]:
            threads.append(threading.current_thread())
            release.wait(10)
            return {"v": 1}

        async with Desk(Plain(work)) as desk:
            desk.give(0)
            await desk.until(lambda: desk.started == [0])
            release.set()
            await desk.until(lambda: 0 in desk.results)
            assert desk.results[0].outputs == {"v": 1}
            assert threads[0] is not threading.main_thread()

    play(story)


def test_a_cancelled_task_is_stopped_and_reports_nothing() -> None:
    """Running or queued, a cancelled task is gone, and its place is free again."""

    async def story() -> None:
        cleaned = asyncio.Event()

        async def work(request: ExecuteRequest) -> None:
            if request.inputs is not None and request.inputs.get("n") == 2:
                return
            try:
                await asyncio.Event().wait()
            finally:
                cleaned.set()

        async with Desk(Scripted(work), concurrency=1) as desk:
            desk.give(0)
            desk.give(1)
            desk.give(2)
            await desk.until(lambda: desk.started == [0])
            desk.broker.cancel("t1")
            desk.broker.cancel("t0")
            desk.broker.cancel("unknown")
            await desk.until(lambda: 2 in desk.results)
            assert cleaned.is_set()
            assert desk.started == [0, 2]
            assert list(desk.results) == [2]

    play(story)


async def _raise(error: BaseException) -> None:
    raise error


def test_a_task_that_is_cancelled_before_its_first_step_gives_its_place_back() -> None:
    """Its coroutine never runs, so it can't clean up after itself."""

    async def story() -> None:
        async def work(request: ExecuteRequest) -> None:
            return None

        async with Desk(Scripted(work), concurrency=1) as desk:
            desk.give(1)
            desk.broker.cancel("t1")
            desk.give(2)
            await desk.until(lambda: 2 in desk.results)

            assert desk.started == [2]

    play(story)


def test_the_next_attempt_of_a_cancelled_task_is_a_task_of_its_own() -> None:
    """A timeout cancels an attempt and dispatches the next at once; only that one reports."""

    async def story() -> None:
        entered = asyncio.Event()

        async def work(request: ExecuteRequest) -> dict[str, int]:
            entered.set()
            if request.attempt == 1:
                await asyncio.Event().wait()
            return {"attempt": request.attempt}

        async with Desk(Scripted(work), concurrency=2) as desk:
            desk.give(1)
            await entered.wait()
            desk.broker.cancel("t1")
            desk.give(1, attempt=2)
            await desk.until(lambda: 1 in desk.results)

            assert desk.results[1].attempt == 2
            assert desk.results[1].outputs == {"attempt": 2}

    play(story)


@pytest.mark.parametrize(
    ("error", "code", "message"),
    [
        (TaskFailed("no luck"), 2, "no luck"),
        (TimeoutError("slow"), 4, "slow"),
        (ValueError("bad"), 3, "ValueError: bad"),
        (SystemExit(3), 3, "sys.exit(3)"),
        (asyncio.CancelledError(), 3, "cancelled itself"),
        (RecursionError("deep"), 3, "RecursionError"),
    ],
)
def test_what_an_executor_raises_is_the_tasks_outcome(
    error: BaseException, code: int, message: str
) -> None:
    """No exception of an executor reaches the engine."""

    async def story() -> None:
        async with Desk(Scripted(lambda _: _raise(error))) as desk:
            desk.give(0)
            await desk.until(lambda: 0 in desk.results)
            assert desk.results[0].code == code
            assert message in desk.results[0].message

    play(story)


def test_a_plain_function_that_exits_ends_its_task_only() -> None:
    """sys.exit() in a thread is an Error of the task, and StopIteration is too."""

    async def story() -> None:
        async with Desk(Plain(lambda: sys.exit("bye"))) as desk:
            desk.give(0)
            await desk.until(lambda: 0 in desk.results)
            assert desk.results[0].code == 3
        async with Desk(Plain(lambda: next(iter(())))) as desk:
            desk.give(0)
            await desk.until(lambda: 0 in desk.results)
            assert "StopIteration" in desk.results[0].message

    play(story)


def test_an_unknown_type_is_an_error_of_the_task() -> None:
    """The worker says so in the protocol's words."""

    async def story() -> None:
        async with Desk(Scripted(lambda _: _raise(ValueError()))) as desk:
            desk.give(0, executor_type="nope")
            await desk.until(lambda: 0 in desk.results)
            assert desk.results[0].code == 3
            assert desk.results[0].message == "unknown executor type: nope"

    play(story)


def test_unknown_codes_pass_through_unchanged() -> None:
    """The kernel decides what they mean."""

    async def story() -> None:
        async def work(_: ExecuteRequest) -> ExecOutputs:
            return ExecOutputs(code=-1, message="odd")

        async with Desk(Scripted(work)) as desk:
            desk.give(0)
            await desk.until(lambda: 0 in desk.results)
            assert (desk.results[0].code, desk.results[0].message) == (-1, "odd")

    play(story)


def test_a_code_that_no_store_can_keep_is_an_error() -> None:
    """Beyond 64 bits there is nothing to keep."""

    async def story() -> None:
        async def work(_: ExecuteRequest) -> ExecOutputs:
            return ExecOutputs(code=2**70)

        async with Desk(Scripted(work)) as desk:
            desk.give(0)
            await desk.until(lambda: 0 in desk.results)
            assert desk.results[0].code == 3

    play(story)


def test_close_cancels_what_runs_and_waits_for_its_clean_up() -> None:
    """After close nothing of the broker runs any more."""

    async def story() -> None:
        cleaned = False

        async def work(_: ExecuteRequest) -> None:
            nonlocal cleaned
            try:
                await asyncio.Event().wait()
            finally:
                await asyncio.sleep(0)
                cleaned = True

        async with Desk(Scripted(work)) as desk:
            desk.give(0)
            await desk.until(lambda: desk.started == [0])
        assert cleaned
        assert desk.results == {}

    play(story)


def test_a_limit_below_one_is_refused() -> None:
    """A broker that can do nothing is a mistake."""
    with pytest.raises(ValueError, match="at least 1"):
        InProcessBroker(Registry(), concurrency=0)


def test_messages_are_bounded_and_can_be_stored() -> None:
    """A message of any length and with half a character in it reaches the store."""

    async def story() -> None:
        async with Desk(Scripted(lambda _: _raise(ValueError("\ud800" + "x" * 10**6)))) as desk:
            desk.give(0)
            await desk.until(lambda: 0 in desk.results)
            message = desk.results[0].message
            assert len(message) < 5000
            assert message.encode()

    play(story)


class Promising(Scripted):
    """Declares an output."""

    type = "promising"

    def schema(self) -> ExecutorSchema:
        return ExecutorSchema(
            type=self.type,
            version="1",
            outputs={"type": "object", "required": ["slug"], "properties": {"slug": {}}},
        )


def test_an_executor_must_return_what_it_declares() -> None:
    """The task that broke the promise ends in Error, not the one that relies on it."""

    async def story() -> None:
        async def wrong(_: ExecuteRequest) -> dict[str, str]:
            return {"slag": "x"}

        async def failed(_: ExecuteRequest) -> ExecOutputs:
            return ExecOutputs(code=2)

        for work, code in ((wrong, 3), (failed, 2)):
            async with Desk(Promising(work)) as desk:
                desk.give(0)
                await desk.until(lambda: 0 in desk.results)
                assert desk.results[0].code == code
                assert ("slug" in desk.results[0].message) is (code == 3)

    play(story)


def test_an_error_that_came_up_in_a_library_says_where_the_executor_called_it() -> None:
    """That is the line which its author can mend. The traceback is logged if it is asked for."""

    async def story() -> None:
        async with Desk(Scripted(lambda _: json.loads("{"))) as desk:
            desk.give(0)
            await desk.until(lambda: 0 in desk.results)
            message = desk.results[0].message
            assert message.startswith("JSONDecodeError: ")
            assert re.search(r" \(test_inprocess\.py, line \d+\)$", message)

    play(story)


def test_an_unexpected_error_says_where_it_came_up() -> None:
    """File and line of the executor, for whoever has to mend it."""

    async def story() -> None:
        async with Desk(Scripted(lambda _: _raise(KeyError("boo")))) as desk:
            desk.give(0)
            await desk.until(lambda: 0 in desk.results)
            assert re.fullmatch(
                r"KeyError: 'boo' \(test_inprocess\.py, line \d+\)", desk.results[0].message
            )

    play(story)


class Strict(Scripted):
    """Says which inputs it takes."""

    type = "strict"

    def schema(self) -> ExecutorSchema:
        return ExecutorSchema(
            type=self.type, version="1", inputs={"type": "object", "properties": {"n": {}}}
        )


@pytest.mark.parametrize(("kind", "names"), [(Strict, ["n"]), (Scripted, ["n", "loop_iter.index"])])
def test_names_that_the_engine_makes_go_to_dynamic_executors_only(
    kind: type[Scripted], names: list[str]
) -> None:
    """An executor that refuses unknown inputs can be the body of a loop."""

    async def story() -> None:
        seen: list[str] = []

        async def work(request: ExecuteRequest) -> None:
            assert request.inputs is not None
            seen.extend(request.inputs.as_dict())

        async with Desk(kind(work)) as desk:
            desk.give(0, more={"loop_iter.index": 3})
            await desk.until(lambda: 0 in desk.results)
        assert seen == names

    play(story)
