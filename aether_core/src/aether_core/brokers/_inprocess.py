"""A broker without a wire: executors run in this process, on the engine's event loop."""

from __future__ import annotations

import asyncio
import heapq
from itertools import count
from typing import TYPE_CHECKING, Protocol

from aether_core.brokers._invocation import Invoker
from aether_core.kernel import TaskCompleted, TaskStarted
from aether_core.ports import SystemClock
from aether_sdk import ExecCode, ExecOutputs

if TYPE_CHECKING:
    from collections.abc import Callable

    from aether_core.kernel import Assignment
    from aether_core.ports import Clock
    from aether_sdk import Executor

DEFAULT_CONCURRENCY = 64
_CLOSE_SECONDS = 10.0
_LONGEST_MESSAGE = 4000
_LARGEST_CODE = 2**63 - 1


class ExecutorSource(Protocol):
    """Where the broker finds executors; a registry is one."""

    def get(self, executor_type: str) -> Executor | None:
        """Return the executor for a type, or None."""
        ...


class InProcessBroker:
    """Runs up to `concurrency` tasks at once: coroutines on the loop, plain functions in threads.

    Assignments wait in priority order, equal priorities in order of dispatch. A cancelled
    coroutine is cancelled where it awaits; a plain function can't be interrupted, so its
    thread is left to end by itself and its result is dropped.

    Args:
        executors: finds the executor of a task's type.
        concurrency: most tasks to execute at once, at least 1.
        clock: gives the times of starts and results.
    """

    def __init__(
        self,
        executors: ExecutorSource,
        *,
        concurrency: int = DEFAULT_CONCURRENCY,
        clock: Clock | None = None,
    ) -> None:
        if concurrency < 1:
            message = f"concurrency must be at least 1, got {concurrency}"
            raise ValueError(message)
        self._executors = executors
        self._concurrency = concurrency
        self._clock = clock or SystemClock()
        self._invoker = Invoker()
        self._queue: list[tuple[int, int, Assignment]] = []
        #: Ids of queued tasks that still shall run; the queue itself is cleaned as it is read.
        self._waiting: set[str] = set()
        self._order = count()
        self._running: dict[str, asyncio.Task[None]] = {}
        self._cancelled: set[str] = set()
        self._closed = False
        self._on_started: Callable[[TaskStarted], None]
        self._on_completed: Callable[[TaskCompleted], None]

    async def open(
        self,
        on_started: Callable[[TaskStarted], None],
        on_completed: Callable[[TaskCompleted], None],
    ) -> None:
        """Begin to take assignments."""
        self._on_started = on_started
        self._on_completed = on_completed

    def dispatch(self, assignment: Assignment) -> None:
        """Queue a task; it starts as soon as a place is free."""
        heapq.heappush(self._queue, (-assignment.priority, next(self._order), assignment))
        self._waiting.add(assignment.task_id)
        self._fill()

    def cancel(self, task_id: str) -> None:
        """Stop the task, queued or running; nothing is reported for it any more."""
        self._waiting.discard(task_id)
        running = self._running.get(task_id)
        if running is not None:
            self._cancelled.add(task_id)
            running.cancel()

    async def close(self) -> None:
        """Cancel everything and wait until the executors have cleaned up after themselves.

        An executor that ignores its cancellation is abandoned after 10 seconds.
        """
        self._closed = True
        self._queue.clear()
        self._waiting.clear()
        for task_id, task in self._running.items():
            self._cancelled.add(task_id)
            task.cancel()
        if self._running:
            await asyncio.wait(self._running.values(), timeout=_CLOSE_SECONDS)

    def _fill(self) -> None:
        """Start queued tasks while there are free places."""
        while self._queue and len(self._running) < self._concurrency and not self._closed:
            _, _, assignment = heapq.heappop(self._queue)
            if assignment.task_id not in self._waiting:
                continue
            self._waiting.discard(assignment.task_id)
            self._running[assignment.task_id] = asyncio.get_running_loop().create_task(
                self._work(assignment)
            )

    async def _work(self, assignment: Assignment) -> None:
        """Execute one assignment and report its start and its result."""
        outputs: ExecOutputs | None = None
        try:
            self._report_start(assignment)
            outputs = await self._outputs(assignment)
        except asyncio.CancelledError:
            if assignment.task_id not in self._cancelled:
                outputs = ExecOutputs(code=ExecCode.ERROR, message="the executor cancelled itself")
        finally:
            del self._running[assignment.task_id]
            if assignment.task_id in self._cancelled:
                self._cancelled.discard(assignment.task_id)
            elif outputs is not None:
                self._report_result(assignment, outputs)
            self._fill()

    async def _outputs(self, assignment: Assignment) -> ExecOutputs:
        executor = self._executors.get(assignment.executor_type)
        if executor is None:
            return ExecOutputs(
                code=ExecCode.ERROR, message=f"unknown executor type: {assignment.executor_type}"
            )
        return await self._invoker.invoke(executor, assignment)

    def _report_start(self, assignment: Assignment) -> None:
        self._on_started(
            TaskStarted(
                assignment.run_id, assignment.task_seq, assignment.attempt, self._clock.now()
            )
        )

    def _report_result(self, assignment: Assignment, outputs: ExecOutputs) -> None:
        self._on_completed(
            TaskCompleted(
                run_id=assignment.run_id,
                task_seq=assignment.task_seq,
                attempt=assignment.attempt,
                at=self._clock.now(),
                code=_storable_code(int(outputs.code)),
                message=_storable(outputs.message),
                outputs=outputs.as_dict(),
            )
        )


def _storable_code(code: int) -> int:
    """Return a code as it is, unless no store could keep it; what is unknown counts as an error."""
    return code if abs(code) <= _LARGEST_CODE else int(ExecCode.ERROR)


def _storable(message: str) -> str:
    """Return a message that any store can keep: bounded, and without halves of characters."""
    if len(message) > _LONGEST_MESSAGE:
        message = f"{message[:_LONGEST_MESSAGE]}… ({len(message)} characters in all)"
    return message if message.isascii() else message.encode(errors="replace").decode()
