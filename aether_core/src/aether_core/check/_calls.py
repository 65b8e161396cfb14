"""Calls of templates: arguments meet declarations (documents.md 11.2, decisions 3, 4 and 15)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Final

import msgspec
from msgspec.structs import replace

from aether_core.check import _codes
from aether_core.check._executors import Work, check_input, check_undeclared, note_call
from aether_core.check._scope import Inputs, Scope
from aether_core.check._sources import Declared
from aether_core.check._uses import check_condition, check_fit, check_source
from aether_core.check._world import types_of
from aether_core.document import Path, Severity
from aether_core.expression import ANY, INT, LIST, NULL, STRING, Type

if TYPE_CHECKING:
    from aether_core.check._definitions import Definition, Rules
    from aether_core.check._report import Report
    from aether_core.check._sources import Source
    from aether_core.check._world import World
    from aether_core.document import Loop

#: What expressions around a task see of its current attempt (decision 9).
_ATTEMPT: Final = {"phase": STRING, "code": INT, "msg": STRING, "message": STRING, "outputs": ANY}

#: Loops that are looked through inside each other; a document may nest ten.
_DEEPEST: Final = 20


class Site(msgspec.Struct, frozen=True):
    """A place that calls a template or runs an executor of its own.

    Attributes:
        words: The place as messages name it.
        path: Where it stands.
        arguments: What it hands over.
        scope: What it sees.
        is_entry: Whether nobody can hand over anything, since a run starts here.
        is_open: Whether it may hand over more than the arguments, such as fields of items.
    """

    words: str
    path: Path
    arguments: Mapping[str, Declared]
    scope: Scope
    is_entry: bool = False
    is_open: bool = False


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
        for name, argument in site.arguments.items():
            if name not in callee.inputs:
                self._undeclared(callee, argument, site)
        if callee.entry.kind == "loop":
            self._inside_loop(callee, site)

    def run(self, work: Work, rules: Rules, site: Site, *, is_inline: bool = False) -> None:
        """Check a task that executes something, as this place calls it."""
        self._bind(work.inputs, work, site, is_inline=is_inline)
        extra = [name for name in site.arguments if name not in work.inputs]
        for name in extra:
            self._executor_argument(work, site.arguments[name], site)
        if site.scope.worst is Severity.WARNING:
            work.hook_calls += 1
        elif site.is_open:
            work.open_calls += 1
        else:
            note_call(work, extra, site.path)
        referring = [name for name, source in work.config.items() if source.uses]
        if not referring and rules.retry is None and not rules.phases:
            return
        own = self._own_scope(work, extra, site, is_inline=is_inline)
        for name in referring:
            self._config(work, name, own, is_used=name not in (*work.inputs, *extra))
        self.rules(rules, own)

    def _config(self, work: Work, name: str, own: Scope, *, is_used: bool) -> None:
        source = work.config[name]
        found = check_source(source, own, self._report)
        # A value of known type is compared where it is declared.
        if source.known is None and is_used:
            check_input(work, name, source, found, self._report, scope=own)

    def rules(self, rules: Rules, scope: Scope) -> None:
        """Check the expressions that see the current attempt."""
        tasks = scope.tasks
        seen = replace(
            scope,
            tasks=None if tasks is None else replace(tasks, sees_itself=True),
            bare={**scope.bare, **_ATTEMPT},
        )
        if rules.retry is not None:
            check_condition(rules.retry, seen, self._report, "the retry expression")
        for source in rules.phases:
            check_source(source, seen, self._report)

    def _own_scope(self, work: Work, extra: list[str], site: Site, *, is_inline: bool) -> Scope:
        """Return what a task sees after its inputs are bound."""
        types = {**types_of(work.inputs), **dict.fromkeys(extra, ANY)}
        outer = site.scope.inputs if is_inline else None
        inputs = Inputs(work.words, types, outer=outer)
        if is_inline:
            return replace(site.scope, inputs=inputs)
        return replace(site.scope, inputs=inputs, call=site.words)

    def _bind(
        self,
        declarations: Mapping[str, Declared],
        work: Work | None,
        site: Site,
        *,
        is_inline: bool = False,
    ) -> None:
        if not declarations:
            return
        # What a template declares is evaluated here, but stands elsewhere.
        within = site.scope if is_inline else replace(site.scope, call=site.words)
        for name, declared in declarations.items():
            argument = site.arguments.get(name)
            given = argument.source if argument is not None else None
            source = given or declared.source
            if given is not None:
                self._value(given, declared, work, site.scope)
            elif source is not None:
                self._value(source, declared, work, within)
            elif declared.default is None and not site.is_open:
                self._no_value(declared, site)
            if declared.default is not None and (source is None or source.uses):
                self._value(declared.default, declared, work, within)

    def _value(self, source: Source, declared: Declared, work: Work | None, scope: Scope) -> None:
        """Check one value that a declared input gets."""
        is_its_own = source is declared.source or source is declared.default
        if is_its_own and not source.uses:
            # Checked where it is declared, for all calls at once.
            return
        has_default = declared.default is not None and source is not declared.default
        found = check_source(source, scope, self._report, has_default=has_default)
        if is_its_own and source.known is not None:
            return
        if check_fit(source, found, declared, self._report, scope) and work is not None:
            check_input(work, declared.name, source, found, self._report, scope=scope)

    def _no_value(self, declared: Declared, site: Site) -> None:
        name = declared.name
        if site.is_entry:
            message = f'the required input "{name}" of the entrypoint gets no value'
            hint = 'Add a "default", or "valueFrom": {"parameter": "workflow.parameters.NAME"}.'
            self._report.add(_codes.MISSING_VALUE, message, declared.path, hint=hint)
            return
        message = f'{site.words} gives no value for the required input "{name}"'
        hint = f'Add {{"name": "{name}", "value": …}} to its arguments.parameters.'
        severity = site.scope.worst
        self._report.add(_codes.MISSING_VALUE, message, site.path, severity=severity, hint=hint)

    def _undeclared(self, callee: Definition, argument: Declared, site: Site) -> None:
        """Check an argument that a dag or a loop does not declare: it is passed through."""
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

    def _inside_loop(self, loop: Definition, site: Site) -> None:
        """Check what a loop evaluates: items, arguments for its body, and when to go on."""
        number = loop.entry.number
        if number in self._open_loops or len(self._open_loops) > _DEEPEST:
            # Loops that call each other in a circle, or too deep, are reported elsewhere.
            return
        self._open_loops.add(number)
        types = {**dict.fromkeys(site.arguments, ANY), **types_of(loop.inputs)}
        inputs = Inputs(loop.entry.words, types)
        own = replace(site.scope, inputs=inputs, call=site.words)
        if loop.items_from is not None:
            self._items(loop.items_from, own)
        self._body(loop, own)
        self._open_loops.discard(number)

    def _items(self, source: Source, scope: Scope) -> None:
        found = check_source(source, scope, self._report)
        if not found.kinds & (LIST.kinds | STRING.kinds | NULL.kinds):
            message = f"itemsFrom is {found}, not a list"
            self._report.add(_codes.TYPES_CLASH, message, source.path, call=scope.call)

    def _body(self, loop: Definition, own: Scope) -> None:
        template = loop.entry.template.loop
        body = None if template is None else self._world.definitions.get(template.body)
        if template is None or body is None:
            return
        fields = item_fields(template)
        within = replace(
            own,
            below_loop=True,
            bare={**own.bare, **dict.fromkeys(fields, ANY)},
            is_open=template.items_from is not None,
        )
        if loop.repeat is not None:
            self._repeat(loop.repeat, body, within)
        self.rules(loop.rules, own)
        is_open = bool(fields) or template.items_from is not None
        site = Site(loop.entry.words, loop.entry.path, loop.arguments, within, is_open=is_open)
        self.call(body, site)

    def _repeat(self, source: Source, body: Definition, scope: Scope) -> None:
        last = {body.entry.name: self._world.outputs_of(body)}
        seen = replace(scope, body=last)
        check_condition(source, seen, self._report, "the repeatCondition")


def item_fields(loop: Loop) -> list[str]:
    """Return the names of all fields of a loop's static items."""
    items = loop.items or ()
    return list({name: None for item in items if isinstance(item, dict) for name in item})
