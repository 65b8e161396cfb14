"""Requests to runs: cancel, resume, retry and delete, wherever a run is driven.

A run of this engine is told directly. For any other run the request goes into the store's
inbox; its engine carries it out, or this one takes the run on when nobody drives it.
"""

from __future__ import annotations

import asyncio
import contextlib
from typing import TYPE_CHECKING

from aether_core.engine._deletion import delete_run
from aether_core.engine._errors import NotApplicable, NotSuspended, RunNotFound, RunTakenOver
from aether_core.engine._stored import suspended_task
from aether_core.kernel import RetryRequested, reopen_run
from aether_core.ports import Command
from aether_sdk import Phase

if TYPE_CHECKING:
    from collections.abc import Mapping

    from aether_core.engine._ownership import Ownership
    from aether_core.kernel import CommandAnswer, RunRecord
    from aether_core.ports import ArtifactRepository, Clock, Store
    from aether_sdk import JsonValue

# How often the answer of another process is looked for, in seconds.
_POLL_SECONDS = 0.1


class Control:
    """Carries out requests to runs.

    Args:
        store: where the runs live.
        clock: gives the times.
        ownership: the runs of this engine, and how it takes others on.
        artifacts: where the files of tasks are.
    """

    def __init__(
        self,
        store: Store,
        clock: Clock,
        ownership: Ownership,
        artifacts: ArtifactRepository | None = None,
    ) -> None:
        self._store = store
        self._clock = clock
        self._ownership = ownership
        self._artifacts = artifacts

    async def cancel(self, run_id: str, reason: str) -> None:
        """Stop a run; see `Engine.cancel`."""
        run = await self._get(run_id)
        if run.phase.is_terminal:
            raise _already_ended(run)
        await self._request(Command(run_id, "cancel", self._clock.now(), reason=reason))

    async def resume(self, run_id: str, payload: Mapping[str, JsonValue], task: str | None) -> None:
        """Let a suspended task go on; see `Engine.resume`."""
        run = await self._get(run_id)
        tasks = await self._store.get_tasks(run_id)
        if run.phase.is_terminal and all(record.phase.is_terminal for record in tasks):
            message = f"run {run_id} has already ended ({run.phase}); there is nothing to resume"
            raise NotSuspended(message)
        chosen = suspended_task(run_id, tasks, task)
        command = Command(
            run_id,
            "resume",
            self._clock.now(),
            task_seq=chosen.seq,
            attempt=chosen.attempt,
            # Executors find out by its presence that they are called again (executors.md 10.1).
            payload={"__resumed": True, **payload},
        )
        await self._request(command)

    async def retry(self, run_id: str) -> None:
        """Begin an ended run again where it did not succeed; see `Engine.retry`."""
        driven = self._ownership.actor(run_id)
        run = await self._get(run_id)
        if driven is not None and run.phase.is_terminal:
            # Hooks may still be at work in it.
            await asyncio.shield(driven.ended)
            run = await self._get(run_id)
        if run.phase is Phase.SUCCEEDED:
            message = f"run {run_id} has succeeded; there is nothing to retry"
            raise NotApplicable(message, hint="`aether run` starts a new run of the document.")
        if not run.phase.is_terminal:
            message = (
                f"run {run_id} has not ended (it is {run.phase}); only an ended run is retried"
            )
            raise NotApplicable(message, hint=f"`aether why {run_id}` tells what it waits for.")
        tasks = await self._store.get_tasks(run_id)
        state = self._ownership.state_of(run, tasks, reopen_run)
        stale = tuple(c.command_id for c in await self._store.list_commands(run_id=run_id))
        event = RetryRequested(self._clock.now(), stale, self._ownership.changes_since(run))
        await self._ownership.drive(state, [event], tasks)

    async def delete(self, run_id: str) -> None:
        """Remove an ended run; see `Engine.delete`."""
        run = await self._get(run_id)
        if not run.phase.is_terminal:
            message = f"run {run_id} has not ended (it is {run.phase}) and can't be deleted"
            raise NotApplicable(message, hint=f"Stop it first: `aether cancel {run_id}`.")
        if not await delete_run(run_id, self._store, self._artifacts):
            raise RunNotFound(run_id)

    async def _get(self, run_id: str) -> RunRecord:
        run = await self._store.get_run(run_id)
        if run is None:
            raise RunNotFound(run_id)
        return run

    async def _request(self, command: Command) -> None:
        """Have a command carried out by whoever drives the run.

        Raises:
            NotApplicable: the run has gone on meanwhile; nothing was changed.
        """
        driven = self._ownership.actor(command.run_id)
        if driven is not None:
            answer = await self._ownership.ask(command)
        else:
            answer = await self._ask_elsewhere(command)
        if not answer.accepted:
            message = f"run {command.run_id}: {answer.message}; nothing was changed"
            raise NotApplicable(message, hint=f"`aether get {command.run_id}` shows how it is now.")

    async def _ask_elsewhere(self, command: Command) -> CommandAnswer:
        """Put a command into the inbox and wait until some engine has answered it."""
        run_id = command.run_id
        command_id = await self._store.send_command(command)
        while True:
            answer = await self._store.get_answer(command_id)
            if answer is not None:
                return answer
            owner = await self._store.get_owner(run_id)
            if owner is None:
                raise RunNotFound(run_id)
            if owner.phase.is_terminal and command.kind == "cancel":
                raise _already_ended(await self._get(run_id))
            if self._ownership.is_gone(owner):
                # Whoever is faster will find the command.
                with contextlib.suppress(RunTakenOver):
                    await self._ownership.take_on(run_id)
            else:
                await asyncio.sleep(_POLL_SECONDS)


def _already_ended(run: RunRecord) -> NotApplicable:
    message = f"run {run.run_id} has already ended ({run.phase}); there is nothing to cancel"
    return NotApplicable(message)
