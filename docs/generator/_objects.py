"""The objects of documents as the models declare them, in words."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, Final, NamedTuple, TypeAlias, cast

import msgspec
from msgspec import inspect as mi

from aether_core.document import CronWorkflow, Workflow, WorkflowTemplate
from generator._catalogue import first_line
from generator._markdown import alternatives

if TYPE_CHECKING:
    from collections.abc import Iterator

Struct: TypeAlias = type[msgspec.Struct]

RESOURCES: Final[tuple[Struct, ...]] = (Workflow, CronWorkflow, WorkflowTemplate)
MAX_COUNT: Final = 2**31 - 1

_RULES: Final = {
    "expression": "[expression](expressions.md)",
    "reference": "[reference](values.md#references)",
    "name": "[name](documents.md#names)",
    "parameter name": "[parameter name](documents.md#names)",
    "duration": "[duration](documents.md#durations)",
}


class Field(NamedTuple):
    """One key of an object.

    Attributes:
        default: what counts when it is left out; None when that is not one value.
    """

    key: str
    type: mi.Type
    required: bool
    default: str | None
    meaning: str


def name_of(struct: Struct) -> str:
    """Return what the pages call an object."""
    return struct.__name__.removesuffix("Decl")


def objects() -> list[Struct]:
    """Return every object of documents, from the outside to the inside."""
    found: dict[Struct, None] = {}
    for resource in RESOURCES:
        level = [resource]
        while level:
            found.update(dict.fromkeys(level))
            inner = (each for s in level for field in fields(s) for each in _structs(field.type))
            level = [each for each in dict.fromkeys(inner) if each not in found]
    return list(found)


def fields(struct: Struct) -> list[Field]:
    """Return the keys of an object, in the order of its declaration."""
    described = cast("mi.StructType", mi.type_info(struct))
    return [_field(each) for each in described.fields]


def summary_of(struct: Struct) -> str:
    """Return what an object is, without the source of the statement."""
    return first_line(struct).partition(" (")[0].rstrip(".") + "."


def members(described: mi.Type) -> Iterator[mi.Type]:
    """Yield the types of a union, or the one type; null and what is left out are none."""
    if isinstance(described, mi.Metadata):
        yield from members(described.type)
    elif isinstance(described, mi.UnionType):
        for each in described.types:
            yield from members(each)
    elif not isinstance(described, mi.NoneType):
        yield described


def type_words(described: mi.Type) -> str:
    """Return a type with its limits, in words."""
    return " or ".join(dict.fromkeys(_words(described, "")))


def _structs(described: mi.Type) -> Iterator[Struct]:
    for each in members(described):
        if isinstance(each, mi.StructType):
            yield each.cls
        elif isinstance(each, mi.VarTupleType):
            yield from _structs(each.item_type)


def _field(field: mi.Field) -> Field:
    described = _json_schema(field.type)
    return Field(
        field.encode_name,
        field.type,
        field.required,
        _default(field, described),
        str(described.get("description", "")),
    )


def _json_schema(described: mi.Type) -> dict[str, Any]:
    """Return what annotations say for the JSON Schema, the outer ones first."""
    if not isinstance(described, mi.Metadata):
        return {}
    inner = _json_schema(described.type)
    return {**inner, **cast("dict[str, Any]", cast("Any", described).extra_json_schema or {})}


def _default(field: mi.Field, described: dict[str, Any]) -> str | None:
    value = described.get("default", field.default)
    if value is None or value is msgspec.NODEFAULT or value is msgspec.UNSET or value == ():
        return None
    return json.dumps(value)


def _words(described: mi.Type, rule: str) -> Iterator[str]:
    """Yield words for each type of a union."""
    match described:
        case mi.Metadata():
            extra = cast("dict[str, Any]", cast("Any", described).extra or {})
            yield from _words(described.type, str(extra.get("rule", rule)))
        case mi.UnionType():
            for each in described.types:
                yield from _words(each, rule)
        case mi.StructType():
            name = name_of(described.cls)
            yield f"[{name}](#{name.lower()})"
        case mi.VarTupleType():
            least = ", at least one" if described.min_length else ""
            yield f"list of {type_words(described.item_type)}{least}"
        case mi.DictType():
            yield f"object of {type_words(described.value_type)}"
        case mi.LiteralType():
            yield alternatives(map(str, described.values))
        case mi.StrType():
            yield _RULES.get(rule, "text" if described.min_length else "text, also empty")
        case mi.IntType() | mi.FloatType():
            yield _number_words(described)
        case mi.BoolType():
            yield "`true`, `false`"
        case mi.AnyType():
            yield "any JSON value"
        case _:
            return


def _number_words(described: mi.IntType | mi.FloatType) -> str:
    noun = "whole number" if isinstance(described, mi.IntType) else "number"
    parts = [noun]
    if described.gt is not None:
        parts.append(f"above {described.gt:g}")
    if described.ge is not None and described.ge > -MAX_COUNT:
        parts.append(f"from {described.ge:g}")
    if described.le is not None and described.le < MAX_COUNT:
        parts.append(f"up to {described.le:g}")
    return " ".join(parts)
