"""Templates: what a workflow is made of (documents.md 2.5-2.9)."""

from __future__ import annotations

from typing import Annotated, Final, Literal, TypeAlias

from msgspec import Meta

# msgspec reads these names from the annotations when the first document is decoded.
from aether_core.document._constraints import Count, DurationText, Json, Name, Text  # noqa: TC001
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
        Meta(description="Inputs of the executor; parameters of the same name win."),
    ] = None


class Task(Wire, frozen=True):
    """A task template, or a node of a dag (documents.md 2.6 says which keys matter where)."""

    name: Annotated[Name, Meta(description="Name of the template or of the node.")]
    template: Annotated[
        Text | None, Meta(description="Name of the template that the node runs.")
    ] = None
    executor: Annotated[
        ExecutorRef | None,
        Meta(description="What does the work; in a node: instead of a template."),
    ] = None
    inputs: Annotated[InputsDecl | None, Meta(description="Declared inputs.")] = None
    outputs: Annotated[
        OutputsDecl | None, Meta(description="Declared outputs; all are kept when left out.")
    ] = None
    dependencies: Annotated[
        tuple[Text, ...], Meta(description="Nodes of the same dag that must end first.")
    ] = ()
    arguments: Annotated[
        Arguments | None, Meta(description="Values for the inputs of the template.")
    ] = None
    when: Annotated[
        Text | None, Meta(description="Expression; the node is skipped when it is false.")
    ] = None
    timeout: Annotated[DurationText | None, Meta(description="How long it may run.")] = None
    retry: Annotated[Retry | None, Meta(description="When to try again.")] = None
    continue_on: Annotated[ContinueOn | None, Meta(description="Bad ends that are tolerated.")] = (
        None
    )
    resources: Annotated[Resources | None, Meta(description="What it needs to run.")] = None
    phase_conditions: Annotated[
        PhaseConditions | None, Meta(description="Expressions that replace its phase.")
    ] = None
    hooks: Annotated[Hooks | None, Meta(description="What runs when something happens.")] = None


class Dag(Wire, frozen=True):
    """A template that runs tasks in the order of their dependencies."""

    name: Annotated[Name, Meta(description="Name of the template.")]
    tasks: Annotated[tuple[Task, ...], Meta(min_length=1, description="The nodes.")]
    inputs: Annotated[InputsDecl | None, Meta(description="Declared inputs.")] = None
    outputs: Annotated[OutputsDecl | None, Meta(description="Values collected from the tasks.")] = (
        None
    )
    entrypoints: Annotated[
        Text | Annotated[tuple[Text, ...], Meta(min_length=1)] | None,
        Meta(description="Run only what is reachable from these nodes."),
    ] = None
    continue_on: Annotated[
        ContinueOn | None, Meta(description="For nodes that have none of their own.")
    ] = None
    phase_conditions: Annotated[
        PhaseConditions | None, Meta(description="Expressions that replace its phase.")
    ] = None
    timeout: Annotated[DurationText | None, Meta(description="How long it may run.")] = None
    hooks: Annotated[Hooks | None, Meta(description="What runs when something happens.")] = None

    @property
    def entrypoint_names(self) -> tuple[str, ...] | None:
        """`entrypoints` as a tuple, None when every node is meant."""
        return (self.entrypoints,) if isinstance(self.entrypoints, str) else self.entrypoints


class Loop(Wire, frozen=True):
    """A template that runs another one many times."""

    name: Annotated[Name, Meta(description="Name of the template.")]
    body: Annotated[Text, Meta(description="Name of the template to run.")]
    inputs: Annotated[InputsDecl | None, Meta(description="Declared inputs.")] = None
    outputs: Annotated[OutputsDecl | None, Meta(description="Declared outputs.")] = None
    items: Annotated[
        Annotated[tuple[Json, ...], Meta(min_length=1, extra={"empty": "absent"})] | None,
        Meta(description="One iteration for each item."),
    ] = None
    items_from: Annotated[
        Text | None, Meta(description="A reference or expression that gives the items.")
    ] = None
    repeat_condition: Annotated[
        Text | None, Meta(description="Expression; iterate again while it is true.")
    ] = None
    max_iterations: Annotated[
        Count | None,
        Meta(description="The most iterations.", extra_json_schema={"default": 10_000}),
    ] = None
    concurrency: Annotated[
        Count | None, Meta(description="Iterations at the same time; 0 or left out: no limit.")
    ] = None
    arguments: Annotated[Arguments | None, Meta(description="Values for each iteration.")] = None
    aggregate: Annotated[
        Aggregate | None, Meta(description="How the outputs are put together.")
    ] = None
    continue_on: Annotated[
        ContinueOn | None, Meta(description="Bad ends of iterations that are tolerated.")
    ] = None
    phase_conditions: Annotated[
        PhaseConditions | None, Meta(description="Expressions that replace its phase.")
    ] = None
    timeout: Annotated[DurationText | None, Meta(description="How long it may run.")] = None
    hooks: Annotated[Hooks | None, Meta(description="What runs when something happens.")] = None

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
