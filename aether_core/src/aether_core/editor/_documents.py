"""The schema of documents, changed in form so that editors propose and say the right things."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from aether_core.document import document_schema
from aether_core.editor._building import Schema, as_list, as_schema, ref

if TYPE_CHECKING:
    from collections.abc import Iterator

#: What means the same as leaving a key out, by the name of its definition.
_ABSENT: Final[dict[str, tuple[Schema, ...]]] = {
    "Null": ({"enum": [None]}, {"type": "null"}),
    "NullOrEmpty": ({"enum": [None, ""]},),
}
_NAME: Final = "Expected lower-case letters, digits and -, with a letter or a digit at both ends."
_PARAMETER: Final = "Expected lower-case letters, digits, _ and -, without - at either end."
_DURATION: Final = "Expected a duration such as 500ms, 90s, 5m or 1h30m."
_TIME: Final = "Expected a time such as 2026-01-31T08:00:00Z."
#: What is said instead of a pattern, by key, or by definition and key.
_EXPECTED: Final = {
    "name": _NAME,
    "Parameter.name": _PARAMETER,
    "Artifact.name": _PARAMETER,
    "timeout": _DURATION,
    "duration": _DURATION,
    "maxDuration": _DURATION,
    "schedule": 'Expected five or six fields, such as "30 2 * * *", or a word such as @daily.',
    "startAt": _TIME,
    "endAt": _TIME,
}


def documents() -> Schema:
    """Return a schema that accepts what `document_schema` accepts."""
    schema = document_schema()
    definitions: dict[str, Schema] = schema["$defs"]
    _explain_patterns(definitions)
    _propose_no_absence(definitions)
    for name, meanings in _ABSENT.items():
        definitions[name] = {"if": meanings[0], "else": False}
    # They stand in each kind as well; before the kind is written, nobody would propose them.
    first = {"apiVersion": definitions["Workflow"]["properties"]["apiVersion"]}
    schema["properties"] = {
        **first,
        **schema["properties"],
        "metadata": ref("Metadata"),
        "spec": {},
    }
    return schema


def _explain_patterns(definitions: dict[str, Schema]) -> None:
    """Say in words what a text must look like."""
    for title, definition in definitions.items():
        for key, schema in as_schema(definition.get("properties")).items():
            message = _EXPECTED.get(f"{title}.{key}", _EXPECTED.get(key))
            for part in _parts(schema) if message else ():
                if "pattern" in part:
                    part["errorMessage"] = message


def _parts(value: object) -> Iterator[Schema]:
    """Yield a schema and those inside it."""
    schema = as_schema(value)
    if schema:
        yield schema
    for each in [*schema.values(), *as_list(value)]:
        yield from _parts(each)


def _propose_no_absence(value: object) -> None:
    """Let null and an empty text mean absence as before, without being proposed as values."""
    for each in as_schema(value).values():
        _propose_no_absence(each)
    items = as_list(value)
    absent: list[Schema] = []
    for each in list(items):
        _propose_no_absence(each)
        meant = [ref(name) for name in _ABSENT if each in _ABSENT[name]]
        if meant:
            items.remove(each)
            absent += meant
    # At the end, since of several that do not fit, editors complain about the first.
    items += absent
