"""What a wrong input is told: everything at once, where, and never the value of a secret."""

from __future__ import annotations

import traceback
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import Enum
from typing import Annotated, Any, Literal

import pytest
from pydantic import (
    AliasPath,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    SecretStr,
    field_validator,
    model_validator,
)
from pydantic_core import PydanticCustomError

from aether_sdk import MASK, BindError, BindProblem, Inputs, bind_inputs


class _Color(Enum):
    RED = "red"
    BLUE = "blue"


class _Cat(BaseModel):
    kind: Literal["cat"]
    lives: int


class _Dog(BaseModel):
    kind: Literal["dog"]
    name: str


class _Auth(BaseModel):
    user: str
    password: SecretStr

    @field_validator("user")
    @classmethod
    def _known(cls, user: str) -> str:
        if user == "nobody":
            raise ValueError("nobody cannot sign in")
        return user


class _Task(BaseModel):
    url: str
    size: Annotated[int, Field(ge=1, multiple_of=2)] = 2
    codes: list[int] = []
    headers: dict[str, str] = {}
    when: datetime = datetime(2026, 1, 1, tzinfo=UTC)
    either: int | list[int] = 0
    color: _Color = _Color.RED
    pet: Annotated[_Cat | _Dog, Field(discriminator="kind")] | None = None
    auth: _Auth | None = None
    short: Annotated[str, Field(max_length=2)] = ""


def _problems(model: type[Any], **values: object) -> tuple[BindProblem, ...]:
    with pytest.raises(BindError) as caught:
        bind_inputs(Inputs.of(values), model)
    assert caught.value.model_name == model.__name__
    return caught.value.problems


@pytest.mark.parametrize(
    ("values", "problem"),
    [
        ({}, ("$.url", "required, but missing", "")),
        ({"url": None}, ("$.url", "must not be null", "")),
        ({"url": 5}, ("$.url", "got an integer", "a valid string")),
        ({"url": [1]}, ("$.url", "got an array", "a valid string")),
        ({"size": 0}, ("$.size", "not accepted", "greater than or equal to 1")),
        ({"size": 3}, ("$.size", "not accepted", "a multiple of 2")),
        ({"size": 2.5}, ("$.size", "got a number", "a valid integer")),
        ({"codes": [1, "2"]}, ("$.codes[1]", "got a string", "a valid integer")),
        ({"codes": {}}, ("$.codes", "got an object", "a valid array")),
        ({"headers": {"a b": True}}, ('$.headers["a b"]', "got a boolean", "a valid string")),
        ({"headers": {"x": None}}, ("$.headers.x", "got null", "a valid string")),
        ({"either": "x"}, ("$.either", "got a string", "a valid integer or a valid array")),
        ({"color": "green"}, ("$.color", "got a string", "'red' or 'blue'")),
        ({"pet": {"kind": "cat"}}, ("$.pet.lives", "required, but missing", "")),
        ({"auth": {"user": "me"}}, ("$.auth.password", "required, but missing", "")),
        ({"short": "abc"}, ("$.short", "String should have at most 2 characters", "")),
        (
            {"when": "soon"},
            ("$.when", "got a string (input is too short)", "a valid datetime"),
        ),
    ],
)
def test_a_problem_says_where_what_and_what_was_expected(
    values: dict[str, object], problem: tuple[str, str, str]
) -> None:
    values = values if "url" in values or not values else {"url": "u", **values}

    assert _problems(_Task, **values) == (problem,)


class _Retry(BaseModel):
    wait: Annotated[str, Field(max_length=3)] | Annotated[float, Field(gt=0)] = 1.0
    when: Literal["late", "soon"] | list[int] = "late"


class _Unions(BaseModel):
    retry: _Retry | Annotated[int, Field(ge=1)] | None = None
    files: dict[str, str | _Retry | list[str | _Retry]] = {}
    choice: Literal["a", "b"] | Annotated[str, Field(max_length=1)] | int = "a"


@pytest.mark.parametrize(
    ("values", "problems"),
    [
        ({"retry": {"wait": "never"}}, ["$.retry.wait: String should have at most 3 characters"]),
        ({"retry": {"wait": 0}}, ["$.retry.wait: not accepted, expected greater than 0"]),
        ({"retry": 0}, ["$.retry: not accepted, expected greater than or equal to 1"]),
        ({"retry": True}, ["$.retry: got a boolean, expected an object or a valid integer"]),
        ({"retry": {"when": ["x"]}}, ["$.retry.when[0]: got a string, expected a valid integer"]),
        (
            {"files": {"a": ["x", {"wait": []}]}},
            ["$.files.a[1].wait: got an array, expected a valid string or a valid number"],
        ),
        (
            {"choice": "ab"},
            [
                "$.choice: got a string, expected 'a' or 'b'",
                "$.choice: String should have at most 1 character",
            ],
        ),
    ],
)
def test_of_a_union_only_the_members_of_the_kind_of_the_value_are_talked_about(
    values: dict[str, object], problems: list[str]
) -> None:
    assert [str(problem) for problem in _problems(_Unions, **values)] == problems


def test_all_problems_are_told_at_once_in_the_order_of_the_fields() -> None:
    problems = _problems(_Task, short="abc", codes=[None, "x"], size=None, headers={"a": 1})

    assert [problem.path for problem in problems] == [
        "$.url",
        "$.codes[0]",
        "$.codes[1]",
        "$.headers.a",
        "$.short",
    ]


def test_a_repaired_input_is_not_reported() -> None:
    problems = _problems(_Task, url=5, size=4.0, codes=None)

    assert [problem.path for problem in problems] == ["$.url"]


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid")

    url: str = ""


def test_unknown_inputs_are_problems_if_the_model_forbids_them() -> None:
    assert _problems(_Strict, uri="x", more=None) == (
        ("$.uri", "unknown input", ""),
        ("$.more", "unknown input", ""),
    )


class _Range(BaseModel):
    low: int = 0
    high: int = 10
    name: str | None = "x"

    @model_validator(mode="after")
    def _ordered(self) -> _Range:
        if self.low > self.high:
            raise ValueError("low is above high")
        return self

    @field_validator("name")
    @classmethod
    def _named(cls, name: str | None) -> str | None:
        if not name:
            raise ValueError("give a name")
        return name


def test_a_problem_of_the_model_as_a_whole_is_at_the_root() -> None:
    assert _problems(_Range, low=11) == (("$", "low is above high", ""),)


def test_null_that_the_authors_own_check_refuses_is_not_replaced() -> None:
    assert _problems(_Range, name=None) == (("$.name", "give a name", ""),)


@dataclass
class _Record:
    low: int = 0

    def __post_init__(self) -> None:
        if self.low < 0:
            raise ValueError("low is below zero")


def test_a_dataclass_that_refuses_itself_is_a_problem_at_the_root() -> None:
    assert _problems(_Record, low=-1) == (("$", "low is below zero", ""),)


def _refuse(value: object) -> object:
    raise PydanticCustomError("odd", "The value {value} is odd", {"value": str(value)})


def _refuse_silently(value: object) -> object:
    raise ValueError


class _Custom(BaseModel):
    odd: Annotated[int, BeforeValidator(_refuse)] = 0
    mute: Annotated[int, BeforeValidator(_refuse_silently)] = 0


def test_texts_of_an_authors_errors_are_kept() -> None:
    assert _problems(_Custom, odd=None, mute=5) == (
        ("$.odd", "The value None is odd", ""),
        ("$.mute", "refused by the input model", ""),
    )


class _Login(BaseModel):
    user: str = ""
    token: SecretStr = SecretStr("")
    pin: Annotated[SecretStr, BeforeValidator(_refuse)] = SecretStr("")
    auth: _Auth | None = None

    @model_validator(mode="after")
    def _refused(self) -> _Login:
        raise ValueError(f"token {self.token.get_secret_value()} of {self.user} is refused")


@pytest.mark.parametrize(
    ("values", "problem"),
    [
        ({"token": "hunter2", "user": "me"}, ("$", f"token {MASK} of me is refused", "")),
        ({"pin": "hunter2"}, ("$.pin", f"The value {MASK} is odd", "")),
        ({"pin": {"deep": ["hunter2"]}}, ("$.pin", "The value {'deep': ['******']} is odd", "")),
        ({"token": ["hunter2"]}, ("$.token", "got an array", "a valid string")),
        ({"pin": [None, True]}, ("$.pin", "The value [None, True] is odd", "")),
        (
            {"auth": {"user": "nobody", "password": "hunter2"}},
            ("$.auth.user", f"{MASK} cannot sign in", ""),
        ),
    ],
)
def test_no_text_repeats_a_secret(values: dict[str, object], problem: tuple[str, str, str]) -> None:
    with pytest.raises(BindError) as caught:
        bind_inputs(Inputs.of(values), _Login)

    shown = "".join(traceback.format_exception(caught.value))
    keys = [message for path, message, _ in caught.value.problems]
    assert problem in caught.value.problems
    assert not any("hunter2" in key for key in keys)
    assert "hunter2" not in shown
    assert caught.value.__context__ is None


class _Unknowable(BaseModel):
    """A model without a JSON Schema, so that nobody can tell which of its inputs are secret."""

    callback: Annotated[object, BeforeValidator(_refuse)] = lambda: None
    other: type = int


class _Inside(BaseModel):
    token: SecretStr = Field(SecretStr(""), validation_alias=AliasPath("auth", "token"))
    odd: Annotated[int, BeforeValidator(_refuse)] = 0


@pytest.mark.parametrize(
    ("model", "values"),
    [(_Unknowable, {"callback": "hunter2"}), (_Inside, {"odd": "hunter2"})],
)
def test_every_input_is_masked_when_secrets_cannot_be_told(
    model: type[Any], values: dict[str, object]
) -> None:
    [problem] = _problems(model, **values)

    assert problem.message == f"The value {MASK} is odd"


@pytest.mark.parametrize(
    ("value", "path", "message"),
    [
        (object(), "$.headers.x", "a value of type object is not JSON"),
        (float("nan"), "$.headers.x", "the number nan is not JSON, only finite ones are"),
        ("\ud800", "$.headers.x", "text holds half a surrogate pair at character 0"),
        pytest.param(10**5000, "$", "Exceeds the limit", id="too many digits"),
    ],
)
def test_values_that_are_not_json_are_problems_too(value: object, path: str, message: str) -> None:
    [problem] = _problems(_Task, url="u", headers={"x": value})

    assert problem.path == path
    assert problem.message.startswith(message)


def test_nesting_that_is_too_deep_is_a_problem() -> None:
    value: object = 1
    for _ in range(300):
        value = [value]

    [problem] = _problems(_Task, url=value)

    assert problem.message == "nested deeper than 128 levels"
