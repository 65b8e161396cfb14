"""The names under which an input reaches a field, when there are several.

JSON Schema as pydantic writes it knows one name per field. A model that can be filled by alias and
by field name, or by several aliases, accepts more; a closed schema has to list them.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from pydantic import AliasChoices, AliasPath, BaseModel

if TYPE_CHECKING:
    from pydantic.fields import FieldInfo

#: JSON Schema as pydantic's generator hands it around.
WrittenSchema = dict[str, Any]


def add_accepted_names(schema: WrittenSchema, model: type[BaseModel]) -> None:
    """Add to the schema of `model` the further names of its fields."""
    for field_name, field in model.model_fields.items():
        _add_names(schema, _accepted_names(field_name, field, model))


def reads_inside_inputs(model: type[object]) -> bool:
    """Return whether a field of `model` is filled from a part of an input (`AliasPath`)."""
    fields = model.model_fields if issubclass(model, BaseModel) else {}
    return any(
        isinstance(alias, AliasPath) for field in fields.values() for alias in _aliases(field)
    )


def _aliases(field: FieldInfo) -> list[str | AliasPath]:
    alias = field.validation_alias
    if isinstance(alias, AliasChoices):
        return list(alias.choices)
    return [] if alias is None else [alias]


def _accepted_names(field_name: str, field: FieldInfo, model: type[BaseModel]) -> list[str]:
    names = [alias for alias in _aliases(field) if isinstance(alias, str)]
    config = model.model_config
    if config.get("populate_by_name") or config.get("validate_by_name"):
        names.append(field_name)
    return list(dict.fromkeys(names))


def _add_names(schema: WrittenSchema, names: list[str]) -> None:
    """Let every name of one field pass; if the field is required, ask for one of them."""
    properties: WrittenSchema = schema.get("properties", {})
    preferred = next((name for name in names if name in properties), None)
    if preferred is None or len(names) == 1:
        return
    for name in names:
        other = {**properties[preferred], "description": f"Same as `{preferred}`."}
        properties.setdefault(name, other)
    required: list[str] = schema.get("required", [])
    if preferred in required:
        schema["required"] = [name for name in required if name != preferred]
        one_of_them = {"anyOf": [{"required": [name]} for name in names]}
        schema["allOf"] = [*schema.get("allOf", []), one_of_them]
