"""The loop that drives runs: events in, one commit for many of them, effects after it.

Each run is an actor: its events are applied one at a time, in order. The driver takes what
has gathered in the mailbox, applies it, commits the changes of all runs together and only
then lets the effects out (architecture: commit, then act).
"""

from __future__ import annotations

import asyncio
from collections import deque
from typing import TYPE_CHECKING, Any

import msgspec

from aether_core.engine._alarm import Alarm
from aether_core.engine._errors import EngineFailed, RunTakenOver
from aether_core.kernel import (
    CancelTask,
    CommandAnswer,
    Dispatch,
    NotifyHook,
    RunEnded,
    RunState,
    TimePassed,
    step,
)
from aether_core.ports import StoreError, VersionConflict

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from aether_core.engine.sealing._broker import SecretBroker
    from aether_core.kernel import Event, RunChanges, Step, TaskRecord
    from aether_core.ports import Clock, HookNotifier, Store

# Bounds the size of one transaction, and so the time for which nothing else happens.
_LARGEST_BATCH = 512
# Waits between attempts to write a batch that the store refused, in seconds.
_COMMIT_RETRIES = (0.05, 0.2, 1.0)


class Actor(msgspec.Struct):
    """A run that this engine drives."""

    state: RunState
    #: Resolves when the run's first commit is durable.
    accepted: asyncio.Future[None]
    #: Resolves when the run has ended and that is durable.
    ended: asyncio.Future[None]
    #: Set while nothing goes on in the run until somebody resumes a task.
    suspended: asyncio.Event
    #: Set once new events of the run are durable; None while nobody waits for them.
    news: asyncio.Event | None = None
    #: Requests of this process that have not been answered, by their number.
    asked: dict[int, asyncio.Future[CommandAnswer]] = {}

    def awaited_news(self) -> asyncio.Event:
        """Return what is set once further events of the run are durable."""
        if self.news is None:
            self.news = asyncio.Event()
        return self.news

    async def pauses(self) -> bool:
        """Wait until the run is suspended; returns False if it goes away from here instead."""
        pause = asyncio.ensure_future(self.suspended.wait())
        either: set[asyncio.Future[Any]] = {pause, self.ended}
        await asyncio.wait(either, return_when=asyncio.FIRST_COMPLETED)
        pause.cancel()
        return self.suspended.is_set()


class Driver:
    """Applies events to the runs it holds and carries out what follows.

    Args:
        store: where changes go; open.
        broker: where assignments go, and what knows their secrets; open.
        clock: wakes runs that wait for a time.
        notifier: is told of hooks.
    """

    def __init__(
        self, store: Store, broker: SecretBroker, clock: Clock, notifier: HookNotifier | None = None
    ) -> None:
        self._store = store
        self._broker = broker
        self._notifier = notifier
        self._alarm = Alarm(clock, self._ring)
        self._actors: dict[str, Actor] = {}
        self._mailbox: deque[tuple[str, Event]] = deque()
        self._wake = asyncio.Event()
        self._task: asyncio.Task[None] | None = None
        self._failure: EngineFailed | None = None
        self._last_asked = 0

    def start(self) -> None:
        """Begin to work."""
        self._task = asyncio.get_running_loop().create_task(self._work(), name="aether-driver")

    async def stop(self) -> None:
        """Apply what is in the mailbox, then stop; runs that have not ended stay as they are."""
        if self._task is None:
            return
        while self._mailbox and not self._task.done():
            await asyncio.sleep(0)
        self._alarm.stop()
        self._task.cancel()
        await asyncio.wait([self._task])
        self._task = None
        for actor in self._actors.values():
            for future in _futures(actor):
                future.cancel()

    @property
    def failure(self) -> EngineFailed | None:
        """Why the engine has stopped working; None while it works."""
        return self._failure

    @property
    def is_busy(self) -> bool:
        """Whether there are runs to drive."""
        return bool(self._actors)

    def actor(self, run_id: str) -> Actor | None:
        """Return the actor of a run that this engine drives; None for any other run."""
        return self._actors.get(run_id)

    def add(self, state: RunState) -> Actor:
        """Take a run on.

        Raises:
            EngineFailed: the engine has stopped working.
        """
        if self._failure is not None:
            raise self._failure
        loop = asyncio.get_running_loop()
        actor = Actor(
            state,
            loop.create_future(),
            loop.create_future(),
            suspended=asyncio.Event(),
        )
        self._actors[state.run.run_id] = actor
        self._broker.cover(state.run)
        return actor

    async def recall(self, run_id: str, tasks: Iterable[TaskRecord]) -> None:
        """Prepare for results of a run whose earlier tasks were given secrets elsewhere."""
        await self._broker.recall(run_id, tasks)

    def post(self, run_id: str, event: Event) -> None:
        """Queue an event for a run; events of unknown runs are dropped, their runs have ended."""
        self._mailbox.append((run_id, event))
        self._wake.set()

    async def ask(self, run_id: str, event_of: Callable[[int], Event]) -> CommandAnswer:
        """Post an event that the kernel answers, and return the answer once it is durable.

        Args:
            run_id: a run of this engine.
            event_of: makes the event from the number of the request.

        Raises:
            RunTakenOver: another engine took the run over.
            EngineFailed: the engine has stopped working.
        """
        actor = self._actors[run_id]
        self._last_asked -= 1
        number = self._last_asked
        answered = actor.asked[number] = asyncio.get_running_loop().create_future()
        self.post(run_id, event_of(number))
        return await asyncio.shield(answered)

    async def _work(self) -> None:
        try:
            while True:
                await self._wake.wait()
                self._wake.clear()
                while self._mailbox:
                    await self._process(self._take())
        except StoreError as error:
            self._fail(EngineFailed(f"the store can't be written: {error}"))
        except Exception as error:  # noqa: BLE001  # a fault of ours or of an adapter: nobody may wait for ever
            failure = EngineFailed(f"internal error: {error!r}")
            failure.__cause__ = error
            self._fail(failure)

    def _ring(self, run_id: str, at: int) -> None:
        self.post(run_id, TimePassed(at))

    def _take(self) -> list[tuple[str, Event]]:
        size = min(len(self._mailbox), _LARGEST_BATCH)
        return [self._mailbox.popleft() for _ in range(size)]

    async def _process(self, batch: Iterable[tuple[str, Event]]) -> None:
        """Apply a batch of events, commit once, then act."""
        events: dict[str, list[Event]] = {}
        for run_id, event in batch:
            if run_id in self._actors:
                events.setdefault(run_id, []).append(event)
        steps = {run_id: step(self._actors[run_id].state, *each) for run_id, each in events.items()}
        await self._commit(steps)
        for run_id, answer in steps.items():
            self._act(run_id, answer)

    async def _commit(self, steps: dict[str, Step]) -> None:
        """Commit all steps; runs that another engine changed are let go, the rest go on."""
        retries = iter(_COMMIT_RETRIES)
        while steps:
            try:
                await self._store.commit([_stored(each.changes) for each in steps.values()])
            except VersionConflict as conflict:
                del steps[conflict.run_id]
                self._let_go(conflict.run_id)
            except StoreError:
                wait = next(retries, None)
                if wait is None:
                    raise
                await asyncio.sleep(wait)
            else:
                return

    def _act(self, run_id: str, answer: Step) -> None:
        actor = self._actors[run_id]
        if not actor.accepted.done():
            actor.accepted.set_result(None)
        _tell_news(actor)
        for each in answer.changes.answers:
            asked = actor.asked.pop(each.command_id, None)
            if asked is not None:
                asked.set_result(each)
        for effect in answer.effects:
            match effect:
                case Dispatch(assignment=assignment):
                    self._broker.dispatch(assignment)
                case CancelTask(task_id=task_id):
                    self._broker.cancel(task_id)
                case NotifyHook():
                    if self._notifier is not None:
                        self._notifier(effect)
                case RunEnded():
                    self._ended(run_id, actor)
                    return
        self._alarm.set(run_id, actor.state.wakes_at)
        if actor.state.is_suspended:
            actor.suspended.set()
        else:
            actor.suspended.clear()

    def _ended(self, run_id: str, actor: Actor) -> None:
        del self._actors[run_id]
        self._broker.uncover(run_id)
        self._alarm.forget(run_id)
        actor.ended.set_result(None)
        for number, asked in actor.asked.items():
            asked.set_result(CommandAnswer(number, accepted=False, message="the run has ended"))

    def _let_go(self, run_id: str) -> None:
        """Stop driving a run that belongs to another engine now."""
        actor = self._actors.pop(run_id)
        self._alarm.forget(run_id)
        for leaf in actor.state.leaves.values():
            self._broker.cancel(leaf.record.task_id)
        self._broker.uncover(run_id)
        _break(actor, RunTakenOver(run_id))

    def _fail(self, failure: EngineFailed) -> None:
        self._failure = failure
        for actor in self._actors.values():
            _break(actor, failure)
        self._actors.clear()
        self._mailbox.clear()


def _break(actor: Actor, error: Exception) -> None:
    for future in _futures(actor):
        if not future.done():
            future.set_exception(error)
            # Nobody need wait for it; whoever does still gets the exception.
            future.exception()
    _tell_news(actor)


def _tell_news(actor: Actor) -> None:
    if actor.news is not None:
        actor.news.set()
        actor.news = None


def _stored(changes: RunChanges) -> RunChanges:
    """Return changes without what has no place in the store: answers to requests of this process.

    Their numbers are below zero.
    """
    if not changes.answers:
        return changes
    answers = [answer for answer in changes.answers if answer.command_id > 0]
    return msgspec.structs.replace(changes, answers=answers)


def _futures(actor: Actor) -> Iterable[asyncio.Future[Any]]:
    return (actor.accepted, actor.ended, *actor.asked.values())
