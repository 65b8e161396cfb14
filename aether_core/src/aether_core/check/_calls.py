"""Calls of templates: arguments meet declarations (documents.md 11.2, decisions 3, 4 and 15)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from msgspec.structs import replace

from aether_core.check import _codes
from aether_core.check._artifact_calls import check_input_artifacts
from aether_core.check._executors import check_input, check_undeclared, note_call
from aether_core.check._loops import body_site, check_loop_itself, check_repeat, loop_scope
from aether_core.check._rules import check_task_rules
from aether_core.check._scope import Inputs
from aether_core.check._scripts import warn_of_pasting
from aether_core.check._task_outputs import attempt_outputs, check_computed
from aether_core.check._uses import check_fit, check_source
from aether_core.check._world import types_of
from aether_core.document import Severity, is_unnamed
from aether_core.expression import ANY, Type

if TYPE_CHECKING:
    from collections.abc import Mapping

    from aether_core.check._definitions import Definition, Rules
    from aether_core.check._executors import Work
    from aether_core.check._report import Report
    from aether_core.check._scope import Scope
    from aether_core.check._site import Site
    from aether_core.check._sources import Declared, Source
    from aether_core.check._world import World
    from aether_core.document import Loop

#: Loops that are looked through inside each other; a document may nest ten.
_DEEPEST: Final = 20


class Calls:
    """Checks calls, each in the environment of its own caller."""

    def __init__(self, world: World, report: Report) -> None:
        self._world = world
        self._report = report
        self._open_loops: set[int] = set()

    def call(self, callee: Definition, site: Site) -> None:
        """Check a call of a template."""
        if callee.work is not None:
            self.run(callee.work, callee.rules, site)
            return
        self._bind(callee.inputs, None, site)
        if callee.artifacts.inputs or site.artifacts:
            own, words = loop_scope(callee, site), callee.entry.words
            check_input_artifacts(callee.artifacts.inputs, words, site, own, self._report)
        for name, argument in site.arguments.items():
            if name not in callee.inputs and not is_unnamed(name):
                self._undeclared(callee, argument, site)
        loop = callee.entry.template.loop
        if loop is not None:
            self._inside_loop(callee, loop, site)

    def run(self, work: Work, rules: Rules, site: Site) -> None:
        """Check a task that executes something, as this place calls it."""
        self._bind(work.inputs, work, site)
        extra = [name for name in site.arguments if name not in work.inputs]
        for name in extra:
            self._executor_argument(work, site.arguments[name], site)
        _note_calls(work, extra, site)
        used = [name for name, source in work.config.items() if source.uses]
        if used or work.outputs or work.artifacts.inputs or site.artifacts:
            self._run_inside(work, used, extra, site)
        if site.retry is not None or rules.retry is not None or rules.phases:
            check_task_rules(rules, attempt_outputs(work), site, self._report)

    def _run_inside(self, work: Work, used: list[str], extra: list[str], site: Site) -> None:
        """Check what sees the inputs of a task: some of its settings, outputs and artifacts."""
        own = _own_scope(work, extra, site)
        for name in used:
            is_used = name not in (*work.inputs, *extra) and not site.gives(name)
            self._config(work, name, own, is_used=is_used)
        check_computed(work, own, site.name, self._report)
        check_input_artifacts(work.artifacts.inputs, work.words, site, own, self._report)

    def _config(self, work: Work, name: str, own: Scope, *, is_used: bool) -> None:
        source = work.config[name]
        found = check_source(source, own, self._report)
        if is_used:
            warn_of_pasting(work, name, source, own, self._report)
        # A value of known type is compared where it is declared.
        if source.known is None and is_used:
            check_input(work, name, source, found, self._report, scope=own)

    def _bind(self, declarations: Mapping[str, Declared], work: Work | None, site: Site) -> None:
        # What a template declares is evaluated here, but stands elsewhere.
        within = site.within(site.scope)
        for name, declared in declarations.items():
            argument = site.arguments.get(name)
            given = argument.source if argument is not None else None
            if given is not None:
                self._value(given, declared, work, site.scope)
                self._default(declared, given, work, within)
            elif not site.gives(name):
                self._bind_own(declared, work, site, within)

    def _bind_own(self, declared: Declared, work: Work | None, site: Site, within: Scope) -> None:
        """Check an input that gets the values of its declaration, or none."""
        source = declared.source
        if source is not None:
            self._value(source, declared, work, within)
        elif declared.default is None:
            self._no_value(declared, site)
        self._default(declared, source, work, within)

    def _default(
        self, declared: Declared, source: Source | None, work: Work | None, within: Scope
    ) -> None:
        """Check a default that steps in for a missing value."""
        is_needed = source is None or source.uses or source.is_secret
        if declared.default is not None and is_needed:
            self._value(declared.default, declared, work, within)

    def _value(self, source: Source, declared: Declared, work: Work | None, scope: Scope) -> None:
        """Check one value that a declared input gets."""
        is_its_own = source is declared.source or source is declared.default
        if is_its_own and not source.uses:
            # Checked where it is declared, for all calls at once.
            return
        has_default = declared.default is not None and source is not declared.default
        found = check_source(source, scope, self._report, has_default=has_default)
        if work is not None:
            warn_of_pasting(work, declared.name, source, scope, self._report)
        if is_its_own and source.known is not None:
            return
        if check_fit(source, found, declared, self._report, scope) and work is not None:
            check_input(work, declared.name, source, found, self._report, scope=scope)

    def _no_value(self, declared: Declared, site: Site) -> None:
        name, items = declared.name, site.items
        if is_unnamed(name) or any(map(is_unnamed, site.arguments)):
            return
        if items is not None and items.is_open:
            # It may come with the items; if not, the iteration says so.
            return
        if site.is_entry:
            message = f'the required input "{name}" of the entrypoint gets no value'
            hint = 'Add a "default", or "valueFrom": {"parameter": "workflow.parameters.NAME"}.'
            self._report.add(_codes.MISSING_VALUE, message, declared.path, hint=hint)
            return
        words, path = site.words, site.path
        hint = f'Add {{"name": "{name}", "value": …}} to its arguments.parameters.'
        number = items.number_without(name) if items is not None and name in items.types else None
        if number is not None:
            words, path = f"item {number} of {words}", (*path, "items", number)
            hint = f'Give each item "{name}", or declare a default in the template.'
        message = f'{words} gives no value for the required input "{name}"'
        severity = site.scope.worst
        self._report.add(_codes.MISSING_VALUE, message, path, severity=severity, hint=hint)

    def _undeclared(self, callee: Definition, argument: Declared, site: Site) -> None:
        """Check an argument that a dag or a loop does not declare: it is passed through."""
        if any(map(is_unnamed, callee.inputs)):
            self._free_value(argument, site)
            return
        message = f'{callee.entry.words} declares no input "{argument.name}"'
        hint = self._report.nearest(argument.name, callee.inputs)
        where = (*argument.path, "name")
        self._report.add(
            _codes.UNDECLARED_ARGUMENT,
            message,
            where,
            severity=Severity.WARNING,
            hint=hint or "Declare it, so that its type is checked and its use can be seen.",
        )
        self._free_value(argument, site)

    def _executor_argument(self, work: Work, argument: Declared, site: Site) -> None:
        """Check an argument that becomes an input of the executor."""
        found = self._free_value(argument, site)
        is_input = check_undeclared(work, argument.name, argument.path, self._report)
        if is_input and argument.source is not None:
            warn_of_pasting(work, argument.name, argument.source, site.scope, self._report)
            check_input(work, argument.name, argument.source, found, self._report, scope=site.scope)

    def _free_value(self, argument: Declared, site: Site) -> Type:
        """Check the value of an argument without declaration; return its type."""
        if argument.default is not None:
            check_source(argument.default, site.scope, self._report)
        if argument.source is not None:
            has_default = argument.default is not None
            return check_source(argument.source, site.scope, self._report, has_default=has_default)
        if argument.default is None:
            message = f'the argument "{argument.name}" has no value'
            hint = 'Give it a "value" or a "valueFrom".'
            self._report.add(_codes.MISSING_VALUE, message, argument.path, hint=hint)
        return ANY

    def _inside_loop(self, definition: Definition, loop: Loop, site: Site) -> None:
        """Check what a loop evaluates: items, arguments for its body, and when to go on."""
        number = definition.entry.number
        if number in self._open_loops or len(self._open_loops) > _DEEPEST:
            # Loops that call each other in a circle, or too deep, are reported elsewhere.
            return
        self._open_loops.add(number)
        own = loop_scope(definition, site)
        items = check_loop_itself(definition, own, self._world, self._report)
        body = self._world.definitions.get(loop.body)
        if body is not None and items is not None:
            inner = body_site(definition, body, own, items)
            if definition.repeat is not None:
                last = self._world.outputs_of(body)
                check_repeat(definition.repeat, inner, last, self._report)
            self.call(body, inner)
        self._open_loops.discard(number)


def _own_scope(work: Work, extra: list[str], site: Site) -> Scope:
    """Return what a task's config sees: its inputs are bound by then."""
    types = {**types_of(work.inputs), **dict.fromkeys(extra, ANY)}
    outer = site.scope.inputs if site.is_inline else None
    inputs = Inputs(work.words, types, site.items, outer)
    return site.within(replace(site.scope, inputs=inputs))


def _note_calls(work: Work, extra: list[str], site: Site) -> None:
    """Note what the place hands to the executor, for each kind of item that it may have."""
    if site.scope.worst is Severity.WARNING:
        work.hook_calls += 1
    elif site.items is None:
        note_call(work, extra, site.path)
    elif site.items.is_open:
        work.open_calls += 1
    else:
        for shape in site.items.shapes:
            is_one = len(site.items.shapes) == 1
            path = site.path if is_one else (*site.path, "items", shape.first)
            # Names that the executor does not know meet none of its needs.
            known = shape.names.intersection(work.known_inputs)
            note_call(work, [*extra, *known], path)
