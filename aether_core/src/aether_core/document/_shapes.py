"""The struct types of documents in a form that the walk reads: what may stand where.

This module imports `msgspec.inspect`, so it is imported only when a document has a problem.
"""

from __future__ import annotations

from functools import lru_cache
from typing import Any, Literal, TypeAlias, cast

import msgspec
from msgspec import inspect as mi

Sort: TypeAlias = Literal[
    "an object", "a list", "text", "a choice", "a whole number", "a number", "true or false", "any"
]


class Field(msgspec.Struct, frozen=True):
    """One key of an object."""

    attribute: str
    required: bool
    shape: Shape
    description: str
    default: Any


class Alternative(msgspec.Struct, frozen=True):
    """One sort of value that is allowed at a place, with its limits.

    Attributes:
        rule: name of the rule behind a text's pattern, such as `duration`.
        struct: the class of an object; None for a free-form mapping.
        item: shape of a list's items, or of a free-form mapping's values.
    """

    sort: Sort
    rule: str = ""
    struct: type[msgspec.Struct] | None = None
    fields: dict[str, Field] = msgspec.field(default_factory=dict[str, "Field"])
    item: Shape | None = None
    choices: tuple[str, ...] = ()
    constraints: Any = None

    def fits(self, value: object) -> bool:
        """Whether the value is of this sort; its limits are another question."""
        match self.sort:
            case "any":
                return True
            case "an object":
                return isinstance(value, dict)
            case "a list":
                return isinstance(value, list | tuple)
            case "true or false":
                return isinstance(value, bool)
            case "text" | "a choice":
                return isinstance(value, str)
            case "a whole number":
                return _is_whole(value)
            case "a number":
                return isinstance(value, int | float) and not isinstance(value, bool)


class Shape(msgspec.Struct, frozen=True):
    """What may stand at one place of a document."""

    alternatives: tuple[Alternative, ...]
    #: An empty list means the same as no list.
    empty_list_is_absent: bool = False

    def is_absent(self, value: object) -> bool:
        """Whether the value of an optional key says nothing: null, or empty text."""
        if any(each.sort == "any" for each in self.alternatives):
            return False
        if value is None:
            return True
        if isinstance(value, str):
            return not value and any(map(_refuses_empty, self.alternatives))
        return self.empty_list_is_absent and isinstance(value, list | tuple) and not value


def _is_whole(value: object) -> bool:
    # 3.0 is a whole number in JSON Schema, and some tools write whole numbers that way.
    if isinstance(value, float):
        return value.is_integer()
    return isinstance(value, int) and not isinstance(value, bool)


def _refuses_empty(alternative: Alternative) -> bool:
    if alternative.sort == "a choice":
        return True
    return alternative.sort == "text" and bool(alternative.constraints.min_length)


@lru_cache(maxsize=8)
def shape_of(resource_type: type[msgspec.Struct]) -> Alternative:
    """Return the shape of a whole resource."""
    return _object(cast(mi.StructType, mi.type_info(resource_type)))


def _shape(described: mi.Type) -> Shape:
    absent = False
    found: list[Alternative] = []
    pending: list[tuple[mi.Type, str]] = [(described, "")]
    while pending:
        each, rule = pending.pop(0)
        if isinstance(each, mi.Metadata):
            extra = _mapping(cast(Any, each).extra)
            absent = absent or extra.get("empty") == "absent"
            pending.insert(0, (each.type, extra.get("rule", rule)))
        elif isinstance(each, mi.UnionType):
            pending[:0] = [(member, rule) for member in each.types]
        elif not isinstance(each, mi.NoneType):
            found.append(_alternative(each, rule))
    return Shape(tuple(found), absent)


def _alternative(described: mi.Type, rule: str) -> Alternative:
    match described:
        case mi.StructType():
            return _object(described)
        case mi.VarTupleType():
            return Alternative("a list", item=_shape(described.item_type), constraints=described)
        case mi.DictType():
            return Alternative("an object", item=_shape(described.value_type))
        case mi.LiteralType():
            return Alternative("a choice", choices=tuple(map(str, described.values)))
        case mi.StrType():
            return Alternative("text", rule=rule, constraints=described)
        case mi.IntType():
            return Alternative("a whole number", constraints=described)
        case mi.FloatType():
            return Alternative("a number", constraints=described)
        case mi.BoolType():
            return Alternative("true or false")
        case _:
            return Alternative("any")


def _object(described: mi.StructType) -> Alternative:
    fields = {
        field.encode_name: Field(
            attribute=field.name,
            required=field.required,
            shape=_shape(field.type),
            description=_description(field.type),
            default=None if field.default is msgspec.NODEFAULT else field.default,
        )
        for field in described.fields
    }
    return Alternative("an object", struct=described.cls, fields=fields)


def _description(described: mi.Type) -> str:
    if not isinstance(described, mi.Metadata):
        return ""
    return _mapping(cast(Any, described).extra_json_schema).get("description", "")


def _mapping(extra: dict[str, str] | None) -> dict[str, str]:
    return {} if extra is None else extra
