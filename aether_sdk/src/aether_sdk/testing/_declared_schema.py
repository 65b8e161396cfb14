"""The schema that an executor gives, if it is one."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, NamedTuple, cast

from aether_sdk._executor_schema import ExecutorSchema
from aether_sdk.testing._capture import captured
from aether_sdk.testing._missing import json_schema_library

if TYPE_CHECKING:
    from collections.abc import Iterator

    from aether_sdk._executor import Executor
    from aether_sdk._schema_reading import JsonSchema


class Declared(NamedTuple):
    """What `schema()` did.

    Attributes:
        schema: What it gave, if it is a schema.
        problems: What is wrong with that, one sentence each.
        printed: What went to stdout and stderr.
    """

    schema: ExecutorSchema | None
    problems: tuple[str, ...] = ()
    printed: str = ""


def declared_schema(executor: Executor) -> Declared:
    """Call `schema()` and return what it did."""
    with captured() as capture:
        schema, problems = _made(executor)
    return Declared(schema, problems, capture.printed)


def _made(executor: Executor) -> tuple[ExecutorSchema | None, tuple[str, ...]]:
    try:
        made = cast("object", executor.schema())
    except (Exception, SystemExit) as error:  # noqa: BLE001 - this is what is wrong with it
        return None, (f"schema() raised {type(error).__name__}: {error}",)
    if not isinstance(made, ExecutorSchema):
        kind = type(made).__name__
        return None, (f"schema() returned a value of type {kind}, expected ExecutorSchema",)
    return made, tuple(_problems(made))


def sides(schema: ExecutorSchema) -> Iterator[tuple[str, JsonSchema]]:
    """Yield `inputs` and `outputs` with their schemas, as far as they are declared."""
    for side, declared in (("inputs", schema.inputs), ("outputs", schema.outputs)):
        if declared is not None:
            yield side, declared


def _problems(schema: ExecutorSchema) -> Iterator[str]:
    library = json_schema_library()
    for side, declared in sides(schema):
        try:
            json.dumps(declared, allow_nan=False)
            library.Draft202012Validator.check_schema(declared)
        except (TypeError, ValueError, library.SchemaError) as error:
            first_line = str(error).partition("\n")[0]
            yield f"{side}: no JSON Schema 2020-12: {first_line}"
