"""Schemas of the literal values that an input takes, as far as the checker is certain of them.

What the checker lets pass, such as any text for a `format`, passes here too.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from aether_core.check import readable_pattern
from aether_core.editor._building import Schema, as_list, as_schema, ref, schemas, unused

if TYPE_CHECKING:
    from collections.abc import Iterator

    from aether_core.check import ObjectSchema

#: Null, which editors need not propose.
_NULL: Final = ref("Null")
_TYPES: Final = frozenset({"null", "boolean", "integer", "number", "string", "array", "object"})
_LENGTHS: Final = ("minLength", "maxLength", "minItems", "maxItems")
_RANGES: Final = ("minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum")
_REMARKS: Final = frozenset({"$ref", "title", "description", "default", "examples", "deprecated"})
#: A schema that refers to itself is written out to this depth where it can't be referred to.
_DEEPEST: Final = 8


class Literals:
    """Makes the schemas of one executor's inputs.

    Attributes:
        definitions: What they refer to, by name.
    """

    def __init__(self, executor_type: str, inputs: ObjectSchema) -> None:
        self.definitions: dict[str, Schema] = {}
        self._prefix = f"model.{executor_type}."
        self._inputs = inputs
        self._names: dict[str, str] = {}

    def of(self, name: str) -> Schema:
        """Return the schema of an input; an empty one when nothing is refused.

        A null that does not fit counts as left out, unless the input is required.
        """
        found = self._translated(self._inputs.properties[name], 0)
        if not found or name in self._inputs.required:
            return found
        choices = found["anyOf"] if found.keys() == {"anyOf"} else [found]
        return {"anyOf": [*(each for each in choices if each != _NULL), _NULL]}

    def _translated(self, schema: Schema, depth: int) -> Schema:
        reference = schema.get("$ref")
        if isinstance(reference, str) and schema.keys() <= _REMARKS:
            return ref(self._hoisted(reference))
        if depth > _DEEPEST:
            return {}
        schema = self._inputs.resolved(schema)
        parts = [
            *self._choices(schema, depth),
            *(self._translated(each, depth + 1) for each in schemas(schema.get("allOf"))),
        ]
        own = {
            **_simple(schema),
            **self._members(schema, depth),
        }
        kept = [part for part in parts if part]
        if len(kept) == 1 and not own.keys() & kept[0].keys():
            return {**own, **kept[0]}
        return {**own, "allOf": kept} if kept else own

    def _hoisted(self, reference: str) -> str:
        """Return the name of the definition of what a reference leads to."""
        if reference not in self._names:
            name = unused(self._prefix + reference.rpartition("/")[2], self.definitions)
            self._names[reference] = name
            self.definitions[name] = {}
            target = self._inputs.resolved({"$ref": reference})
            self.definitions[name] = self._translated(target, 0)
        return self._names[reference]

    def _choices(self, schema: Schema, depth: int) -> Iterator[Schema]:
        for keyword in ("anyOf", "oneOf"):
            choices = [self._translated(each, depth + 1) for each in schemas(schema.get(keyword))]
            if choices and all(choices):
                yield {"anyOf": choices}

    def _members(self, schema: Schema, depth: int) -> Schema:
        """Return what is said of the members of lists and objects."""
        found: Schema = {}
        if as_schema(schema.get("items")) and not schema.get("prefixItems"):
            found["items"] = self._translated(schema["items"], depth + 1)
        properties = as_schema(schema.get("properties"))
        if properties:
            found["properties"] = {
                name: _described(self._translated(as_schema(each), depth + 1), as_schema(each))
                for name, each in properties.items()
            }
        others = schema.get("additionalProperties")
        if others is False and not schema.get("patternProperties"):
            found["additionalProperties"] = False
        elif as_schema(others) and not schema.get("patternProperties"):
            found["additionalProperties"] = self._translated(as_schema(others), depth + 1)
        if as_list(schema.get("required")):
            found["required"] = schema["required"]
        return {key: value for key, value in found.items() if value or value is False}


def _described(translated: Schema, schema: Schema) -> Schema:
    description = schema.get("description")
    about: Schema = {"description": description} if isinstance(description, str) else {}
    return {**about, **translated}


def _simple(schema: Schema) -> Schema:
    """Return the keywords that need no translation, as far as they are well-formed."""
    found = _kinds(schema)
    for keyword in _LENGTHS:
        if type(schema.get(keyword)) is int and schema[keyword] >= 0:
            found[keyword] = schema[keyword]
    for keyword in _RANGES:
        if type(schema.get(keyword)) in {int, float}:
            found[keyword] = schema[keyword]
    return found | _pattern(schema)


def _pattern(schema: Schema) -> Schema:
    """Return the pattern of texts; the checker judges only those of printable ASCII."""
    found = readable_pattern(schema)
    if found is None:
        return {}
    pattern, expected = found
    return {"pattern": rf"(?:{pattern})|[^ -~]", "errorMessage": f"Expected {expected}."}


def _kinds(schema: Schema) -> Schema:
    """Return what `const`, `enum` and `type` say."""
    values = [schema["const"]] if "const" in schema else as_list(schema.get("enum"))
    if values:
        # Without a type beside it: an empty place has none, and values are proposed for it.
        return {"enum": values}
    declared = schema.get("type")
    if declared == "boolean":
        return {"enum": [True, False]}
    if declared == "null":
        return dict(_NULL)
    names = as_list(declared) or [declared]
    return {"type": declared} if all(name in _TYPES for name in names) else {}
