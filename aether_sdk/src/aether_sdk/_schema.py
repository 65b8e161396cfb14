"""From declared classes to the schema of an executor."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from aether_sdk._errors import SchemaError
from aether_sdk._executor_schema import ExecutorSchema
from aether_sdk._kinds import DynamicOutputs, model_kind

if TYPE_CHECKING:
    from aether_sdk._schema_reading import JsonSchema

_ACCEPTED = "a pydantic model, a dataclass, a TypedDict, DynamicOutputs or None"


def schema_of(
    inputs: type[object] | None,
    outputs: type[object] | None,
    *,
    type: str,
    version: str = "1.0",
    description: str = "",
) -> ExecutorSchema:
    """Return the schema of an executor from the classes that declare its inputs and outputs.

    Names are aliases where fields have them. Descriptions, defaults, constraints, enums, examples
    and nested models are kept. Secret fields (`SecretStr`, `SecretBytes`, `Secret`) are marked
    `writeOnly`, and their defaults are left out.

    A class without fields, `DynamicOutputs` and `None` give None, "anything". Every other class of
    inputs is closed (`additionalProperties: false`), so that a misspelt input is found before the
    run, although `bind_inputs` would ignore it. A model with `extra="allow"` stays open, and so
    does one that reads a field from inside an input (`AliasPath`). Outputs stay open.

    Args:
        inputs: Pydantic model, dataclass or TypedDict of the inputs.
        outputs: The same for the outputs.
        type: The executor's type; named in errors.
        version: The executor's version.
        description: One sentence for people.

    Raises:
        SchemaError: A class is of another kind, or JSON Schema cannot express a field.
    """
    return ExecutorSchema(
        type=type,
        version=version,
        description=description,
        inputs=_declared(inputs, "validation", f"inputs of executor {type!r}", type),
        outputs=_declared(outputs, "serialization", f"outputs of executor {type!r}", type),
    )


def _declared(
    model: type[object] | None,
    mode: Literal["validation", "serialization"],
    what: str,
    executor_type: str,
) -> JsonSchema | None:
    if model is None or model is DynamicOutputs:
        return None
    if model_kind(model) is None:
        raise SchemaError(
            f"{what}: expected {_ACCEPTED}, got {model!r}", executor_type=executor_type
        )
    # Late, because it imports pydantic, which an executor without models does not need.
    from aether_sdk._model_schema import model_schema

    try:
        return model_schema(model, mode)
    except SchemaError as error:
        message = f"{what}: {error.message}"
        raise SchemaError(message, executor_type=executor_type, hint=error.hint) from error
