"""The JSON Schemas of declared classes."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from decimal import Decimal
from enum import Enum, IntEnum
from pathlib import Path
from typing import Annotated, Any, Literal, NotRequired
from uuid import UUID

import pytest
from jsonschema import Draft202012Validator
from pydantic import (
    AliasChoices,
    AliasPath,
    BaseModel,
    ConfigDict,
    Field,
    RootModel,
    computed_field,
)
from typing_extensions import TypedDict

from aether_sdk import (
    UNSET,
    BindError,
    DynamicOutputs,
    ExecutorSchema,
    Inputs,
    JsonSchema,
    JsonValue,
    Parameter,
    SchemaError,
    bind_inputs,
    output_from,
    schema_of,
)


class _Color(Enum):
    RED = "red"
    BLUE = "blue"


class _Level(IntEnum):
    LOW = 1
    HIGH = 2


class _Auth(BaseModel):
    user: str = Field(description="Who.")


class _Http(BaseModel):
    """Sends a request."""

    url: str = Field(description="Where to.", examples=["https://example.org"], max_length=200)
    method: Literal["GET", "POST"] = "GET"
    fail_count: int = Field(default=0, alias="fail-count", ge=0, description="How often.")
    auth: _Auth | None = Field(default=None, description="Whether to sign in.")
    tags: list[str] = []


class _Empty(BaseModel):
    pass


class _Forbids(BaseModel):
    model_config = ConfigDict(extra="forbid")


class _Open(BaseModel):
    model_config = ConfigDict(extra="allow")

    url: str


class _Node(BaseModel):
    name: str
    children: list[_Node] = []


@dataclass
class _Record:
    name: str
    size: int = 1
    tags: list[str] = field(default_factory=list)


class _Dict(TypedDict):
    name: str
    size: NotRequired[int]


class _Names(RootModel[dict[str, str]]):
    pass


def _inputs(model: type[object]) -> JsonSchema:
    schema = schema_of(model, None, type="x").inputs
    assert schema is not None
    Draft202012Validator.check_schema(schema)
    return schema


def _accepts(schema: JsonSchema, value: object) -> bool:
    return bool(Draft202012Validator(schema).is_valid(value))


def test_a_model_gives_a_complete_json_schema() -> None:
    assert _inputs(_Http) == {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "$defs": {
            "_Auth": {
                "title": "_Auth",
                "type": "object",
                "properties": {"user": {"type": "string", "description": "Who."}},
                "required": ["user"],
            }
        },
        "title": "_Http",
        "description": "Sends a request.",
        "type": "object",
        "properties": {
            "url": {
                "type": "string",
                "description": "Where to.",
                "examples": ["https://example.org"],
                "maxLength": 200,
            },
            "method": {"type": "string", "enum": ["GET", "POST"], "default": "GET"},
            "fail-count": {
                "type": "integer",
                "minimum": 0,
                "default": 0,
                "description": "How often.",
            },
            "auth": {
                "anyOf": [{"$ref": "#/$defs/_Auth"}, {"type": "null"}],
                "default": None,
                "description": "Whether to sign in.",
            },
            "tags": {"type": "array", "items": {"type": "string"}, "default": []},
        },
        "required": ["url"],
        "additionalProperties": False,
    }


def test_inputs_are_closed_and_outputs_are_open() -> None:
    schema = schema_of(_Http, _Http, type="http")

    assert schema.inputs is not None
    assert schema.outputs is not None
    assert not _accepts(schema.inputs, {"url": "x", "methods": "GET"})
    assert _accepts(schema.outputs, {"url": "x", "methods": "GET"})


def test_a_model_that_keeps_extras_stays_open() -> None:
    assert _accepts(_inputs(_Open), {"url": "x", "anything": 1})


@pytest.mark.parametrize("model", [None, DynamicOutputs, _Empty])
def test_nothing_declared_is_no_schema(model: type[object] | None) -> None:
    schema = schema_of(model, model, type="x")

    assert (schema.inputs, schema.outputs) == (None, None)
    assert (schema.input_parameters, schema.output_parameters) == (None, None)
    assert schema.secret_inputs == frozenset()


def test_a_model_that_forbids_everything_says_so() -> None:
    schema = _inputs(_Forbids)

    assert _accepts(schema, {})
    assert not _accepts(schema, {"a": 1})


def test_a_model_that_contains_itself_shows_its_properties_at_the_top() -> None:
    schema = _inputs(_Node)

    assert list(schema["properties"]) == ["name", "children"]  # type: ignore[arg-type]  # an object
    assert _accepts(schema, {"name": "a", "children": [{"name": "b"}]})
    assert not _accepts(schema, {"name": "a", "children": [{}]})
    assert not _accepts(schema, {"name": "a", "child": []})


@pytest.mark.parametrize("model", [_Record, _Dict])
def test_dataclasses_and_typed_dicts_have_schemas_too(model: type[object]) -> None:
    schema = schema_of(model, model, type="x")

    for parameters in (schema.input_parameters, schema.output_parameters):
        assert parameters is not None
        assert [(item.name, item.type) for item in parameters[:2]] == [
            ("name", "string"),
            ("size", "int"),
        ]
    assert schema.inputs is not None
    assert not _accepts(schema.inputs, {"name": "a", "other": 1})


def test_the_flat_list_has_types_defaults_enums_and_descriptions() -> None:
    parameters = schema_of(_Http, None, type="http").input_parameters

    assert parameters == (
        Parameter("url", UNSET, "string", "Where to.", required=True),
        Parameter("method", UNSET, "string", "", "GET", ("GET", "POST")),
        Parameter("fail-count", UNSET, "int", "How often.", 0),
        Parameter("auth", UNSET, "object", "Whether to sign in.", None),
        Parameter("tags", UNSET, "array", "", []),
    )


_TYPES: list[tuple[Any, str]] = [
    (str, "string"),
    (_Color, "string"),
    (Literal["a", "b"], "string"),
    (Literal["a"], "string"),
    (Literal["a", None], "string"),
    (bool, "bool"),
    (Literal[True], "bool"),
    (int, "int"),
    (_Level, "int"),
    (float, "float"),
    (int | float, "float"),
    (Decimal, "float"),
    (list[int], "array"),
    (tuple[int, ...], "array"),
    (tuple[int, str], "array"),
    (set[int], "array"),
    (Sequence[int], "array"),
    (dict[str, int], "object"),
    (Mapping[str, int], "object"),
    (_Auth, "object"),
    (_Record, "object"),
    (_Dict, "object"),
    (_Node, "object"),
    (Any, "any"),
    (JsonValue, "any"),
    (int | str, "any"),
    (Literal["a", 1], "any"),
    (None, "any"),
    (int | None, "int"),
    (_Color | None, "string"),
    (Literal["a"] | None, "string"),
    (_Auth | None, "object"),
    (bytes, "string"),
    (datetime, "string"),
    (timedelta, "string"),
    (UUID, "string"),
    (Path, "string"),
    (Annotated[int, Field(ge=1)] | None, "int"),
]


@pytest.mark.parametrize(("annotation", "name"), _TYPES, ids=str)
def test_types_of_parameters(annotation: Any, name: str) -> None:
    annotation = Any if annotation is JsonValue else annotation
    model = type("_M", (BaseModel,), {"__annotations__": {"field": annotation}})

    [parameter] = schema_of(model, None, type="x").input_parameters or ()

    assert parameter.type == name


@pytest.mark.parametrize(
    ("annotation", "values"),
    [
        (_Color, ("red", "blue")),
        (_Level, (1, 2)),
        (Literal["a"], ("a",)),
        (Literal["a", "b"] | None, ("a", "b", None)),
        (_Color | None, ("red", "blue", None)),
        (str | None, ()),
        (Literal["a"] | int, ()),
        (None, ()),
    ],
    ids=str,
)
def test_enums_of_parameters(annotation: Any, values: tuple[JsonValue, ...]) -> None:
    model = type("_M", (BaseModel,), {"__annotations__": {"field": annotation}})

    [parameter] = schema_of(model, None, type="x").input_parameters or ()

    assert parameter.enum == values


class _Written(BaseModel):
    zeta: Decimal = Field(serialization_alias="the-zeta")
    alpha: int = 0
    hidden: int = Field(default=0, exclude=True)

    @computed_field
    def twice(self) -> int:
        return 2 * self.alpha


def test_names_of_outputs_are_those_that_are_written() -> None:
    schema = schema_of(None, _Written, type="x")
    written = output_from(_Written(zeta=Decimal("1.5")))

    assert [item.name for item in schema.output_parameters or ()] == list(written.as_dict())
    assert schema.outputs is not None
    assert _accepts(schema.outputs, written.as_dict())


class _Defaults(BaseModel):
    endless: float = float("inf")
    callback: Callable[[], int] | None = None


@pytest.mark.parametrize(
    ("model", "said"),
    [
        (int, "expected a pydantic model, a dataclass, a TypedDict, .* got <class 'int'>"),
        (_Http.model_construct(), "got _Http"),
        (_Names, "got <class .*_Names"),
        (
            type("_Callback", (BaseModel,), {"__annotations__": {"f": Callable[[], int]}}),
            "Callable",
        ),
        (dataclass(type("_Odd", (), {"__annotations__": {"f": object.__new__}})), "_Odd"),
        (type("_Unfinished", (BaseModel,), {"__annotations__": {"f": "Missing"}}), "Missing"),
    ],
)
def test_what_has_no_schema_is_an_error_that_names_the_executor(model: Any, said: str) -> None:
    with pytest.raises(SchemaError, match=f"outputs of executor 'http.get': .*{said}") as caught:
        schema_of(None, model, type="http.get")

    assert caught.value.executor_type == "http.get"
    assert isinstance(caught.value, TypeError)


class _Extra(BaseModel):
    field: int = Field(json_schema_extra={"limit": float("inf")})


def test_a_schema_that_is_not_json_is_an_error() -> None:
    with pytest.raises(SchemaError, match=r"\$\.properties\.field\.limit: the number inf"):
        schema_of(_Extra, None, type="x")


def test_a_default_that_json_cannot_carry_is_left_out() -> None:
    class _Odd(BaseModel):
        model_config = ConfigDict(arbitrary_types_allowed=True)

        field: Any = object()

    [parameter] = schema_of(_Odd, None, type="x").input_parameters or ()

    assert (parameter.default, parameter.required) == (UNSET, False)


class _Names2(BaseModel):
    model_config = ConfigDict(populate_by_name=True)

    fail_count: int = Field(alias="fail-count")
    size: int = Field(default=1, validation_alias=AliasChoices("size", "length"))


class _Around(BaseModel):
    inner: _Names2


@pytest.mark.parametrize(
    "values",
    [
        {"fail-count": 1},
        {"fail_count": 1},
        {"fail-count": 1, "size": 2},
        {"fail-count": 1, "length": 2},
        {},
        {"failcount": 1},
        {"fail_count": "1"},
    ],
)
def test_every_name_that_binding_accepts_is_in_the_schema(values: dict[str, object]) -> None:
    try:
        bind_inputs(Inputs.of(values), _Names2)
        bound = True
    except BindError:
        bound = False

    assert _accepts(_inputs(_Names2), values) is bound
    assert _accepts(_inputs(_Around), {"inner": values}) is bound


class _Inside(BaseModel):
    first: int = Field(validation_alias=AliasPath("items", 0))


def test_a_field_read_from_inside_an_input_leaves_the_schema_open() -> None:
    assert _inputs(_Inside)["additionalProperties"] is True


def test_a_schema_is_json_and_the_same_on_every_call() -> None:
    first = schema_of(_Http, _Written, type="http")
    second = schema_of(_Http, _Written, type="http")

    assert first == second
    assert first.digest == second.digest
    assert json.loads(json.dumps(first.to_json())) == first.to_json()
    assert list(first.to_json()) == ["type", "version", "description", "inputs", "outputs"]


def test_the_digest_is_of_the_schemas_only() -> None:
    one = schema_of(_Http, None, type="http", version="1")
    other = schema_of(_Http, None, type="post", version="2", description="Posts.")

    assert one.digest == other.digest
    assert one.digest != schema_of(_Open, None, type="http").digest
    assert one.digest != schema_of(None, _Http, type="http").digest


def test_the_digest_of_an_executor_without_schemas_is_that_of_two_nulls() -> None:
    both = hashlib.sha256(b'{"inputs":null,"outputs":null}')

    assert ExecutorSchema("x").digest == both.hexdigest()


def test_an_executor_schema_by_hand_is_read_leniently() -> None:
    schema = ExecutorSchema("x", inputs={"properties": {"a": True, "b": {"type": "text"}}})

    parameters = schema.input_parameters

    assert parameters == (Parameter("a", type="any"), Parameter("b", type="text"))
