"""Loops: their items, and what each iteration sees and is given (documents.md 12)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec.structs import replace

from aether_core.check import _codes
from aether_core.check._executors import check_input
from aether_core.check._items import effective_items, type_of_items
from aether_core.check._rules import check_phases
from aether_core.check._scope import Around, Inputs
from aether_core.check._secrets import secret_names
from aether_core.check._site import Site
from aether_core.check._sources import Source, has_placeholder
from aether_core.check._types import clash, type_of_value, type_words
from aether_core.check._uses import check_condition, check_fit, check_source
from aether_core.check._world import types_of
from aether_core.document import DEFAULT_MAX_ITERATIONS, Severity, is_unnamed
from aether_core.expression import ANY, LIST, NULL, STRING

if TYPE_CHECKING:
    from collections.abc import Iterator

    from aether_core.check._definitions import Definition
    from aether_core.check._items import Items
    from aether_core.check._report import Report
    from aether_core.check._scope import Outputs, Scope
    from aether_core.check._world import World
    from aether_core.document import Loop, Path
    from aether_sdk import JsonValue


def check_loop(definition: Definition, loop: Loop, world: World, report: Report) -> None:
    """Check what is the same for every call of a loop: its static items, and what it keeps."""
    body = world.definitions.get(loop.body)
    _check_number(definition, loop, report)
    _check_texts(definition, loop, report)
    if body is None:
        return
    _check_kept(definition, loop, world.outputs_of(body), report)
    _check_declared(definition, world.outputs_of(definition), report)
    for path, name, value in _fields(definition, loop, body):
        source = Source(path, literal=value, known=type_of_value(value))
        declared = body.inputs.get(name)
        fits = declared is None or check_fit(source, source.known or ANY, declared, report)
        if fits and body.work is not None:
            check_input(body.work, name, source, source.known or ANY, report)


def _check_number(definition: Definition, loop: Loop, report: Report) -> None:
    count = len(effective_items(loop))
    if count > DEFAULT_MAX_ITERATIONS and not loop.max_iterations:
        message = f"the loop has {count} items, more than the {DEFAULT_MAX_ITERATIONS} allowed"
        hint = "Set maxIterations to the number of items that you want."
        where = (*definition.entry.path, "items")
        report.add(_codes.TOO_MANY_ITEMS, message, where, hint=hint, at="key")


def _check_texts(definition: Definition, loop: Loop, report: Report) -> None:
    """Warn of what looks like a placeholder: static items are taken as they are written."""
    found: list[tuple[Path, JsonValue]] = [
        ((*definition.entry.path, "items"), list(loop.items or ()))
    ]
    for path, value in found:
        if isinstance(value, list):
            found.extend(((*path, place), item) for place, item in enumerate(value))
        elif isinstance(value, dict):
            found.extend(((*path, name), item) for name, item in value.items())
        elif isinstance(value, str) and has_placeholder(value):
            message = "placeholders are not replaced in static items"
            hint = "Use itemsFrom with an expression, such as '[inputs.parameters.NAME]'."
            report.add(_codes.NO_EFFECT, message, path, severity=Severity.WARNING, hint=hint)


def _check_kept(definition: Definition, loop: Loop, shown: Outputs, report: Report) -> None:
    """Report names in `aggregate.parameters` that no iteration produces."""
    kept = loop.aggregate.parameters if loop.aggregate is not None else ()
    for number, name in enumerate(kept if shown.is_closed else ()):
        if name not in shown.types and not any(map(is_unnamed, (name, *shown.types))):
            message = f'{shown.owner}, the body of the loop, has no output "{name}"'
            hint = report.similar(name, shown.types, "outputs")
            where = (*definition.entry.path, "aggregate", "parameters", number)
            warning = Severity.WARNING
            report.add(_codes.UNKNOWN_OUTPUT, message, where, severity=warning, hint=hint)


def _check_declared(definition: Definition, shown: Outputs, report: Report) -> None:
    """Warn of declared outputs that a loop never gives; they change nothing (documents.md 13.3)."""
    for output in definition.outputs.values():
        found = shown.types.get(output.name)
        if found is not None and clash(output.type, found):
            message = (
                f'"{output.name}" is declared as {type_words(output.type)}, '
                f"but the loop gives {type_words(found)}"
            )
            where, warning = (*output.path, "type"), Severity.WARNING
            instead = "Change the declared type."
            report.add(_codes.TYPES_CLASH, message, where, severity=warning, hint=instead)
        elif found is None and shown.is_closed and not any(map(is_unnamed, shown.types)):
            message = f'the iterations never produce an output "{output.name}"'
            hint = report.similar(output.name, shown.types, "outputs")
            where, warning = (*output.path, "name"), Severity.WARNING
            report.add(_codes.NEVER_PRODUCED, message, where, severity=warning, hint=hint)


def _fields(
    definition: Definition, loop: Loop, body: Definition
) -> Iterator[tuple[Path, str, JsonValue]]:
    """Yield the fields of static items that become inputs: an argument of that name wins."""
    given = {
        name
        for name, argument in definition.arguments.items()
        if argument.source is not None or name not in body.inputs
    }
    for number, item in enumerate(effective_items(loop)):
        for name, value in item.items() if isinstance(item, dict) else ():
            if name not in given:
                yield (*definition.entry.path, "items", number, name), name, value


def loop_scope(definition: Definition, site: Site) -> Scope:
    """Return what a loop sees where it is called: its own inputs, and the siblings of the call."""
    types = {**dict.fromkeys(site.arguments, ANY), **types_of(definition.inputs)}
    secrets = secret_names(definition.inputs, site.arguments)
    names = frozenset(definition.artifacts.inputs)
    inputs = Inputs(definition.entry.words, types, site.items, secrets=secrets, artifacts=names)
    return replace(site.scope, inputs=inputs, bare=None, hook=None, call=site.words)


def check_loop_itself(
    definition: Definition, own: Scope, world: World, report: Report
) -> Items | None:
    """Check what a loop evaluates itself, in its own scope; return what its items are there."""
    check_phases(definition.rules.phases, own.judging(world.outputs_of(definition)), report)
    items = definition.items
    if items is not None and definition.items_from is not None:
        return _check_source(definition.items_from, items, own, report)
    return items


def _check_source(source: Source, items: Items, scope: Scope, report: Report) -> Items:
    found = check_source(source, scope, report)
    if not found.kinds & (LIST.kinds | STRING.kinds | NULL.kinds):
        message = f"itemsFrom is {found}, not a list"
        report.add(_codes.TYPES_CLASH, message, source.path, severity=scope.worst, call=scope.call)
    return items.of_type(type_of_items(found))


def body_site(definition: Definition, body: Definition, own: Scope, items: Items) -> Site:
    """Return the place at which a loop calls its body."""
    entry = definition.entry
    scope = replace(own, around=Around((items,), is_outside=False), bare=items)
    return Site(
        entry.words,
        body.entry.name,
        entry.path,
        scope,
        definition.arguments,
        items,
        artifacts=definition.artifacts.arguments,
    )


def check_repeat(source: Source, site: Site, last: Outputs, report: Report) -> None:
    """Check a repeatCondition, which sees the last iteration where the body is called."""
    scope = replace(site.scope, own={site.name: last}, bare=None)
    check_condition(source, scope, report, "the repeatCondition")
