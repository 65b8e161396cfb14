"""What an executor says about itself."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

from aether_sdk._schema_reading import parameters_of_schema, secret_properties

if TYPE_CHECKING:
    from aether_sdk._json_value import JsonValue
    from aether_sdk._parameters import Parameter
    from aether_sdk._schema_reading import JsonSchema

# Of the canonical JSON {"inputs":null,"outputs":null}.
_DIGEST_OF_ANYTHING = "23db227371a8c18f25fcb51fef16a74b6ba4136c7988b8da50f17fc5fcff8524"


@dataclass(frozen=True)
class ExecutorSchema:
    """Name, version and the JSON Schemas (2020-12) of the inputs and outputs of an executor.

    Attributes:
        type: The executor's type.
        version: The executor's version, free text.
        description: One sentence for people.
        inputs: Schema of the object of all inputs; None accepts anything.
        outputs: Schema of the object of all outputs; None leaves them to each run.
    """

    type: str
    version: str = "1.0"
    description: str = ""
    inputs: JsonSchema | None = None
    outputs: JsonSchema | None = None

    @cached_property
    def input_parameters(self) -> tuple[Parameter, ...] | None:
        """The inputs as a flat list, in the order of the fields; None accepts anything."""
        return None if self.inputs is None else parameters_of_schema(self.inputs)

    @cached_property
    def output_parameters(self) -> tuple[Parameter, ...] | None:
        """The outputs as a flat list, in the order of the fields; None is decided at run time."""
        return None if self.outputs is None else parameters_of_schema(self.outputs)

    @cached_property
    def secret_inputs(self) -> frozenset[str]:
        """Names of the inputs that are a secret or have one inside."""
        return frozenset() if self.inputs is None else secret_properties(self.inputs)

    @cached_property
    def digest(self) -> str:
        """SHA-256, in hexadecimal, of the canonical JSON of both schemas."""
        if self.inputs is None and self.outputs is None:
            return _DIGEST_OF_ANYTHING
        # Late, because they cost start-up time.
        import hashlib
        import json

        both = {"inputs": self.inputs, "outputs": self.outputs}
        text = json.dumps(both, sort_keys=True, separators=(",", ":"), ensure_ascii=True)
        return hashlib.sha256(text.encode()).hexdigest()

    def to_json(self) -> dict[str, JsonValue]:
        """Return the five fields as one JSON object."""
        return {
            "type": self.type,
            "version": self.version,
            "description": self.description,
            "inputs": self.inputs,
            "outputs": self.outputs,
        }
