"""The JSON Schema of documents, derived from the structs and the rules that it can express."""

from __future__ import annotations

from typing import Any, Final, TypeAlias, cast

import msgspec

from aether_core.document import _codes
from aether_core.document._constraints import SCHEDULE_PATTERN, TIME_PATTERN
from aether_core.document._decode import RESOURCE_TYPES

Schema: TypeAlias = dict[str, Any]

#: Problems that a JSON Schema can't express, or only in part, and why.
NOT_IN_SCHEMA: Final[dict[str, str]] = {
    _codes.DUPLICATE_PARAMETER: "uniqueness of one key across a list",
    _codes.BAD_SCHEDULE: "a pattern counts fields, it does not read them",
    _codes.BAD_TIME_ZONE: "needs the time zone database",
    _codes.BAD_TIME: "a pattern does not know how long a month is",
    _codes.TIMES_REVERSED: "compares two values",
    _codes.BAD_DURATION: "a pattern does not bound the sum of its numbers",
    _codes.TOO_DEEP: "bounds the document as a whole",
    _codes.TOO_MANY_VALUES: "bounds the document as a whole",
}

_NULL: Final[Schema] = {"type": "null"}


def document_schema() -> Schema:
    """Return a JSON Schema (2020-12) that accepts what `decode` accepts.

    `NOT_IN_SCHEMA` lists the problems that only `decode` finds. The definitions are named after
    the structs; `ExecutorRef` is the one of an executor.
    """
    _, definitions = msgspec.json.schema_components(tuple(RESOURCE_TYPES.values()))
    for definition in definitions.values():
        _open_for_extensions(definition)
    _add_rules(definitions)
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "Aether document",
        "type": "object",
        "required": ["apiVersion", "kind", "metadata", "spec"],
        "properties": {"kind": {"enum": list(RESOURCE_TYPES)}},
        "allOf": [
            {
                "if": {"properties": {"kind": {"const": kind}}, "required": ["kind"]},
                "then": {"$ref": f"#/$defs/{kind}"},
            }
            for kind in RESOURCE_TYPES
        ],
        "$defs": definitions,
    }


def _open_for_extensions(definition: Schema) -> None:
    """Allow `x-` keys, and what means the same as leaving an optional key out."""
    definition["patternProperties"] = {"^x-": {}}
    required = definition.get("required", [])
    for key, schema in definition["properties"].items():
        if "default" in schema and schema["default"] in (None, (), False):
            del schema["default"]
        if key not in required:
            definition["properties"][key] = _optional(schema)


def _optional(schema: Schema) -> Schema:
    described: Schema = {
        key: schema.pop(key) for key in ("description", "default") if key in schema
    }
    alternatives = cast(list[Schema], schema.get("anyOf", [schema]))
    if not schema:
        return described
    absent: list[Any] = [None]
    if any(_refuses_empty(each) for each in alternatives):
        absent.append("")
    kept = [each for each in alternatives if each != _NULL]
    return {**described, "anyOf": [*kept, {"enum": absent}]}


def _refuses_empty(schema: Schema) -> bool:
    return "minLength" in schema or "enum" in schema


def _add_rules(definitions: dict[str, Schema]) -> None:
    """Add the rules of documents.md 5 that concern one object only."""
    definitions["Template"]["oneOf"] = [_present(key) for key in ("dag", "task", "loop")]
    sources = ("path", "parameter", "expression", "secretKeyRef")
    definitions["ValueFrom"]["oneOf"] = [_present(key) for key in sources]
    _loop_rules(definitions["Loop"])
    _task_rules(definitions)
    complete = {"anyOf": [_present("workflowTemplateRef"), _presents("entrypoint", "templates")]}
    supplies = {"anyOf": [_present("workflowTemplateRef"), _presents("templates")]}
    _also(definitions["Workflow"], "spec", complete)
    _also(definitions["CronSpec"], "workflowSpec", complete)
    _also(definitions["WorkflowTemplate"], "spec", supplies)
    _also(definitions["CronSpec"], "schedule", {"pattern": SCHEDULE_PATTERN})
    for key in ("startAt", "endAt"):
        _also(definitions["CronSpec"], key, {"anyOf": [{"pattern": TIME_PATTERN}, {"const": ""}]})


def _loop_rules(loop: Schema) -> None:
    loop["properties"]["items"]["anyOf"].append({"const": []})
    loop["oneOf"] = [_present(key) for key in ("items", "itemsFrom", "repeatCondition")]
    serial = {"maxIterations": {"not": {"const": 0}}, "concurrency": {"enum": [0, None]}}
    loop["if"] = _present("repeatCondition")
    loop["then"] = {"properties": serial}


def _task_rules(definitions: dict[str, Schema]) -> None:
    runs_something = {"anyOf": [_present("template"), _present("executor")]}
    tasks = definitions["Dag"]["properties"]["tasks"]
    tasks["items"] = {"allOf": [tasks["items"], runs_something]}
    _also(definitions["Template"], "task", {"anyOf": [_NULL, _present("executor")]})


def _present(key: str) -> Schema:
    """Return the schema of objects that have this key with a value that says something."""
    return {"required": [key], "properties": {key: {"not": {"enum": [None, "", []]}}}}


def _presents(*keys: str) -> Schema:
    return {"allOf": [_present(key) for key in keys]}


def _also(definition: Schema, key: str, rule: Schema) -> None:
    """Make a property obey one more rule."""
    properties = definition["properties"]
    properties[key] = {"allOf": [properties[key], rule]}
