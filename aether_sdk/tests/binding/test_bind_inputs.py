"""How inputs become a model: no conversion, defaults where nothing is given, no side effects."""

from __future__ import annotations

import copy
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from enum import Enum, IntEnum
from pathlib import Path
from typing import Annotated, Any, Literal, NotRequired
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import AliasChoices, BaseModel, ConfigDict, Field, RootModel, SecretBytes, SecretStr
from pydantic import JsonValue as PydanticJson
from typing_extensions import TypedDict

from aether_sdk import (
    BindError,
    DynamicOutputs,
    Inputs,
    JsonValue,
    Parameter,
    SchemaError,
    bind_inputs,
)


class _Color(Enum):
    RED = "red"


class _Level(IntEnum):
    HIGH = 3


class _Auth(BaseModel):
    user: str
    realm: str = ""


class _Http(BaseModel):
    url: str
    method: str = "GET"
    retries: int = 3
    timeout: float = 30.0
    verify: bool = True
    body: str | None = "none"
    headers: dict[str, str] = {}
    codes: list[int] = []
    auth: _Auth | None = None


def _bound_field(annotation: Any, value: object) -> object:
    """Return what the only field of a model of `annotation` is after binding `value`."""
    model: Any = type("_One", (BaseModel,), {"__annotations__": {"x": annotation}})
    return bind_inputs(Inputs.of({"x": value}), model).x


def test_values_reach_fields_of_their_name() -> None:
    inputs = Inputs.of({"url": "u", "retries": 1, "headers": {"a": "b"}, "auth": {"user": "me"}})

    bound = bind_inputs(inputs, _Http)

    assert bound == _Http(url="u", retries=1, headers={"a": "b"}, auth=_Auth(user="me"))


@pytest.mark.parametrize("inputs", [None, Inputs()])
def test_no_inputs_give_a_model_of_defaults(inputs: Inputs | None) -> None:
    assert bind_inputs(inputs, _Record) == _Record()


def test_of_repeated_names_the_last_one_counts() -> None:
    inputs = Inputs((Parameter("url", "first"), Parameter("url", "last")))

    assert bind_inputs(inputs, _Http).url == "last"


def test_a_parameter_without_a_value_counts_as_not_given() -> None:
    inputs = Inputs((Parameter("url", "u"), Parameter("retries"), Parameter("timeout", default=1)))

    assert bind_inputs(inputs, _Http) == _Http(url="u")


def test_inputs_without_a_field_are_ignored() -> None:
    bound = bind_inputs(Inputs.of({"url": "u", "loop_iter.index": 1, "other": [None]}), _Dynamic)

    assert bound == _Dynamic(url="u")


class _Dynamic(BaseModel):
    url: str


@pytest.mark.parametrize(
    ("annotation", "value", "bound"),
    [
        (float, 3, 3.0),
        (float, 3.5, 3.5),
        (int, 5.0, 5),
        (int, -0.0, 0),
        (list[int], [1, 2.0], [1, 2]),
        (dict[str, list[int]], {"a": [2.0]}, {"a": [2]}),
        (int | str, 5.0, 5),
        (_Level, 3.0, _Level.HIGH),
        (Literal[5], 5.0, 5),
        (tuple[int, str], [1.0, "a"], (1, "a")),
        (set[int], [1, 1], {1}),
        (Annotated[int, Field(ge=3)], 3.0, 3),
    ],
)
def test_numbers_of_equal_value_fit(annotation: Any, value: object, bound: object) -> None:
    found = _bound_field(annotation, value)

    assert found == bound
    assert type(found) is type(bound)


@pytest.mark.parametrize(
    ("annotation", "value"),
    [
        (str, 5),
        (int, "5"),
        (int, 5.5),
        (int, True),
        (float, "5"),
        (float, False),
        (bool, 1),
        (bool, "true"),
        (bool, None),
        (list[int], "12"),
        (list[int], {"0": 1}),
        (list[int], [1, "2"]),
        (dict[str, str], [["a", "b"]]),
        (dict[str, str], {"a": 1}),
        (_Auth, "me"),
        (_Auth, {"user": 1}),
        (datetime, "yesterday"),
        (UUID, "x"),
        (_Color, "green"),
        (_Color, "RED"),
        (Path, 5),
        (SecretStr, 5),
        (int | None, "5"),
        (Literal["a"], "b"),
    ],
)
def test_nothing_is_converted_that_json_tells_apart(annotation: Any, value: object) -> None:
    with pytest.raises(BindError) as caught:
        _bound_field(annotation, value)

    assert all(problem.path.startswith("$.x") for problem in caught.value.problems)


@pytest.mark.parametrize(
    ("annotation", "value", "bound"),
    [
        (datetime, "2026-01-02T03:04:05Z", datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)),
        (date, "2026-01-02", date(2026, 1, 2)),
        (timedelta, "PT90S", timedelta(seconds=90)),
        (UUID, "12345678123456781234567812345678", UUID("12345678" * 4)),
        (Path, "/tmp/x", Path("/tmp/x")),  # noqa: S108 - a name, not a file
        (_Color, "red", _Color.RED),
        (_Level, 3, _Level.HIGH),
        (SecretStr, "hunter2", SecretStr("hunter2")),
        (SecretBytes, "hunter2", SecretBytes(b"hunter2")),
        (bytes, "é", "é".encode()),
        (Decimal, "1.50", Decimal("1.50")),
        (datetime | None, None, None),
    ],
)
def test_what_json_carries_as_text_is_read_from_text(
    annotation: Any, value: object, bound: object
) -> None:
    assert _bound_field(annotation, value) == bound


def test_any_value_passes_untouched_where_anything_goes() -> None:
    value = {"a": [5.0, 1, None, True, "x", {"b": 1e300}]}

    assert repr(_bound_field(Any, value)) == repr(value)
    assert repr(_bound_field(PydanticJson, value)) == repr(value)


def test_null_for_a_field_without_null_gives_the_default() -> None:
    bound = bind_inputs(Inputs.of({"url": "u", "retries": None, "headers": None}), _Http)

    assert bound == _Http(url="u")


def test_null_is_a_value_where_the_field_takes_it() -> None:
    assert bind_inputs(Inputs.of({"url": "u", "body": None}), _Http).body is None


def test_inputs_are_neither_changed_nor_shared() -> None:
    values: dict[str, JsonValue] = {
        "url": "u",
        "codes": [200.0],
        "headers": {"a": "b"},
        "body": None,
    }
    values["retries"] = None
    inputs = Inputs.of(values)
    before = copy.deepcopy(inputs)

    bound = bind_inputs(inputs, _Http)
    bound.headers["c"] = "d"

    assert inputs == before
    assert repr(inputs.get("codes")) == "[200.0]"


class _Aliased(BaseModel):
    fail_count: int = Field(alias="fail-count")


class _ByName(BaseModel):
    model_config = ConfigDict(populate_by_name=True)

    fail_count: int = Field(alias="fail-count")


class _Choices(BaseModel):
    size: int = Field(validation_alias=AliasChoices("size", "length"))


@pytest.mark.parametrize(
    ("model", "name"),
    [
        (_Aliased, "fail-count"),
        (_ByName, "fail-count"),
        (_ByName, "fail_count"),
        (_Choices, "size"),
        (_Choices, "length"),
    ],
)
def test_aliases_are_honoured(model: type[BaseModel], name: str) -> None:
    [value] = bind_inputs(Inputs.of({name: 2}), model).model_dump().values()

    assert value == 2


def test_the_field_name_alone_does_not_reach_an_aliased_field() -> None:
    with pytest.raises(BindError, match=r"\$\.fail-count: required, but missing"):
        bind_inputs(Inputs.of({"fail_count": 2}), _Aliased)


class _Keeps(BaseModel):
    model_config = ConfigDict(extra="allow")

    url: str


def test_a_model_that_keeps_extras_gets_them() -> None:
    bound = bind_inputs(Inputs.of({"url": "u", "other": [1.0]}), _Keeps)

    assert bound.model_extra == {"other": [1.0]}


@dataclass
class _Record:
    name: str = "none"
    size: int = 1
    tags: list[str] = field(default_factory=list)


@dataclass
class _Needy:
    name: str
    when: date | None = None


class _Dict(TypedDict):
    name: str
    size: NotRequired[int]


def test_a_dataclass_is_filled() -> None:
    bound = bind_inputs(Inputs.of({"name": "a", "when": "2026-01-02", "other": 1}), _Needy)

    assert bound == _Needy("a", date(2026, 1, 2))


def test_null_gives_the_default_of_a_dataclass_too() -> None:
    assert bind_inputs(Inputs.of({"name": None, "size": 2.0}), _Record) == _Record("none", 2)


def test_a_typed_dict_is_filled() -> None:
    bound = bind_inputs(Inputs.of({"name": "a", "size": 2.0, "other": 1}), _Dict)

    assert bound == {"name": "a", "size": 2}


def test_a_key_that_may_be_absent_is_absent_for_null() -> None:
    assert bind_inputs(Inputs.of({"name": "a", "size": None}), _Dict) == {"name": "a"}


class _Names(RootModel[dict[str, str]]):
    pass


class _Unfinished(BaseModel):
    field: Missing  # type: ignore[name-defined]  # noqa: F821 - what the test is about


@pytest.mark.parametrize("model", [int, dict, DynamicOutputs, _Names, "text", None, _Unfinished])
def test_what_is_no_model_is_refused(model: Any) -> None:
    with pytest.raises(SchemaError):
        bind_inputs(Inputs(), model)


class _Numbers(BaseModel):
    ints: list[int]
    floats: list[float]


_INTEGERS = st.integers(-(2**53), 2**53)


@given(st.lists(_INTEGERS), st.lists(st.floats(allow_nan=False, allow_infinity=False) | _INTEGERS))
def test_numbers_keep_their_value(ints: list[int], floats: list[float]) -> None:
    as_floats = [float(number) for number in ints]

    bound = bind_inputs(Inputs.of({"ints": as_floats, "floats": floats}), _Numbers)

    assert bound.ints == ints
    assert bound.floats == floats
