"""What places of a document see of each other: scopes, and the outputs of tasks."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Final

from msgspec.structs import replace

from aether_core.check._around import arounds_of
from aether_core.check._references import look_up
from aether_core.check._scope import Inputs, Outputs, Passed, Scope, Tasks
from aether_core.check._secrets import secret_names
from aether_core.check._sources import Use
from aether_core.check._task_outputs import outputs_of_work
from aether_core.document import is_unnamed
from aether_core.expression import ANY, Reference, Type, list_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from aether_core.check._definitions import Definition, Definitions
    from aether_core.check._report import Report
    from aether_core.check._sources import Declared, Source
    from aether_core.check._variables import Variables

#: Shown by a task that runs a template which does not exist; that is reported elsewhere.
NO_OUTPUTS_KNOWN: Final = Outputs("the template", {}, is_closed=False)

#: Templates that are looked through inside each other; a document may nest ten.
_DEEPEST: Final = 20


class World:
    """The compiled document, with what its parts know of each other.

    Attributes:
        definitions: The templates.
        variables: The custom variables.
        arguments: The types of the workflow's arguments.
        passed: By name of template: what its calls hand over beyond its declared inputs.
        secrets: By name of template: the inputs that may be secrets.
    """

    def __init__(
        self,
        definitions: Definitions,
        variables: Variables,
        arguments: Mapping[str, Declared],
        report: Report,
        entrypoint: str | None = None,
        *,
        artifacts: Iterable[str] = (),
    ) -> None:
        self.definitions = definitions
        self.variables = variables
        self.arguments = types_of(arguments)
        self.passed = {each.entry.name: Passed() for each in definitions.all}
        self.secrets = {each.entry.name: secret_names(each.inputs) for each in definitions.all}
        self._secret_arguments = secret_names(arguments)
        self._artifacts = frozenset(artifacts)
        self._arounds = arounds_of(definitions, entrypoint)
        self._report = report
        self._outputs: dict[int, Outputs] = {}
        self._inline_outputs: dict[tuple[int, int], Outputs] = {}
        self._insides: dict[int, Scope] = {}
        self._pending: set[int] = set()

    def add_lost_call(self) -> None:
        """Note that a call has no callee: it may be of any template, with anything."""
        for passed in self.passed.values():
            passed.calls += 1
            passed.open_calls += 1

    def top(self, place: str) -> Scope:
        """Return the scope of what stands outside all templates."""
        return Scope(
            self.variables,
            self.arguments,
            place=place,
            secrets=self._secret_arguments,
            artifacts=self._artifacts,
        )

    def inside(self, dag: Definition, node: int | None) -> Scope:
        """Return what a task of a dag sees; None for what is evaluated after all its tasks."""
        number = dag.entry.number
        scope = self._insides.get(number)
        if scope is None:
            scope = self._insides[number] = self._inside(dag)
        if scope.tasks is None or node is None:
            return scope
        return replace(scope, tasks=replace(scope.tasks, node=node))

    def _inside(self, dag: Definition) -> Scope:
        words = dag.entry.words
        tasks = None
        if dag.graph is not None and dag.upstream is not None:
            tasks = Tasks(dag.graph, dag.upstream, partial(self.outputs_of_node, dag))
        return Scope(
            self.variables,
            self.arguments,
            Inputs(
                words,
                types_of(dag.inputs),
                self.passed[dag.entry.name],
                secrets=self.secrets[dag.entry.name],
                artifacts=frozenset(dag.artifacts.inputs),
            ),
            tasks,
            place=words,
            around=self._arounds[dag.entry.number],
            secrets=self._secret_arguments,
            artifacts=self._artifacts,
        )

    def outputs_of_node(self, dag: Definition, number: int) -> Outputs:
        """Return what a task of a dag shows of itself."""
        node = dag.nodes[number]
        if node.work is None:
            callee = self.definitions.get(node.task.template)
            return NO_OUTPUTS_KNOWN if callee is None else self.outputs_of(callee)
        key = (dag.entry.number, number)
        if key not in self._inline_outputs:
            names = frozenset(node.work.artifacts.outputs)
            self._inline_outputs[key] = replace(outputs_of_work(node.work), artifacts=names)
        return self._inline_outputs[key]

    def outputs_of(self, template: Definition) -> Outputs:
        """Return what a call of a template shows of itself."""
        number = template.entry.number
        known = self._outputs.get(number)
        if known is not None:
            return known
        if number in self._pending or len(self._pending) > _DEEPEST:
            # Templates that call each other in a circle, or too deep, are reported elsewhere.
            return NO_OUTPUTS_KNOWN
        self._pending.add(number)
        names = frozenset(template.artifacts.outputs)
        found = replace(self._find_outputs(template), artifacts=names)
        self._outputs[number] = found
        self._pending.discard(number)
        return found

    def _find_outputs(self, template: Definition) -> Outputs:
        if template.work is not None:
            return outputs_of_work(template.work)
        if template.entry.kind == "loop":
            return self._outputs_of_loop(template)
        scope = self.inside(template, None)
        types = {
            name: self._type_of_output(output, scope) for name, output in template.outputs.items()
        }
        return Outputs(template.entry.words, types, is_closed=True, has_code=False)

    def _type_of_output(self, output: Declared, scope: Scope) -> Type:
        if output.type != ANY or output.source is None or output.default is not None:
            return output.type
        source: Source = output.source

        def type_of(reference: Reference) -> Type:
            return look_up(Use(reference, source.path), scope, self._report).type

        return source.infer(type_of)[0]

    def _outputs_of_loop(self, template: Definition) -> Outputs:
        """Return the outputs of a loop's body, as it aggregates them (documents.md 13.3)."""
        loop, words = template.entry.template.loop, template.entry.words
        body = None if loop is None else self.definitions.get(loop.body)
        if loop is None or body is None:
            return Outputs(words, {}, is_closed=False, has_code=False)
        inner = self.outputs_of(body)
        as_list = loop.effective_strategy == "list"
        kept = loop.aggregate.parameters if loop.aggregate is not None else ()
        kept = () if any(map(is_unnamed, kept)) else kept
        # Without any iteration, there is an empty list of each of these.
        empty = (kept or template.outputs) if as_list and loop.items_from is not None else ()
        names = [*inner.types, *empty]
        if kept:
            names = [name for name in names if name in kept] if inner.is_closed else [*kept]
        found = {name: inner.types.get(name, ANY) for name in names}
        types = {name: list_of(each) if as_list else each for name, each in found.items()}
        return Outputs(words, types, inner.is_closed or bool(kept), has_code=False)


def types_of(parameters: Mapping[str, Declared]) -> dict[str, Type]:
    """Return the declared types of parameters by name."""
    return {name: declared.type for name, declared in parameters.items()}
