"""The compiled form of a workflow: everything `step` needs, nothing it must look up or parse."""

from __future__ import annotations

from collections.abc import Mapping

import msgspec

from aether_core.document import ParameterKind, TemplateKind
from aether_core.expression import Expression, Reference
from aether_core.plan._sources import ValueSource, constant
from aether_sdk import JsonValue, Phase


class Binding(msgspec.Struct, frozen=True, gc=False):
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
    #: Whether `source` comes from the call site; if not, a loop's item of that name goes first.
    from_call: bool = False

    def given(self, value: JsonValue) -> Binding:
        """Return this binding with a value from outside the document as its source."""
        return msgspec.structs.replace(self, source=constant(value), from_call=True)


class ArtifactBinding(msgspec.Struct, frozen=True):
    """Where one artifact comes from (documents.md 2.16): another one, or a source."""

    name: str
    #: `from`: a reference to another artifact.
    reference: Reference | None = None
    #: The type and the settings of `source`.
    source_type: str = ""
    config: ValueSource | None = None
    #: How it is packed; empty leaves that to whoever made it.
    archive: str = ""
    #: Whether the call site gives it. If not, placeholders in `config` see the inputs of the
    #: template that declares it.
    from_call: bool = False


class DeclaredOutput(msgspec.Struct, frozen=True):
    """A declared output of a task template: a name that may leave it (documents.md 13.1)."""

    name: str
    kind: ParameterKind = "any"
    #: Allowed values; empty means any.
    enum: tuple[JsonValue, ...] = ()
    #: Given when the executor produces nothing of that name, or null.
    value: JsonValue | msgspec.UnsetType = msgspec.UNSET
    #: Given when nothing else gives a value.
    default: JsonValue | msgspec.UnsetType = msgspec.UNSET
    #: How a `valueFrom` gives it, whatever the executor produced; None without one.
    computed: Binding | None = None


class CollectedOutput(msgspec.Struct, frozen=True):
    """An output that a dag collects from its children (documents.md 13.2)."""

    name: str
    source: ValueSource | None
    default: ValueSource | None = None
    kind: ParameterKind = "any"
    #: Allowed values; empty means any.
    enum: tuple[JsonValue, ...] = ()


class Condition(msgspec.Struct, frozen=True):
    """A compiled condition and its text for messages."""

    text: str
    expression: Expression


class RetryPlan(msgspec.Struct, frozen=True):
    """When a leaf is tried again, and after which wait (decision 17); times in microseconds."""

    limit: int
    expression: Condition | None = None
    delay: int = 0
    factor: float = 2.0
    longest_delay: int | None = None
    full_jitter: bool = False


class Policy(msgspec.Struct, frozen=True, gc=False):
    """What surrounds a task at one call site, of whatever kind it is (decision 13)."""

    #: Longest time it may take, in microseconds; None is no limit of its own.
    timeout: int | None = None
    #: The timeout as it is written.
    timeout_text: str = ""
    retry: RetryPlan | None = None
    #: Phases with the condition that chooses them, in the order in which they are tried.
    conditions: tuple[tuple[Phase, Condition], ...] = ()
    #: Hook key, such as `onExit`, to the name of the template that it runs.
    hooks: Mapping[str, str] | None = None


class TaskPlan(msgspec.Struct, frozen=True):
    """A leaf's definition: the executor and its settings."""

    #: Name of the task template; empty for an inline executor.
    template: str
    executor_type: str
    #: `executor.config`: inputs that the task's own parameters override (decision 4).
    config: tuple[tuple[str, ValueSource], ...] = ()
    outputs: tuple[DeclaredOutput, ...] = ()
    resources: dict[str, JsonValue] | None = None
    #: Output artifacts: name to how it is kept, empty where the document does not say.
    artifacts: Mapping[str, str] = {}
    #: An inline executor's placeholders may also name inputs of the dag around it.
    inline: bool = False


class Call(msgspec.Struct, frozen=True, gc=False):
    """A template, or an inline executor, together with the values one call site gives it."""

    template: str
    kind: TemplateKind
    bindings: tuple[Binding, ...]
    #: Set for leaves.
    task: TaskPlan | None = None
    policy: Policy = Policy()
    #: Input artifacts.
    artifacts: tuple[ArtifactBinding, ...] = ()


class NodePlan(msgspec.Struct, frozen=True, gc=False):
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
    #: Output artifacts.
    artifacts: tuple[ArtifactBinding, ...] = ()


class LoopPlan(msgspec.Struct, frozen=True):
    """A loop template; exactly one of `items`, `items_from` and `repeat` is given."""

    name: str
    body: Call
    items: tuple[JsonValue, ...] | None = None
    items_from: Condition | None = None
    repeat: Condition | None = None
    #: Most unfinished iterations; 0 is no limit.
    concurrency: int = 0
    #: As declared; None means the built-in bound, which is an error to reach (decision 11).
    max_iterations: int | None = None
    strategy: str = "last"
    #: Output names to keep; empty keeps all.
    parameters: tuple[str, ...] = ()
    #: Names of the declared outputs, used when there are no iterations.
    declared: tuple[str, ...] = ()
    #: Names of the declared output artifacts.
    artifacts: tuple[str, ...] = ()
    #: Phases of iterations that do not count against the loop.
    tolerated: frozenset[Phase] = frozenset()


class Plan(msgspec.Struct, frozen=True):
    """A whole workflow, ready to run."""

    workflow: str
    namespace: str
    entry: Call
    dags: Mapping[str, DagPlan]
    loops: Mapping[str, LoopPlan]
    #: How `spec.arguments` get their values; they see custom variables only.
    arguments: tuple[Binding, ...]
    priority: int
    #: Executor types that the workflow can reach.
    executor_types: frozenset[str]
    #: Longest time a run may take, in microseconds; None is no limit.
    timeout: int | None
    timeout_text: str
    #: Workflow hooks: hook key to template name.
    hooks: Mapping[str, str]
    #: Calls of the templates that hooks run, by template name.
    hook_calls: Mapping[str, Call]
    #: Artifacts of the workflow's arguments by name; each is looked for when it is used.
    artifacts: Mapping[str, ArtifactBinding] = {}
