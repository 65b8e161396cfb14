"""A broker without a wire: executors run in this process, on the engine's event loop."""

from __future__ import annotations

import asyncio
import heapq
from itertools import count
from typing import TYPE_CHECKING, Protocol

import msgspec

from aether_core.brokers._answer import answer_of
from aether_core.brokers._invocation import NO_FILES, Invoker
from aether_core.brokers._log import AttemptLog
from aether_core.brokers._workspace import invoke_with_artifacts
from aether_core.kernel import Assignment, TaskStarted
from aether_core.ports import SystemClock
from aether_sdk import ExecCode, ExecOutputs

if TYPE_CHECKING:
    from collections.abc import Callable

    from aether_core.brokers._workspace import ArtifactCarrier, Places
    from aether_core.kernel import TaskCompleted, TaskLogged
    from aether_core.ports import Clock
    from aether_sdk import Executor

DEFAULT_CONCURRENCY = 64
_CLOSE_SECONDS = 10.0


class ExecutorSource(Protocol):
    """Where the broker finds executors; a registry is one."""

    def get(self, executor_type: str) -> Executor | None:
        """Return the executor for a type, or None."""
        ...


class _Job(msgspec.Struct, eq=False):
    """An assignment on its way; a later attempt of the same task is another job."""

    assignment: Assignment
    is_cancelled: bool = False
    #: Set while it has a place.
    task: asyncio.Task[None] | None = None
    #: Set as soon as it has begun.
    log: AttemptLog | None = None


class InProcessBroker:
    """Runs up to `concurrency` tasks at once: coroutines on the loop, plain functions in threads.

    Assignments wait in priority order, equal priorities in order of dispatch. A cancelled
    coroutine is cancelled where it awaits; a plain function can't be interrupted, so its
    thread is left to end by itself and its result is dropped.

    Args:
        executors: finds the executor of a task's type.
        concurrency: most tasks to execute at once, at least 1.
        clock: gives the times of starts and results.
        artifacts: brings and takes the artifacts of tasks; without it, tasks that have some end
            in Error.
    """

    def __init__(
        self,
        executors: ExecutorSource,
        *,
        concurrency: int = DEFAULT_CONCURRENCY,
        clock: Clock | None = None,
        artifacts: ArtifactCarrier | None = None,
    ) -> None:
        if concurrency < 1:
            message = f"concurrency must be at least 1, got {concurrency}"
            raise ValueError(message)
        self._executors = executors
        self._concurrency = concurrency
        self._clock = clock or SystemClock()
        self._artifacts = artifacts
        self._invoker = Invoker()
        #: What waits for a place; what was cancelled meanwhile is dropped as it is reached.
        self._queue: list[tuple[int, int, _Job]] = []
        self._order = count()
        #: The last job of each task that has not reported.
        self._jobs: dict[str, _Job] = {}
        #: What has a place.
        self._running: set[asyncio.Task[None]] = set()
        self._closed = False
        self._on_started: Callable[[TaskStarted], None]
        self._on_completed: Callable[[TaskCompleted], None]
        self._on_logged: Callable[[TaskLogged], None]
        self._loop: asyncio.AbstractEventLoop

    async def open(
        self,
        on_started: Callable[[TaskStarted], None],
        on_completed: Callable[[TaskCompleted], None],
        on_logged: Callable[[TaskLogged], None],
    ) -> None:
        """Begin to take assignments."""
        self._on_started = on_started
        self._on_completed = on_completed
        self._on_logged = on_logged
        self._loop = asyncio.get_running_loop()

    def dispatch(self, assignment: Assignment) -> None:
        """Queue a task; it starts as soon as a place is free."""
        job = _Job(assignment)
        self._jobs[assignment.task_id] = job
        heapq.heappush(self._queue, (-assignment.priority, next(self._order), job))
        self._fill()

    def cancel(self, task_id: str) -> None:
        """Stop the task, queued or running; nothing is reported for it any more."""
        job = self._jobs.pop(task_id, None)
        if job is not None:
            job.is_cancelled = True
            if job.log is not None:
                job.log.discard()
            if job.task is not None:
                job.task.cancel()

    async def close(self) -> None:
        """Cancel everything, wait until the executors have cleaned up, and close them.

        An executor that ignores its cancellation is abandoned after 10 seconds, one that does not
        close after 5.
        """
        self._closed = True
        self._queue.clear()
        for task_id in list(self._jobs):
            self.cancel(task_id)
        if self._running:
            await asyncio.wait(self._running, timeout=_CLOSE_SECONDS)
        await self._invoker.aclose()

    def _fill(self) -> None:
        """Start queued tasks while there are free places."""
        while self._queue and len(self._running) < self._concurrency and not self._closed:
            _, _, job = heapq.heappop(self._queue)
            if job.is_cancelled:
                continue
            job.task = asyncio.get_running_loop().create_task(self._work(job))
            self._running.add(job.task)
            # Not at the end of the work itself: a task that is cancelled before its first step
            # never gets there, and its place would be lost.
            job.task.add_done_callback(self._leave)

    def _leave(self, task: asyncio.Task[None]) -> None:
        """Give a place back."""
        self._running.discard(task)
        self._fill()

    async def _work(self, job: _Job) -> None:
        """Execute one assignment and report its start and its result."""
        assignment = job.assignment
        job.log = log = AttemptLog(assignment, self._on_logged, self._clock, self._loop)
        try:
            self._report_start(assignment)
            outputs, places = await self._outputs(assignment, log)
        except asyncio.CancelledError:
            if job.is_cancelled:
                return
            outputs = ExecOutputs(code=ExecCode.ERROR, message="the executor cancelled itself")
            places = {}
        if not job.is_cancelled:
            if self._jobs.get(assignment.task_id) is job:
                del self._jobs[assignment.task_id]
            log.close()
            self._on_completed(answer_of(assignment, outputs, self._clock.now(), places))

    async def _outputs(self, assignment: Assignment, log: AttemptLog) -> tuple[ExecOutputs, Places]:
        executor = self._executors.get(assignment.executor_type)
        if executor is None:
            message = f"unknown executor type: {assignment.executor_type}"
            return ExecOutputs(code=ExecCode.ERROR, message=message), {}
        if assignment.input_artifacts or assignment.output_artifacts:
            return await invoke_with_artifacts(
                self._invoker, executor, assignment, self._artifacts, log.say
            )
        return await self._invoker.invoke(executor, assignment, NO_FILES, log.say), {}

    def _report_start(self, assignment: Assignment) -> None:
        self._on_started(
            TaskStarted(
                assignment.run_id, assignment.task_seq, assignment.attempt, self._clock.now()
            )
        )
