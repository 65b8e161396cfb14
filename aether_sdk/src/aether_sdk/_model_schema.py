"""JSON Schema of one declared class. Importing this module imports pydantic."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, Final, Literal, TypeAlias

from pydantic import Secret
from pydantic.errors import PydanticUserError
from pydantic.json_schema import GenerateJsonSchema, JsonSchemaValue, JsonSchemaWarningKind

from aether_sdk._accepted_names import add_accepted_names, reads_inside_inputs
from aether_sdk._adapters import adapter_of, first_line
from aether_sdk._errors import OutputError, SchemaError
from aether_sdk._json_value import JsonValue, json_value
from aether_sdk._protocol import MASK
from aether_sdk._schema_reading import (
    JsonSchema,
    as_schema,
    holds_secret,
    resolved,
    subschemas,
)

if TYPE_CHECKING:
    from pydantic_core import core_schema

Mode: TypeAlias = Literal["validation", "serialization"]

_DIALECT: Final = "https://json-schema.org/draft/2020-12/schema"


def model_schema(model: type[object], mode: Mode) -> JsonSchema | None:
    """Return the schema of the objects that `model` accepts or writes; None if it has no fields.

    Raises:
        SchemaError: JSON Schema cannot express a field.
    """
    try:
        written = adapter_of(model).json_schema(
            by_alias=True, mode=mode, schema_generator=_Generator
        )
        # The copy gives a recursive model, written as a `$ref` to itself, properties of its own.
        schema = as_schema(json_value(resolved(written, written)))
    except PydanticUserError as error:
        raise SchemaError(f"{model.__name__}: {first_line(error)}") from error
    except OutputError as error:
        raise SchemaError(f"{model.__name__}: its JSON Schema is not JSON, {error}") from error
    if not schema.get("properties") and "additionalProperties" not in schema:
        return None
    _settle_defaults(schema, schema)
    if mode == "validation":
        schema.setdefault("additionalProperties", reads_inside_inputs(model))
    else:
        _describe_masks(schema)
    return {"$schema": _DIALECT, **schema}


class _Generator(GenerateJsonSchema):
    """Pydantic's generator with this package's rules for titles, names, secrets and decimals."""

    # A default that JSON cannot carry is left out; nobody would read a warning about it.
    ignored_warning_kinds: set[JsonSchemaWarningKind] = {  # noqa: RUF012 - as in the base class
        "skipped-choice",
        "non-serializable-default",
    }

    def field_title_should_be_set(self, schema: object) -> bool:
        """Return False: a title made from the field's name tells nothing new."""
        return False

    def encode_default(self, dft: object) -> object:
        """Return a mask for a secret, which some releases of pydantic cannot write by itself."""
        return MASK if isinstance(dft, Secret) else super().encode_default(dft)

    def model_schema(self, schema: core_schema.ModelSchema) -> JsonSchemaValue:
        """Add the further names of fields, in nested models too."""
        written = super().model_schema(schema)
        if self.mode == "validation":
            add_accepted_names(written, schema["cls"])
        return written

    def decimal_schema(self, schema: core_schema.DecimalSchema) -> JsonSchemaValue:
        """Mark both forms of a decimal, so that a reader can tell it from a union."""
        written = super().decimal_schema(schema)
        for form in written.get("anyOf", [written]):
            form["format"] = "decimal"
        return written

    def json_or_python_schema(self, schema: core_schema.JsonOrPythonSchema) -> JsonSchemaValue:
        """Mark `Secret[...]`, which pydantic leaves unmarked, unlike `SecretStr`."""
        written = super().json_or_python_schema(schema)
        serializer: dict[str, Any] = dict(schema.get("serialization") or {})
        if getattr(serializer.get("function"), "__name__", "") != "_serialize_secret":
            return written
        shown = written if self.mode == "validation" else {"type": "string", "format": "password"}
        return {**shown, "writeOnly": True}


def _settle_defaults(node: JsonSchema, root: JsonSchema) -> None:
    """Remove defaults that would show a secret, and give the defaults of sets a fixed order."""
    default = node.get("default")
    if default is not None:
        if default not in ([], {}) and holds_secret(node, root):
            del node["default"]
        else:
            node["default"] = _ordered(default, node, root)
    for inner in subschemas(node):
        _settle_defaults(inner, root)


def _describe_masks(node: JsonSchema) -> None:
    """Remove from secret outputs what holds for the secret but not for its mask."""
    if node.get("writeOnly") is True and node.get("format") == "password":
        for keyword in ("minLength", "maxLength", "pattern"):
            node.pop(keyword, None)
    for inner in subschemas(node):
        _describe_masks(inner)


def _ordered(value: JsonValue, node: JsonSchema, root: JsonSchema) -> JsonValue:
    """Return `value` with the members of sets sorted; their order differs between interpreters."""
    node = resolved(node, root)
    if isinstance(value, list):
        items = [_ordered(item, as_schema(node.get("items")), root) for item in value]
        return sorted(items, key=json.dumps) if node.get("uniqueItems") else items
    if isinstance(value, dict):
        members = as_schema(node.get("properties"))
        return {
            name: _ordered(item, as_schema(members.get(name)), root) for name, item in value.items()
        }
    return value
