"""Runs from their beginning in this process to their end, or to a suspension."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any

import msgspec

from aether_core.cli._interrupts import Interrupts, wait_for
from aether_core.engine import LEASE, NotApplicable, RunNotFound, WorkflowExecution
from aether_core.ports import RunQuery
from aether_sdk import Phase

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Iterable, Sequence

    from aether_core.cli._driving import Means
    from aether_core.engine import Admitted, Engine
    from aether_core.kernel import RunRecord, TaskRecord
    from aether_core.ports import Store
    from aether_sdk import JsonValue

# A little longer than the time between two signs of life of an engine.
_SIGN_SECONDS = 1.5
_MOST_RUNS = 10_000


class Ended(msgspec.Struct, frozen=True):
    """What came of a run.

    Attributes:
        execution: the run as it is stored.
        interrupted: whether a signal came before its end.
    """

    execution: WorkflowExecution
    interrupted: bool


class Begun(msgspec.Struct, frozen=True):
    """A run that goes on from here.

    Attributes:
        run_id: the run.
        after: number of its last event that is not shown any more.
    """

    run_id: str
    after: int = 0


def run_to_end(admitted: Admitted, means: Means, *, run_id: str | None = None) -> Ended:
    """Run a workflow until it has ended or is suspended.

    Args:
        admitted: what to run.
        means: what drives it.
        run_id: the run's id. A run of this id that exists is waited for instead.

    Raises:
        StoreError: the store can't be opened, or the run can't be stored.
        EngineError: the run was lost on its way.
    """

    async def begin(engine: Engine) -> Begun:
        known = None if run_id is None else await means.store.get_run(run_id)
        begun = await engine.submit(admitted, run_id=run_id)
        means.progress.begin(begun, admitted.plan.workflow, known=known is not None)
        if known is not None:
            warn_if_other(known, admitted, means)
        return Begun(begun)

    return go_on(begin, means)


async def _is_left(engine: Engine, store: Store, run_id: str) -> bool:
    """Return whether nobody drives a run that would go on by itself."""
    if run_id not in await engine.abandoned():
        return False
    return not only_suspended(await store.get_tasks(run_id))


def only_suspended(tasks: Sequence[TaskRecord]) -> bool:
    """Return whether an open run goes on with a resume only."""
    leaves = [t for t in tasks if t.template_type == "task" and not t.phase.is_terminal]
    return bool(leaves) and all(leaf.phase is Phase.SUSPENDED for leaf in leaves)


def warn_if_other(run: RunRecord, admitted: Admitted, means: Means) -> None:
    """Say on stderr if the run of an id is not the one that was asked for."""
    # Late: ids are hardly ever given twice.
    from aether_core.cli._repeated import repeated_warning

    warning = repeated_warning(run, admitted)
    if warning:
        means.progress.say(warning)


def resume_to_end(
    run_id: str, means: Means, *, task: str | None, payload: dict[str, JsonValue]
) -> Ended:
    """Resume a suspended task and go on with its run until it has ended or is suspended again.

    Args:
        run_id: the run.
        means: what drives it, unless another process does.
        task: name or id of the task; None is the only suspended one.
        payload: values that join the task's inputs.

    Raises:
        StoreError: the store can't be opened or written.
        EngineError: there is no such run, nothing to resume, or the run was lost on its way.
    """

    async def begin(engine: Engine) -> Begun:
        await engine.resume(run_id, payload, task=task)
        return Begun(run_id)

    return go_on(begin, means)


def retry_to_end(run_id: str, means: Means) -> Ended:
    """Begin an ended run again and go on with it until it has ended or is suspended.

    Args:
        run_id: the run.
        means: what drives it.

    Raises:
        StoreError: the store can't be opened or written.
        EngineError: there is no such run, nothing to retry, or the run was lost on its way.
    """

    async def begin(engine: Engine) -> Begun:
        run = await means.store.get_run(run_id)
        await engine.retry(run_id)
        return Begun(run_id, after=0 if run is None else run.last_event)

    return go_on(begin, means)


def cancel_run(run_id: str, means: Means, reason: str) -> WorkflowExecution:
    """Stop a run, whoever drives it, and return it as it ended.

    Raises:
        StoreError: the store can't be opened or written.
        EngineError: there is no such run, or it has ended already.
    """

    async def cancel() -> WorkflowExecution:
        async with means.engine() as engine:
            await engine.cancel(run_id, reason)
            return await engine.wait(run_id)

    return asyncio.run(cancel())


def recover_all(means: Means) -> tuple[list[WorkflowExecution], bool]:
    """Go on with every run whose engine is gone, until each has ended or is suspended.

    Returns:
        The runs, in the order of their creation, and whether a signal came before their ends; it
        cancels none of them.

    Raises:
        StoreError: the store can't be opened or written.
        EngineError: a run can't be gone on with.
    """
    engine = means.engine()

    async def settle(run_id: str) -> None:
        end = asyncio.create_task(engine.wait(run_id))
        pause = asyncio.create_task(_paused(engine, run_id))
        await asyncio.wait({end, pause}, return_when=asyncio.FIRST_COMPLETED)
        await _settle(end, pause)
        run = await engine.get(run_id)
        waits = "" if run.phase.is_terminal else f"; it waits: `aether get {run_id}` tells for what"
        means.progress.say(f"run {run_id} of workflow {run.workflow}: {run.phase}{waits}")

    async def recover() -> tuple[list[WorkflowExecution], bool]:
        with Interrupts() as interrupts:
            async with engine:
                taken = await _recovered(engine, means, interrupts.first)
                work = asyncio.create_task(_all(settle(run_id) for run_id in taken))
                stop = asyncio.create_task(interrupts.first.wait())
                await asyncio.wait({work, stop}, return_when=asyncio.FIRST_COMPLETED)
                await _settle(work, stop)
                runs = [await engine.get(run_id) for run_id in taken]
                return runs, interrupts.first.is_set()

    return asyncio.run(recover())


async def _recovered(engine: Engine, means: Means, stop: asyncio.Event) -> list[str]:
    """Take on what is abandoned, also what has been for a few seconds only, until `stop`.

    An engine that died just now looks alive until it has been silent for 5 seconds; one that
    lives gives another sign of life meanwhile, and is not waited for.
    """
    taken = [*await engine.recover()]
    signs = await _last_signs(means.store)
    silent = {run_id: at for run_id, at in signs.items() if run_id not in taken}
    waited = 0.0
    while silent and waited <= LEASE / 1_000_000:
        await wait_for(stop, _SIGN_SECONDS)
        if stop.is_set():
            break
        waited += _SIGN_SECONDS
        taken += await engine.recover()
        signs = await _last_signs(means.store)
        silent = {run_id: at for run_id, at in silent.items() if signs.get(run_id) == at}
    return taken


async def _last_signs(store: Store) -> dict[str, int]:
    """Return when the engines of unfinished runs were last alive, as far as they seem to be."""
    signs: dict[str, int] = {}
    for run in await store.list_runs(RunQuery(unfinished=True, limit=_MOST_RUNS)):
        owner = await store.get_owner(run.run_id)
        if owner is not None and owner.heartbeat_at is not None:
            signs[run.run_id] = owner.heartbeat_at
    return signs


async def _all(work: Iterable[Awaitable[None]]) -> None:
    await asyncio.gather(*work)


async def _paused(engine: Engine, run_id: str) -> None:
    """Return when nothing goes on in a run until it is resumed."""
    try:
        await engine.wait_suspended(run_id)
    except (NotApplicable, RunNotFound):
        # It has ended, or was deleted; the wait for its end tells so.
        await asyncio.Event().wait()


def go_on(begin: Callable[[Engine], Awaitable[Begun]], means: Means) -> Ended:
    """Begin a run, or go on with one, until it has ended or is suspended.

    Args:
        begin: starts it with an open engine.
        means: what drives it.
    """
    return asyncio.run(_Session(means).run(begin))


class _Session:
    """The time from the beginning to the end, or to a suspension."""

    def __init__(self, means: Means) -> None:
        self._engine = means.engine()
        self._store = means.store
        self._progress = means.progress
        self._report = means.report
        self._shown = 0

    async def run(self, begin: Callable[[Engine], Awaitable[Begun]]) -> Ended:
        with Interrupts() as interrupts:
            async with self._engine as engine:
                begun = await begin(engine)
                self._shown = begun.after
                await self._watch(begun.run_id, interrupts.first)
                execution = await engine.get(begun.run_id)
                # A store in memory is gone with the engine.
                if self._report is not None:
                    await self._report.write(self._store, begun.run_id)
                return Ended(execution, interrupts.first.is_set())

    async def _watch(self, run_id: str, interrupted: asyncio.Event) -> None:
        """Return when the run has ended or is suspended, or when nothing can be waited for."""
        # Only the wait tells that the engine lost the run.
        end = asyncio.create_task(self._engine.wait(run_id))
        news = asyncio.create_task(self._follow(run_id))
        stop = asyncio.create_task(interrupted.wait())
        pause = asyncio.create_task(self._suspended(run_id))
        left = asyncio.create_task(self._say_when_left(run_id))
        try:
            await asyncio.wait({end, news, stop, pause}, return_when=asyncio.FIRST_COMPLETED)
            if pause.done() and not end.done():
                return
            if not end.done() and not news.done():
                if not await self._cancel(run_id):
                    return
                await asyncio.wait({end, news}, return_when=asyncio.FIRST_COMPLETED)
            # The end comes after the last hook, which the engine of this process has to run.
            await end
            await news
        finally:
            self._progress.close()
            await _settle(end, news, stop, pause, left)

    async def _say_when_left(self, run_id: str) -> None:
        """Say so when nobody drives the run: then nothing comes of the waiting."""
        if self._engine.drives(run_id):
            return
        while not await _is_left(self._engine, self._store, run_id):
            await asyncio.sleep(_SIGN_SECONDS)
        self._progress.say(f"nobody drives run {run_id}; `aether recover` goes on with it")

    async def _cancel(self, run_id: str) -> bool:
        """Cancel the run; returns False if it is not driven here."""
        if not self._engine.drives(run_id):
            self._progress.say(
                f"run {run_id} is not driven here; if a process drives it, it goes on there"
            )
            return False
        self._progress.say("cancelling the run; interrupt again to stop at once")
        try:
            await self._engine.cancel(run_id, "cancelled: the command was interrupted")
        except NotApplicable:
            # It ended in the same moment.
            return True
        return True

    async def _follow(self, run_id: str) -> None:
        """Show events until the run has ended."""
        async for event in self._engine.events(run_id, after=self._shown):
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
