"""From a checked document to a plan.

Compilation never looks for mistakes: the checker has done that, and a document with errors
must not come here.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec
from msgspec import UNSET

from aether_core.expression import compile_expression
from aether_core.plan._plan import (
    Binding,
    Call,
    CollectedOutput,
    Condition,
    DagPlan,
    DeclaredOutput,
    NodePlan,
    Plan,
    TaskPlan,
)
from aether_core.plan._sources import from_value, from_value_from
from aether_sdk import Phase

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from aether_core.document import ContinueOn, Dag, Parameter, Task, Template, Workflow
    from aether_core.expression import Reference
    from aether_core.plan._sources import ValueSource


def compile_workflow(workflow: Workflow) -> Plan:
    """Return the plan of a workflow that has passed the checker.

    The cost is linear in the size of the document: a template that many nodes call is
    compiled once for each distinct set of arguments-and-declarations, which is per node.
    """
    spec = workflow.spec
    compiler = _Compiler(spec.templates)
    entry = compiler.call(spec.entrypoint or "", ())
    dags = {t.dag.name: compiler.dag(t.dag) for t in spec.templates if t.dag is not None}
    return Plan(
        workflow=workflow.metadata.name,
        namespace=workflow.metadata.effective_namespace,
        entry=entry,
        dags=dags,
        arguments=compile_arguments(workflow),
        priority=spec.effective_priority,
        executor_types=frozenset(compiler.executor_types),
    )


def compile_arguments(workflow: Workflow) -> tuple[Binding, ...]:
    """Return the bindings of a workflow's own arguments."""
    arguments = workflow.spec.arguments
    declared = arguments.parameters if arguments is not None else ()
    return tuple(_declared(parameter, None) for parameter in declared)


class _Compiler:
    """Compiles the templates of one document."""

    def __init__(self, templates: Iterable[Template]) -> None:
        self.executor_types: set[str] = set()
        self._templates = {template.name: template for template in templates}
        self._tasks: dict[str, TaskPlan] = {}

    def call(self, template_name: str, arguments: Sequence[Parameter]) -> Call:
        """Compile a call of a named template with these arguments."""
        template = self._templates[template_name]
        bindings = _bindings(template.inputs, arguments)
        if template.task is None:
            return Call(template_name, bindings)
        return Call(template_name, bindings, self._task(template.task))

    def dag(self, dag: Dag) -> DagPlan:
        """Compile a dag: counters and successor lists over its reachable nodes."""
        tasks = _reachable(dag)
        index = {task.name: number for number, task in enumerate(tasks)}
        dependencies = [
            {index[name] for name in task.dependencies if name in index} for task in tasks
        ]
        successors: list[list[int]] = [[] for _ in tasks]
        for number, needed in enumerate(dependencies):
            for dependency in needed:
                successors[dependency].append(number)
        outputs = tuple(map(_collected, dag.outputs.parameters if dag.outputs is not None else ()))
        nodes = [
            self._node(number, task, dag, successors[number], len(dependencies[number]))
            for number, task in enumerate(tasks)
        ]
        named = _referenced(nodes, outputs)
        return DagPlan(
            name=dag.name,
            nodes=tuple(
                msgspec.structs.replace(node, referenced=True) if node.name in named else node
                for node in nodes
            ),
            initial=tuple(n for n, needed in enumerate(dependencies) if not needed),
            outputs=outputs,
        )

    def _node(
        self, number: int, task: Task, dag: Dag, successors: list[int], dependency_count: int
    ) -> NodePlan:
        return NodePlan(
            index=number,
            name=task.name,
            call=self._node_call(task),
            successors=tuple(successors),
            dependency_count=dependency_count,
            tolerated=_tolerated(task.continue_on or dag.continue_on),
            when=None if task.when is None else Condition(task.when, compile_expression(task.when)),
        )

    def _node_call(self, task: Task) -> Call:
        arguments = task.arguments.parameters if task.arguments is not None else ()
        if task.template is not None:
            return self.call(task.template, arguments)
        declared = task.inputs.parameters if task.inputs is not None else ()
        return Call("", _bindings(declared, arguments), self._task_plan(task, inline=True))

    def _task(self, task: Task) -> TaskPlan:
        known = self._tasks.get(task.name)
        if known is None:
            known = self._tasks[task.name] = self._task_plan(task, inline=False)
        return known

    def _task_plan(self, task: Task, *, inline: bool) -> TaskPlan:
        if task.executor is None:
            message = f"a plan can't be made of a document with errors: {task.name} has no executor"
            raise ValueError(message)
        self.executor_types.add(task.executor.type)
        config = task.executor.config or {}
        declared = task.outputs.parameters if task.outputs is not None else ()
        return TaskPlan(
            template="" if inline else task.name,
            executor_type=task.executor.type,
            config=tuple((name, from_value(value)) for name, value in config.items()),
            outputs=tuple(DeclaredOutput(p.name, p.kind, p.value) for p in declared),
            resources=None if task.resources is None else msgspec.to_builtins(task.resources),
            inline=inline,
        )


def _bindings(declared: Sequence[Parameter], arguments: Sequence[Parameter]) -> tuple[Binding, ...]:
    """Merge declarations with a call site's arguments; undeclared arguments come last."""
    given = {argument.name: argument for argument in arguments}
    merged = [_declared(parameter, given.pop(parameter.name, None)) for parameter in declared]
    return (*merged, *(Binding(a.name, _source(a), _default(a)) for a in given.values()))


def _declared(parameter: Parameter, argument: Parameter | None) -> Binding:
    source = _source(argument) if argument is not None else None
    return Binding(
        name=parameter.name,
        source=source or _source(parameter),
        default=_default(parameter),
        kind=parameter.kind,
        enum=parameter.enum,
    )


def _source(parameter: Parameter) -> ValueSource | None:
    if parameter.value is not UNSET:
        return from_value(parameter.value)
    if parameter.value_from is not None:
        return from_value_from(parameter.value_from)
    return None


def _default(parameter: Parameter) -> ValueSource | None:
    return None if parameter.default is UNSET else from_value(parameter.default)


def _collected(output: Parameter) -> CollectedOutput:
    return CollectedOutput(output.name, _source(output), _default(output))


def _tolerated(continue_on: ContinueOn | None) -> frozenset[Phase]:
    if continue_on is None:
        return frozenset()
    flags = (
        (Phase.FAILED, continue_on.failed),
        (Phase.ERROR, continue_on.error),
        (Phase.TIMEOUT, continue_on.timeout),
    )
    return frozenset(phase for phase, tolerated in flags if tolerated)


def _reachable(dag: Dag) -> list[Task]:
    """Return the nodes downstream of `entrypoints`, in declaration order; all without any."""
    entries = dag.entrypoint_names
    if entries is None:
        return list(dag.tasks)
    dependants: dict[str, list[str]] = {task.name: [] for task in dag.tasks}
    for task in dag.tasks:
        for name in task.dependencies:
            dependants[name].append(task.name)
    seen = set(entries)
    pending = list(seen)
    while pending:
        fresh = [name for name in dependants[pending.pop()] if name not in seen]
        seen.update(fresh)
        pending.extend(fresh)
    return [task for task in dag.tasks if task.name in seen]


def _referenced(nodes: Iterable[NodePlan], outputs: Iterable[CollectedOutput]) -> set[str]:
    """Return the names in every `tasks.<name>` that the dag's nodes and outputs use."""
    names: set[str] = set()
    for node in nodes:
        if node.when is not None:
            names.update(_task_names(node.when.expression.references))
        for source in _sources_of(node.call):
            names.update(_task_names(source.references))
    for output in outputs:
        for found in (output.source, output.default):
            if found is not None:
                names.update(_task_names(found.references))
    return names


def _sources_of(call: Call) -> Iterable[ValueSource]:
    for binding in call.bindings:
        yield from (s for s in (binding.source, binding.default) if s is not None)
    if call.task is not None:
        yield from (source for _, source in call.task.config)


def _task_names(references: Iterable[Reference]) -> Iterable[str]:
    for reference in references:
        head, *rest = reference.segments
        if head == "tasks" and rest and isinstance(rest[0], str):
            yield rest[0]
