"""Samples with one input of a kind that the schema refuses."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Final

from aether_sdk._schema_reading import as_schema
from aether_sdk.testing._missing import json_schema_library

if TYPE_CHECKING:
    from collections.abc import Iterator

    from aether_sdk._json_value import JsonValue
    from aether_sdk._schema_reading import JsonSchema
    from aether_sdk.testing._samples import Sample

#: What careless reading takes for something else comes first.
_VALUES: Final[tuple[JsonValue, ...]] = ("7", 7, True, ["7"], {"7": 7})


def wrong_calls(sample: Sample, schema: JsonSchema) -> Iterator[tuple[str, Sample]]:
    """Yield a name of an input, and `sample` with a value there that `schema` refuses.

    Inputs that take a value of any kind are left out.
    """
    validator = json_schema_library().Draft202012Validator(schema)
    for name in as_schema(schema.get("properties")):
        for value in _VALUES:
            inputs = {**sample.inputs, name: value}
            if not validator.is_valid(inputs):
                yield name, replace(sample, inputs=inputs, refused_at=f"$.{name}")
                break
