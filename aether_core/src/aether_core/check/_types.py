"""Static types of values, declarations and references (decision 3)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from aether_core.document import show
from aether_core.expression import (
    ANY,
    BOOL,
    INT,
    LIST,
    MAP,
    NULL,
    NUMBER,
    STRING,
    Type,
    TypeName,
    from_name,
    one_of,
)

if TYPE_CHECKING:
    from collections.abc import Iterable

    from aether_core.document import Parameter
    from aether_sdk import JsonValue

#: Where documents have other words for types than expressions.
_WORDS: Final = {TypeName.BOOL: "true or false", TypeName.MAP: "an object"}


def type_of_value(value: JsonValue) -> Type:
    """Return the type of a known value; its exact text or items are not kept."""
    match value:
        case None:
            return NULL
        case bool():
            return BOOL
        case int():
            return INT
        case float():
            return NUMBER
        case str():
            return STRING
        case list():
            return LIST
        case dict():
            return MAP


def type_of_declaration(parameter: Parameter) -> Type:
    """Return the type that a parameter declares; an enum of texts gives these choices."""
    if not parameter.enum:
        return from_name(parameter.kind)
    texts = [value for value in parameter.enum if isinstance(value, str)]
    if texts and len(texts) == len(parameter.enum) and parameter.kind in {"string", "any"}:
        return one_of(texts)
    return from_name(parameter.kind)


def clash(source: Type, target: Type) -> bool:
    """Return whether no value of one type is also of the other."""
    if not source.kinds & target.kinds:
        return True
    choices = set(source.choices)
    return bool(choices and target.choices and choices.isdisjoint(target.choices))


def type_words(found: Type) -> str:
    """Return a type as messages name it, with its choices if there are few."""
    if not found.choices:
        return _WORDS.get(found.name, str(found))
    return f"one of {', '.join(map(show, found.choices))}"


def follow(found: Type, steps: Iterable[str | int]) -> Type | None:
    """Return the type at the end of a way into a value; None when there can be nothing."""
    for step in steps:
        container = MAP if isinstance(step, str) else LIST
        if not found.kinds & container.kinds:
            return None
        found = found.items if found.name is LIST.name else ANY
    return found


def joined(left: Type, right: Type) -> Type:
    """Return a type that includes both."""
    if left == right:
        return left
    if left.kinds == NUMBER.kinds == right.kinds:
        return NUMBER
    if left.name is not right.name:
        return ANY
    return STRING if left.name is STRING.name else LIST
