"""Templates: what a workflow is made of (documents.md 2.5-2.9)."""

from __future__ import annotations

from typing import Annotated, Final, Literal, TypeAlias

from msgspec import Meta

# msgspec reads these names from the annotations when the first document is decoded.
from aether_core.document._constraints import (  # noqa: TC001
    Count,
    DurationText,
    ExpressionText,
    Json,
    Name,
    Text,
)
from aether_core.document._policies import (  # noqa: TC001
    Aggregate,
    ContinueOn,
    Hooks,
    PhaseConditions,
    Resources,
    Retry,
)
from aether_core.document._values import Arguments, InputsDecl, OutputsDecl, Parameter, Wire

#: Iterations of a loop that declares no `maxIterations` (decision 11).
DEFAULT_MAX_ITERATIONS: Final = 10_000

TemplateKind: TypeAlias = Literal["dag", "task", "loop"]
LoopMode: TypeAlias = Literal["items", "itemsFrom", "repeatCondition"]
AggregateStrategy: TypeAlias = Literal["last", "first", "list"]


class ExecutorRef(Wire, frozen=True):
    """The executor that does a task's work."""

    type: Annotated[Text, Meta(description="Type of the executor, such as `http`.")]
    config: Annotated[
        dict[str, Json] | None,
        Meta(
            description="Inputs of the executor by name; parameters of the same name win. "
            "Texts may hold placeholders."
        ),
    ] = None


class Task(Wire, frozen=True):
    """A task template, or a node of a dag (documents.md 2.6 says which keys matter where)."""

    name: Annotated[Name, Meta(description="Name of the template or of the node.")]
    template: Annotated[
        Text | None,
        Meta(description="Node: name of the template that it runs, of any kind."),
    ] = None
    executor: Annotated[
        ExecutorRef | None,
        Meta(
            description="What does the work. Required in a task template; in a node it stands "
            "instead of `template`."
        ),
    ] = None
    inputs: Annotated[
        InputsDecl | None,
        Meta(description="Declared inputs. Node: only with an `executor` of its own."),
    ] = None
    outputs: Annotated[
        OutputsDecl | None,
        Meta(
            description="Declared outputs: only these leave the task; left out: all that the "
            "executor gives. Node: only with an `executor` of its own."
        ),
    ] = None
    dependencies: Annotated[
        tuple[Text, ...],
        Meta(description="Node: names of the nodes of the same dag that must end first."),
    ] = ()
    arguments: Annotated[
        Arguments | None,
        Meta(description="Node: values for the inputs of what it runs."),
    ] = None
    when: Annotated[
        ExpressionText | None,
        Meta(description="Node: asked when its dependencies have ended; false skips it."),
    ] = None
    timeout: Annotated[
        DurationText | None,
        Meta(
            description="How long it may run, from its start; for a task that executes "
            "something anew in each attempt. The node's counts before that of the template."
        ),
    ] = None
    retry: Annotated[
        Retry | None,
        Meta(
            description="When to try again. The node's counts before that of the template; "
            "nothing where a dag or a loop is called."
        ),
    ] = None
    continue_on: Annotated[
        ContinueOn | None,
        Meta(
            description="Node: bad ends that count as good ones for what depends on it and for "
            "its dag; replaces the dag's as a whole."
        ),
    ] = None
    resources: Annotated[
        Resources | None,
        Meta(description="What it needs to run. Node: only with an `executor` of its own."),
    ] = None
    phase_conditions: Annotated[
        PhaseConditions | None,
        Meta(
            description="Expressions that replace its phase. Node: only with an `executor` of "
            "its own."
        ),
    ] = None
    hooks: Annotated[
        Hooks | None,
        Meta(
            description="What runs when something happens to it. The node's count before those "
            "of the template."
        ),
    ] = None


class Dag(Wire, frozen=True):
    """A template that runs tasks in the order of their dependencies."""

    name: Annotated[Name, Meta(description="Name of the template.")]
    tasks: Annotated[tuple[Task, ...], Meta(min_length=1, description="The nodes.")]
    inputs: Annotated[
        InputsDecl | None,
        Meta(description="Declared inputs, seen inside as `inputs.parameters.NAME`."),
    ] = None
    outputs: Annotated[
        OutputsDecl | None,
        Meta(description="Outputs, collected from the nodes when all have ended; left out: none."),
    ] = None
    entrypoints: Annotated[
        Text | Annotated[tuple[Text, ...], Meta(min_length=1)] | None,
        Meta(
            description="Names of nodes: only these run, and what depends on them; "
            "left out: all nodes."
        ),
    ] = None
    continue_on: Annotated[
        ContinueOn | None,
        Meta(description="For the nodes that have no `continueOn` of their own."),
    ] = None
    phase_conditions: Annotated[
        PhaseConditions | None, Meta(description="Expressions that replace its phase.")
    ] = None
    timeout: Annotated[
        DurationText | None,
        Meta(description="How long it may take, from the moment at which it begins."),
    ] = None
    hooks: Annotated[Hooks | None, Meta(description="What runs when something happens to it.")] = (
        None
    )

    @property
    def entrypoint_names(self) -> tuple[str, ...] | None:
        """`entrypoints` as a tuple, None when every node is meant."""
        return (self.entrypoints,) if isinstance(self.entrypoints, str) else self.entrypoints


class Loop(Wire, frozen=True):
    """A template that runs another one many times."""

    name: Annotated[Name, Meta(description="Name of the template.")]
    body: Annotated[Text, Meta(description="Name of the template to run.")]
    inputs: Annotated[
        InputsDecl | None,
        Meta(description="Declared inputs, seen by the loop as `inputs.parameters.NAME`."),
    ] = None
    outputs: Annotated[
        OutputsDecl | None,
        Meta(
            description="Names of outputs: with the strategy `list`, each is an empty list when "
            "there was no iteration; otherwise no output parameter depends on it. Artifacts: "
            "those of the last or of the first iteration that are named here."
        ),
    ] = None
    items: Annotated[
        Annotated[tuple[Json, ...], Meta(min_length=1, extra={"empty": "absent"})] | None,
        Meta(description="One iteration for each item; taken as written, without placeholders."),
    ] = None
    items_from: Annotated[
        ExpressionText | None,
        Meta(description="Gives the items: a list, a text that holds a JSON list, or null."),
    ] = None
    repeat_condition: Annotated[
        ExpressionText | None,
        Meta(description="Asked after each iteration; true: iterate again."),
    ] = None
    max_iterations: Annotated[
        Count | None,
        Meta(
            description="The most iterations; a declared limit ends the loop, the built-in one "
            "is an error. 0 counts as left out.",
            extra_json_schema={"default": DEFAULT_MAX_ITERATIONS},
        ),
    ] = None
    concurrency: Annotated[
        Count | None,
        Meta(
            description="How many iterations may be unfinished at the same time; 0 is no limit. "
            "Not with `repeatCondition`.",
            extra_json_schema={"default": 0},
        ),
    ] = None
    arguments: Annotated[
        Arguments | None, Meta(description="Values for the inputs of the body, in each iteration.")
    ] = None
    aggregate: Annotated[
        Aggregate | None, Meta(description="How the outputs of the iterations are put together.")
    ] = None
    continue_on: Annotated[
        ContinueOn | None,
        Meta(description="Bad ends of iterations that do not count against the loop."),
    ] = None
    phase_conditions: Annotated[
        PhaseConditions | None, Meta(description="Expressions that replace its phase.")
    ] = None
    timeout: Annotated[
        DurationText | None,
        Meta(description="How long it may take, from the moment at which it begins."),
    ] = None
    hooks: Annotated[Hooks | None, Meta(description="What runs when something happens to it.")] = (
        None
    )

    @property
    def mode(self) -> LoopMode:
        """The key that says what to iterate over."""
        if self.items is not None:
            return "items"
        return "itemsFrom" if self.items_from is not None else "repeatCondition"

    @property
    def effective_max_iterations(self) -> int:
        """`maxIterations`, or the built-in limit when it is 0 or left out."""
        return self.max_iterations or DEFAULT_MAX_ITERATIONS

    @property
    def effective_strategy(self) -> AggregateStrategy:
        """The aggregation strategy, `last` when none is declared."""
        declared = self.aggregate.strategy if self.aggregate is not None else None
        return declared or "last"


class Template(Wire, frozen=True):
    """One template: exactly one of `dag`, `task` and `loop` is given."""

    dag: Annotated[Dag | None, Meta(description="Tasks with dependencies.")] = None
    task: Annotated[Task | None, Meta(description="One piece of work.")] = None
    loop: Annotated[Loop | None, Meta(description="Another template, many times.")] = None

    @property
    def kind(self) -> TemplateKind:
        """Which of the three this is."""
        if self.dag is not None:
            return "dag"
        return "task" if self.task is not None else "loop"

    @property
    def member(self) -> Dag | Task | Loop:
        """The dag, task or loop.

        Raises:
            ValueError: it has none of them, which no decoded document does.
        """
        member = self.dag or self.task or self.loop
        if member is None:
            raise ValueError("the template has none of dag, task and loop")
        return member

    @property
    def name(self) -> str:
        """Name of the template."""
        return self.member.name

    @property
    def inputs(self) -> tuple[Parameter, ...]:
        """The input parameters that it declares."""
        declared = self.member.inputs
        return () if declared is None else declared.parameters

    @property
    def outputs(self) -> tuple[Parameter, ...]:
        """The output parameters that it declares."""
        declared = self.member.outputs
        return () if declared is None else declared.parameters

    @property
    def timeout(self) -> str | None:
        """How long it may run, as written."""
        return self.member.timeout
