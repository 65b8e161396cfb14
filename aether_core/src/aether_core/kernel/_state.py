"""The live part of a run: what the next step needs, and nothing that is finished for good."""

from __future__ import annotations

import heapq
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, TypeAlias

import msgspec

from aether_core.kernel._environment import Environment, NodeResult, variables_of
from aether_core.kernel._records import RunRecord, TaskRecord
from aether_core.plan import Call, DagPlan, LoopPlan, Plan
from aether_sdk import JsonValue, Phase

if TYPE_CHECKING:
    from aether_core.plan import NodePlan

#: Where a task belongs in its container: a node of a dag, or the number of an iteration.
Slot: TypeAlias = "NodePlan | int"

RUN_TIMER = -1


class Leaf(msgspec.Struct):
    """A leaf task that has not ended."""

    record: TaskRecord
    call: Call
    #: Where its inputs were bound; conditions are evaluated there too.
    environment: Environment
    #: The container it belongs to and its place there; None for an entrypoint or a hook.
    scope: Scope | None
    slot: Slot | None


class Blame(msgspec.Struct, frozen=True):
    """The first child that spoiled its container, and how many did so in the same way."""

    phase: Phase
    name: str
    message: str
    count: int = 1


class Scope(msgspec.Struct):
    """An open container: counters instead of lists, so that one end costs its successors only."""

    record: TaskRecord
    call: Call
    #: The container around it and its own place there; None for the entrypoint.
    scope: Scope | None
    slot: Slot | None
    #: What its children see: its inputs, its finished children or siblings, the loop around.
    environment: Environment
    #: What its call site sees.
    outer: Environment
    #: Children that have not ended.
    open: int = 0
    blames: dict[Phase, Blame] = {}


class DagScope(Scope, kw_only=True):
    """An open dag."""

    plan: DagPlan
    #: Outcomes of ended nodes that something refers to, by name.
    results: dict[str, NodeResult]
    #: Per node: dependencies that have not ended acceptably yet.
    waiting: list[int]
    #: Nodes whose dependencies are all satisfied and that have no task yet.
    ready: list[int]


class LoopScope(Scope, kw_only=True):
    """An open loop."""

    plan: LoopPlan
    #: Items still to come are those from `created` on; None for a repeat loop.
    items: list[JsonValue] | None
    #: Iterations that have a task.
    created: int = 0
    #: Why it ended before its condition or its items did; empty if it did not.
    stopped: str = ""
    #: Set when the loop can't go on; it ends in Error once its children have ended.
    broken: str = ""
    #: The end of the last iteration, and its number.
    last: NodeResult | None = None
    last_index: int = -1
    #: Outputs of the first or last iteration, as the strategy wants it.
    kept: Mapping[str, JsonValue] | None = None
    #: Where the artifacts of that iteration are, by name.
    kept_artifacts: Mapping[str, JsonValue] = {}
    #: Outputs of all iterations, name to values by number, for the strategy `list`.
    listed: dict[str, dict[int, JsonValue]] = {}


class RunState(msgspec.Struct):
    """One run in memory. `step` changes it in place; only its changes and effects get out."""

    plan: Plan
    run: RunRecord
    new_id: Callable[[], str]
    variables: Mapping[str, JsonValue]
    leaves: dict[int, Leaf] = {}
    scopes: dict[int, Scope] = {}
    next_seq: int = 0
    #: Numbers of the hook tasks that have not ended; they may outlive the run.
    hooks: set[int] = msgspec.field(default_factory=set[int])
    #: Numbers of the leaves that wait for a resume.
    suspended: set[int] = msgspec.field(default_factory=set[int])
    #: Longest wait of a dispatched task for its start, in microseconds; None is no limit.
    dispatch_timeout: int | None = None
    #: A heap of (time, task number, attempt); outdated entries are skipped when they are due.
    timers: list[tuple[int, int, int]] = []
    #: Tasks of earlier generations that have not begun in this one, below their container's
    #: number, by name or by number of iteration; those that succeeded need not begin again.
    earlier: dict[int, dict[str | int, TaskRecord]] = {}

    @property
    def wakes_at(self) -> int | None:
        """When the run wants a `TimePassed`, in microseconds; None if it waits for no time."""
        return self.timers[0][0] if self.timers else None

    @property
    def is_suspended(self) -> bool:
        """Whether nothing goes on in the run until somebody resumes a task.

        A suspended task, or a container around it, that has a timeout goes on by itself when
        that is over. The run's own deadline does not count: every run has one.
        """
        if not self.suspended or len(self.suspended) != len(self.leaves):
            return False
        waiting: list[Leaf | Scope] = [*self.leaves.values(), *self.scopes.values()]
        return all(task.record.deadline is None for task in waiting)

    def root_environment(self) -> Environment:
        """Return what the entrypoint's call site sees."""
        return Environment(
            self.variables, self.run.arguments, {}, {}, artifacts=self.plan.artifacts
        )

    def set_timer(self, at: int, seq: int, attempt: int = 0) -> None:
        """Ask for a `TimePassed` at that time, on behalf of a task or of the run."""
        heapq.heappush(self.timers, (at, seq, attempt))


def new_run(
    plan: Plan,
    run: RunRecord,
    new_id: Callable[[], str],
    *,
    dispatch_timeout: int | None = None,
) -> RunState:
    """Return the state of a run in which nothing has happened yet.

    Args:
        plan: the compiled document.
        run: a record in phase Created, not committed yet.
        new_id: gives an unused task id at each call.
        dispatch_timeout: longest wait of a task for a worker, in microseconds (decision 21).
    """
    return RunState(plan, run, new_id, variables_of(run), dispatch_timeout=dispatch_timeout)
