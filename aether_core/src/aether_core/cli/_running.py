"""One run from its submission to its end, with an engine in this process."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any

import msgspec

from aether_core.brokers import DEFAULT_CONCURRENCY, InProcessBroker
from aether_core.cli._interrupts import Interrupts
from aether_core.engine import Engine, RunNotFound, WorkflowExecution

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Iterable

    from aether_core.cli._progress import Progress
    from aether_core.engine import Admitted
    from aether_core.plugins import InstalledExecutors
    from aether_core.ports import Store
    from aether_sdk import JsonValue


class Ended(msgspec.Struct, frozen=True):
    """What came of a run.

    Attributes:
        execution: the run as it is stored.
        interrupted: whether a signal came before its end.
    """

    execution: WorkflowExecution
    interrupted: bool


def run_to_end(
    admitted: Admitted,
    *,
    executors: InstalledExecutors,
    store: Store,
    progress: Progress,
    run_id: str | None = None,
    concurrency: int | None = None,
) -> Ended:
    """Run a workflow until it has ended or is suspended.

    Args:
        admitted: what to run.
        executors: what executes its tasks.
        store: where the run lives; opened and closed here.
        progress: is told what happens.
        run_id: the run's id. A run of this id that exists is waited for instead.
        concurrency: most tasks at once.

    Raises:
        StoreError: the store can't be opened, or the run can't be stored.
        EngineError: the run was lost on its way.
    """

    async def begin(engine: Engine) -> str:
        known = run_id is not None and await store.get_run(run_id) is not None
        begun = await engine.submit(admitted, run_id=run_id)
        progress.begin(begun, admitted.plan.workflow, known=known)
        if known and begun in await engine.abandoned():
            progress.say(f"nobody drives run {begun} any more; `aether recover` goes on with it")
        return begun

    return _in_session(begin, executors, store, progress, concurrency)


def resume_to_end(
    run_id: str,
    *,
    task: str | None,
    payload: dict[str, JsonValue],
    executors: InstalledExecutors,
    store: Store,
    progress: Progress,
    concurrency: int | None = None,
) -> Ended:
    """Resume a suspended task and go on with its run until it has ended or is suspended again.

    Args:
        run_id: the run.
        task: name or id of the task; None is the only suspended one.
        payload: values that join the task's inputs.
        executors: what executes its tasks.
        store: where the run lives; opened and closed here.
        progress: is told what happens.
        concurrency: most tasks at once.

    Raises:
        StoreError: the store can't be opened or written.
        EngineError: there is no such run, nothing to resume, or the run was lost on its way.
    """

    async def begin(engine: Engine) -> str:
        await engine.resume(run_id, payload, task=task)
        return run_id

    return _in_session(begin, executors, store, progress, concurrency)


def recover_all(
    *,
    executors: InstalledExecutors,
    store: Store,
    progress: Progress,
    concurrency: int | None = None,
) -> list[WorkflowExecution]:
    """Go on with every run whose engine is gone, until each has ended or is suspended.

    Args:
        executors: what executes its tasks.
        store: where the runs live; opened and closed here.
        progress: is told what happens.
        concurrency: most tasks at once.

    Returns:
        The runs, in the order of their creation; an interruption cancels none of them.

    Raises:
        StoreError: the store can't be opened or written.
        EngineError: a run can't be gone on with.
    """
    broker = InProcessBroker(executors, concurrency=concurrency or DEFAULT_CONCURRENCY)
    engine = Engine(store=store, broker=broker, registry=executors)

    async def settle(run_id: str) -> None:
        end = asyncio.create_task(engine.wait(run_id))
        pause = asyncio.create_task(_paused(engine, run_id))
        await asyncio.wait({end, pause}, return_when=asyncio.FIRST_COMPLETED)
        await _settle(end, pause)
        run = await engine.get(run_id)
        progress.say(f"run {run_id} of workflow {run.workflow}: {run.phase}")

    async def recover() -> list[WorkflowExecution]:
        with Interrupts() as interrupts:
            async with engine:
                taken = await engine.recover()
                work = asyncio.create_task(_all(settle(run_id) for run_id in taken))
                stop = asyncio.create_task(interrupts.first.wait())
                await asyncio.wait({work, stop}, return_when=asyncio.FIRST_COMPLETED)
                await _settle(work, stop)
                return [await engine.get(run_id) for run_id in taken]

    return asyncio.run(recover())


async def _all(work: Iterable[Awaitable[None]]) -> None:
    await asyncio.gather(*work)


async def _paused(engine: Engine, run_id: str) -> None:
    """Return when nothing goes on in a run until it is resumed."""
    try:
        await engine.wait_suspended(run_id)
    except RunNotFound:
        # Another process drives it, or it has ended; only its end can be waited for.
        await asyncio.Event().wait()


def _in_session(
    begin: Callable[[Engine], Awaitable[str]],
    executors: InstalledExecutors,
    store: Store,
    progress: Progress,
    concurrency: int | None,
) -> Ended:
    broker = InProcessBroker(executors, concurrency=concurrency or DEFAULT_CONCURRENCY)
    engine = Engine(store=store, broker=broker, registry=executors)
    return asyncio.run(_Session(engine, store, progress).run(begin))


class _Session:
    """The time from the beginning to the end, or to a suspension."""

    def __init__(self, engine: Engine, store: Store, progress: Progress) -> None:
        self._engine = engine
        self._store = store
        self._progress = progress
        self._shown = 0

    async def run(self, begin: Callable[[Engine], Awaitable[str]]) -> Ended:
        with Interrupts() as interrupts:
            async with self._engine as engine:
                run_id = await begin(engine)
                await self._watch(run_id, interrupts.first)
                return Ended(await engine.get(run_id), interrupts.first.is_set())

    async def _watch(self, run_id: str, interrupted: asyncio.Event) -> None:
        """Return when the run has ended or is suspended, or when nothing can be waited for."""
        # Only the wait tells that the engine lost the run.
        end = asyncio.create_task(self._engine.wait(run_id))
        news = asyncio.create_task(self._follow(run_id))
        stop = asyncio.create_task(interrupted.wait())
        pause = asyncio.create_task(self._suspended(run_id))
        try:
            await asyncio.wait({end, news, stop, pause}, return_when=asyncio.FIRST_COMPLETED)
            if pause.done() and not end.done():
                return
            if not end.done() and not news.done():
                if not await self._cancel(run_id):
                    return
                await asyncio.wait({end, news}, return_when=asyncio.FIRST_COMPLETED)
            if end.done():
                await end
            await news
        finally:
            self._progress.close()
            await _settle(end, news, stop, pause)

    async def _cancel(self, run_id: str) -> bool:
        """Cancel the run; returns False if it is not driven here."""
        try:
            await self._engine.cancel(run_id, "cancelled: the command was interrupted")
        except RunNotFound:
            self._progress.say(
                f"run {run_id} is not driven here; if a process drives it, it goes on there"
            )
            return False
        self._progress.say("cancelling the run; interrupt again to stop at once")
        return True

    async def _follow(self, run_id: str) -> None:
        """Show events until the run has ended."""
        async for event in self._engine.events(run_id):
            self._progress.show(event)
            self._shown = event.seq

    async def _suspended(self, run_id: str) -> None:
        """Return when nothing goes on in the run until it is resumed, and all of it is shown."""
        await _paused(self._engine, run_id)
        run = await self._store.get_run(run_id)
        while run is not None and self._shown < run.last_event:
            await asyncio.sleep(0)


async def _settle(*tasks: asyncio.Task[Any]) -> None:
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)
