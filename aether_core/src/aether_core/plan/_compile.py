"""From a checked document to a plan.

Compilation never looks for mistakes: the checker has done that, and a document with errors
must not come here.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec
from msgspec import UNSET

from aether_core.plan._plan import (
    Binding,
    Call,
    CollectedOutput,
    DagPlan,
    DeclaredOutput,
    LoopPlan,
    NodePlan,
    Plan,
    TaskPlan,
)
from aether_core.plan._policies import condition, hooks_of, policy_of, timeout_of, tolerated
from aether_core.plan._references import referenced_tasks
from aether_core.plan._sources import from_value, from_value_from

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from aether_core.document import Dag, Loop, Parameter, Task, Template, Workflow
    from aether_core.plan._sources import ValueSource


def compile_workflow(workflow: Workflow) -> Plan:
    """Return the plan of a workflow that has passed the checker.

    The cost is linear in the size of the document; each call site is compiled once.
    """
    spec = workflow.spec
    compiler = _Compiler(spec.templates)
    entry = compiler.call(spec.entrypoint or "", None)
    loops = {t.loop.name: compiler.loop(t.loop) for t in spec.templates if t.loop is not None}
    dags = {t.dag.name: compiler.dag(t.dag, loops) for t in spec.templates if t.dag is not None}
    hooks = hooks_of(spec.hooks)
    compiler.hook_templates.update(hooks.values())
    return Plan(
        workflow=workflow.metadata.name,
        namespace=workflow.metadata.effective_namespace,
        entry=entry,
        dags=dags,
        loops=loops,
        arguments=compile_arguments(workflow),
        priority=spec.effective_priority,
        executor_types=frozenset(compiler.executor_types),
        timeout=timeout_of(spec.effective_timeout),
        timeout_text=spec.effective_timeout,
        hooks=hooks,
        hook_calls={name: compiler.call(name, None) for name in sorted(compiler.hook_templates)},
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
        self.hook_templates: set[str] = set()
        self._templates = {template.name: template for template in templates}
        self._tasks: dict[str, TaskPlan] = {}

    def call(
        self, template_name: str, site: Task | None, arguments: Sequence[Parameter] = ()
    ) -> Call:
        """Compile a call of a named template with these arguments."""
        template = self._templates[template_name]
        policy = policy_of(site, template.member)
        self.hook_templates.update((policy.hooks or {}).values())
        return Call(
            template=template_name,
            kind=template.kind,
            bindings=_bindings(template.inputs, arguments),
            task=None if template.task is None else self._task(template.task),
            policy=policy,
        )

    def dag(self, dag: Dag, loops: dict[str, LoopPlan]) -> DagPlan:
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
        conditions = [
            text
            for text in (dag.phase_conditions and msgspec.structs.astuple(dag.phase_conditions))
            or ()
            if text is not None
        ]
        named = referenced_tasks(nodes, outputs, loops, conditions)
        return DagPlan(
            name=dag.name,
            nodes=tuple(
                msgspec.structs.replace(node, referenced=True) if node.name in named else node
                for node in nodes
            ),
            initial=tuple(n for n, needed in enumerate(dependencies) if not needed),
            outputs=outputs,
        )

    def loop(self, loop: Loop) -> LoopPlan:
        """Compile a loop; its body is called with the loop's own arguments."""
        arguments = loop.arguments.parameters if loop.arguments is not None else ()
        aggregate = loop.aggregate
        return LoopPlan(
            name=loop.name,
            body=self.call(loop.body, None, arguments),
            items=loop.items,
            items_from=condition(loop.items_from),
            repeat=condition(loop.repeat_condition),
            concurrency=loop.concurrency or 0,
            max_iterations=loop.max_iterations or None,
            strategy=loop.effective_strategy,
            parameters=aggregate.parameters if aggregate is not None else (),
            declared=tuple(p.name for p in loop.outputs.parameters) if loop.outputs else (),
            tolerated=tolerated(loop.continue_on),
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
            tolerated=tolerated(task.continue_on or dag.continue_on),
            when=condition(task.when),
        )

    def _node_call(self, task: Task) -> Call:
        arguments = task.arguments.parameters if task.arguments is not None else ()
        if task.template is not None:
            return self.call(task.template, task, arguments)
        declared = task.inputs.parameters if task.inputs is not None else ()
        policy = policy_of(task, None)
        self.hook_templates.update((policy.hooks or {}).values())
        return Call(
            template="",
            kind="task",
            bindings=_bindings(declared, arguments),
            task=self._task_plan(task, inline=True),
            policy=policy,
        )

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
    extra = (Binding(a.name, _source(a), _default(a), from_call=True) for a in given.values())
    return (*merged, *extra)


def _declared(parameter: Parameter, argument: Parameter | None) -> Binding:
    source = _source(argument) if argument is not None else None
    return Binding(
        name=parameter.name,
        source=source or _source(parameter),
        default=_default(parameter),
        kind=parameter.kind,
        enum=parameter.enum,
        from_call=source is not None,
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
