"""Kinds of values: whether a value fits a declared type, whether two values are equal."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import msgspec

if TYPE_CHECKING:
    from aether_core.document._constraints import ParameterKind
    from aether_sdk import JsonValue

_LONGEST_SHOWN: Final = 60

#: What each kind is called in messages.
KIND_NAMES: Final[dict[ParameterKind, str]] = {
    "string": "a string",
    "int": "an integer",
    "float": "a number",
    "bool": "true or false",
    "array": "a list",
    "object": "an object",
    "any": "anything",
}


def is_of_kind(value: JsonValue, kind: ParameterKind) -> bool:
    """Return whether a value fits a declared type; an integral float is an integer too."""
    match kind:
        case "any":
            return True
        case "string":
            return isinstance(value, str)
        case "bool":
            return isinstance(value, bool)
        case "int":
            is_integral = isinstance(value, float) and value.is_integer()
            return is_integral or (isinstance(value, int) and not isinstance(value, bool))
        case "float":
            return isinstance(value, int | float) and not isinstance(value, bool)
        case "array":
            return isinstance(value, list)
        case "object":
            return isinstance(value, dict)


def same(left: JsonValue, right: JsonValue) -> bool:
    """Return whether two JSON values are equal; `true` is not 1, but 5 is 5.0."""
    if isinstance(left, bool) or isinstance(right, bool):
        return left is right
    if isinstance(left, list) and isinstance(right, list):
        return len(left) == len(right) and all(map(same, left, right))
    if isinstance(left, dict) and isinstance(right, dict):
        return left.keys() == right.keys() and all(same(left[key], right[key]) for key in left)
    return left == right


def show(value: JsonValue) -> str:
    """Return a value as short JSON text for a message."""
    text = msgspec.json.encode(value).decode()
    return text if len(text) <= _LONGEST_SHOWN else text[:_LONGEST_SHOWN] + "…"
