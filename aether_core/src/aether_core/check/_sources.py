"""Values of a document, compiled for checking: literals, references, expressions, placeholders.

Each value is compiled once; what its references mean is asked at each place that evaluates it.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import TYPE_CHECKING, Final, TypeAlias

import msgspec
from msgspec import UNSET, UnsetType

from aether_core.check import _codes
from aether_core.check._types import type_of_declaration, type_of_value
from aether_core.document import Parameter, Path, Severity, is_unnamed
from aether_core.expression import (
    ANY,
    STRING,
    Expression,
    ExpressionError,
    Reference,
    Type,
    TypeProblem,
    compile_expression,
    compile_reference,
    compile_template,
)
from aether_sdk import JsonValue

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from aether_core.check._report import Report
    from aether_core.document import ValueFrom

#: A placeholder as other tools write it.
_DOLLAR: Final = re.compile(r"\$\{\{[^{}]*\}\}")

TypeOf: TypeAlias = Callable[[Reference], Type]


class Use(msgspec.Struct, frozen=True):
    """A reference and the text it stands in.

    Attributes:
        is_guarded: It may be missing: `has` or `default` stands around it.
        in_expression: It stands in an expression, where a bare word is hardly a variable.
    """

    reference: Reference
    path: Path
    is_guarded: bool = False
    in_expression: bool = False

    @property
    def span(self) -> tuple[int, int]:
        """Where it stands in the text."""
        return (self.reference.start, self.reference.end)


class Source(msgspec.Struct, frozen=True):
    """A compiled value.

    Attributes:
        path: Where it stands.
        uses: Every reference in it.
        literal: The value itself, when it holds no reference.
        written: The value as it stands there, when it holds placeholders.
        known: Its type when that does not depend on references; else None.
        expression: Set when the value is computed.
        is_secret: Whether it is a secret, so that nothing is known but that it is text.
    """

    path: Path
    uses: tuple[Use, ...] = ()
    literal: JsonValue | UnsetType = UNSET
    written: JsonValue | UnsetType = UNSET
    known: Type | None = None
    expression: Expression | None = None
    is_secret: bool = False

    def infer(self, type_of: TypeOf) -> tuple[Type, tuple[TypeProblem, ...]]:
        """Return its type where references have these types, and what the types rule out."""
        if self.expression is not None:
            return self.expression.check(type_of)
        if self.known is not None:
            return self.known, ()
        return type_of(self.uses[0].reference), ()


class Declared(msgspec.Struct, frozen=True):
    """A parameter with its compiled values.

    Attributes:
        type: What its declaration says about its values.
    """

    parameter: Parameter
    path: Path
    type: Type
    source: Source | None
    default: Source | None

    @property
    def name(self) -> str:
        """Name of the parameter."""
        return self.parameter.name

    @property
    def sources(self) -> Iterable[Source]:
        """The value or valueFrom, and the default, as far as they are given."""
        return [each for each in (self.source, self.default) if each is not None]


def compile_parameters(
    parameters: Sequence[Parameter], path: Path, report: Report
) -> dict[str, Declared]:
    """Compile a list of parameters that stands at `path`; the last of a name wins."""
    return {
        parameter.name: _compile_parameter(parameter, (*path, number), report)
        for number, parameter in enumerate(parameters)
    }


def compile_outputs(
    parameters: Sequence[Parameter], path: Path, report: Report
) -> dict[str, Declared]:
    """Compile the declared outputs of a task or a loop, whose values are taken as written."""
    found: dict[str, Declared] = {}
    for number, parameter in enumerate(parameters):
        where = (*path, number)
        source = _written(parameter.value, (*where, "value"))
        if source is None and parameter.value_from is not None:
            source = _compile_value_from(parameter.value_from, (*where, "valueFrom"), report)
        default = _written(parameter.default, (*where, "default"))
        declared_type = type_of_declaration(parameter)
        found[parameter.name] = Declared(parameter, where, declared_type, source, default)
    return found


def _written(value: JsonValue | UnsetType, path: Path) -> Source | None:
    if isinstance(value, UnsetType):
        return None
    return Source(path, literal=value, known=type_of_value(value))


def _compile_parameter(parameter: Parameter, path: Path, report: Report) -> Declared:
    source = None
    if not isinstance(parameter.value, UnsetType):
        source = compile_value(parameter.value, (*path, "value"), report)
    elif parameter.value_from is not None:
        source = _compile_value_from(parameter.value_from, (*path, "valueFrom"), report)
    default = None
    if not isinstance(parameter.default, UnsetType):
        default = compile_value(parameter.default, (*path, "default"), report)
    return Declared(parameter, path, type_of_declaration(parameter), source, default)


def _compile_value_from(value_from: ValueFrom, path: Path, report: Report) -> Source:
    if value_from.path is not None:
        return _compile_reference(value_from.path, (*path, "path"), report)
    if value_from.parameter is not None:
        return _compile_reference(value_from.parameter, (*path, "parameter"), report)
    if value_from.expression is not None:
        return compile_computed(value_from.expression, (*path, "expression"), report)
    if value_from.secret_key_ref is not None:
        return Source((*path, "secretKeyRef"), known=STRING, is_secret=True)
    # A valueFrom without any source is a structural problem.
    return Source(path, known=ANY)


def compile_artifact_reference(text: str, path: Path, report: Report) -> Use | None:
    """Compile the `from` of an artifact; one that can't be read is reported."""
    uses = _compile_reference(text, path, report).uses
    return uses[0] if uses else None


def _compile_reference(text: str, path: Path, report: Report) -> Source:
    if is_unnamed(text):
        return Source(path, known=ANY)
    try:
        return Source(path, (Use(compile_reference(text), path),))
    except ExpressionError as error:
        _refuse(_codes.BAD_REFERENCE, "this is not a reference", error, path, report)
    return Source(path, known=ANY)


def compile_computed(text: str, path: Path, report: Report) -> Source:
    """Compile an expression; one that can't be read is reported and taken for anything."""
    try:
        expression = compile_expression(text)
    except ExpressionError as error:
        _refuse(_codes.BAD_EXPRESSION, "this is not an expression", error, path, report)
        return Source(path, known=ANY)
    required = {(each.start, each.end) for each in expression.required}
    uses = tuple(
        Use(each, path, (each.start, each.end) not in required, in_expression=True)
        for each in expression.references
    )
    return Source(path, uses, expression=expression)


def compile_value(value: JsonValue, path: Path, report: Report) -> Source:
    """Compile a value whose texts may hold placeholders, at any depth."""
    if not isinstance(value, str | list | dict):
        return Source(path, literal=value, known=type_of_value(value))
    reading = _Reading(report)
    literal = reading.read(value, path)
    if reading.is_broken:
        return Source(path, known=ANY)
    uses = tuple(reading.uses)
    if not uses:
        return Source(path, literal=literal, known=type_of_value(literal))
    alone = isinstance(value, str) and is_placeholder(value, uses)
    return Source(path, uses, written=value, known=None if alone else type_of_value(value))


def has_placeholder(text: str) -> bool:
    """Return whether a text would be interpolated where placeholders are replaced."""
    try:
        template = compile_template(text)
    except ExpressionError:
        return False
    return template is not None and bool(template.references)


def is_placeholder(text: str, uses: Sequence[Use]) -> bool:
    """Return whether a text is exactly one placeholder, which keeps the type of its value."""
    start, end = uses[0].span
    return len(uses) == 1 and text[:start].rstrip() == "{{" and text[end:].lstrip() == "}}"


class _Reading:
    """Collects the references in the texts of one value."""

    def __init__(self, report: Report) -> None:
        self.uses: list[Use] = []
        self.is_broken = False
        self._report = report

    def read(self, value: JsonValue, path: Path) -> JsonValue:
        """Return the value with its escapes resolved."""
        if isinstance(value, str):
            return self._text(value, path)
        if isinstance(value, list):
            return [self.read(item, (*path, place)) for place, item in enumerate(value)]
        if isinstance(value, dict):
            return {key: self.read(item, (*path, key)) for key, item in value.items()}
        return value

    def _text(self, text: str, path: Path) -> JsonValue:
        try:
            template = compile_template(text)
        except ExpressionError as error:
            what = "a placeholder can't be read"
            _refuse(_codes.BAD_PLACEHOLDER, what, error, path, self._report)
            self.is_broken = True
            return text
        if template is None:
            return text
        if template.references:
            if _DOLLAR.fullmatch(text):
                message = "the $ stays in the text: a placeholder is written {{ … }}"
                warning = Severity.WARNING
                self._report.add(
                    _codes.NO_EFFECT, message, path, severity=warning, hint="Remove the $."
                )
            self.uses.extend(Use(each, path) for each in template.references)
            return text
        # There is nothing to resolve, so the resolver is never asked.
        return template.render(lambda reference: reference)


def _refuse(code: str, what: str, error: ExpressionError, path: Path, report: Report) -> None:
    message = f"{what}: {error.message}"
    report.add(code, message, path, hint=sentence(error.hint), span=(error.start, error.end))


def sentence(hint: str | None) -> str | None:
    """Return a hint in the form of this room's own: a sentence."""
    if not hint:
        return None
    return hint[0].upper() + hint[1:] + ("" if hint[-1] in ".?" else ".")
