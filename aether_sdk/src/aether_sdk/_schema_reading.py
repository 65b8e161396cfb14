"""What the JSON Schema of an object says about its members: types, defaults, secrets.

The schemas are those that this package writes: local `$ref`s into `$defs`, 2020-12 keywords.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, TypeAlias, TypeGuard

from aether_sdk._parameters import UNSET, Parameter

if TYPE_CHECKING:
    from collections.abc import Iterator

    from aether_sdk._json_value import JsonValue

#: A JSON Schema (2020-12), or a part of one.
JsonSchema: TypeAlias = dict[str, "JsonValue"]

#: Types of parameters by type of JSON Schema (executors.md 8.2).
_TYPES: Final = {
    "string": "string",
    "integer": "int",
    "number": "float",
    "boolean": "bool",
    "array": "array",
    "object": "object",
}
_TYPES_OF_VALUES: Final[dict[type[object], str]] = {
    bool: "bool",
    int: "int",
    float: "float",
    str: "string",
    list: "array",
    dict: "object",
}
_SCHEMAS_BY_NAME: Final = ("$defs", "properties", "patternProperties", "dependentSchemas")
_SCHEMA_LISTS: Final = ("allOf", "anyOf", "oneOf", "prefixItems")
_SCHEMAS: Final = (
    "items",
    "additionalProperties",
    "propertyNames",
    "contains",
    "not",
    "if",
    "then",
    "else",
    "unevaluatedProperties",
    "unevaluatedItems",
)


def parameters_of_schema(schema: JsonSchema) -> tuple[Parameter, ...]:
    """Return one parameter per property of the object that `schema` describes, in its order."""
    required = schema.get("required")
    names = required if isinstance(required, list) else []
    return tuple(
        _parameter(name, as_schema(node), schema, required=name in names)
        for name, node in as_schema(schema.get("properties")).items()
    )


def secret_properties(schema: JsonSchema) -> frozenset[str]:
    """Return the names of the properties that are a secret or have one inside."""
    return frozenset(
        name
        for name, node in as_schema(schema.get("properties")).items()
        if holds_secret(as_schema(node), schema)
    )


def holds_secret(node: JsonSchema, root: JsonSchema) -> bool:
    """Return whether a value of `node` is write-only, or has such a value anywhere inside."""
    return any(schema.get("writeOnly") is True for schema in _reachable(node, root))


def resolved(node: JsonSchema, root: JsonSchema) -> JsonSchema:
    """Return `node` with what its `$ref` points to; keywords beside the `$ref` win."""
    seen: set[str] = set()
    while isinstance(ref := node.get("$ref"), str) and ref not in seen:
        seen.add(ref)
        beside = {key: value for key, value in node.items() if key != "$ref"}
        target = as_schema(as_schema(root.get("$defs")).get(ref.removeprefix("#/$defs/")))
        node = {**target, **beside}
    return node


def subschemas(node: JsonSchema) -> Iterator[JsonSchema]:
    """Yield the schemas directly inside `node`, those of `$defs` included."""
    for keyword in _SCHEMAS_BY_NAME:
        yield from filter(_is_schema, as_schema(node.get(keyword)).values())
    for keyword in _SCHEMA_LISTS:
        yield from schema_list(node, keyword)
    yield from filter(_is_schema, map(node.get, _SCHEMAS))


def _is_schema(value: JsonValue) -> TypeGuard[JsonSchema]:
    return isinstance(value, dict)


def as_schema(value: JsonValue) -> JsonSchema:
    """Return `value` if it is an object; `true`, `false` and absent schemas read as `{}`."""
    return value if isinstance(value, dict) else {}


def schema_list(node: JsonSchema, keyword: str) -> list[JsonSchema]:
    """Return the schemas listed under `keyword`, such as the choices of `anyOf`."""
    value = node.get(keyword)
    return [as_schema(item) for item in value] if isinstance(value, list) else []


def _reachable(node: JsonSchema, root: JsonSchema) -> Iterator[JsonSchema]:
    pending = [node]
    visited: set[str] = set()
    while pending:
        schema = pending.pop()
        yield schema
        # Definitions count where they are referred to, not where they are written.
        pending.extend(subschemas({key: schema[key] for key in schema if key != "$defs"}))
        ref = schema.get("$ref")
        if isinstance(ref, str) and ref not in visited:
            visited.add(ref)
            pending.append(resolved({"$ref": ref}, root))


def _parameter(name: str, node: JsonSchema, root: JsonSchema, *, required: bool) -> Parameter:
    full = resolved(node, root)
    description = full.get("description")
    return Parameter(
        name=name,
        type=_parameter_type(full, root),
        description=description if isinstance(description, str) else "",
        default=full.get("default", UNSET),
        enum=_allowed(full, root),
        required=required,
    )


def _parameter_type(node: JsonSchema, root: JsonSchema) -> str:
    kinds = set(_kinds(node, root)) - {"null"}
    if kinds == {"int", "float"}:
        return "float"
    return kinds.pop() if len(kinds) == 1 else "any"


def _kinds(node: JsonSchema, root: JsonSchema) -> Iterator[str]:
    """Yield the parameter type of every choice that `node` leaves."""
    node = resolved(node, root)
    declared = node.get("type")
    values = _own_values(node)
    choices = _choices(node)
    if _is_decimal(choices):
        yield "float"
    elif isinstance(declared, str):
        yield _TYPES.get(declared, declared)
    elif values:
        yield from map(_kind_of_value, values)
    elif choices:
        for choice in choices:
            yield from _kinds(choice, root)
    else:
        yield "any"


def _choices(node: JsonSchema) -> list[JsonSchema]:
    merged = schema_list(node, "allOf")
    alone = merged if len(merged) == 1 else []
    return schema_list(node, "anyOf") or schema_list(node, "oneOf") or alone


def _is_decimal(choices: list[JsonSchema]) -> bool:
    return [choice.get("format") for choice in choices] == ["decimal", "decimal"]


def _kind_of_value(value: JsonValue) -> str:
    if value is None:
        return "null"
    return _TYPES_OF_VALUES[type(value)]


def _allowed(node: JsonSchema, root: JsonSchema) -> tuple[JsonValue, ...]:
    """Return the values that `node` lists, null included where a choice allows it; else ()."""
    node = resolved(node, root)
    values = _own_values(node)
    if values:
        return tuple(values)
    allowed: list[JsonValue] = []
    for choice in _choices(node):
        listed = (None,) if choice.get("type") == "null" else _allowed(choice, root)
        if not listed:
            return ()
        allowed.extend(listed)
    return () if allowed == [None] else tuple(allowed)


def _own_values(node: JsonSchema) -> list[JsonValue]:
    if "const" in node:
        return [node["const"]]
    values = node.get("enum")
    return values if isinstance(values, list) else []
