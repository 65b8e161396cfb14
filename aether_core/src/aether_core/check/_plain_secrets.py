"""Secrets that stand in a document for everybody to read."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from aether_core.check import _codes
from aether_core.document import Severity

if TYPE_CHECKING:
    from collections.abc import Iterator

    from aether_core.check._report import Report
    from aether_core.check._schema import ObjectSchema, Schema
    from aether_core.document import Path
    from aether_sdk import JsonValue

#: What a message has in the place of a value that is not for everybody.
NOT_SHOWN: Final = "a value that is not shown"


def plain_secrets(inputs: ObjectSchema, name: str, value: JsonValue) -> list[Path]:
    """Return the ways into an input's value to texts that its schema calls secret.

    A schema does so with the format `password`, as pydantic's `SecretStr` has it.
    """
    return list(dict.fromkeys(_found(inputs, inputs.properties.get(name, {}), value, ())))


def check_plain_secrets(
    words: str, name: str, path: Path, secrets: list[Path], report: Report
) -> None:
    """Warn of secrets that a document holds.

    Args:
        words: the executor, as messages call it.
        name: the input.
        path: where its value is.
        secrets: the ways into the value, see `plain_secrets`.
        report: takes the problems.
    """
    for way in secrets:
        place = name + "".join(f".{key}" for key in way)
        report.add(
            _codes.PLAIN_SECRET,
            f'"{place}" is a secret of {words}: here everybody can read it, and it is stored',
            (*path, *way),
            severity=Severity.WARNING,
            hint="Take it from a parameter with valueFrom.secretKeyRef.",
        )


def _found(inputs: ObjectSchema, schema: Schema, value: JsonValue, way: Path) -> Iterator[Path]:
    schema = inputs.resolved(schema)
    if schema.get("format", "password") != "password":
        # Such as the path of a file, which may be given instead of what is in it.
        return
    if value and isinstance(value, str) and "format" in schema:
        yield way
    for keyword in ("anyOf", "oneOf", "allOf"):
        for choice in _schemas(schema.get(keyword)):
            yield from _found(inputs, choice, value, way)
    if isinstance(value, dict):
        members = schema.get("properties")
        for key, item in value.items():
            if isinstance(members, dict) and isinstance(inner := members.get(key), dict):
                yield from _found(inputs, inner, item, (*way, key))


def _schemas(value: JsonValue) -> Iterator[Schema]:
    if isinstance(value, list):
        yield from (each for each in value if isinstance(each, dict))
