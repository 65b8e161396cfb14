"""The engine: takes workflows, drives them to their end, answers for them."""

from __future__ import annotations

import asyncio
import contextlib
from collections import deque
from typing import TYPE_CHECKING

from aether_core.engine._admission import Admitted, admit
from aether_core.engine._driver import Actor, Driver
from aether_core.engine._errors import EngineClosed, EngineError, RunNotFound, RunTakenOver
from aether_core.engine._execution import execution_of, summary_of
from aether_core.engine._heartbeat import LEASE, Heartbeat
from aether_core.engine._stored import stored_plan, suspended_task
from aether_core.kernel import (
    CancelRequested,
    Recovered,
    ResumeRequested,
    RunRecord,
    Submitted,
    new_run,
    restore_run,
)
from aether_core.ports import RunQuery, SystemClock, uuid7
from aether_sdk import Phase

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Mapping, Sequence
    from types import TracebackType
    from typing import Self

    from aether_core.check import ExecutorCatalog
    from aether_core.document import LoadedDocument
    from aether_core.engine._execution import WorkflowExecution, WorkflowSummary
    from aether_core.kernel import EventRecord, TaskCompleted, TaskRecord, TaskStarted
    from aether_core.ports import Clock, HookNotifier, IdGenerator, Store, TaskBroker
    from aether_sdk import JsonValue

# How often a run that another process drives is looked at, in seconds.
_POLL_SECONDS = 0.2
_EVENT_PAGE = 1000


class Engine:
    """Runs workflows; use it as `async with Engine(...) as engine`.

    The engine opens the store and the broker when it is entered and closes them when it is
    left. Runs that have not ended by then stay in the store as they are.

    Args:
        store: where runs live.
        broker: what carries tasks to executors.
        registry: what is known of executors; the checker asks it.
        clock: gives the times.
        new_id: gives ids for runs and tasks.
        notifier: is told of hooks, besides the tasks that they run; must not block or raise.
        dispatch_timeout: longest wait of a task for a worker, in microseconds.
    """

    def __init__(
        self,
        *,
        store: Store,
        broker: TaskBroker,
        registry: ExecutorCatalog,
        clock: Clock | None = None,
        new_id: IdGenerator = uuid7,
        notifier: HookNotifier | None = None,
        dispatch_timeout: int | None = None,
    ) -> None:
        self._store = store
        self._broker = broker
        self._registry = registry
        self._clock = clock or SystemClock()
        self._new_id = new_id
        self._notifier = notifier
        self._dispatch_timeout = dispatch_timeout
        self._driver: Driver | None = None
        self._engine_id = new_id()
        self._heartbeat = Heartbeat(store, self._clock, self._engine_id)

    async def __aenter__(self) -> Self:
        await self._store.open()
        try:
            driver = Driver(self._store, self._broker, self._clock, self._notifier)
            await self._broker.open(self._on_started, self._on_completed)
            driver.start()
        except BaseException:
            await self._store.close()
            raise
        self._driver = driver
        return self

    async def __aexit__(
        self,
        exc_type: type[BaseException] | None,
        exc: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        driver, self._driver = self._driver, None
        try:
            await self._broker.close()
            if driver is not None:
                await driver.stop()
            await self._heartbeat.stop()
        finally:
            await self._store.close()

    async def submit(
        self,
        document: Admitted | LoadedDocument | Mapping[str, JsonValue],
        *,
        arguments: Mapping[str, JsonValue] | None = None,
        variables: Mapping[str, JsonValue] | None = None,
        run_id: str | None = None,
    ) -> str:
        """Start a run and return its id as soon as its beginning is durable.

        Args:
            document: a workflow: loaded, as plain data, or admitted before.
            arguments: values that replace those of `spec.arguments`, by name.
            variables: custom variables by full dotted name.
            run_id: the run's id. When a run with this id exists, nothing is started and the
                id is returned, so that a submission can safely be repeated.

        Raises:
            DocumentRejected: the document, the arguments or the variables have errors.
            StoreError: the run can't be stored.
        """
        driver = self._open_driver()
        admitted = (
            document
            if isinstance(document, Admitted)
            else admit(document, self._registry, arguments=arguments, variables=variables)
        )
        if run_id is not None and await self._exists(run_id):
            return run_id
        await self._heartbeat.start()
        now = self._clock.now()
        run = RunRecord(
            run_id=run_id or self._new_id(),
            workflow=admitted.plan.workflow,
            namespace=admitted.plan.namespace,
            document=admitted.snapshot,
            phase=Phase.CREATED,
            created_at=now,
            owner=self._engine_id,
            arguments=dict(admitted.arguments),
            variables=dict(admitted.variables),
        )
        state = new_run(admitted.plan, run, self._new_id, dispatch_timeout=self._dispatch_timeout)
        actor = driver.add(state)
        driver.post(run.run_id, Submitted(now))
        try:
            await asyncio.shield(actor.accepted)
        except RunTakenOver:
            # Another process took the id that the caller chose between our look and our commit.
            if run_id is None:
                raise
        return run.run_id

    async def get(self, run_id: str) -> WorkflowExecution:
        """Return a run with all its tasks, as it is stored.

        Raises:
            RunNotFound: the store has no such run.
        """
        self._open_driver()
        run = await self._store.get_run(run_id)
        if run is None:
            raise RunNotFound(run_id)
        return execution_of(run, await self._store.get_tasks(run_id))

    async def list(self, query: RunQuery | None = None) -> list[WorkflowSummary]:
        """Return the runs that match, newest first."""
        self._open_driver()
        return [summary_of(run) for run in await self._store.list_runs(query or RunQuery())]

    async def wait(self, run_id: str, *, timeout: float | None = None) -> WorkflowExecution:
        """Wait until a run has ended, also one that another process drives, and return it.

        Args:
            run_id: the run.
            timeout: seconds to wait at most; None waits for ever.

        Raises:
            RunNotFound: the store has no such run.
            TimeoutError: it has not ended in time.
            EngineFailed: this engine lost its store.
        """
        async with asyncio.timeout(timeout):
            actor = self._open_driver().actor(run_id)
            if actor is not None:
                # A run that another engine took over goes on there, and is waited for all the same.
                with contextlib.suppress(RunTakenOver):
                    await asyncio.shield(actor.ended)
            while True:
                # Raises once this engine has lost its store, and so the run.
                self._open_driver()
                run = await self._store.get_run(run_id)
                if run is None:
                    raise RunNotFound(run_id)
                if run.phase.is_terminal:
                    return execution_of(run, await self._store.get_tasks(run_id))
                # Another process drives it, and no store tells of its changes.
                await asyncio.sleep(_POLL_SECONDS)

    async def wait_suspended(self, run_id: str) -> None:
        """Wait until nothing goes on in a run of this engine before somebody resumes a task.

        Raises:
            RunNotFound: this engine does not drive such a run.
        """
        actor = self._open_driver().actor(run_id)
        if actor is None:
            raise RunNotFound(run_id)
        await actor.suspended.wait()

    async def resume(
        self,
        run_id: str,
        payload: Mapping[str, JsonValue] | None = None,
        *,
        task: str | None = None,
    ) -> None:
        """Let a suspended task go on; returns when that is durable (decision 23).

        A run that no engine drives any more is taken on by this one first.

        Args:
            run_id: the run.
            payload: values that join the task's inputs, winning over those of the same name.
            task: name or id of the task; needed when several are suspended.

        Raises:
            RunNotFound: the store has no such run.
            NotSuspended: there is no such suspended task, or more than one; nothing is changed.
            RunTakenOver: another engine drives the run.
        """
        chosen = suspended_task(run_id, await self._stored_tasks(run_id), task)
        driver = self._open_driver()
        actor = driver.actor(run_id) or await self._take_on(run_id)
        news = actor.news
        at = self._clock.now()
        driver.post(run_id, ResumeRequested(at, chosen.seq, dict(payload or {})))
        await news.wait()

    async def abandoned(self) -> Sequence[str]:
        """Return the ids of unfinished runs whose engine has been silent for 5 seconds."""
        self._open_driver()
        return await self._store.list_abandoned(self._clock.now() - LEASE)

    async def recover(self) -> Sequence[str]:
        """Take on every abandoned run and return their ids; `wait` tells how they end.

        What was with a worker is executed again: tasks run at least once.

        Raises:
            EngineError: this version does not understand the document of a run; the others
                have been taken on.
        """
        taken: deque[str] = deque()
        failure: EngineError | None = None
        for run_id in await self.abandoned():
            try:
                await self._take_on(run_id)
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

    async def _stored_tasks(self, run_id: str) -> Sequence[TaskRecord]:
        self._open_driver()
        if await self._store.get_run(run_id) is None:
            raise RunNotFound(run_id)
        return await self._store.get_tasks(run_id)

    async def _take_on(self, run_id: str) -> Actor:
        """Drive a stored run from where it stands.

        Raises:
            RunNotFound: the store has no such run.
            RunTakenOver: another engine drives it, or was faster.
            EngineError: this version does not understand its document.
        """
        if run_id not in await self.abandoned():
            raise RunTakenOver(run_id)
        run = await self._store.get_run(run_id)
        if run is None:
            raise RunNotFound(run_id)
        run.owner = self._engine_id
        state = restore_run(
            stored_plan(run),
            run,
            await self._store.get_tasks(run_id),
            self._new_id,
            dispatch_timeout=self._dispatch_timeout,
        )
        driver = self._open_driver()
        await self._heartbeat.start()
        actor = driver.add(state)
        driver.post(run_id, Recovered(self._clock.now()))
        await asyncio.shield(actor.accepted)
        return actor

    async def events(self, run_id: str, *, after: int = 0) -> AsyncIterator[EventRecord]:
        """Yield a run's history from event number `after + 1` on, and then what happens.

        Ends with the run. Every event is durable before it is seen here, and none is left
        out or repeated, so `after` continues an interrupted stream.

        Raises:
            RunNotFound: the store has no such run.
        """
        while True:
            # Taken before the look at the store, so that nothing falls in between.
            actor = self._open_driver().actor(run_id)
            news = actor.news if actor is not None else None
            run = await self._store.get_run(run_id)
            if run is None:
                raise RunNotFound(run_id)
            while page := await self._store.get_events(run_id, after=after, limit=_EVENT_PAGE):
                for event in page:
                    yield event
                after = page[-1].seq
            if run.phase.is_terminal and after >= run.last_event:
                return
            if news is not None:
                await news.wait()
            else:
                await asyncio.sleep(_POLL_SECONDS)

    async def cancel(self, run_id: str, reason: str = "cancelled by user") -> None:
        """Ask a run that this engine drives to stop; `wait` tells when it has.

        Raises:
            RunNotFound: this engine does not drive such a run.
        """
        driver = self._open_driver()
        if driver.actor(run_id) is None:
            raise RunNotFound(run_id)
        driver.post(run_id, CancelRequested(self._clock.now(), reason))

    async def _exists(self, run_id: str) -> bool:
        driver = self._open_driver()
        actor = driver.actor(run_id)
        if actor is not None:
            await asyncio.shield(actor.accepted)
            return True
        return await self._store.get_run(run_id) is not None

    def _open_driver(self) -> Driver:
        if self._driver is None:
            raise EngineClosed(
                "the engine is not open", hint="use it inside `async with Engine(...)`"
            )
        if self._driver.failure is not None:
            raise self._driver.failure
        return self._driver

    def _on_started(self, event: TaskStarted) -> None:
        if self._driver is not None:
            self._driver.post(event.run_id, event)

    def _on_completed(self, event: TaskCompleted) -> None:
        if self._driver is not None:
            self._driver.post(event.run_id, event)
