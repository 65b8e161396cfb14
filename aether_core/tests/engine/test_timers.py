"""Time in the engine, under a clock that jumps to whatever comes next: hours take no time."""

from __future__ import annotations

import asyncio
import heapq
from collections.abc import Callable, Coroutine
from itertools import count
from typing import Any, TypeVar

import pytest

from aether_core.brokers import InProcessBroker
from aether_core.engine import Engine
from aether_core.engine._alarm import Alarm
from aether_sdk import ExecuteRequest, Executor

_T = TypeVar("_T")

SECOND = 1_000_000
MINUTE = 60 * SECOND
HOUR = 60 * MINUTE
START = 1_750_000_000 * SECOND


class VirtualClock:
    """A clock port whose time moves by hand.

    Attributes:
        requests: How often somebody asked to be called.
    """

    def __init__(self) -> None:
        self.requests = 0
        self._now = START
        self._numbers = count()
        self._calls: list[tuple[int, int]] = []
        self._callbacks: dict[int, Callable[[], None]] = {}

    def now(self) -> int:
        return self._now

    def call_at(self, at: int, callback: Callable[[], None]) -> Callable[[], None]:
        number = next(self._numbers)
        self.requests += 1
        self._callbacks[number] = callback
        heapq.heappush(self._calls, (at, number))

        def withdraw() -> None:
            self._callbacks.pop(number, None)

        return withdraw

    def lose_calls(self) -> list[Callable[[], None]]:
        """Return the callbacks that wait, and call none of them."""
        lost = [*self._callbacks.values()]
        self._callbacks.clear()
        return lost

    @property
    def pending(self) -> int:
        """How many callers wait for their time."""
        return len(self._callbacks)

    def advance_to(self, at: int) -> None:
        """Let the time come, and call whoever asked for one up to then."""
        while self._calls and self._calls[0][0] <= at:
            due, number = heapq.heappop(self._calls)
            self._now = max(self._now, due)
            callback = self._callbacks.pop(number, None)
            if callback is not None:
                callback()
        self._now = max(self._now, at)

    def jump(self) -> None:
        """Let the time come for which the first caller waits."""
        assert self._callbacks, "nothing would ever happen again"
        self.advance_to(min(at for at, number in self._calls if number in self._callbacks))

    async def run(self, story: Coroutine[Any, Any, _T]) -> _T:
        """Await a story; whenever all in it only wait, let time pass."""
        task = asyncio.ensure_future(story)
        while not task.done():
            await settled()
            if not task.done():
                self.jump()
        return await task


async def settled() -> None:
    """Return when nothing goes on any more that needs no time."""
    for _ in range(100):
        await asyncio.sleep(0)


class Flaky(Executor):
    """Ends in Error, except for its last attempt; remembers when it ran."""

    type = "flaky"

    def __init__(self, clock: VirtualClock, last: int) -> None:
        self.times: list[int] = []
        self._clock = clock
        self._last = last

    async def execute(self, request: ExecuteRequest) -> None:
        self.times.append(self._clock.now() - START)
        if request.attempt < self._last:
            raise RuntimeError("not yet")


@pytest.fixture(name="clock")
def _clock() -> VirtualClock:
    return VirtualClock()


def engine_of(building: Any, clock: VirtualClock, *, concurrency: int = 64, **more: Any) -> Engine:
    """Return an engine whose own times and whose broker's times are the clock's."""
    broker = InProcessBroker(building.registry, concurrency=concurrency, clock=clock)
    engine: Engine = building.engine(broker=broker, clock=clock, **more)
    return engine


GATE = {"name": "g", "executor": {"type": "gate"}}


def test_a_backoff_of_hours_is_waited_for(house: Any, flow: Any, clock: VirtualClock) -> None:
    """Between attempts the task is back in Created, and nothing occupies a worker."""
    building, flaky = house(), Flaky(clock, last=4)
    building.registry.register(flaky)
    backoff = {"duration": "2h", "factor": 2, "maxDuration": "7h"}
    node = {"name": "f", "executor": {"type": "flaky"}, "retry": {"limit": 5, "backoff": backoff}}

    async def story() -> None:
        async with engine_of(building, clock) as engine:
            run_id = await engine.submit(flow(node, timeout="0"))
            await settled()
            waiting = (await engine.get(run_id)).tasks[1]
            assert waiting.phase == "Created"
            assert waiting.message.startswith("attempt 1 of 6 ended Error, next in 2h: ")
            assert "not yet" in waiting.message
            ended = await clock.run(engine.wait(run_id))
            assert ended.phase == "Succeeded"
            assert ended.tasks[1].retry_count == 3

    asyncio.run(story())

    assert flaky.times == [0, 2 * HOUR, 6 * HOUR, 13 * HOUR]
    assert clock.pending == 0


def test_a_task_that_never_ends_is_cancelled_after_its_timeout(
    house: Any, flow: Any, clock: VirtualClock
) -> None:
    """To the microsecond, and the executor is told."""
    building = house()

    async def story() -> None:
        async with engine_of(building, clock) as engine:
            run_id = await engine.submit(flow({**GATE, "timeout": "10m"}))
            ended = await clock.run(engine.wait(run_id))
            await settled()
            task = ended.tasks[1]
            assert (task.phase, task.message) == ("Timeout", "timed out after 10m")
            assert ended.phase == "Error"

    asyncio.run(story())

    assert clock.now() == START + 10 * MINUTE
    assert building.gate.cancelled == 1


def test_each_attempt_has_the_whole_timeout(house: Any, flow: Any, clock: VirtualClock) -> None:
    """A timeout is tried again like an error, each time with a new executor call."""
    building = house()
    node = {**GATE, "timeout": "10m", "retry": {"limit": 2, "backoff": {"duration": "1m"}}}

    async def story() -> None:
        async with engine_of(building, clock) as engine:
            run_id = await engine.submit(flow(node))
            ended = await clock.run(engine.wait(run_id))
            await settled()
            assert (ended.tasks[1].phase, ended.tasks[1].retry_count) == ("Timeout", 2)

    asyncio.run(story())

    # The waits double: 1m, then 2m.
    assert clock.now() == START + (3 * 10 + 1 + 2) * MINUTE
    assert building.gate.cancelled == 3


@pytest.mark.parametrize(("timeout", "minutes"), [(None, 60), ("90m", 90)])
def test_a_run_ends_at_its_deadline(
    house: Any, flow: Any, clock: VirtualClock, timeout: str | None, minutes: int
) -> None:
    """After an hour unless the document says otherwise; all that is open ends with it."""
    building = house()
    spec = {} if timeout is None else {"timeout": timeout}
    after = {"name": "after", "executor": {"type": "echo"}, "dependencies": ["g"]}

    async def story() -> None:
        async with engine_of(building, clock) as engine:
            run_id = await engine.submit(flow(GATE, after, **spec))
            ended = await clock.run(engine.wait(run_id))
            await settled()
            assert ended.phase == "Timeout"
            assert [(task.name, task.phase) for task in ended.tasks] == [
                ("main", "Timeout"),
                ("g", "Timeout"),
            ]
            assert ended.message == f"the workflow did not end within {timeout or '1h'}"

    asyncio.run(story())

    assert clock.now() == START + minutes * MINUTE
    assert building.gate.cancelled == 1
    assert clock.pending == 0


def test_a_dag_s_timeout_can_be_tolerated(house: Any, flow: Any, clock: VirtualClock) -> None:
    """What is open below it ends; the run goes on at once."""
    building = house()
    document = flow(
        {"name": "sub", "template": "inner", "continueOn": {"timeout": True}},
        {"name": "after", "executor": {"type": "echo"}, "dependencies": ["sub"]},
    )
    document["spec"]["templates"].append(
        {"dag": {"name": "inner", "timeout": "5m", "tasks": [GATE]}}
    )

    async def story() -> None:
        async with engine_of(building, clock) as engine:
            ended = await clock.run(engine.wait(await engine.submit(document)))
            await settled()
            assert {task.name: task.phase.value for task in ended.tasks} == {
                "main": "Succeeded",
                "sub": "Timeout",
                "g": "Timeout",
                "after": "Succeeded",
            }

    asyncio.run(story())

    assert clock.now() == START + 5 * MINUTE
    assert building.gate.cancelled == 1


def test_a_task_that_no_worker_takes_is_given_up(
    house: Any, flow: Any, clock: VirtualClock
) -> None:
    """The dispatch timeout bounds the wait in the queue, not the work."""
    building = house()
    echo = {"name": "late", "executor": {"type": "echo"}, "continueOn": {"timeout": True}}

    async def story() -> None:
        limits = {"concurrency": 1, "dispatch_timeout": 30 * SECOND}
        async with engine_of(building, clock, **limits) as engine:
            run_id = await engine.submit(flow(GATE, echo))
            await settled()
            clock.jump()
            await settled()
            at_work, late = (await engine.get(run_id)).tasks[1:]
            assert at_work.phase == "Running"
            assert (late.phase, late.message) == ("Timeout", "no worker started the task in time")
            building.gate.open.set()
            ended = await clock.run(engine.wait(run_id))
            assert (ended.phase, ended.tasks[2].outputs) == ("Succeeded", {})

    asyncio.run(story())

    assert clock.now() == START + 30 * SECOND


def test_runs_have_their_own_times(house: Any, flow: Any, clock: VirtualClock) -> None:
    """Each ends at its own deadline, whatever the order in which they came."""
    building = house()

    async def story() -> list[int]:
        async with engine_of(building, clock) as engine:
            ids = [await engine.submit(flow(GATE, timeout=f"{n}h")) for n in (3, 1, 2)]
            ended: list[int] = []
            for run_id in (ids[1], ids[2], ids[0]):
                await clock.run(engine.wait(run_id))
                ended.append((clock.now() - START) // HOUR)
            return ended

    assert asyncio.run(story()) == [1, 2, 3]


def test_an_engine_that_closes_asks_for_no_more_calls(
    house: Any, flow: Any, clock: VirtualClock
) -> None:
    """A run that has not ended leaves nothing behind at the clock."""

    async def story() -> None:
        async with engine_of(house(), clock) as engine:
            await engine.submit(flow(GATE))
            await settled()
            assert clock.pending == 1

    asyncio.run(story())

    assert clock.pending == 0


class Rings:
    """An alarm on a virtual clock, and what it rang for."""

    def __init__(self, clock: VirtualClock) -> None:
        self.rung: list[tuple[str, int]] = []
        self.alarm = Alarm(clock, lambda run_id, at: self.rung.append((run_id, at - START)))

    def set(self, run_id: str, after: int | None) -> None:
        self.alarm.set(run_id, None if after is None else START + after)


@pytest.fixture(name="rings")
def _rings(clock: VirtualClock) -> Rings:
    return Rings(clock)


def test_an_alarm_rings_in_the_order_of_times(clock: VirtualClock, rings: Rings) -> None:
    """At each time once, with one request at the clock for all of them."""
    for run_id, after in (("b", 20), ("a", 10), ("c", 30)):
        rings.set(run_id, after)

    assert clock.pending == 1
    clock.advance_to(START + 9)
    assert rings.rung == []
    for after in (10, 25, 99):
        clock.advance_to(START + after)

    assert rings.rung == [("a", 10), ("b", 20), ("c", 30)]
    assert clock.pending == 0


def test_an_alarm_that_is_called_late_rings_for_all_that_are_due(
    clock: VirtualClock, rings: Rings
) -> None:
    """With the time it is, not the time that was asked for."""
    rings.set("b", 20)
    rings.set("a", 10)
    rings.set("c", 70)
    (late,) = clock.lose_calls()
    clock.advance_to(START + 60)

    late()

    assert rings.rung == [("a", 60), ("b", 60)]
    assert clock.pending == 1


@pytest.mark.parametrize(("first", "second"), [(10, 50), (50, 10)])
def test_a_time_that_is_replaced_does_not_ring(
    clock: VirtualClock, rings: Rings, first: int, second: int
) -> None:
    rings.set("a", first)
    rings.set("a", second)
    rings.set("b", 30)

    clock.advance_to(START + 100)

    assert sorted(rings.rung) == [("a", second), ("b", 30)]


def test_the_same_time_rings_once_and_asks_once(clock: VirtualClock, rings: Rings) -> None:
    """A run says after each of its steps when it wants to be woken."""
    for _ in range(5):
        rings.set("a", 10)

    clock.advance_to(START + 10)

    assert rings.rung == [("a", 10)]
    assert clock.requests == 1


def test_a_run_that_is_forgotten_or_waits_for_nothing_is_not_rung_for(
    clock: VirtualClock, rings: Rings
) -> None:
    rings.set("gone", 10)
    rings.set("calm", 10)
    rings.set("kept", 20)
    rings.alarm.forget("gone")
    rings.alarm.forget("never known")
    rings.set("calm", None)

    clock.advance_to(START + 100)

    assert rings.rung == [("kept", 20)]
    assert clock.pending == 0


def test_a_run_can_be_set_again_after_and_while_it_rings(clock: VirtualClock) -> None:
    rung: list[int] = []

    def ring(run_id: str, at: int) -> None:
        rung.append(at - START)
        if len(rung) < 3:
            alarm.set(run_id, at + 10)

    alarm = Alarm(clock, ring)
    alarm.set("a", START + 5)

    clock.advance_to(START + 100)
    alarm.set("a", START + 200)
    clock.advance_to(START + 200)

    assert rung == [5, 15, 25, 200]


def test_a_call_that_comes_too_early_is_asked_for_again(clock: VirtualClock, rings: Rings) -> None:
    """The clock of the machine may have been set back."""
    rings.set("a", 10)
    (early,) = clock.lose_calls()

    early()

    assert rings.rung == []
    assert clock.pending == 1
    clock.advance_to(START + 10)
    assert rings.rung == [("a", 10)]


def test_an_alarm_that_is_stopped_rings_for_nobody(clock: VirtualClock, rings: Rings) -> None:
    rings.set("a", 10)
    rings.set("b", 20)

    rings.alarm.stop()
    rings.alarm.stop()

    assert clock.pending == 0
    clock.advance_to(START + 100)
    assert rings.rung == []
