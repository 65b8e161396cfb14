"""Executors with all kinds of inputs, and what two judges say of documents that use them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple

import pytest
from jsonschema import Draft202012Validator  # type: ignore[import-untyped]  # it has no stubs

from aether_core.check import check_resource
from aether_core.document import Severity, examine
from aether_core.editor import editor_schema
from aether_core.plugins import Registry
from aether_sdk import ExecutorSchema, JsonValue

_FETCH: dict[str, JsonValue] = {
    "type": "object",
    "$defs": {
        "Mode": {"enum": ["fast", "safe"], "type": "string"},
        "Tree": {
            "type": "object",
            "properties": {
                "leaf": {"type": "integer", "description": "A number."},
                "inner": {"anyOf": [{"$ref": "#/$defs/Tree"}, {"type": "null"}]},
            },
            "additionalProperties": False,
        },
        "Circle": {"$ref": "#/$defs/Circle"},
    },
    "properties": {
        "url": {"type": "string", "minLength": 3, "pattern": "^http", "description": "Where to."},
        "tries": {"type": "integer", "minimum": 0, "exclusiveMaximum": 9},
        "mode": {"$ref": "#/$defs/Mode", "default": "fast", "description": "`fast` or `safe`."},
        "merged": {"allOf": [{"$ref": "#/$defs/Mode"}], "examples": ["safe"]},
        "headers": {"type": "object", "additionalProperties": {"type": "string"}},
        "codes": {"type": "array", "items": {"type": "integer"}, "maxItems": 2},
        "wait": {"anyOf": [{"type": "string", "format": "duration"}, {"type": "number"}]},
        "tree": {"oneOf": [{"$ref": "#/$defs/Tree"}, {"const": "none"}]},
        "follow": {"type": "boolean", "default": True},
        "either": {"type": ["string", "null"]},
        "nothing": {"type": "null"},
        "pair": {"type": "array", "prefixItems": [{"type": "string"}], "items": {"type": "number"}},
        "circle": {"$ref": "#/$defs/Circle"},
        "lost": {"$ref": "#/$defs/Nowhere"},
        "mixed": {"$ref": "#/$defs/Tree", "minProperties": 1, "type": "object"},
        "any-thing": {},
        "Strange Name": {"type": "integer"},
    },
    "required": ["url", "tree"],
    "additionalProperties": False,
}
_OPEN: dict[str, JsonValue] = {
    "type": "object",
    "properties": {"number": {"type": "number"}, "a": {"type": "string"}, "b": {"type": "string"}},
    "anyOf": [{"required": ["a"]}, {"required": ["b"]}],
    "additionalProperties": True,
}
_CHOICE: dict[str, JsonValue] = {
    "type": "object",
    "properties": {"number": {"type": "number"}, "a": {"type": "string"}, "b": {"type": "string"}},
    "allOf": [
        {
            "oneOf": [
                {"required": ["a"], "properties": {"a": {"not": {"type": "null"}}}},
                {"required": ["b"], "properties": {"b": {"not": {"type": "null"}}}},
            ]
        }
    ],
}
EXECUTORS = (
    ExecutorSchema("fetch", description="Fetches something.", inputs=_FETCH),
    ExecutorSchema("fetch.open", inputs=_OPEN),
    ExecutorSchema("choice", inputs=_CHOICE),
    ExecutorSchema("idle", inputs={"type": "object", "properties": {}}),
    ExecutorSchema("echo", description="Takes anything."),
)


class Verdicts(NamedTuple):
    """What is wrong with a document: codes of the checker's errors, and where the schema fails."""

    errors: tuple[str, ...]
    refused: tuple[str, ...]


@pytest.fixture(scope="session")
def executors() -> tuple[ExecutorSchema, ...]:
    """Return the executors, not in the order of their types."""
    return EXECUTORS


@pytest.fixture(scope="session")
def judge(executors: tuple[ExecutorSchema, ...]) -> Callable[[object], Verdicts]:
    """Return a function that asks the checker and the schema about a document."""
    registry = Registry()
    for each in executors:
        registry.register_schema(each)
    validator: Any = Draft202012Validator(editor_schema(executors))

    def ask(document: object) -> Verdicts:
        examined = examine(document)
        problems = list(examined.problems)
        if examined.draft is not None:
            problems += check_resource(examined.draft, registry)
        errors = sorted({each.code for each in problems if each.severity is Severity.ERROR})
        refused: list[Any] = list(validator.iter_errors(document))
        return Verdicts(tuple(errors), tuple(str(each.json_path) for each in refused))

    return ask
