"""From a checked document to a plan.

Compilation never looks for mistakes: the checker has done that, and a document with errors
must not come here.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec
from msgspec import UNSET

from aether_core.plan._artifacts import artifact_binding, artifacts_of, bind_artifacts
from aether_core.plan._plan import (
    Binding,
    Call,
    CollectedOutput,
    DagPlan,
    DeclaredOutput,
    LoopPlan,
    NodePlan,
    Plan,
    Policy,
    TaskPlan,
)
from aether_core.plan._policies import condition, hooks_of, policy_of, timeout_of, tolerated
from aether_core.plan._references import referenced_tasks
from aether_core.plan._secrets import from_secret
from aether_core.plan._sources import constant, from_value, from_value_from

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from aether_core.document import (
        Arguments,
        Dag,
        InputsDecl,
        Loop,
        OutputsDecl,
        Parameter,
        Task,
        Template,
        Workflow,
    )
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
        artifacts={a.name: artifact_binding(a) for a in artifacts_of(spec.arguments)},
    )


def compile_arguments(workflow: Workflow) -> tuple[Binding, ...]:
    """Return the bindings of a workflow's own arguments."""
    return tuple(_declared(each, None) for each in _parameters(workflow.spec.arguments))


class _Compiler:
    """Compiles the templates of one document."""

    def __init__(self, templates: Iterable[Template]) -> None:
        self.executor_types: set[str] = set()
        self.hook_templates: set[str] = set()
        self._templates = {template.name: template for template in templates}
        self._tasks: dict[str, TaskPlan] = {}
        #: Of calls that say nothing themselves, by template.
        self._policies: dict[str, Policy] = {}

    def call(
        self, template_name: str, site: Task | None, arguments: Arguments | None = None
    ) -> Call:
        """Compile a call of a named template with these arguments."""
        template = self._templates[template_name]
        policy = self._policy(template, site)
        self.hook_templates.update((policy.hooks or {}).values())
        return Call(
            template=template_name,
            kind=template.kind,
            bindings=_bindings(template.inputs, _parameters(arguments)),
            task=None if template.task is None else self._task(template.task),
            policy=policy,
            artifacts=bind_artifacts(artifacts_of(template.member.inputs), artifacts_of(arguments)),
        )

    def _policy(self, template: Template, site: Task | None) -> Policy:
        if site is not None and (site.timeout, site.retry, site.hooks) != (None, None, None):
            return policy_of(site, template.member)
        known = self._policies.get(template.name)
        if known is None:
            known = self._policies[template.name] = policy_of(None, template.member)
        return known

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
        outputs = tuple(map(_collected, _parameters(dag.outputs)))
        artifacts = tuple(map(artifact_binding, artifacts_of(dag.outputs)))
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
        named = referenced_tasks(nodes, (*outputs, *artifacts), loops, conditions)
        return DagPlan(
            name=dag.name,
            nodes=tuple(
                msgspec.structs.replace(node, referenced=True) if node.name in named else node
                for node in nodes
            ),
            initial=tuple(n for n, needed in enumerate(dependencies) if not needed),
            outputs=outputs,
            artifacts=artifacts,
        )

    def loop(self, loop: Loop) -> LoopPlan:
        """Compile a loop; its body is called with the loop's own arguments."""
        aggregate = loop.aggregate
        return LoopPlan(
            name=loop.name,
            body=self.call(loop.body, None, loop.arguments),
            items=loop.items,
            items_from=condition(loop.items_from),
            repeat=condition(loop.repeat_condition),
            concurrency=loop.concurrency or 0,
            max_iterations=loop.max_iterations or None,
            strategy=loop.effective_strategy,
            parameters=aggregate.parameters if aggregate is not None else (),
            declared=tuple(p.name for p in _parameters(loop.outputs)),
            artifacts=tuple(a.name for a in artifacts_of(loop.outputs)),
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
        if task.template is not None:
            return self.call(task.template, task, task.arguments)
        policy = policy_of(task, None)
        self.hook_templates.update((policy.hooks or {}).values())
        return Call(
            template="",
            kind="task",
            bindings=_bindings(_parameters(task.inputs), _parameters(task.arguments)),
            task=self._task_plan(task, inline=True),
            policy=policy,
            artifacts=bind_artifacts(artifacts_of(task.inputs), artifacts_of(task.arguments)),
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
        return TaskPlan(
            template="" if inline else task.name,
            executor_type=task.executor.type,
            config=tuple((name, from_value(value)) for name, value in config.items()),
            outputs=tuple(map(_output, _parameters(task.outputs))),
            artifacts={a.name: a.packing or "" for a in artifacts_of(task.outputs)},
            resources=None if task.resources is None else msgspec.to_builtins(task.resources),
            inline=inline,
        )


def _parameters(values: Arguments | InputsDecl | OutputsDecl | None) -> Sequence[Parameter]:
    return () if values is None else values.parameters


def _bindings(declared: Sequence[Parameter], arguments: Sequence[Parameter]) -> tuple[Binding, ...]:
    """Merge declarations with a call site's arguments; undeclared arguments come last."""
    given = {argument.name: argument for argument in arguments}
    merged = [_declared(parameter, given.pop(parameter.name, None)) for parameter in declared]
    extra = (_undeclared(argument) for argument in given.values())
    return (*merged, *extra)


def _undeclared(argument: Parameter) -> Binding:
    default = _default(argument)
    return Binding(argument.name, _source(argument, default), default, from_call=True)


def _declared(parameter: Parameter, argument: Parameter | None) -> Binding:
    default = _default(parameter)
    source = _source(argument, default) if argument is not None else None
    return Binding(
        name=parameter.name,
        source=source or _source(parameter, default),
        default=default,
        kind=parameter.kind,
        enum=parameter.enum,
        from_call=source is not None,
    )


def _source(parameter: Parameter, default: ValueSource | None) -> ValueSource | None:
    if parameter.value is not UNSET:
        return from_value(parameter.value)
    if parameter.value_from is None:
        return None
    # Whether there is such a secret is known at dispatch only, so its token carries the default.
    secret = parameter.value_from.secret_key_ref
    return from_value_from(parameter.value_from) if secret is None else from_secret(secret, default)


def _default(parameter: Parameter) -> ValueSource | None:
    return None if parameter.default is UNSET else from_value(parameter.default)


def _collected(output: Parameter) -> CollectedOutput:
    default = _default(output)
    source = _source(output, default)
    return CollectedOutput(output.name, source, default, output.kind, output.enum)


def _output(output: Parameter) -> DeclaredOutput:
    value_from = output.value_from
    if output.value is not UNSET or value_from is None:
        return DeclaredOutput(output.name, output.kind, output.enum, output.value, output.default)
    default = None if output.default is UNSET else constant(output.default)
    computed = Binding(
        output.name, from_value_from(value_from), default, kind=output.kind, enum=output.enum
    )
    return DeclaredOutput(output.name, computed=computed)


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
