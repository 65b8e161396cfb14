"""From inputs to an instance of the input model. Importing this module imports pydantic."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any, Final, TypeVar, cast, get_args, overload

from pydantic import ValidationError
from pydantic_core import core_schema

from aether_sdk._accepted_names import reads_inside_inputs
from aether_sdk._adapters import adapter_of
from aether_sdk._bind_problems import AUTHORED, keys_of, problems_of, value_at
from aether_sdk._errors import BindError, BindProblem, OutputError, SchemaError
from aether_sdk._json_value import JsonValue, json_value
from aether_sdk._kinds import model_kind
from aether_sdk._model_schema import model_schema
from aether_sdk._paths import child_path
from aether_sdk._schema_reading import secret_properties

if TYPE_CHECKING:
    from pydantic import BaseModel
    from pydantic_core import ErrorDetails

    from aether_sdk._kinds import DataclassInstance
    from aether_sdk._parameters import Inputs

ModelT = TypeVar("ModelT", bound="BaseModel")
DataclassT = TypeVar("DataclassT", bound="DataclassInstance")
DictT = TypeVar("DictT", bound=Mapping[str, object])

#: Pydantic's own complaints about a value, as opposed to those of an author's validator.
_TYPE_ERRORS: Final = frozenset(get_args(core_schema.ErrorType)) - AUTHORED - {"extra_forbidden"}
_INTEGER_ERRORS: Final = frozenset({"int_type", "int_from_float", "enum", "literal_error"})
#: `json.dumps` would make one for each call.
_ENCODER: Final = json.JSONEncoder(allow_nan=False)


@overload
def bind_inputs(inputs: Inputs | None, model: type[ModelT]) -> ModelT: ...
@overload
def bind_inputs(inputs: Inputs | None, model: type[DataclassT]) -> DataclassT: ...
@overload
def bind_inputs(inputs: Inputs | None, model: type[DictT]) -> DictT: ...
def bind_inputs(inputs: Inputs | None, model: type[Any]) -> object:
    """Return an instance of `model` filled from the inputs of a request.

    Nothing is converted that JSON tells apart: text is no number and 1 is not true. An integer
    serves where a number is asked for, and `5.0` where an integer is. What JSON carries as text
    (dates, UUIDs, paths, enums, bytes, secrets) is read from text.

    Of repeated names the last one counts; parameters without a value count as not given. `null` for
    a field that takes none gives the field's default. Inputs without a field are ignored, unless
    the model forbids or keeps extras. `inputs` is not changed, and shares nothing with the result.

    Args:
        inputs: Inputs of the request; None counts as no inputs.
        model: Pydantic model, dataclass or TypedDict.

    Raises:
        BindError: Some inputs do not fit; it lists all of them.
        SchemaError: `model` is of another kind.
    """
    if model_kind(model) is None:
        raise SchemaError(
            f"bind_inputs: expected a pydantic model, a dataclass or a TypedDict, got {model!r}"
        )
    given = {} if inputs is None else inputs.as_dict()
    return _bound(given, _json_text(given, model), model)


def _bound(given: Mapping[str, JsonValue], text: str, model: type[Any]) -> object:
    adapter = adapter_of(model)
    # Every repair removes a null or makes an integer of a number, so there is an end to them.
    while True:
        try:
            return adapter.validate_json(text, strict=True)
        except ValidationError as error:
            errors = error.errors(include_url=False)
        # Outside of `except`, since pydantic's error quotes values, and a traceback would show it.
        repaired = _repaired(text, errors)
        if repaired is None:
            raise _bind_error(errors, given, model)
        text = repaired


def _json_text(given: Mapping[str, JsonValue], model: type[Any]) -> str:
    try:
        return _ENCODER.encode(given)
    except (TypeError, ValueError, RecursionError) as error:
        problems = _not_json(given) or (BindProblem("$", str(error)),)
        raise BindError(problems, model_name=model.__name__) from None


def _not_json(given: Mapping[str, JsonValue]) -> tuple[BindProblem, ...]:
    """Return the inputs that JSON cannot carry; only Python code can have made them."""
    problems: list[BindProblem] = []
    for name, value in given.items():
        try:
            json_value(value, child_path("$", name))
        except OutputError as error:
            problems.append(BindProblem(error.path, error.reason))
    return tuple(problems)


def _repaired(text: str, errors: list[ErrorDetails]) -> str | None:
    """Return `text` with what strict reading refuses but a workflow may give; None if nothing is.

    These are integral numbers for integers, and null for a field whose default can take its place.
    """
    values: dict[str, JsonValue] = json.loads(text)
    changed = False
    for details in errors:
        keys = keys_of(details, values)
        value = value_at(values, keys)
        if details["type"] in _INTEGER_ERRORS and isinstance(value, float) and value.is_integer():
            _put(values, keys, int(value))
            changed = True
        elif value is None and len(keys) == 1 and details["type"] in _TYPE_ERRORS:
            del values[str(keys[0])]
            changed = True
    return json.dumps(values) if changed else None


def _put(values: dict[str, JsonValue], keys: tuple[str | int, ...], value: int) -> None:
    # The keys were found in these very values, so that every one fits its container.
    container = cast("dict[str | int, JsonValue]", value_at(values, keys[:-1]))
    container[keys[-1]] = value


def _bind_error(
    errors: list[ErrorDetails], given: Mapping[str, JsonValue], model: type[Any]
) -> BindError:
    problems = problems_of(errors, given, _secret_names(model, given))
    if any(details["type"] == "json_invalid" for details in errors):
        # Python wrote JSON that pydantic refuses: half a surrogate pair, or too deep a nesting.
        problems = _not_json(given) or problems
    return BindError(problems, model_name=model.__name__)


def _secret_names(model: type[Any], given: Mapping[str, JsonValue]) -> Iterable[str]:
    """Return the inputs whose values no message may repeat; all of them when that is not known."""
    try:
        schema = model_schema(model, "validation")
    except SchemaError:
        return given
    if reads_inside_inputs(model):
        return given
    return () if schema is None else secret_properties(schema)
