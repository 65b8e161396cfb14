"""A broker whose deliveries are decided by a seed."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from random import Random
from typing import TYPE_CHECKING, Protocol, TypeAlias

import msgspec

from aether_core.brokers import Invoker, answer_of
from aether_core.kernel import Assignment, TaskLogged, TaskStarted
from aether_core.simulation._eager import run_eagerly
from aether_sdk import ExecCode, ExecOutputs

if TYPE_CHECKING:
    from aether_core.brokers import ExecutorSource
    from aether_core.kernel import TaskCompleted
    from aether_core.ports import Clock

#: Answers an assignment; the time that it takes is virtual.
Worker: TypeAlias = Callable[[Assignment], Awaitable[ExecOutputs]]


class Delivery(msgspec.Struct, frozen=True, kw_only=True):
    """How assignments and their answers travel, drawn from a seed; shares are of 1."""

    seed: int
    #: The longest time on each way, in seconds; each delivery takes part of it.
    longest: float = 0.2
    #: Starts that are never reported.
    lost_starts: float = 0.0
    #: Results that are reported again, later.
    repeated: float = 0.0
    #: Cancelled work that goes on and reports all the same.
    stubborn: float = 0.0
    #: Assignments that get lost; a dispatch timeout has to mend that.
    lost: float = 0.0
    #: Attempts that say something, some of it too late.
    talkative: float = 0.0


class Witness(Protocol):
    """Sees what goes through a broker."""

    def dispatched(self, assignment: Assignment) -> None:
        """Take note that the broker was given an assignment."""
        ...

    def reported(self, completed: TaskCompleted) -> None:
        """Take note that the broker reports a result."""
        ...


class SimulatedBroker:
    """Carries assignments to a worker and back, at times that a seed decides.

    Args:
        worker: answers assignments.
        clock: gives the times of starts and results.
        delivery: how they travel; None reports the start and the result from within the
            dispatch, or at the time at which the worker answers, if it waits.
        witness: is told of what is dispatched and reported, before anything comes of it.
    """

    def __init__(
        self,
        worker: Worker,
        clock: Clock,
        delivery: Delivery | None = None,
        *,
        witness: Witness | None = None,
    ) -> None:
        self._worker = worker
        self._clock = clock
        self._delivery = delivery
        self._witness = witness
        self._random = Random(0 if delivery is None else delivery.seed)  # noqa: S311  # no secret
        self._jobs: dict[str, _Job] = {}
        self._working: set[asyncio.Task[None]] = set()
        self._is_closed = False
        self._on_started: Callable[[TaskStarted], None]
        self._on_completed: Callable[[TaskCompleted], None]
        self._on_logged: Callable[[TaskLogged], None]

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

    def dispatch(self, assignment: Assignment) -> None:
        """Send an assignment on its way."""
        if self._witness is not None:
            self._witness.dispatched(assignment)
        job = _Job(assignment)
        self._jobs[assignment.task_id] = job
        if self._delivery is None:
            job.task = run_eagerly(self._answer_at_once(job))
        else:
            job.task = asyncio.get_running_loop().create_task(self._carry(job, self._delivery))
        if job.task is not None:
            self._working.add(job.task)
            job.task.add_done_callback(self._working.discard)

    def cancel(self, task_id: str) -> None:
        """Stop a task, unless its worker is stubborn."""
        job = self._jobs.pop(task_id, None)
        if job is None or job.task is None or self._happens("stubborn"):
            return
        job.is_cancelled = True
        job.task.cancel()

    async def close(self) -> None:
        """Cancel everything and wait until it has ended."""
        self.die()
        if self._working:
            await asyncio.wait(self._working)

    def die(self) -> None:
        """Lose everything that is on its way, as a process does that is killed."""
        self._is_closed = True
        self._jobs.clear()
        for task in self._working:
            task.cancel()

    def holds(self, task_id: str, attempt: int) -> bool:
        """Return whether this attempt of a task will still be answered."""
        job = self._jobs.get(task_id)
        return job is not None and job.assignment.attempt == attempt

    async def _answer_at_once(self, job: _Job) -> None:
        self._report_start(job)
        self._report_result(job, await self._worker(job.assignment))

    async def _carry(self, job: _Job, delivery: Delivery) -> None:
        """Take an assignment to the worker, and its answer back."""
        if self._happens("lost"):
            self._jobs.pop(job.assignment.task_id, None)
            return
        await self._travel(delivery)
        if not self._happens("lost_starts"):
            self._report_start(job)
        is_talkative = self._happens("talkative")
        if is_talkative:
            await self._travel(delivery)
            self._report_lines(job, "begins", "goes on")
        outputs = await self._worker(job.assignment)
        await self._travel(delivery)
        self._report_result(job, outputs)
        if is_talkative:
            await self._travel(delivery)
            self._report_lines(job, "comes too late")
        while self._happens("repeated"):
            await self._travel(delivery)
            self._report_result(job, outputs)

    async def _travel(self, delivery: Delivery) -> None:
        await asyncio.sleep(self._random.random() * delivery.longest)

    def _happens(self, what: str) -> bool:
        if self._delivery is None:
            return False
        share: float = getattr(self._delivery, what)
        return share > 0 and self._random.random() < share

    def _report_start(self, job: _Job) -> None:
        work = job.assignment
        if not self._is_closed and not job.is_cancelled:
            self._on_started(
                TaskStarted(work.run_id, work.task_seq, work.attempt, self._clock.now())
            )

    def _report_lines(self, job: _Job, *lines: str) -> None:
        work = job.assignment
        if not self._is_closed and not job.is_cancelled:
            at = self._clock.now()
            self._on_logged(TaskLogged(work.run_id, work.task_seq, work.attempt, at, lines))

    def _report_result(self, job: _Job, outputs: ExecOutputs) -> None:
        if self._jobs.get(job.assignment.task_id) is job:
            del self._jobs[job.assignment.task_id]
        if self._is_closed or job.is_cancelled:
            return
        completed = answer_of(job.assignment, outputs, self._clock.now())
        if self._witness is not None:
            self._witness.reported(completed)
        self._on_completed(completed)


class _Job(msgspec.Struct, eq=False):
    """An assignment on its way."""

    assignment: Assignment
    is_cancelled: bool = False
    task: asyncio.Task[None] | None = None


def executing(executors: ExecutorSource) -> Worker:
    """Return a worker that calls executors as the in-process broker does."""
    invoker = Invoker()

    async def work(assignment: Assignment) -> ExecOutputs:
        executor = executors.get(assignment.executor_type)
        if executor is None:
            message = f"unknown executor type: {assignment.executor_type}"
            return ExecOutputs(code=ExecCode.ERROR, message=message)
        return await invoker.invoke(executor, assignment)

    return work
