"""Where a value comes from: a constant, a reference, an expression or text with placeholders."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, TypeAlias

import msgspec

from aether_core.expression import (
    MISSING,
    MissingReference,
    Reference,
    Resolver,
    compile_expression,
    compile_reference,
    compile_template,
)
from aether_sdk import JsonValue

if TYPE_CHECKING:
    from aether_core.document import ValueFrom

Evaluate: TypeAlias = Callable[[Resolver], JsonValue]


class ValueSource(msgspec.Struct, frozen=True, gc=False):
    """A compiled value.

    `evaluate(resolver)` returns plain JSON data that the caller may keep. It raises
    `MissingReference` for a reference without value and `EvaluationError` when an expression
    fails.
    """

    evaluate: Evaluate
    references: tuple[Reference, ...] = ()


def copy_json(value: JsonValue) -> JsonValue:
    """Return a deep copy of plain JSON data."""
    if isinstance(value, dict):
        return {key: copy_json(item) for key, item in value.items()}
    if isinstance(value, list):
        return [copy_json(item) for item in value]
    return value


def constant(value: JsonValue) -> ValueSource:
    """Return a source that always gives the value, a fresh copy each time."""
    if isinstance(value, dict | list):
        return ValueSource(lambda _: copy_json(value))
    return ValueSource(lambda _: value)


def from_reference(text: str) -> ValueSource:
    """Return a source for `valueFrom.parameter` and `valueFrom.path`."""
    reference = compile_reference(text)

    def evaluate(resolve: Resolver) -> JsonValue:
        found = resolve(reference)
        if found is MISSING:
            raise MissingReference(reference)
        return found  # type: ignore[return-value]  # resolvers answer JSON data or MISSING

    return ValueSource(evaluate, (reference,))


def from_expression(text: str) -> ValueSource:
    """Return a source for `valueFrom.expression`."""
    expression = compile_expression(text)
    return ValueSource(expression.evaluate, expression.references)


def from_value_from(value_from: ValueFrom) -> ValueSource:
    """Return a source for a `valueFrom` object that the checker has accepted."""
    if value_from.path is not None:
        return from_reference(value_from.path)
    if value_from.parameter is not None:
        return from_reference(value_from.parameter)
    if value_from.expression is not None:
        return from_expression(value_from.expression)
    message = "a plan can't be made of a document with errors: valueFrom has no known source"
    raise ValueError(message)


def from_value(value: JsonValue) -> ValueSource:
    """Return a source for a literal whose strings may hold placeholders, at any depth."""
    references: list[Reference] = []
    evaluate = _interpolated(value, references)
    return constant(value) if evaluate is None else ValueSource(evaluate, tuple(references))


def _interpolated(value: JsonValue, references: list[Reference]) -> Evaluate | None:
    """Return the evaluation of a value that holds a placeholder; None if it holds none."""
    if isinstance(value, str):
        template = compile_template(value)
        if template is None:
            return None
        references.extend(template.references)
        return template.render
    if isinstance(value, list):
        return _interpolated_list(value, references)
    if isinstance(value, dict):
        return _interpolated_object(value, references)
    return None


def _interpolated_list(value: list[JsonValue], references: list[Reference]) -> Evaluate | None:
    parts = [_interpolated(item, references) for item in value]
    if not any(parts):
        return None
    sources = [part or constant(item).evaluate for part, item in zip(parts, value, strict=True)]
    return lambda resolve: [source(resolve) for source in sources]


def _interpolated_object(
    value: dict[str, JsonValue], references: list[Reference]
) -> Evaluate | None:
    parts = {key: _interpolated(item, references) for key, item in value.items()}
    if not any(parts.values()):
        return None
    sources = {key: part or constant(value[key]).evaluate for key, part in parts.items()}
    return lambda resolve: {key: source(resolve) for key, source in sources.items()}
