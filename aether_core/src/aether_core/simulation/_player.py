"""Playing a scenario: the real engine in virtual time, with users, crashes and an observer."""

from __future__ import annotations

import asyncio
import zlib
from itertools import count
from typing import TYPE_CHECKING, Any, Protocol, TypeVar

import msgspec

from aether_core.brokers import ExecutorSource
from aether_core.check import ExecutorCatalog
from aether_core.engine import Engine, NotApplicable, NotSuspended, admit
from aether_core.simulation._broker import SimulatedBroker, executing
from aether_core.simulation._connection import FOR_EVER, Connection, Cut
from aether_core.simulation._loop import VirtualClock, run_simulated, running_loop
from aether_core.simulation._observer import InvariantBroken, RunObserver
from aether_core.simulation._playback import playback_of
from aether_core.stores import MemoryStore
from aether_sdk import JsonValue, Phase

if TYPE_CHECKING:
    from collections.abc import Callable, Coroutine, Sequence

    from aether_core.engine import Admitted
    from aether_core.kernel import Assignment, RunChanges, TaskCompleted
    from aether_core.ports import Store
    from aether_core.simulation._playback import Playback
    from aether_core.simulation._scenario import Crash, Scenario
    from aether_core.simulation._seen import Seen

_Seen = TypeVar("_Seen", "Assignment", "RunChanges")

_RUN = "run"
_SECOND = 1_000_000
# More than any generated document takes with all its retries, in seconds of virtual time.
_LONGEST_PLAY = 1800.0
_MOST_COMMITS = 20_000
# How often another engine looks for abandoned runs, in seconds.
_PATROL_SECONDS = 1.0
# Answers what suspends by input and what suspends by code.
_PAYLOAD: dict[str, JsonValue] = {"__resumed": True, "code": 0}
_SHARE_IGNORED = 0.3


class Executors(ExecutorCatalog, ExecutorSource, Protocol):
    """Finds executors, and tells the checker of them; a registry does."""


def play(
    scenario: Scenario,
    executors: Executors,
    *,
    store: Store | None = None,
    admitted: Admitted | None = None,
) -> Playback:
    """Play a scenario to its end and check all that must hold on the way.

    Args:
        scenario: what happens.
        executors: has those of the document.
        store: not open; by default one in memory. It must not hold a run named `run`.
        admitted: the scenario's document, if it has been admitted before.

    Raises:
        DocumentRejected: the document has errors.
        InvariantBroken: something happened that must not happen.
    """

    async def main() -> Playback:
        document = admitted or admit(scenario.document, executors)
        return await _Player(scenario, document, executors, store or MemoryStore()).play()

    return run_simulated(main())


class _Life(msgspec.Struct, frozen=True, eq=False):
    """One engine, from its start to its end or its loss."""

    engine: Engine
    broker: SimulatedBroker
    crashed: asyncio.Event


class _Player:
    """Plays one scenario inside a virtual loop."""

    def __init__(
        self, scenario: Scenario, admitted: Admitted, executors: Executors, store: Store
    ) -> None:
        self._scenario = scenario
        self._admitted = admitted
        self._executors = executors
        self._store = store
        self._loop = running_loop()
        self._clock = VirtualClock()
        self._observer = RunObserver(admitted.plan)
        self._worker = executing(executors)
        self._crashes = {crash.commit: crash for crash in scenario.crashes}
        self._ids = count(1)
        self._attempted = 0
        self._lives = 0
        self._life: _Life
        #: Kept, so that their tasks wait for ever instead of being collected.
        self._lost: list[_Life] = []
        self._users: set[asyncio.Task[None]] = set()
        self._answered: set[tuple[str, int]] = set()
        self._failure: InvariantBroken | None = None
        self._is_driven = False
        self._is_touched = False
        self._due: int | None = None

    def dispatched(self, assignment: Assignment) -> None:
        """Take note that the broker was given an assignment."""
        self._guarded(self._observer.dispatched, assignment)

    def reported(self, completed: TaskCompleted) -> None:
        """Take note that the broker reports a result."""
        self._observer.reported(completed)

    async def play(self) -> Playback:
        """Play to the end."""
        self._loop.before_jump = self._settled
        await self._store.open()
        try:
            async with asyncio.timeout(_LONGEST_PLAY):
                while not await self._live():
                    pass
            self._settled()
            return await playback_of(self._store, _RUN, self._observer, self._lives)
        except TimeoutError:
            raise InvariantBroken("the run did not end") from None
        finally:
            self._loop.before_jump = None
            await self._store.close()

    async def _live(self) -> bool:
        """Let one engine work; return whether it has reached the end."""
        life = self._life = self._new_life()
        await life.engine.__aenter__()
        use = asyncio.create_task(self._use(life.engine))
        crash = asyncio.create_task(life.crashed.wait())
        await asyncio.wait({use, crash}, return_when=asyncio.FIRST_COMPLETED)
        has_crashed = life.crashed.is_set()
        for task in (use, crash, *self._users):
            task.cancel()
        if has_crashed:
            # Nobody says good-bye: what the engine left behind stays where it is.
            self._lost.append(life)
            return False
        await use
        await life.engine.__aexit__(None, None, None)
        return True

    def _new_life(self) -> _Life:
        self._lives += 1
        self._answered.clear()
        delivery, timeout = self._scenario.delivery, self._scenario.dispatch_timeout
        if delivery is not None:
            delivery = msgspec.structs.replace(delivery, seed=delivery.seed + self._lives)
        broker = SimulatedBroker(self._worker, self._clock, delivery, witness=self)
        crashed = asyncio.Event()
        connection = Connection(
            self._store,
            before=lambda: self._before_commit(life),
            after=lambda batch: self._after_commit(life, batch),
        )
        engine = Engine(
            store=connection.as_store(),
            broker=broker,
            registry=self._executors,
            clock=self._clock,
            new_id=lambda: f"{next(self._ids):08x}",
            dispatch_timeout=None if timeout is None else int(timeout * _SECOND),
        )
        life = _Life(engine, broker, crashed)
        return life

    async def _use(self, engine: Engine) -> None:
        """Have the run driven to its end, as a command and its user would."""
        await engine.submit(self._admitted, run_id=_RUN)
        while not engine.drives(_RUN) and not self._observer.is_over:
            await asyncio.sleep(_PATROL_SECONDS)
            await engine.recover()
        self._answer_suspended(self._observer.open_tasks)
        if self._scenario.cancel_after is not None:
            self._employ(self._cancel(self._scenario.cancel_after))
        await engine.wait(_RUN)
        while self._is_to_be_retried():
            await engine.retry(_RUN)
            await engine.wait(_RUN)

    def _is_to_be_retried(self) -> bool:
        observer = self._observer
        return (
            observer.generation < self._scenario.retries and observer.phase is not Phase.SUCCEEDED
        )

    def _before_commit(self, life: _Life) -> Cut:
        if life is self._life:
            self._attempted += 1
        return self._crash(life, is_before=True)

    def _after_commit(self, life: _Life, batch: Sequence[RunChanges]) -> Cut:
        self._is_driven = self._is_touched = True
        for changes in batch:
            self._guarded(self._observer.committed, changes)
            if self._failure is None:
                touched = (*changes.created, *changes.updated)
                self._answer_suspended(self._observer.tasks[record.seq] for record in touched)
        if self._observer.commits > _MOST_COMMITS:
            self._failure = InvariantBroken("the run goes on and on")
        # An engine that did something wrong is stopped, so that the loop comes to rest.
        return FOR_EVER if self._failure is not None else self._crash(life, is_before=False)

    def _crash(self, life: _Life, *, is_before: bool) -> Cut:
        """Lose the engine if its time has come; return for how long."""
        crash: Crash | None = self._crashes.get(self._attempted)
        if life is not self._life or crash is None or crash.is_before is not is_before:
            return None
        self._is_driven = False
        life.crashed.set()
        if crash.comes_back_after is None:
            life.broker.die()
            return FOR_EVER
        return crash.comes_back_after

    def _guarded(self, check: Callable[[_Seen], None], what: _Seen) -> None:
        """Keep what a check finds until the engine has nothing to do: it would catch it."""
        if self._failure is None:
            try:
                check(what)
            except InvariantBroken as broken:
                self._failure = broken

    def _settled(self) -> None:
        """Look at the run when everything that can happen at this time has happened."""
        if self._failure is not None:
            self._fail(self._failure)
        now = self._loop.now()
        is_late = self._due is not None and self._due < now
        if not self._is_driven or not (self._is_touched or is_late):
            return
        self._is_touched = False
        try:
            self._due = self._observer.settled(
                now, self._life.broker.holds, can_lose=self._scenario.dispatch_timeout is not None
            )
        except InvariantBroken as broken:
            self._fail(broken)

    def _fail(self, broken: InvariantBroken) -> None:
        self._loop.before_jump = None
        raise broken

    def _employ(self, work: Coroutine[Any, Any, None]) -> None:
        user = asyncio.create_task(work)
        self._users.add(user)
        user.add_done_callback(self._users.discard)

    def _answer_suspended(self, tasks: Any) -> None:
        """Have somebody resume each suspended task, but for those that shall time out."""
        for task in tasks:
            key = (task.task_id, task.attempt)
            if task.phase is Phase.SUSPENDED and key not in self._answered:
                self._answered.add(key)
                drawn = self._draw(task)
                if task.call.policy.timeout is None or drawn >= _SHARE_IGNORED:
                    self._employ(self._resume(task, task.attempt, drawn))

    def _draw(self, task: Seen) -> float:
        """Return a number from 0 to 1 that is the same in whatever order things happen."""
        return zlib.crc32(f"{self._scenario.seed}/{task.path}".encode()) / 2**32

    async def _resume(self, task: Seen, attempt: int, after: float) -> None:
        await asyncio.sleep(after)
        try:
            await self._life.engine.resume(_RUN, _PAYLOAD, task=task.task_id)
        except (NotSuspended, NotApplicable):
            if task.phase is Phase.SUSPENDED and task.attempt == attempt:
                self._failure = InvariantBroken(f"{task.path} can't be resumed, and is suspended")
        else:
            if task.phase is Phase.SUSPENDED and task.attempt == attempt:
                self._failure = InvariantBroken(f"{task.path} was resumed, and is suspended")

    async def _cancel(self, after: float) -> None:
        await asyncio.sleep(after)
        try:
            await self._life.engine.cancel(_RUN)
        except NotApplicable:
            if self._observer.phase is None or not self._observer.phase.is_terminal:
                self._failure = InvariantBroken("the run can't be cancelled, and has not ended")
        else:
            if self._observer.phase is not Phase.CANCELLED:
                self._failure = InvariantBroken("the run was cancelled, and does not say so")
