"""The compiled form of a workflow: everything `step` needs, nothing it must look up or parse."""

from __future__ import annotations

from collections.abc import Mapping

import msgspec

from aether_core.document import ParameterKind
from aether_core.expression import Expression
from aether_core.plan._sources import ValueSource, constant
from aether_sdk import JsonValue, Phase


class Binding(msgspec.Struct, frozen=True):
    """How one parameter gets its value at one call site (documents.md 11.2, decision 15).

    The sources of the call site and of the declaration are already merged: `source` is the
    winner, `default` steps in when the source's reference is missing.
    """

    name: str
    source: ValueSource | None = None
    default: ValueSource | None = None
    kind: ParameterKind = "any"
    #: Allowed values; empty means any.
    enum: tuple[JsonValue, ...] = ()

    def given(self, value: JsonValue) -> Binding:
        """Return this binding with a value from outside the document as its source."""
        return msgspec.structs.replace(self, source=constant(value))


class DeclaredOutput(msgspec.Struct, frozen=True):
    """A declared output of a task template: a name that may leave it (documents.md 13.1)."""

    name: str
    kind: ParameterKind = "any"
    #: Given when the executor produces nothing of that name.
    value: JsonValue | msgspec.UnsetType = msgspec.UNSET


class CollectedOutput(msgspec.Struct, frozen=True):
    """An output that a dag collects from its children (documents.md 13.2)."""

    name: str
    source: ValueSource | None
    default: ValueSource | None = None


class TaskPlan(msgspec.Struct, frozen=True):
    """A leaf's definition: the executor and what surrounds it."""

    #: Name of the task template; empty for an inline executor.
    template: str
    executor_type: str
    #: `executor.config`: inputs that the task's own parameters override (decision 4).
    config: tuple[tuple[str, ValueSource], ...] = ()
    outputs: tuple[DeclaredOutput, ...] = ()
    resources: dict[str, JsonValue] | None = None
    #: An inline executor's placeholders may also name inputs of the dag around it.
    inline: bool = False


class Call(msgspec.Struct, frozen=True):
    """A template, or an inline executor, together with the values one call site gives it."""

    template: str
    bindings: tuple[Binding, ...]
    #: Set for leaves; a call without it runs the dag named `template`.
    task: TaskPlan | None = None


class Condition(msgspec.Struct, frozen=True):
    """A compiled condition and its text for messages."""

    text: str
    expression: Expression


class NodePlan(msgspec.Struct, frozen=True):
    """One node of a dag."""

    index: int
    name: str
    call: Call
    #: Indexes of the nodes that depend on this one.
    successors: tuple[int, ...]
    dependency_count: int
    #: Phases of this node that neither block its dependants nor count against the dag.
    tolerated: frozenset[Phase]
    when: Condition | None = None
    #: Whether anything refers to `tasks.<name>`; if not, its outcome need not be kept.
    referenced: bool = False


class DagPlan(msgspec.Struct, frozen=True):
    """A dag template."""

    name: str
    nodes: tuple[NodePlan, ...]
    #: Indexes of the reachable nodes without dependencies, in declaration order.
    initial: tuple[int, ...]
    outputs: tuple[CollectedOutput, ...] = ()


class Plan(msgspec.Struct, frozen=True):
    """A whole workflow, ready to run."""

    workflow: str
    namespace: str
    entry: Call
    dags: Mapping[str, DagPlan]
    #: How `spec.arguments` get their values; they see custom variables only.
    arguments: tuple[Binding, ...]
    priority: int
    #: Executor types that the workflow can reach.
    executor_types: frozenset[str]
