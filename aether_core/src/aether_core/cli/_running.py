"""One run from its submission to its end, with an engine in this process."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any

import msgspec

from aether_core.brokers import DEFAULT_CONCURRENCY, InProcessBroker
from aether_core.cli._interrupts import Interrupts
from aether_core.engine import Engine, RunNotFound, WorkflowExecution
from aether_sdk import Phase

if TYPE_CHECKING:
    from aether_core.cli._progress import Progress
    from aether_core.engine import Admitted
    from aether_core.plugins import InstalledExecutors
    from aether_core.ports import Store


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
    broker = InProcessBroker(executors, concurrency=concurrency or DEFAULT_CONCURRENCY)
    engine = Engine(store=store, broker=broker, registry=executors)
    return asyncio.run(_Session(engine, store, progress).run(admitted, run_id))


class _Session:
    """The time from submission to end."""

    def __init__(self, engine: Engine, store: Store, progress: Progress) -> None:
        self._engine = engine
        self._store = store
        self._progress = progress

    async def run(self, admitted: Admitted, run_id: str | None) -> Ended:
        with Interrupts() as interrupts:
            async with self._engine as engine:
                known = run_id is not None and await self._store.get_run(run_id) is not None
                run_id = await engine.submit(admitted, run_id=run_id)
                self._progress.begin(run_id, admitted.plan.workflow, known=known)
                await self._watch(run_id, interrupts.first)
                return Ended(await engine.get(run_id), interrupts.first.is_set())

    async def _watch(self, run_id: str, interrupted: asyncio.Event) -> None:
        """Return when the run has ended or is suspended, or when nothing can be waited for."""
        # Only the wait tells that the engine lost the run, only the events of a suspension.
        end = asyncio.create_task(self._engine.wait(run_id))
        news = asyncio.create_task(self._follow(run_id))
        stop = asyncio.create_task(interrupted.wait())
        try:
            await asyncio.wait({end, news, stop}, return_when=asyncio.FIRST_COMPLETED)
            if not end.done() and not news.done():
                if not await self._cancel(run_id):
                    return
                await asyncio.wait({end, news}, return_when=asyncio.FIRST_COMPLETED)
            if end.done():
                await end
            await news
        finally:
            self._progress.close()
            await _settle(end, news, stop)

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
        """Show events until the run has ended or is suspended."""
        async for event in self._engine.events(run_id):
            self._progress.show(event)
            if event.kind == "run" and event.phase is Phase.SUSPENDED:
                run = await self._store.get_run(run_id)
                if run is not None and run.phase is Phase.SUSPENDED:
                    return


async def _settle(*tasks: asyncio.Task[Any]) -> None:
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)
