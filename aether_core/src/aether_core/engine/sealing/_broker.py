"""Secrets go in with assignments and don't come out with results (decision 18).

Everything but the executors works with tokens: the kernel, the store, the events, the views. On
the way to the broker the tokens in an assignment become values; on the way back every value that
this run has been given becomes a token again.
"""

from __future__ import annotations

import asyncio
import contextlib
from operator import itemgetter
from typing import TYPE_CHECKING, Final, TypeAlias, cast

import msgspec

from aether_core.kernel import TaskCompleted
from aether_core.ports import SecretNotFound
from aether_sdk import ExecCode

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from aether_core.engine.sealing._sealing import Sealing, Secret
    from aether_core.kernel import (
        Assignment,
        RunRecord,
        TaskLogged,
        TaskRecord,
        TaskStarted,
    )
    from aether_core.ports import Clock, SecretProvider, TaskBroker
    from aether_sdk import JsonValue

#: What comes of a lookup: the value, or why there is none.
_Answer: TypeAlias = str | BaseException

# Longest wait for values that a run only needs in order to recognise them, in seconds.
_RECALL_SECONDS: Final = 10.0
_NO_PROVIDER: Final = "the engine was given no secret provider; Engine(secrets=...) takes one"
#: Begins the message of a task whose secrets could not be had.
NO_VALUE: Final = "no value for "
#: The message of a task that was not given to a worker, for nobody may look into a secret.
LOOKED_INTO: Final = (
    "an input holds a part of what stands for a secret: expressions can't look into secrets, only "
    "pass them on"
)


class SecretBroker:
    """A task broker around another one, which alone gets to see secrets.

    Assignments of runs without secrets, and those that hold none, go straight through.

    Args:
        broker: carries the assignments.
        provider: gives the values; None if there is none, which is an error where one is needed.
        clock: gives the times of results for tasks that could not be dispatched.
    """

    def __init__(self, broker: TaskBroker, provider: SecretProvider | None, clock: Clock) -> None:
        self._broker = broker
        self._provider = provider
        self._clock = clock
        #: Runs with secrets that are driven now.
        self._runs: dict[str, Sealing] = {}
        #: Dispatches that wait for values, by task.
        self._waiting: dict[str, asyncio.Task[None]] = {}
        self._on_completed: Callable[[TaskCompleted], None]
        self._on_logged: Callable[[TaskLogged], None]

    async def open(
        self,
        on_started: Callable[[TaskStarted], None],
        on_completed: Callable[[TaskCompleted], None],
        on_logged: Callable[[TaskLogged], None],
    ) -> None:
        """Begin to take assignments; what is reported holds no secrets."""
        self._on_completed, self._on_logged = on_completed, on_logged
        await self._broker.open(on_started, self._completed, self._logged)

    async def close(self) -> None:
        """Give up the dispatches that wait, and close the broker."""
        waiting = list(self._waiting.values())
        for task in waiting:
            task.cancel()
        await asyncio.gather(*waiting, return_exceptions=True)
        await self._broker.close()

    def cover(self, run: RunRecord) -> None:
        """Look after a run from now on; `uncover` ends that."""
        if run.seal:
            # Late: most runs have no secrets.
            from aether_core.engine.sealing._sealing import Sealing

            self._runs[run.run_id] = Sealing(run.seal)

    def uncover(self, run_id: str) -> None:
        """Forget a run and its values."""
        self._runs.pop(run_id, None)

    async def recall(self, run_id: str, tasks: Iterable[TaskRecord]) -> None:
        """Ask again for the secrets that a run was given before, so that they are recognised.

        What its earlier tasks did with them, such as writing a file, may come back in the outputs
        of others. A secret that can't be had any more is left out.
        """
        sealing = self._runs.get(run_id)
        if sealing is None:
            return
        given: list[JsonValue] = [
            part
            for task in tasks
            if task.attempt
            for part in (task.inputs, task.input_artifacts)
            if part
        ]
        secrets, _ = sealing.secrets_in(given)
        # Whatever keeps the provider from answering, the run goes on.
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(_RECALL_SECONDS):
                await self._learn(sealing, secrets)

    def dispatch(self, assignment: Assignment) -> None:
        """Queue a task for execution, once its secrets are known."""
        sealing = self._runs.get(assignment.run_id)
        if sealing is None:
            self._broker.dispatch(assignment)
            return
        secrets, is_broken = sealing.secrets_in(_values(assignment))
        if is_broken:
            self._refuse(assignment, LOOKED_INTO)
        elif secrets:
            self._drop(assignment.task_id)
            work = self._deliver(sealing, assignment, secrets)
            self._waiting[assignment.task_id] = asyncio.get_running_loop().create_task(work)
        else:
            self._broker.dispatch(assignment)

    def cancel(self, task_id: str) -> None:
        """Stop the task, wherever it is."""
        self._drop(task_id)
        self._broker.cancel(task_id)

    def _drop(self, task_id: str) -> None:
        waiting = self._waiting.pop(task_id, None)
        if waiting is not None:
            waiting.cancel()

    async def _deliver(
        self, sealing: Sealing, assignment: Assignment, secrets: Iterable[Secret]
    ) -> None:
        """Dispatch an assignment with values in it, or answer why that can't be done."""
        answers = await self._learn(sealing, secrets)
        # No wait from here on: nobody can cancel the task before it is with the broker.
        del self._waiting[assignment.task_id]
        values = {secret: each for secret, each in answers.items() if isinstance(each, str)}
        given, missing = sealing.unsealed(_values(assignment), values)
        reasons = [
            f'secret "{name}", key "{key}": {_reason(answer)}'
            for (name, key), answer in sorted(answers.items(), key=itemgetter(0))
            if (name, key) in missing or not isinstance(answer, str | SecretNotFound)
        ]
        if reasons:
            self._refuse(assignment, f"{NO_VALUE}{'; '.join(reasons)}")
        else:
            self._broker.dispatch(msgspec.structs.replace(assignment, **given))

    async def _learn(self, sealing: Sealing, secrets: Iterable[Secret]) -> dict[Secret, _Answer]:
        """Ask for each secret, all at once; what comes is recognised from now on."""
        wanted = list(secrets)
        found = await asyncio.gather(*map(self._look_up, wanted), return_exceptions=True)
        answers = dict(zip(wanted, found, strict=True))
        for secret, answer in answers.items():
            if isinstance(answer, str):
                sealing.learn(secret, answer)
        return answers

    async def _look_up(self, secret: Secret) -> str:
        if self._provider is None:
            raise SecretNotFound(_NO_PROVIDER)
        # Providers are other people's code.
        value = cast("object", await self._provider.get(*secret))
        if not isinstance(value, str) or not _is_text(value):
            raise _Unusable("the secret provider gave something that is not text")
        return value

    def _refuse(self, assignment: Assignment, message: str) -> None:
        """Answer in the place of a worker: the task ends in Error, unless it is tried again."""
        answer = TaskCompleted(
            run_id=assignment.run_id,
            task_seq=assignment.task_seq,
            attempt=assignment.attempt,
            at=self._clock.now(),
            code=ExecCode.ERROR,
            message=message,
        )
        self._completed(answer)

    def _completed(self, event: TaskCompleted) -> None:
        sealing = self._runs.get(event.run_id)
        if sealing is not None:
            event = msgspec.structs.replace(
                event,
                message=sealing.sealed_text(event.message),
                outputs=sealing.sealed(event.outputs),
                artifacts=sealing.sealed(event.artifacts),
            )
        self._on_completed(event)

    def _logged(self, event: TaskLogged) -> None:
        sealing = self._runs.get(event.run_id)
        if sealing is not None:
            event = msgspec.structs.replace(event, lines=sealing.masked_lines(event.lines))
        self._on_logged(event)


def _values(assignment: Assignment) -> dict[str, JsonValue]:
    """Return the parts of an assignment that may hold secrets, by their names."""
    return {"inputs": assignment.inputs, "input_artifacts": assignment.input_artifacts}


class _Unusable(Exception):
    """What a provider gave can't be used; the text holds nothing of it."""


def _reason(answer: _Answer) -> str:
    """Return why there is no value, in words that can't hold one."""
    match answer:
        case SecretNotFound():
            return " ".join(part for part in (f"{answer.message}.", answer.hint) if part)
        case _Unusable():
            return str(answer)
        case _:
            return f"the secret provider failed with {type(answer).__name__}"


def _is_text(value: str) -> bool:
    try:
        value.encode()
    except UnicodeEncodeError:
        return False
    return True
