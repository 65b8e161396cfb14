"""What the JSON Schema of an executor rules out (2020-12).

Only what is certain counts: `type`, `enum`, `const`, `anyOf`, `oneOf`, `allOf`, the bounds of
numbers, the lengths of texts and lists, the `pattern` of texts, the members of lists, and which
members an object must and may have. Every other keyword, `format` among them, accepts.

A pattern accepts where dialects of regular expressions differ: when RE2 can't read it, and for a
text beyond printable ASCII.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, TypeAlias

import msgspec

from aether_core.check._patterns import refused_by_pattern
from aether_core.check._presence import presence_problems
from aether_core.check._types import type_of_value
from aether_core.document import Path, same, show
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
    list_of,
    one_of,
)
from aether_sdk import JsonValue

if TYPE_CHECKING:
    from collections.abc import Iterator


Schema: TypeAlias = "dict[str, JsonValue]"

_TYPES: Final[dict[JsonValue, Type]] = {
    "null": NULL,
    "boolean": BOOL,
    "integer": INT,
    "number": NUMBER,
    "string": STRING,
    "array": LIST,
    "object": MAP,
}
_WORDS: Final[dict[JsonValue, str]] = {
    "null": "null",
    "boolean": "true or false",
    "integer": "an integer",
    "number": "a number",
    "string": "a string",
    "array": "a list",
    "object": "an object",
}
#: A schema may refer to itself; nothing is looked up more often than this on one way.
_MOST_REFERENCES: Final = 20


class Misfit(msgspec.Struct, frozen=True):
    """Why a value does not fit: the way into the value, and what was expected there.

    Attributes:
        is_other_type: Whether a value of another type was expected.
        unknown: The first key of an object that it can't have, if that is why.
        known: The keys that it can have.
    """

    path: Path
    expected: str
    value: JsonValue
    is_other_type: bool = False
    unknown: str | None = None
    known: tuple[str, ...] = ()


class ObjectSchema:
    """The schema of all inputs, or of all outputs, of an executor.

    Attributes:
        properties: The schema of each known name.
        required: The names that must have a value.
        is_closed: Whether other names are refused. An executor that declares names has these
            and no others, unless its schema says otherwise (executors.md 8.1).
    """

    def __init__(self, schema: Schema) -> None:
        self.schema = self._root = schema
        resolved = _resolved(schema, schema)
        self.properties: dict[str, Schema] = {
            name: _schema(value) for name, value in _schema(resolved.get("properties")).items()
        }
        required = resolved.get("required")
        names = required if isinstance(required, list) else []
        self.required = frozenset(name for name in names if isinstance(name, str))
        extra = resolved.get("additionalProperties", False)
        self.is_closed = extra is False and not resolved.get("patternProperties")

    def type_of(self, name: str) -> Type:
        """Return the type of a property; `ANY` for a name that is not declared."""
        return _type(self.properties.get(name, {}), self._root, 0)

    def resolved(self, schema: Schema) -> Schema:
        """Return what a `$ref` in this schema leads to; an empty schema when it is nowhere."""
        return _resolved(schema, self._root)

    def misfit(self, name: str, value: JsonValue) -> Misfit | None:
        """Return why the property can't have this value, or None when it may."""
        if value is None and name not in self.required:
            # Binding drops a null that does not fit, and the executor's own default applies.
            return None
        return _misfit(value, self.properties.get(name, {}), self._root, ())


def _schema(value: JsonValue) -> Schema:
    return value if isinstance(value, dict) else {}


def _schemas(value: JsonValue) -> list[Schema]:
    return [_schema(item) for item in value] if isinstance(value, list) else []


def _resolved(schema: Schema, root: Schema) -> Schema:
    """Return the schema that a local `$ref` leads to; an empty one when it leads nowhere."""
    for _ in range(_MOST_REFERENCES):
        reference = schema.get("$ref")
        if not isinstance(reference, str):
            return schema
        beside = {key: value for key, value in schema.items() if key != "$ref"}
        schema = {**_target(reference, root), **beside}
    return {}


def _target(reference: str, root: Schema) -> Schema:
    if reference == "#":
        return {key: value for key, value in root.items() if key != "$defs"}
    found: JsonValue = root
    for step in reference.removeprefix("#/").split("/"):
        found = _schema(found).get(step.replace("~1", "/").replace("~0", "~"))
    return _schema(found)


def _type(schema: Schema, root: Schema, depth: int) -> Type:
    schema = _resolved(schema, root)
    if depth > _MOST_REFERENCES:
        return ANY
    values = _values(schema)
    if values:
        texts = [value for value in values if isinstance(value, str)]
        return one_of(texts) if len(texts) == len(values) else _joined(map(type_of_value, values))
    choices = _schemas(schema.get("anyOf")) or _schemas(schema.get("oneOf"))
    if choices:
        return _joined(_type(choice, root, depth + 1) for choice in choices)
    merged = _schemas(schema.get("allOf"))
    if len(merged) == 1 and "type" not in schema:
        return _type(merged[0], root, depth + 1)
    declared = schema.get("type")
    if declared == "array":
        return list_of(_type(_schema(schema.get("items")), root, depth + 1))
    return _TYPES.get(declared, ANY) if isinstance(declared, str) else ANY


def _joined(types: Iterator[Type] | map[Type]) -> Type:
    """Return the type that all are, or `ANY`; null is left out, an absent value is not known."""
    found = {each for each in types if each is not NULL}
    return found.pop() if len(found) == 1 else ANY


def _values(schema: Schema) -> list[JsonValue]:
    if "const" in schema:
        return [schema["const"]]
    values = schema.get("enum")
    return values if isinstance(values, list) else []


def _misfit(value: JsonValue, schema: Schema, root: Schema, path: Path) -> Misfit | None:
    schema = _resolved(schema, root)
    if expected := _refused_by_type(value, schema):
        return Misfit(path, expected, value, is_other_type=_is_other_type(value, schema))
    if expected := _refused_by_bounds(value, schema):
        return Misfit(path, expected, value)
    if isinstance(value, dict) and (expected := _refused_by_names(value, schema)):
        known = tuple(_schema(schema.get("properties")))
        unknown = next(_unknown_names(value, schema), None)
        return Misfit(path, expected, value, unknown=unknown, known=known)
    for part in _schemas(schema.get("allOf")):
        found = _misfit(value, part, root, path)
        if found is not None:
            return found
    for keyword in ("anyOf", "oneOf"):
        choices = _schemas(schema.get(keyword))
        misfits = [_misfit(value, choice, root, path) for choice in choices]
        if misfits and all(misfits):
            return _nearest([each for each in misfits if each is not None])
    return next(_inner_misfits(value, schema, root, path), None)


def _nearest(misfits: list[Misfit]) -> Misfit:
    """Return what to say when no choice fits: the one that fails deepest, or all of them.

    Choices of another type are left out where one is of the type of the value.
    """
    deepest = max(misfits, key=lambda each: len(each.path))
    if any(len(each.path) < len(deepest.path) for each in misfits):
        return deepest
    misfits = [each for each in misfits if not each.is_other_type] or misfits
    if len(misfits) == 1:
        return misfits[0]
    # Null is left out where there is more to say: it stands for an absent value.
    wanted = dict.fromkeys(each.expected for each in misfits)
    *words, last = [each for each in wanted if each != "null"] or ["null"]
    expected = f"{', '.join(words)} or {last}" if words else last
    is_other_type = all(each.is_other_type for each in misfits)
    return Misfit(deepest.path, expected, deepest.value, is_other_type=is_other_type)


def _refused_by_type(value: JsonValue, schema: Schema) -> str:
    declared = schema.get("type")
    names = declared if isinstance(declared, list) else [declared]
    if declared is not None and not any(_is_of(value, name) for name in names):
        return " or ".join(_WORDS.get(name, str(name)) for name in names)
    values = _values(schema)
    if values and not any(same(value, allowed) for allowed in values):
        return " or ".join(map(show, values)) if len(values) == 1 else _listed(values)
    return ""


def _is_other_type(value: JsonValue, schema: Schema) -> bool:
    """Return whether a value that `type`, `enum` or `const` refuses is of another type."""
    kinds = type_of_value(value).kinds
    return not any(kinds & type_of_value(each).kinds for each in _values(schema))


def _listed(values: list[JsonValue]) -> str:
    return f"one of {', '.join(map(show, values))}"


def _is_of(value: JsonValue, name: JsonValue) -> bool:
    expected = _TYPES.get(name) if isinstance(name, str) else None
    return expected is None or expected.accepts(value)


def _refused_by_bounds(value: JsonValue, schema: Schema) -> str:
    if isinstance(value, str) and (expected := refused_by_pattern(value, schema)):
        return expected
    if isinstance(value, str | list):
        size, unit = len(value), "characters" if isinstance(value, str) else "items"
        low, high = ("minLength", "maxLength") if unit == "characters" else ("minItems", "maxItems")
        if (bound := _number(schema, low)) is not None and size < bound:
            return f"at least {bound} {unit}"
        if (bound := _number(schema, high)) is not None and size > bound:
            return f"at most {bound} {unit}"
    if isinstance(value, int | float) and not isinstance(value, bool):
        return _refused_by_range(value, schema)
    return ""


def _refused_by_range(value: float, schema: Schema) -> str:
    if (bound := _number(schema, "minimum")) is not None and value < bound:
        return f"at least {bound}"
    if (bound := _number(schema, "maximum")) is not None and value > bound:
        return f"at most {bound}"
    if (bound := _number(schema, "exclusiveMinimum")) is not None and value <= bound:
        return f"more than {bound}"
    if (bound := _number(schema, "exclusiveMaximum")) is not None and value >= bound:
        return f"less than {bound}"
    return ""


def _refused_by_names(value: Schema, schema: Schema) -> str:
    """Return what is expected of the names in an object, if these are not what they may be."""
    if next(_unknown_names(value, schema), None) is not None:
        known = _schema(schema.get("properties"))
        return f"an object of the keys {', '.join(map(show, known)) or 'none'}"
    required = schema.get("required")
    for name in required if isinstance(required, list) else []:
        if name not in value:
            return f"an object with the key {show(name)}"
    rule = next(presence_problems(schema, dict(value)), "")
    return f"an object with {rule}" if rule else ""


def _unknown_names(value: Schema, schema: Schema) -> Iterator[str]:
    """Yield the keys that an object can't have."""
    if schema.get("additionalProperties") is False and not schema.get("patternProperties"):
        known = _schema(schema.get("properties"))
        yield from (name for name in value if name not in known)


def _number(schema: Schema, keyword: str) -> int | float | None:
    found = schema.get(keyword)
    return found if isinstance(found, int | float) and not isinstance(found, bool) else None


def _inner_misfits(value: JsonValue, schema: Schema, root: Schema, path: Path) -> Iterator[Misfit]:
    if isinstance(value, list):
        items = _schema(schema.get("items"))
        first = schema.get("prefixItems")
        skipped = len(first) if isinstance(first, list) else 0
        for position, item in enumerate(value[skipped:], skipped):
            if (found := _misfit(item, items, root, (*path, position))) is not None:
                yield found
    if isinstance(value, dict):
        known = _schema(schema.get("properties"))
        others = (
            {} if schema.get("patternProperties") else _schema(schema.get("additionalProperties"))
        )
        for name, item in value.items():
            inner = _schema(known[name]) if name in known else others
            if (found := _misfit(item, inner, root, (*path, name))) is not None:
                yield found
