"""The checker: every rule about a document that goes beyond its structure, all at once."""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec.structs import replace

from aether_core.check import _codes
from aether_core.check._artifact_calls import check_artifact, check_loop_artifacts
from aether_core.check._artifacts import workflow_artifacts
from aether_core.check._calls import Calls
from aether_core.check._definitions import Definitions
from aether_core.check._executors import check_needs, check_work
from aether_core.check._graph import check_graph
from aether_core.check._idle import check_idle
from aether_core.check._index import Index, node_words
from aether_core.check._loops import check_loop
from aether_core.check._nesting import check_nesting
from aether_core.check._report import Report
from aether_core.check._rules import check_phases
from aether_core.check._scope import Hook, Scope
from aether_core.check._secrets import check_secret_outputs, secret_names
from aether_core.check._site import Site
from aether_core.check._sources import compile_parameters
from aether_core.check._task_outputs import check_outputs
from aether_core.check._templates import check_templates, hooks_of
from aether_core.check._unattended import check_unattended
from aether_core.check._uses import (
    check_condition,
    check_fit,
    check_known_values,
    check_source,
)
from aether_core.check._variables import known_variables
from aether_core.check._world import NO_OUTPUTS_KNOWN, World
from aether_core.document import CronWorkflow, Severity, Workflow

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from aether_core.check._definitions import Definition, Node
    from aether_core.check._executors import ExecutorCatalog, Work
    from aether_core.check._items import Items
    from aether_core.check._scope import Outputs
    from aether_core.check._sources import Declared
    from aether_core.check._templates import HooksAt
    from aether_core.check._variables import VariableLookup, Variables
    from aether_core.document import Path, Problem, Resource, WorkflowSpec
    from aether_sdk import JsonValue


def check(
    workflow: Workflow,
    catalog: ExecutorCatalog,
    *,
    variables: Mapping[str, JsonValue] | None = None,
    look_up: VariableLookup | None = None,
) -> tuple[Problem, ...]:
    """Return every problem of a workflow beyond its structure, sorted by path.

    A workflow without errors compiles and runs; what is reported as an error would be one
    each time the place is reached. The cost is linear in the size of the document.

    Args:
        workflow: a decoded document; a draft with structural problems is fine too.
        catalog: what is known of executors.
        variables: custom variables by full dotted name. With None nobody knows them yet, and a
            reference to one that may exist is a warning.
        look_up: finds the variables of namespaces that `variables` lacks, when a reference to
            one of them is met.
    """
    report = Report()
    _check_spec(workflow.spec, ("spec",), catalog, known_variables(variables, look_up), report)
    return report.problems()


def check_resource(
    resource: Resource,
    catalog: ExecutorCatalog,
    *,
    variables: Mapping[str, JsonValue] | None = None,
    look_up: VariableLookup | None = None,
) -> tuple[Problem, ...]:
    """Return the problems of a resource of any kind; see `check`.

    What a CronWorkflow starts is checked as a workflow to which nobody gives arguments. A
    WorkflowTemplate is checked as far as it goes; what it lacks, its users may have.
    """
    if isinstance(resource, Workflow):
        return check(resource, catalog, variables=variables, look_up=look_up)
    report = Report()
    if isinstance(resource, CronWorkflow):
        spec, path = resource.spec.workflow_spec, ("spec", "workflowSpec")
        _check_spec(spec, path, catalog, known_variables(variables, look_up), report)
        check_unattended(spec, path, report)
    else:
        spec = resource.spec
        _check_spec(spec, ("spec",), catalog, known_variables(variables, look_up), report)
        if spec.workflow_template_ref is not None:
            report.add(
                _codes.NESTED_TEMPLATE_REF,
                "a WorkflowTemplate can't refer to another one",
                ("spec", "workflowTemplateRef"),
                hint="Copy what is needed of the other one into it.",
                at="key",
            )
    return report.problems()


def _check_spec(
    spec: WorkflowSpec,
    path: Path,
    catalog: ExecutorCatalog,
    variables: Variables,
    report: Report,
) -> None:
    if spec.workflow_template_ref is not None:
        # What is missing here may stand there, so nothing else can be said.
        return
    index = Index(spec, path)
    check_templates(index, report)
    check_nesting(index, report)
    _Checker(index, catalog, variables, report).run()


class _Checker:
    """Checks the values of one document."""

    def __init__(
        self, index: Index, catalog: ExecutorCatalog, variables: Variables, report: Report
    ) -> None:
        self._index = index
        self._report = report
        self._definitions = Definitions(index, catalog, report)
        declared = index.spec.arguments.parameters if index.spec.arguments is not None else ()
        where = (*index.path, "arguments", "parameters")
        self._arguments = compile_parameters(declared, where, report)
        self._artifacts = workflow_artifacts(index.spec.arguments, index.path, report)
        entrypoint = index.spec.entrypoint
        self._world = World(
            self._definitions,
            variables,
            self._arguments,
            report,
            entrypoint,
            artifacts=self._artifacts,
        )
        self._calls = Calls(self._world, report)

    def run(self) -> None:
        """Check everything."""
        check_idle(self._index, self._definitions, self._report)
        self._count_passed()
        self._check_arguments()
        for work in self._works():
            check_work(work, self._definitions.contracts, self._report)
            check_outputs(work, self._report)
        for definition in self._definitions.all:
            self._check_definition(definition)
        self._check_entrypoint()
        self._check_hooks()
        for definition in self._definitions.all:
            if definition.upstream is not None:
                definition.upstream.settle()
        for work in self._works():
            check_needs(work, self._report)

    def _works(self) -> Iterator[Work]:
        for definition in self._definitions.all:
            if definition.work is not None:
                yield definition.work
            yield from (node.work for node in definition.nodes if node.work is not None)

    def _count_passed(self) -> None:
        """Note what calls hand over to dags: secrets, and what these do not declare."""
        self._count(self._index.spec.entrypoint, {})
        for definition in self._definitions.all:
            for node in definition.nodes:
                self._count(node.task.template, node.arguments)
            loop = definition.entry.template.loop
            if loop is not None:
                self._count(loop.body, definition.arguments, definition.items)
        if self._index.has_lost_calls:
            self._world.add_lost_call()

    def _count(
        self, callee: str | None, arguments: Mapping[str, Declared], items: Items | None = None
    ) -> None:
        definition = self._definitions.get(callee)
        if definition is not None:
            name = definition.entry.name
            self._world.passed[name].add(arguments, items)
            self._world.secrets[name] |= secret_names(arguments)

    def _check_arguments(self) -> None:
        """Check the workflow's own arguments, which see custom variables only."""
        scope = Scope(self._world.variables, place="an argument of the workflow")
        for argument in self._arguments.values():
            self._check_value(argument, scope)
        seen = self._world.top("an artifact of the workflow")
        for artifact in self._artifacts.values():
            check_artifact(artifact, seen, seen, self._report)

    def _check_value(self, declared: Declared, scope: Scope) -> None:
        """Check a declaration whose values are evaluated right where it stands."""
        for source in declared.sources:
            has_default = declared.default is not None and source is not declared.default
            found = check_source(source, scope, self._report, has_default=has_default)
            check_fit(source, found, declared, self._report, scope)

    def _check_definition(self, definition: Definition) -> None:
        check_secret_outputs(definition.outputs.values(), self._report)
        if definition.work is None:
            for declared in definition.inputs.values():
                check_known_values(declared, self._report)
        loop = definition.entry.template.loop
        if loop is not None:
            for declared in definition.outputs.values():
                check_known_values(declared, self._report)
            check_loop(definition, loop, self._world, self._report)
            body = self._definitions.get(loop.body)
            shown = NO_OUTPUTS_KNOWN if body is None else self._world.outputs_of(body)
            check_loop_artifacts(definition, shown, self._report)
        if definition.graph is None:
            return
        check_graph(definition.graph, definition.entry.path, self._report)
        for node in definition.nodes:
            self._check_node(definition, node)
        after = self._world.inside(definition, None)
        for output in definition.outputs.values():
            self._check_value(output, after)
        for artifact in definition.artifacts.outputs.values():
            check_artifact(artifact, after, after, self._report)
        if definition.rules.phases:
            shown = self._world.outputs_of(definition)
            check_phases(definition.rules.phases, after.judging(shown), self._report)

    def _check_node(self, dag: Definition, node: Node) -> None:
        scope = self._world.inside(dag, node.number)
        if node.work is not None:
            check_secret_outputs(node.work.outputs.values(), self._report)
        if node.when is not None:
            check_condition(node.when, scope, self._report, '"when"')
        task, words = node.task, node_words(node.task, dag.entry.name)
        callee = self._definitions.get(task.template)
        # phaseConditions of a call have no place there, which is reported with the templates.
        site = Site(
            words,
            task.name,
            node.path,
            scope,
            node.arguments,
            has_retry=task.retry is not None,
            retry=node.rules.retry,
            is_inline=node.work is not None,
            artifacts=node.artifacts.arguments,
        )
        if node.work is not None:
            self._calls.run(node.work, node.rules, site)
        elif callee is not None:
            self._calls.call(callee, site)

    def _check_entrypoint(self) -> None:
        callee = self._definitions.get(self._index.spec.entrypoint)
        if callee is not None:
            scope = self._world.top("the entrypoint")
            name, path = callee.entry.name, callee.entry.path
            self._calls.call(callee, Site("", name, path, scope, is_entry=True))

    def _check_hooks(self) -> None:
        """Check the templates of hooks; what is wrong there ends the hook, never the run."""
        for declared in hooks_of(self._index):
            outputs = self._outputs_at(declared)
            for key, hook in declared.hooks.declared():
                callee = self._definitions.get(hook.template)
                if callee is None or callee.work is None:
                    continue
                seen = Hook(key, declared.entry is not None, None if key == "onStart" else outputs)
                scope = replace(self._world.top("a hook"), hook=seen, worst=Severity.WARNING)
                where, name = (*declared.path, key), callee.entry.name
                self._calls.call(callee, Site(f"the hook {key}", name, where, scope))

    def _outputs_at(self, declared: HooksAt) -> Outputs:
        """Return what is produced where hooks are declared."""
        if declared.entry is None:
            entry = self._definitions.get(self._index.spec.entrypoint)
            return NO_OUTPUTS_KNOWN if entry is None else self._world.outputs_of(entry)
        definition = self._definitions.all[declared.entry.number]
        if declared.node is None:
            return self._world.outputs_of(definition)
        return self._world.outputs_of_node(definition, declared.node)
