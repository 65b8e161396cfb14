"""The engine: takes workflows, drives them to their end, answers for them."""

from __future__ import annotations

import asyncio
import contextlib
from typing import TYPE_CHECKING

from aether_core.engine._control import Control
from aether_core.engine._driver import Driver
from aether_core.engine._errors import EngineClosed, NotApplicable, RunNotFound, RunTakenOver
from aether_core.engine._execution import execution_of, summary_of
from aether_core.engine._given import (
    require_parts,
    require_payload,
    require_request,
    require_run_id,
    require_sources,
)
from aether_core.engine._ownership import Ownership
from aether_core.engine._stored import waits_for_resume
from aether_core.engine._submission import Request, Submission
from aether_core.engine.sealing._broker import SecretBroker
from aether_core.engine.sealing._mask import shown_events
from aether_core.ports import RunQuery, SystemClock, uuid7

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Iterable, Mapping, Sequence
    from types import TracebackType
    from typing import Self

    from aether_core.check import ExecutorCatalog
    from aether_core.document import LoadedDocument
    from aether_core.engine._admission import Admitted
    from aether_core.engine._execution import WorkflowExecution, WorkflowSummary
    from aether_core.engine.cron._cron import Cron
    from aether_core.kernel import EventRecord, TaskCompleted, TaskLogged, TaskStarted
    from aether_core.ports import (
        ArtifactRepository,
        Clock,
        HookNotifier,
        IdGenerator,
        SecretProvider,
        Store,
        TaskBroker,
        VariableSource,
    )
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
        variable_sources: give custom variables to runs that refer to them; what is given at
            `submit` wins over them, and later ones win over earlier ones.
        secrets: gives the values of `secretKeyRef`, right before a task goes to the broker.
        artifacts: where the broker keeps the files of tasks; those of a run are deleted with it.

    Raises:
        TypeError: one of them is not what it should be.
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
        variable_sources: Iterable[VariableSource] = (),
        secrets: SecretProvider | None = None,
        artifacts: ArtifactRepository | None = None,
    ) -> None:
        require_parts(
            {
                "store": (store, "commit"),
                "broker": (broker, "dispatch"),
                "registry": (registry, "get_schema"),
            }
        )
        require_sources(variable_sources)
        self._store = store
        self._registry = registry
        self._clock = clock or SystemClock()
        self._broker = SecretBroker(broker, secrets, self._clock)
        self._new_id = new_id
        self._notifier = notifier
        self._dispatch_timeout = dispatch_timeout
        self._variable_sources = variable_sources
        self._artifacts = artifacts
        self._engine_id = new_id()
        self._driver: Driver | None = None
        self._ownership: Ownership
        self._control: Control
        self._submission: Submission

    async def __aenter__(self) -> Self:
        await self._store.open()
        try:
            driver = Driver(self._store, self._broker, self._clock, self._notifier)
            await self._broker.open(self._on_started, self._on_completed, self._on_logged)
            driver.start()
        except BaseException:
            await self._store.close()
            raise
        self._driver = driver
        self._ownership = Ownership(
            self._store,
            driver,
            self._clock,
            self._new_id,
            self._engine_id,
            self._registry,
            self._dispatch_timeout,
        )
        self._control = Control(self._store, self._clock, self._ownership, self._artifacts)
        self._submission = Submission(
            self._store,
            self._registry,
            self._clock,
            self._new_id,
            self._ownership,
            self._variable_sources,
        )
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
                await self._ownership.stop()
                await driver.stop()
        finally:
            await self._store.close()

    @property
    def cron(self) -> Cron:
        """The schedules of the store, and what starts their runs."""
        # Late: few engines have to do with schedules.
        from aether_core.engine.cron._cron import Cron

        self._open_driver()
        return Cron(
            self,
            self._store,
            registry=self._registry,
            clock=self._clock,
            new_id=self._new_id,
            engine_id=self._engine_id,
            variable_sources=self._variable_sources,
        )

    async def submit(
        self,
        document: Admitted | LoadedDocument | Mapping[str, JsonValue],
        *,
        arguments: Mapping[str, JsonValue] | None = None,
        variables: Mapping[str, JsonValue] | None = None,
        run_id: str | None = None,
        cron_id: str = "",
        scheduled_at: int | None = None,
    ) -> str:
        """Start a run and return its id as soon as its beginning is durable.

        Args:
            document: a workflow: loaded, as plain data, or admitted before.
            arguments: values that replace those of `spec.arguments`, by name.
            variables: custom variables by full dotted name.
            run_id: the run's id. When a run with this id exists, nothing is started and the
                id is returned, so that a submission can safely be repeated.
            cron_id: the schedule that starts the run.
            scheduled_at: the time of the schedule, in microseconds.

        Raises:
            DocumentRejected: the document, the arguments or the variables have errors.
            TypeError: one of them is not what it should be.
            StoreError: the run can't be stored.
        """
        self._open_driver()
        request = Request(arguments, variables, run_id, cron_id, scheduled_at)
        require_request(document, request)
        return await self._submission.submit(document, request)

    async def enqueue(
        self,
        document: Admitted | LoadedDocument | Mapping[str, JsonValue],
        *,
        arguments: Mapping[str, JsonValue] | None = None,
        variables: Mapping[str, JsonValue] | None = None,
        run_id: str | None = None,
    ) -> str:
        """Keep a run for whichever engine recovers it first, and return its id.

        The run's timeout counts from its beginning there. The arguments are those of `submit`.

        Raises:
            DocumentRejected: the document, the arguments or the variables have errors.
            TypeError: one of them is not what it should be.
            StoreError: the run can't be stored.
        """
        self._open_driver()
        request = Request(arguments, variables, run_id)
        require_request(document, request)
        return await self._submission.enqueue(document, request)

    async def keep_template(self, document: LoadedDocument) -> None:
        """Keep a WorkflowTemplate for workflows that refer to it (decision 16).

        It takes the place of an older one of its name and namespace.

        Raises:
            DocumentRejected: it has errors.
            StoreError: it can't be stored.
        """
        self._open_driver()
        await self._submission.keep_template(document)

    async def get(self, run_id: str) -> WorkflowExecution:
        """Return a run with all its tasks, as it is stored.

        Raises:
            RunNotFound: the store has no such run.
        """
        self._open_driver()
        require_run_id(run_id)
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
        require_run_id(run_id)
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
        """Wait until nothing goes on in a run before somebody resumes a task.

        Raises:
            RunNotFound: the store has no such run.
            NotApplicable: the run has ended instead.
        """
        seen = -1
        while True:
            actor = self._open_driver().actor(run_id)
            if actor is not None and await actor.pauses():
                return
            run = await self._store.get_run(run_id)
            if run is None:
                raise RunNotFound(run_id)
            if run.phase.is_terminal and not run.hooks_open:
                raise NotApplicable(f"run {run_id} has ended ({run.phase}) and waits for nothing")
            if run.version != seen and waits_for_resume(await self._store.get_tasks(run_id)):
                return
            seen = run.version
            await asyncio.sleep(_POLL_SECONDS)

    async def cancel(self, run_id: str, reason: str = "cancelled by user") -> None:
        """Stop a run, whoever drives it; returns when that is durable.

        A run that no engine drives any more is taken on by this one first. Executors that
        must clean up may take longer to end.

        Raises:
            RunNotFound: the store has no such run.
            NotApplicable: it has already ended; nothing is changed.
        """
        self._open_driver()
        require_run_id(run_id)
        await self._control.cancel(run_id, reason)

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
            task: name, path or id of the task; needed when several are suspended.

        Raises:
            RunNotFound: the store has no such run.
            NotSuspended: there is no such suspended task, or more than one; nothing is changed.
            NotApplicable: the run has ended, or somebody else was faster; nothing is changed.
        """
        self._open_driver()
        require_run_id(run_id)
        require_payload(payload)
        await self._control.resume(run_id, payload or {}, task)

    async def retry(self, run_id: str) -> None:
        """Begin an ended run again where it did not succeed; returns when that is durable.

        What succeeded stays as it is. Everything else begins again in the same run, with a new
        generation; the run's events keep what happened before.

        Raises:
            RunNotFound: the store has no such run.
            NotApplicable: it has not ended, or it succeeded; nothing is changed.
            RunTakenOver: another process retried it at the same time.
        """
        self._open_driver()
        await self._control.retry(run_id)

    async def delete(self, run_id: str) -> None:
        """Remove a run that has ended, with its tasks and events.

        Raises:
            RunNotFound: the store has no such run.
            NotApplicable: it has not ended; nothing is changed.
        """
        self._open_driver()
        await self._control.delete(run_id)

    def drives(self, run_id: str) -> bool:
        """Return whether this engine drives the run."""
        return self._open_driver().actor(run_id) is not None

    async def abandoned(self) -> Sequence[str]:
        """Return the ids of unfinished runs whose engine has been silent for 5 seconds."""
        self._open_driver()
        return await self._ownership.abandoned()

    async def recover(self) -> Sequence[str]:
        """Take on every abandoned run and return their ids; `wait` tells how they end.

        What was with a worker is executed again: tasks run at least once.

        Raises:
            EngineError: this version does not understand the document of a run; the others
                have been taken on.
        """
        self._open_driver()
        return await self._ownership.recover()

    async def events(self, run_id: str, *, after: int = 0) -> AsyncIterator[EventRecord]:
        """Yield a run's history from event number `after + 1` on, and then what happens.

        Ends with the run, and with its hooks if they are run here. Every event is durable before
        it is seen here, and none is left out or repeated, so `after` continues an interrupted
        stream.

        Raises:
            RunNotFound: the store has no such run.
        """
        while True:
            # Taken before the look at the store, so that nothing falls in between.
            actor = self._open_driver().actor(run_id)
            news = actor.awaited_news() if actor is not None else None
            run = await self._store.get_run(run_id)
            if run is None:
                raise RunNotFound(run_id)
            while page := await self._store.get_events(run_id, after=after, limit=_EVENT_PAGE):
                for event in shown_events(run, page):
                    yield event
                after = page[-1].seq
            hooks_go_on = run.hooks_open and actor is not None
            if run.phase.is_terminal and after >= run.last_event and not hooks_go_on:
                return
            if news is not None:
                await news.wait()
            else:
                await asyncio.sleep(_POLL_SECONDS)

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

    def _on_logged(self, event: TaskLogged) -> None:
        if self._driver is not None:
            self._driver.post(event.run_id, event)
