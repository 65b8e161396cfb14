"""An observer of one run: looks at every commit and checks what must always hold."""

from __future__ import annotations

from typing import TYPE_CHECKING

from aether_core.kernel import NO_PARENT
from aether_core.simulation._moves import CONTAINER_MOVES, LEAF_MOVES, RUN_MOVES
from aether_core.simulation._seen import (
    Seen,
    dependencies,
    expected_phase,
    is_satisfied,
    node_of,
    seen_of,
)
from aether_sdk import AetherError, Phase

if TYPE_CHECKING:
    from collections.abc import Callable, Collection
    from typing import Never

    from aether_core.kernel import (
        Assignment,
        EventRecord,
        RunChanges,
        RunRecord,
        TaskCompleted,
        TaskRecord,
    )
    from aether_core.plan import Plan

_FORCED = frozenset({Phase.TIMEOUT, Phase.CANCELLED})
# What a worker's answer makes of a leaf that it has.
_ANSWERS = frozenset({Phase.SUCCEEDED, Phase.FAILED, Phase.ERROR, Phase.SUSPENDED})
_AT_WORK = frozenset({Phase.READY, Phase.RUNNING})
_FAULT = "engine internal error"


class InvariantBroken(AetherError):
    """A run did what no run may do."""

    code = "AE891"


class RunObserver:
    """Knows a run from its commits alone, and from its plan what it may do next.

    The checks: phases move along the state machine; nothing starts before what it depends on;
    no loop has more open iterations than it may; what has ended has no open child; what is
    open has an open child, or something that will wake it; counters, attempts and event
    numbers agree with what happened; what a container comes to follows from its children.

    Args:
        plan: the compiled document.
    """

    def __init__(self, plan: Plan) -> None:
        self.tasks: dict[int, Seen] = {}
        self.phase: Phase | None = None
        #: Every event of the run, in order.
        self.events: list[EventRecord] = []
        self.commits = 0
        self.deadline: int | None = None
        self.generation = 0
        self._plan = plan
        self._open: dict[int, Seen] = {}
        #: Tasks and ended tasks without hooks.
        self._total = 0
        self._done = 0
        self._dispatched: set[tuple[str, int]] = set()
        self._reported: set[tuple[int, int]] = set()
        self._needs = {name: dependencies(dag) for name, dag in plan.dags.items()}

    @property
    def open_tasks(self) -> Collection[Seen]:
        """Tasks that have not ended, hooks included."""
        return self._open.values()

    @property
    def is_over(self) -> bool:
        """Whether nothing more may happen."""
        return self.phase is not None and self.phase.is_terminal and not self.open_tasks

    def committed(self, changes: RunChanges) -> None:
        """Take note of a commit.

        Raises:
            InvariantBroken: it does what it may not.
        """
        self.commits += 1
        self.generation = changes.run.generation
        for record in changes.created:
            self._create(record)
        for record in changes.updated:
            self._begin_again(record)
        for event in changes.events:
            self._event(event)
        touched = [*changes.created, *changes.updated]
        for record in touched:
            self._compare(record)
        for record in touched:
            self._look_at(self.tasks[record.seq])
        self._look_at_run(changes.run)

    def dispatched(self, assignment: Assignment) -> None:
        """Take note that a broker was given an assignment.

        Raises:
            InvariantBroken: what was not committed was dispatched, or something twice.
        """
        task = self.tasks.get(assignment.task_seq)
        key = (assignment.task_id, assignment.attempt)
        if task is None or task.attempt < assignment.attempt:
            _broken(f"{assignment.task_name} was dispatched before that was committed")
        if key in self._dispatched:
            _broken(f"attempt {assignment.attempt} of {assignment.task_name} went out twice")
        self._dispatched.add(key)

    def reported(self, completed: TaskCompleted) -> None:
        """Take note that a broker reports a result."""
        self._reported.add((completed.task_seq, completed.attempt))

    def settled(self, now: int, holds: Callable[[str, int], bool], *, can_lose: bool) -> int | None:
        """Look at the run when all that can happen at this time has happened.

        Args:
            now: the time, in microseconds.
            holds: tells whether an attempt of a task, by its id, will be answered.
            can_lose: whether an assignment may be lost until its dispatch timeout is over.

        Returns:
            The time at which something must happen at the latest; None if there is none.

        Raises:
            InvariantBroken: something is late, or will never happen.
        """
        times = [self.deadline] if self.phase is not None and not self.phase.is_terminal else []
        for task in self.open_tasks:
            if task.is_container:
                if not task.open:
                    _broken(f"{task.path} is open and has no open child")
            elif task.phase in _AT_WORK:
                is_lost = can_lose and task.phase is Phase.READY
                if not is_lost and not holds(task.task_id, task.attempt):
                    _broken(f"{task.path} is {task.phase}, and no worker has it")
            elif task.phase is Phase.CREATED and task.next_attempt_at is None:
                _broken(f"{task.path} was created, and nothing will start it")
            times += [task.deadline, task.next_attempt_at]
        due = min((at for at in times if at is not None), default=None)
        if due is not None and due < now:
            _broken(f"something was due {now - due} microseconds ago and did not happen")
        return due

    def _create(self, record: TaskRecord) -> None:
        if record.seq != len(self.tasks):
            _broken(f"task {record.name} has number {record.seq}, expected {len(self.tasks)}")
        parent = None if record.parent_seq == NO_PARENT else self.tasks.get(record.parent_seq)
        if parent is None and record.parent_seq != NO_PARENT:
            _broken(f"task {record.name} has no parent")
        task = seen_of(record, self._plan, parent)
        if parent is not None:
            if parent.dag is not None and parent.child(record.name) is not None:
                _broken(f"{task.path} was created twice")
            if parent.loop is not None and record.iteration != len(parent.children):
                _broken(f"{task.path} is not the next iteration")
            parent.children.append(task)
            parent.open += 1
        self.tasks[record.seq] = self._open[record.seq] = task
        self._total += not task.is_hook

    def _begin_again(self, record: TaskRecord) -> None:
        """Let a task be as if nothing had happened to it: its run was retried."""
        task = self.tasks.get(record.seq)
        if task is None:
            _broken(f"task {record.name} was changed before it was created")
        if record.generation == task.generation:
            return
        if task.phase.is_terminal:
            self._done -= not task.is_hook
            self._open[record.seq] = task
            if task.parent is not None:
                task.parent.open += 1
        task.generation = record.generation
        task.phase = Phase.CREATED
        task.first_event = task.end_event = task.deadline = task.next_attempt_at = None

    def _event(self, event: EventRecord) -> None:
        if event.seq != len(self.events) + 1:
            _broken(f"event {event.seq} follows event {len(self.events)}")
        if self.events and event.at < self.events[-1].at:
            _broken(f"event {event.seq} is earlier than the one before it")
        if event.message.startswith(_FAULT):
            _broken(event.message)
        self.events.append(event)
        if event.kind == "task" and event.phase is not None:
            self._move(self.tasks[event.task_seq], event.phase, event)
        elif event.kind == "run" and event.phase is not None:
            self._move_run(event.phase)
        elif event.kind == "log" and self.tasks[event.task_seq].phase is not Phase.RUNNING:
            _broken(f"{self.tasks[event.task_seq].path} said something and was not running")

    def _move(self, task: Seen, phase: Phase, event: EventRecord) -> None:
        moves = CONTAINER_MOVES if task.is_container else LEAF_MOVES
        if phase not in moves.get(task.phase, ()):
            _broken(f"{task.path} went from {task.phase} to {phase}")
        if phase in _ANSWERS and task.phase in _AT_WORK and not task.is_container:
            self._was_answered(task, event)
        if task.first_event is None:
            task.first_event = event.seq
            self._may_start(task)
        if phase is Phase.READY:
            task.readies += 1
            if task.next_attempt_at is not None and event.at < task.next_attempt_at:
                _broken(f"{task.path} did not wait for its next attempt")
        task.phase = phase
        task.message = event.message
        if phase.is_terminal:
            task.end_event = event.seq
            self._done += not task.is_hook
            del self._open[task.seq]
            if task.parent is not None:
                task.parent.open -= 1

    def _was_answered(self, task: Seen, event: EventRecord) -> None:
        """Check that what ended a leaf is the result of its last attempt."""
        timed_out = task.deadline is not None and task.deadline <= event.at
        if task.phase is Phase.READY and task.call.policy.conditions:
            # A dispatch timeout, which conditions may take for something else.
            return
        if not timed_out and (task.seq, task.readies) not in self._reported:
            _broken(f"{task.path} is {event.phase}, and its attempt {task.readies} has no result")

    def _may_start(self, task: Seen) -> None:
        """Check that all that a node of a dag depends on has ended acceptably before."""
        dag = None if task.parent is None else task.parent.dag
        if dag is None or task.parent is None:
            return
        for node in self._needs[dag.name][task.name]:
            if not is_satisfied(node, task.parent.child(node.name), self.generation):
                _broken(f"{task.path} began before {node.name} had ended as it should")
        node = node_of(dag, task.name)
        if not node.dependency_count and node.index not in dag.initial:
            _broken(f"{task.path} began and can't be reached from the dag's entrypoints")

    def _move_run(self, phase: Phase) -> None:
        begins_again = phase is Phase.CREATED and self.phase is not None and self.phase.is_terminal
        if not begins_again and phase not in RUN_MOVES.get(self.phase, ()):
            _broken(f"the run went from {self.phase} to {phase}")
        self.phase = phase

    def _compare(self, record: TaskRecord) -> None:
        """Check that a record is what its events say."""
        task = self.tasks[record.seq]
        task.attempt, task.deadline = record.attempt, record.deadline
        task.next_attempt_at = record.next_attempt_at
        if record.phase is not task.phase:
            _broken(f"{task.path} is {record.phase}, its last event says {task.phase}")
        if not task.is_container and record.attempt != task.readies:
            _broken(f"{task.path} has attempt {record.attempt}, and was Ready {task.readies} times")
        retry = task.call.policy.retry
        if record.retry_count > (0 if retry is None else retry.limit):
            _broken(f"{task.path} was tried again {record.retry_count} times")
        if task.phase.is_terminal:
            if record.finished_at is None or record.next_attempt_at is not None:
                _broken(f"{task.path} has ended, and its record does not say so")
            if task.deadline is not None and task.phase is not Phase.TIMEOUT:
                self._not_too_late(task, record.finished_at)
        if task.loop is not None:
            self._loop_is_whole(task, record)

    def _not_too_late(self, task: Seen, finished_at: int) -> None:
        can_change = bool(task.call.policy.conditions) or task.phase is Phase.CANCELLED
        if not can_change and task.deadline is not None and finished_at > task.deadline:
            _broken(f"{task.path} ended {task.phase} after its deadline")

    def _loop_is_whole(self, task: Seen, record: TaskRecord) -> None:
        """Check that a loop that ended by itself has had all its iterations."""
        plan = task.loop
        if plan is None or not self._ended_by_itself(task, record) or record.items is None:
            return
        if len(task.children) != len(record.items):
            _broken(
                f"{task.path} ended after {len(task.children)} of {len(record.items)} iterations"
            )

    def _ended_by_itself(self, task: Seen, record: TaskRecord) -> bool:
        if not task.phase.is_terminal or task.phase in _FORCED or task.phase is Phase.SKIPPED:
            return False
        if task.phase is Phase.ERROR and not task.children:
            # It could not be opened.
            return False
        finished = record.finished_at or 0
        return task.deadline is None or finished < task.deadline

    def _look_at(self, task: Seen) -> None:
        """Check a task together with those around it."""
        parent = task.parent
        if task.phase.is_terminal:
            if task.open:
                _broken(f"{task.path} has ended and has {task.open} open children")
            self._adds_up(task)
        elif parent is not None and parent.phase.is_terminal:
            _broken(f"{task.path} is open in {parent.path}, which has ended")
        if parent is not None and parent.loop is not None:
            most = 1 if parent.loop.repeat is not None else parent.loop.concurrency
            if most and parent.open > most:
                _broken(f"{parent.path} has {parent.open} open iterations, at most {most}")

    def _adds_up(self, task: Seen) -> None:
        """Check what became of a container that ended by itself."""
        if not task.is_container or task.phase in _FORCED or not task.children:
            return
        if task.call.policy.timeout is not None:
            return
        expected = expected_phase(task, self.generation)
        if expected is not None and task.phase is not expected:
            _broken(f"{task.path} ended {task.phase}, its children add up to {expected}")
        if task.dag is None:
            return
        for node in task.dag.nodes:
            needed = self._needs[task.dag.name][node.name]
            is_free = node.index in task.dag.initial or (
                bool(needed)
                and all(is_satisfied(n, task.child(n.name), self.generation) for n in needed)
            )
            if is_free and task.child(node.name) is None:
                _broken(f"{task.path} ended without its node {node.name}")

    def _look_at_run(self, run: RunRecord) -> None:
        self.deadline = run.deadline
        if (run.tasks_total, run.tasks_done) != (self._total, self._done):
            _broken(
                f"the run counts {run.tasks_done}/{run.tasks_total} tasks, "
                f"there are {self._done}/{self._total}"
            )
        if run.last_event != len(self.events):
            _broken(f"the run counts {run.last_event} events, there are {len(self.events)}")
        if run.phase is not self.phase and self.phase is not None:
            _broken(f"the run is {run.phase}, its last event says {self.phase}")
        if run.phase.is_terminal and self._done != self._total:
            _broken(f"the run has ended and has {self._total - self._done} open tasks")
        if not run.phase.is_terminal and self.tasks and self._done == self._total:
            _broken("the run is open, and all its tasks have ended")


def _broken(what: str) -> Never:
    raise InvariantBroken(what)
