"""Everything that is stored of one run, and where each of its tasks belongs in the plan."""

from __future__ import annotations

import shlex
from collections import defaultdict
from typing import TYPE_CHECKING, Final

import msgspec

from aether_core.document import format_duration
from aether_core.engine._execution import iso_time, moment_text
from aether_core.engine._heartbeat import LEASE
from aether_core.engine._paths import task_paths
from aether_core.engine.explain._explanation import Reason
from aether_core.kernel import HOOK_SCOPE, NO_PARENT, TaskRecord
from aether_core.plan import Call, NodePlan
from aether_sdk import Phase

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from aether_core.engine.explain._explanation import ReasonKind
    from aether_core.kernel import EventRecord, RunRecord
    from aether_core.plan import LoopPlan, Plan
    from aether_core.ports import Command, Owner

#: Phases after which what depends on a task goes on.
GOOD: Final = frozenset({Phase.SUCCEEDED, Phase.SKIPPED})
_MILLISECOND: Final = 1000
_SECOND: Final = 1_000_000


class Site(msgspec.Struct, frozen=True):
    """How the plan calls a task; empty if the plan is not known."""

    call: Call | None = None
    #: Set for a child of a dag.
    node: NodePlan | None = None


def command_line(words: Sequence[str]) -> str:
    """Return the command that these words make, as a shell takes it."""
    return shlex.join(("aether", *words))


class Facts:
    """One run as it is stored.

    Args:
        run: the run.
        tasks: all its tasks, in creation order.
        events: its history, oldest first.
        plan: compiled from its document; None if that can't be read any more.
        now: microseconds since 1970-01-01 UTC.
        plan_problem: why there is no plan.
        owner: who drives it; None if that is not known.
        commands: requests that nobody has answered yet.
        write: makes a command line of its words.
    """

    def __init__(
        self,
        run: RunRecord,
        tasks: Sequence[TaskRecord],
        events: Iterable[EventRecord],
        *,
        plan: Plan | None,
        now: int,
        plan_problem: str = "",
        owner: Owner | None = None,
        commands: Sequence[Command] = (),
        write: Callable[[Sequence[str]], str] = command_line,
    ) -> None:
        self.run = run
        self.tasks = tasks
        self.plan = plan
        self.plan_problem = plan_problem
        self.now = now
        self.owner = owner
        self.commands = commands
        self._write = write
        self._by_seq = {task.seq: task for task in tasks}
        self._paths = task_paths(tasks)
        self._children: dict[int, list[TaskRecord]] = defaultdict(list)
        #: The tasks that count: no hooks, and none that a retry of the run has left behind.
        self.current: list[TaskRecord] = []
        self._current: set[int] = set()
        for task in tasks:
            if task.scope != HOOK_SCOPE and self._counts(task):
                self.current.append(task)
                self._current.add(task.seq)
                self._children[task.parent_seq].append(task)
        self._events: dict[int, list[EventRecord]] = defaultdict(list)
        for event in events:
            self._events[event.task_seq].append(event)

    @property
    def entry(self) -> TaskRecord | None:
        """The entrypoint's task; None before the run has begun."""
        return next(iter(self._children.get(NO_PARENT, ())), None)

    @property
    def hooks(self) -> list[TaskRecord]:
        """The tasks that hooks run."""
        return [task for task in self.tasks if task.scope == HOOK_SCOPE]

    @property
    def is_driven(self) -> bool:
        """Whether an engine is at work on the run."""
        alive = self.owner.heartbeat_at if self.owner is not None else None
        return alive is not None and alive >= self.now - LEASE

    def children(self, record: TaskRecord) -> list[TaskRecord]:
        """Return what a container has begun, in creation order."""
        return self._children.get(record.seq, [])

    def parent(self, record: TaskRecord) -> TaskRecord | None:
        """Return the container around a task."""
        return self._by_seq.get(record.parent_seq)

    def events(self, record: TaskRecord | None) -> list[EventRecord]:
        """Return the history of a task, or with None that of the run itself."""
        return self._events.get(NO_PARENT if record is None else record.seq, [])

    def site(self, record: TaskRecord) -> Site:
        """Return how the plan calls a task."""
        if self.plan is None:
            return Site()
        if record.scope == HOOK_SCOPE:
            return Site(self.plan.hook_calls.get(record.template))
        parent = self.parent(record)
        if parent is None:
            return Site(self.plan.entry)
        loop = self.loop(parent)
        if loop is not None:
            return Site(loop.body)
        node = self.nodes(parent).get(record.name)
        return Site(node.call, node) if node is not None else Site()

    def nodes(self, record: TaskRecord) -> dict[str, NodePlan]:
        """Return the nodes of a dag's task by name, in the order of the document."""
        dag = self.plan.dags.get(record.template) if self.plan is not None else None
        is_dag = record.template_type == "dag"
        return {node.name: node for node in dag.nodes} if dag is not None and is_dag else {}

    def loop(self, record: TaskRecord) -> LoopPlan | None:
        """Return the plan of a loop's task; None for any other task."""
        if self.plan is None or record.template_type != "loop":
            return None
        return self.plan.loops.get(record.template)

    def is_tolerated(self, record: TaskRecord) -> bool:
        """Return whether a bad end does not count in the container, by `continueOn`."""
        node = self.site(record).node
        if node is not None:
            return record.phase in node.tolerated
        parent = self.parent(record)
        loop = self.loop(parent) if parent is not None else None
        return loop is not None and record.phase in loop.tolerated

    def is_stopped_by(self, record: TaskRecord, container: TaskRecord) -> bool:
        """Return whether a container's own end, such as its timeout, ended a task inside it."""
        return record.message == f"{container.template_type} {container.name} {container.message}"

    def is_stopped_by_run(self, record: TaskRecord) -> bool:
        """Return whether the run's end, by a request or its timeout, ended a task."""
        if record.phase is Phase.CANCELLED:
            return True
        timed_out = self.run.phase is record.phase is Phase.TIMEOUT
        return timed_out and record.message == self.run.message

    def path(self, record: TaskRecord) -> str:
        """Return a task's names from the outside in, without the entrypoint."""
        return self._paths[record.seq]

    def below(self, parent: TaskRecord, name: str) -> str:
        """Return the path of something inside a container."""
        return name if parent.depth == 0 else f"{self.path(parent)}/{name}"

    def reason(
        self,
        kind: ReasonKind,
        text: str,
        record: TaskRecord | None = None,
        *,
        since: int | None = None,
        until: int | None = None,
        words: Sequence[str] = (),
    ) -> Reason:
        """Return a reason; a time to come and a command to give are added to its text.

        Args:
            kind: what it says, for programs.
            text: a sentence without its full stop.
            record: the task that it is about, where that is not the one explained.
            since: when it began or happened.
            until: when it will be over.
            words: the command that makes it go on.
        """
        command = self._write(words) if words else None
        if until is not None:
            text = f"{text} {self._moment(until)}"
        return Reason(
            kind,
            # What others said may bring a full stop along.
            f"{text}: `{command}`" if command else f"{text.removesuffix('.')}.",
            None if record is None else self.path(record),
            None if record is None else record.task_id,
            iso_time(since),
            iso_time(until),
            command,
        )

    def is_current(self, record: TaskRecord) -> bool:
        """Return whether a retry of the run, if there was one, has not left a task behind."""
        return record.seq in self._current or record.scope == HOOK_SCOPE

    def _counts(self, record: TaskRecord) -> bool:
        """Return whether a task is of its container's generation, or was kept from before."""
        parent = self.parent(record)
        if parent is None:
            return True
        is_kept = record.phase is Phase.SUCCEEDED
        return parent.seq in self._current and (is_kept or record.generation >= parent.generation)

    def _moment(self, at: int) -> str:
        # To the second, but for what is nearly due.
        unit = _SECOND if at - self.now > _SECOND else _MILLISECOND
        wait = (at - self.now) // unit * unit
        when = f"at {moment_text(at)}"
        return f"{when}, in {format_duration(wait)}" if wait > 0 else f"{when}, which has passed"
