"""Rules about the schemas of inputs and outputs."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from aether_sdk._schema_reading import as_schema
from aether_sdk.testing._declared_schema import sides
from aether_sdk.testing._missing import json_schema_library
from aether_sdk.testing._probe import probe
from aether_sdk.testing._rule import NothingToCheck, Rule

if TYPE_CHECKING:
    from collections.abc import Iterator

    from aether_sdk._schema_reading import JsonSchema
    from aether_sdk.testing._subject import Subject

_SEEDS: Final = (1, 2)


def _schema(subject: Subject) -> Iterator[str]:
    yield from subject.declared.problems
    if subject.declared.printed:
        yield f"schema() printed {subject.declared.printed[:200]!r}"


def _stable(subject: Subject) -> Iterator[str]:
    digest = subject.schema.digest
    if subject.executor.schema().digest != digest:
        yield "two calls of schema() differ"
        return
    cls = type(subject.executor)
    others = [probe(cls.__module__, seed).digests.get(cls.__qualname__) for seed in _SEEDS]
    # A class that only a function knows, or that needs arguments, has no digest there.
    if {digest, *others} - {digest, None}:
        yield "schema() differs from one interpreter to the next"


def _described(subject: Subject) -> Iterator[str]:
    for path, node, _ in _properties(subject):
        if not node.get("description") and "$ref" not in node:
            yield f"{path} has no description"


def _defaults(subject: Subject) -> Iterator[str]:
    library = json_schema_library()
    for path, node, root in _properties(subject):
        if "default" not in node:
            continue
        whole = {**node, "$defs": root.get("$defs", {})}
        error = next(library.Draft202012Validator(whole).iter_errors(node["default"]), None)
        if error is not None:
            yield f"{path}: the default does not fit: {error.message}"


def _closed(subject: Subject) -> Iterator[str]:
    inputs = subject.schema.inputs
    if inputs is None:
        message = "the executor accepts any inputs"
        raise NothingToCheck(message)
    if not inputs.keys() & {"additionalProperties", "unevaluatedProperties"}:
        yield "inputs: nothing says what becomes of an input that is not declared"


def _properties(subject: Subject) -> Iterator[tuple[str, JsonSchema, JsonSchema]]:
    """Yield path, schema and root of every declared field, those of nested models included."""
    declared = list(sides(subject.schema))
    if not declared:
        message = "the executor declares neither inputs nor outputs"
        raise NothingToCheck(message)
    for side, root in declared:
        for name, node in as_schema(root.get("properties")).items():
            yield f"{side}.{name}", as_schema(node), root
        for model, definition in as_schema(root.get("$defs")).items():
            for name, node in as_schema(as_schema(definition).get("properties")).items():
                yield f"{side}: {model}.{name}", as_schema(node), root


SCHEMA_RULES: Final = (
    Rule(
        "schema",
        "schema() returns valid JSON Schemas (2020-12), and prints nothing.",
        "Leave schema() as it is and declare Inputs and Outputs as models.",
        _schema,
    ),
    Rule(
        "schema-stable",
        "schema() is the same at every call and in every interpreter.",
        "Do not compute defaults, and give sets and enums a fixed order.",
        _stable,
    ),
    Rule(
        "described",
        "Every declared input and output has a description.",
        'Write Field(description="...").',
        _described,
    ),
    Rule(
        "defaults",
        "Every default fits the schema of its own field.",
        "Change the default or the type; Field(validate_default=True) finds it earlier.",
        _defaults,
    ),
    Rule(
        "closed",
        "The schema of the inputs refuses names that it does not know, or says that it takes them.",
        "Set additionalProperties, as the schema that the SDK makes of a model does.",
        _closed,
    ),
)
