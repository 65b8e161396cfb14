"""Whether one JSON Schema accepts every value that another one accepts.

The answer "yes" is certain. Where this module can't tell, as for two regular expressions, it says
"no": a change that is called compatible must be.
"""

from __future__ import annotations

from math import inf
from typing import TYPE_CHECKING, Any, Final, TypeAlias, cast

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

Schema: TypeAlias = dict[str, Any]

#: Words that say nothing about which values are accepted.
ANNOTATIONS: Final = frozenset(
    {
        "$comment",
        "$defs",
        "$id",
        "$schema",
        "default",
        "deprecated",
        "description",
        "discriminator",
        "examples",
        "readOnly",
        "title",
        "writeOnly",
    }
)
# Each pair bounds one size from below and from above.
_SIZES: Final = {
    "string": ("minLength", "maxLength"),
    "array": ("minItems", "maxItems"),
    "object": ("minProperties", "maxProperties"),
}
# Words that are taken apart.
_COMPARED: Final = frozenset(
    {
        "additionalProperties",
        "const",
        "enum",
        "exclusiveMaximum",
        "exclusiveMinimum",
        "items",
        "maximum",
        "minimum",
        "properties",
        "required",
        "type",
        *(word for pair in _SIZES.values() for word in pair),
    }
)
# Words that concern values of one type only; they are compared as a whole, as unknown words are.
_WHOLE: Final = {
    "pattern": "string",
    "format": "string",
    "contentEncoding": "string",
    "contentMediaType": "string",
    "multipleOf": "integer",
    "uniqueItems": "array",
    "prefixItems": "array",
    "contains": "array",
    "patternProperties": "object",
    "propertyNames": "object",
}
_TYPES: Final = ("array", "boolean", "integer", "null", "number", "object", "string")
# Deeper than any schema means: the schemas refer to themselves.
_DEEPEST: Final = 40


def covers(wide: Schema | bool, narrow: Schema | bool, roots: tuple[Schema, Schema]) -> bool:
    """Return whether `wide` certainly accepts every value that `narrow` accepts.

    Args:
        wide: a schema.
        narrow: another one.
        roots: the schemas whose `$defs` each of them refers to.
    """
    return _Coverage(*roots).holds(wide, narrow, 0)


def significant(schema: Schema) -> Schema:
    """Return a schema without what says nothing about values."""
    return {
        word: value
        for word, value in schema.items()
        if word not in ANNOTATIONS and not word.startswith("x-")
    }


class _Coverage:
    """Compares two schemas, each with its root."""

    def __init__(self, wide_root: Schema, narrow_root: Schema) -> None:
        self._wide_root = wide_root
        self._narrow_root = narrow_root
        self._has_same_definitions = wide_root.get("$defs") == narrow_root.get("$defs")
        # What is being compared further up holds unless something else says no.
        self._pending: set[tuple[int, int]] = set()

    def holds(self, wide: Schema | bool, narrow: Schema | bool, depth: int) -> bool:
        """Return whether `wide` accepts all that `narrow` accepts."""
        if wide is True or narrow is False:
            return True
        if wide is False or depth > _DEEPEST:
            return False
        pair = (id(wide), id(narrow))
        if pair in self._pending:
            return True
        self._pending.add(pair)
        try:
            whole = _resolved(wide, self._wide_root)
            part = _resolved({} if narrow is True else narrow, self._narrow_root)
            return self._split(whole, part, depth + 1)
        finally:
            self._pending.discard(pair)

    def _split(self, wide: Schema, narrow: Schema, depth: int) -> bool:
        """Take the schemas apart where one of them has alternatives."""
        if not wide or (self._has_same_definitions and wide == narrow):
            return True
        for part in _alternatives(narrow):
            return all(self.holds(wide, each, depth) for each in part)
        # Those of oneOf are taken to exclude each other, as the members of tagged unions do.
        choices: tuple[tuple[str, Callable[[Iterable[bool]], bool]], ...] = (
            ("anyOf", any),
            ("oneOf", any),
            ("allOf", all),
        )
        for word, some in choices:
            if word in wide:
                rest = {key: value for key, value in wide.items() if key != word}
                met = some(self.holds(each, narrow, depth) for each in wide[word])
                return met and self.holds(rest, narrow, depth)
        return self._plain(wide, narrow, depth)

    def _plain(self, wide: Schema, narrow: Schema, depth: int) -> bool:
        allowed = wide.get("enum", [wide["const"]] if "const" in wide else None)
        if allowed is not None and not ("const" in narrow and _among(narrow["const"], allowed)):
            return False
        if "const" in narrow:
            narrow = _described(narrow["const"]) | narrow
        kinds = _kinds(narrow)
        return (
            kinds <= _kinds(wide)
            and _within_bounds(wide, narrow, kinds)
            and _has_same_words(wide, narrow, kinds)
            and ("array" not in kinds or self._items(wide, narrow, depth))
            and ("object" not in kinds or self._members(wide, narrow, depth))
        )

    def _items(self, wide: Schema, narrow: Schema, depth: int) -> bool:
        return self.holds(wide.get("items", True), narrow.get("items", True), depth)

    def _members(self, wide: Schema, narrow: Schema, depth: int) -> bool:
        if not set(wide.get("required", ())) <= set(narrow.get("required", ())):
            return False
        names = {*wide.get("properties", {}), *narrow.get("properties", {})}
        pairs = [(_member(wide, name), _member(narrow, name)) for name in names]
        pairs.append((_others(wide), _others(narrow)))
        return all(self.holds(*pair, depth) for pair in pairs)


def _resolved(schema: Schema, root: Schema) -> Schema:
    """Return a schema without annotations, and with what it refers to in place."""
    found = significant(schema)
    seen: set[str] = set()
    while "$ref" in found and found["$ref"] not in seen:
        reference = found.pop("$ref")
        seen.add(reference)
        target: Schema = root
        for name in str(reference).split("/")[1:]:
            target = target.get(name, {})
        found = significant(target) | found
    return found


def _alternatives(schema: Schema) -> Iterable[list[Schema | bool]]:
    """Yield, at most once, schemas that together accept at least what this one accepts."""
    for word in ("anyOf", "oneOf"):
        if word in schema:
            rest = {key: value for key, value in schema.items() if key != word}
            parts: list[Schema | bool] = schema[word]
            yield [rest if each is True else each and {**rest, **each} for each in parts]
            return
    if "allOf" in schema:
        rest = {key: value for key, value in schema.items() if key != "allOf"}
        merged: Schema = {}
        for each in schema["allOf"]:
            merged |= each if isinstance(each, dict) else {}
        yield [merged | rest]
    elif "enum" in schema:
        yield [{"const": value} for value in schema["enum"]]
    elif isinstance(schema.get("type"), list):
        yield [schema | {"type": kind} for kind in schema["type"]]


def _among(value: object, allowed: Iterable[object]) -> bool:
    return any(
        value == each and isinstance(value, bool) == isinstance(each, bool) for each in allowed
    )


def _described(value: object) -> Schema:
    """Return what can be said of a single value in words that are compared."""
    match value:
        case None:
            return {"type": "null"}
        case bool():
            return {"type": "boolean"}
        case int() | float():
            kind = "integer" if isinstance(value, int) else "number"
            return {"type": kind, "minimum": value, "maximum": value}
        case str():
            return {"type": "string", "minLength": len(value), "maxLength": len(value)}
        case list():
            length = len(cast("list[object]", value))
            return {"type": "array", "minItems": length, "maxItems": length}
        case _:
            return {"type": "object"}


def _kinds(schema: Schema) -> frozenset[str]:
    """Return the types that a schema accepts; whole numbers are numbers."""
    declared = schema.get("type", _TYPES)
    kinds = {declared} if isinstance(declared, str) else set(declared)
    return frozenset({*kinds, "integer"} if "number" in kinds else kinds)


def _within_bounds(wide: Schema, narrow: Schema, kinds: frozenset[str]) -> bool:
    if "integer" in kinds and not (
        _lowest(wide) <= _lowest(narrow) and _highest(wide) <= _highest(narrow)
    ):
        return False
    return all(
        wide.get(least, 0) <= narrow.get(least, 0) and wide.get(most, inf) >= narrow.get(most, inf)
        for kind, (least, most) in _SIZES.items()
        if kind in kinds
    )


def _lowest(schema: Schema) -> tuple[float, bool]:
    """Return the lower bound, and whether it is excluded; a greater pair accepts less."""
    return max((schema.get("minimum", -inf), False), (schema.get("exclusiveMinimum", -inf), True))


def _highest(schema: Schema) -> tuple[float, bool]:
    """Return the same for the upper bound, its sign turned; a greater pair accepts less."""
    return max((-schema.get("maximum", inf), False), (-schema.get("exclusiveMaximum", inf), True))


def _has_same_words(wide: Schema, narrow: Schema, kinds: frozenset[str]) -> bool:
    """Return whether the words that are not taken apart are the same, or missing in `wide`."""
    return all(
        narrow.get(word) == value
        for word, value in wide.items()
        if word not in _COMPARED and value is not False and _WHOLE.get(word, "") in {"", *kinds}
    )


def _member(schema: Schema, name: str) -> Schema | bool:
    properties: Schema = schema.get("properties", {})
    found: Schema | bool = properties.get(name, _others(schema))
    return found


def _others(schema: Schema) -> Schema | bool:
    found: Schema | bool = schema.get("additionalProperties", True)
    return found
