"""The live part of a run: what the next step needs, and nothing that is finished for good."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import msgspec

from aether_core.kernel._environment import Environment, NodeResult, nest
from aether_core.kernel._records import RunRecord, TaskRecord
from aether_core.plan import Call, DagPlan, NodePlan, Plan
from aether_sdk import JsonValue, Phase


class Leaf(msgspec.Struct):
    """A leaf task that has not ended."""

    record: TaskRecord
    call: Call
    #: The dag it belongs to and its node there; None for an entrypoint that is a task.
    scope: DagScope | None
    node: NodePlan | None


class Blame(msgspec.Struct, frozen=True):
    """The first child that spoiled its container, and how many did so in the same way."""

    phase: Phase
    name: str
    message: str
    count: int = 1


class DagScope(msgspec.Struct):
    """An open dag: counters instead of lists, so that one child's end costs its successors only."""

    record: TaskRecord
    plan: DagPlan
    #: The dag around it and its own node there; None for the entrypoint.
    scope: DagScope | None
    node: NodePlan | None
    environment: Environment
    results: dict[str, NodeResult]
    #: Per node: dependencies that have not ended acceptably yet.
    waiting: list[int]
    #: Nodes whose dependencies are all satisfied and that have no task yet.
    ready: list[int]
    #: Children that have not ended.
    open: int = 0
    blames: dict[Phase, Blame] = {}


class RunState(msgspec.Struct):
    """One run in memory. `step` changes it in place; only its changes and effects get out."""

    plan: Plan
    run: RunRecord
    new_id: Callable[[], str]
    #: The run's custom variables, nested by the segments of their names.
    variables: Mapping[str, JsonValue]
    leaves: dict[int, Leaf] = {}
    scopes: dict[int, DagScope] = {}


def new_run(plan: Plan, run: RunRecord, new_id: Callable[[], str]) -> RunState:
    """Return the state of a run in which nothing has happened yet.

    Args:
        plan: the compiled document.
        run: a record in phase Created, not committed yet.
        new_id: gives an unused task id at each call.
    """
    return RunState(plan, run, new_id, nest(run.variables))
