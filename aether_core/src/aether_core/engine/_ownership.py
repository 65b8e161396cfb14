"""Which runs this engine drives, and how it comes to drive those of engines that are gone."""

from __future__ import annotations

import asyncio
from collections import deque
from typing import TYPE_CHECKING

import msgspec

from aether_core.engine._errors import EngineError, RunNotFound, RunTakenOver
from aether_core.engine._executors import changes_since
from aether_core.engine._heartbeat import LEASE, Heartbeat
from aether_core.engine._inbox import Inbox, event_of
from aether_core.engine._stored import stored_plan
from aether_core.kernel import CancelRequested, Recovered, new_run, restore_run

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from aether_core.check import ExecutorCatalog
    from aether_core.engine._driver import Actor, Driver
    from aether_core.kernel import CommandAnswer, Event, RunRecord, RunState, TaskRecord
    from aether_core.plan import Plan
    from aether_core.ports import Clock, Command, IdGenerator, Owner, Store


class Ownership:
    """Holds the runs of one engine; its signs of life let other engines know of it.

    Args:
        store: where runs live.
        driver: drives those of this engine.
        clock: gives the times.
        new_id: gives ids for tasks.
        engine_id: this engine.
        catalog: what is known of executors here.
        dispatch_timeout: longest wait of a task for a worker, in microseconds.
    """

    def __init__(  # noqa: PLR0917  # what every run of the engine is made with
        self,
        store: Store,
        driver: Driver,
        clock: Clock,
        new_id: IdGenerator,
        engine_id: str,
        catalog: ExecutorCatalog,
        dispatch_timeout: int | None,
    ) -> None:
        self._store = store
        self._driver = driver
        self._clock = clock
        self._new_id = new_id
        self._engine_id = engine_id
        self._catalog = catalog
        self._dispatch_timeout = dispatch_timeout
        self._inbox = Inbox(store, driver, clock, engine_id)
        self._heartbeat = Heartbeat(store, clock, engine_id, self._inbox)

    async def stop(self) -> None:
        """Say that this engine has ended."""
        await self._heartbeat.stop()

    def actor(self, run_id: str) -> Actor | None:
        """Return the actor of a run of this engine; None for any other run."""
        return self._driver.actor(run_id)

    def is_gone(self, owner: Owner) -> bool:
        """Return whether a run's engine has ended, or was silent for too long."""
        alive = owner.heartbeat_at
        return alive is None or alive < self._clock.now() - LEASE

    async def abandoned(self) -> Sequence[str]:
        """Return the unfinished runs whose engine is gone."""
        return await self._store.list_abandoned(self._clock.now() - LEASE)

    async def alive(self) -> None:
        """Give signs of life from now on.

        Raises:
            StoreError: the store can't be written.
        """
        await self._heartbeat.start()

    async def drive(
        self, state: RunState, events: Iterable[Event], tasks: Iterable[TaskRecord] = ()
    ) -> Actor:
        """Take a run on with these events; returns when the first commit is durable.

        Args:
            state: the run.
            events: what happens first.
            tasks: those that the run has already.

        Raises:
            RunTakenOver: another engine was faster.
            EngineFailed: this engine has stopped working.
        """
        await self.alive()
        state.run.owner = self._engine_id
        actor = self._driver.add(state)
        await self._driver.recall(state.run.run_id, tasks)
        for event in events:
            self._driver.post(state.run.run_id, event)
        await asyncio.shield(actor.accepted)
        return actor

    def state_of(
        self,
        run: RunRecord,
        tasks: Iterable[TaskRecord],
        restore: Callable[..., RunState] = restore_run,
    ) -> RunState:
        """Return the live state of a stored run.

        Args:
            run: as it is stored.
            tasks: all its tasks.
            restore: `restore_run`, or `reopen_run` for a run that has ended.

        Raises:
            EngineError: this version does not understand the run's document.
        """
        return restore(
            stored_plan(run), run, tasks, self._new_id, dispatch_timeout=self._dispatch_timeout
        )

    def new_state(self, plan: Plan, run: RunRecord) -> RunState:
        """Return the live state of a run in which nothing has happened yet."""
        return new_run(plan, run, self._new_id, dispatch_timeout=self._dispatch_timeout)

    def changes_since(self, run: RunRecord) -> tuple[str, ...]:
        """Return what is to be noted of executors that have changed since a run was submitted."""
        return tuple(changes_since(run.executors, self._catalog))

    async def is_accepted(self, run_id: str) -> bool:
        """Return whether this engine drives the run, once its beginning is durable."""
        actor = self._driver.actor(run_id)
        if actor is not None:
            await asyncio.shield(actor.accepted)
        return actor is not None

    async def ask(self, command: Command) -> CommandAnswer:
        """Have a run of this engine carry out a command; returns when that is durable."""
        now = self._clock.now()
        return await self._driver.ask(
            command.run_id,
            lambda number: event_of(msgspec.structs.replace(command, command_id=number), now),
        )

    async def take_on(self, run_id: str) -> Actor:
        """Drive a stored run from where it stands, with the commands that wait for it.

        Raises:
            RunNotFound: the store has no such run.
            RunTakenOver: another engine drives it, or was faster.
            EngineError: this version does not understand its document.
        """
        owner = await self._store.get_owner(run_id)
        run = await self._store.get_run(run_id)
        if owner is None or run is None:
            raise RunNotFound(run_id)
        if not self.is_gone(owner):
            raise RunTakenOver(run_id)
        tasks = await self._store.get_tasks(run_id)
        state = self.state_of(run, tasks)
        asked = self._inbox.accept(await self._store.list_commands(run_id=run_id))
        cancels = [event for event in asked if isinstance(event, CancelRequested)]
        # What will be cancelled need not start again first.
        if cancels:
            return await self.drive(state, cancels, tasks)
        recovered = Recovered(self._clock.now(), self.changes_since(run))
        return await self.drive(state, [recovered, *asked], tasks)

    async def recover(self) -> Sequence[str]:
        """Take on every abandoned run; see `Engine.recover`."""
        taken: deque[str] = deque()
        failure: EngineError | None = None
        for run_id in await self.abandoned():
            try:
                await self.take_on(run_id)
            except RunTakenOver:
                # Another engine was faster.
                continue
            except EngineError as error:
                failure = error
                continue
            taken.append(run_id)
        if failure is not None:
            raise failure
        return tuple(taken)
