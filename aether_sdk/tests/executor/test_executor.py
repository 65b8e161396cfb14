"""What deriving from Executor gives, and what is told to those who get it wrong."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, ClassVar

import pytest
from pydantic import BaseModel, RootModel
from typing_extensions import TypedDict

from aether_sdk import (
    DynamicOutputs,
    ExecuteRequest,
    Executor,
    ExecutorSchema,
    SchemaError,
    check_executor,
    schema_of,
)


class _Model(BaseModel):
    url: str


@dataclass
class _Record:
    url: str


class _Dict(TypedDict):
    url: str


class _Names(RootModel[dict[str, str]]):
    pass


class _Echo(Executor):
    type = "echo"
    description = "Echoes."

    def execute(self, request: ExecuteRequest) -> None:
        return None


def _executor(**attributes: object) -> Executor:
    """Return an executor that is right but for `attributes`."""
    kind: Any = type("_Changed", (_Echo,), attributes)
    made: Executor = kind()
    return made


def test_an_executor_needs_a_type_and_execute_only() -> None:
    echo = _Echo()

    assert check_executor(echo) == ()
    assert (echo.version, echo.api_level) == ("1.0", 1)
    assert echo.Inputs is echo.Outputs is DynamicOutputs


def test_the_default_schema_is_made_of_the_declarations() -> None:
    executor = _executor(Inputs=_Model, Outputs=_Model, version="2", description="Calls.")

    schema = executor.schema()

    assert schema == schema_of(_Model, _Model, type="echo", version="2", description="Calls.")


def test_an_executor_without_declarations_accepts_and_returns_anything() -> None:
    assert _Echo().schema() == ExecutorSchema("echo", "1.0", "Echoes.", None, None)


def test_a_wrong_declaration_is_an_error_that_names_the_executor() -> None:
    with pytest.raises(SchemaError, match=r"inputs of executor 'echo': expected .*<class 'int'>"):
        _executor(Inputs=int).schema()


def test_an_executor_without_execute_cannot_be_made() -> None:
    kind: Any = type("_Idle", (Executor,), {"type": "idle"})

    with pytest.raises(TypeError, match="execute"):
        kind()
    assert check_executor(kind) == (
        "execute: not defined; give the class `async def execute(self, request)`",
    )


@pytest.mark.parametrize("name", ["http", "http.poll", "aws-s3.put_object", "k8s", "7zip", "a.b.c"])
def test_types_are_lower_case_and_dotted(name: str) -> None:
    assert check_executor(_executor(type=name)) == ()


@pytest.mark.parametrize(
    "name", ["", "HTTP", "http.", ".http", "a..b", "a b", "-a", "a_", "é", "http\n"]
)
def test_other_types_are_refused(name: str) -> None:
    [problem] = check_executor(_executor(type=name))

    assert problem.startswith("type: expected a lower-case dotted name")
    assert repr(name) in problem


@pytest.mark.parametrize("model", [_Model, _Record, _Dict, DynamicOutputs, BaseModel])
def test_models_dataclasses_and_typed_dicts_can_be_declared(model: type[object]) -> None:
    assert check_executor(_executor(Inputs=model, Outputs=model)) == ()


@pytest.mark.parametrize(
    ("attributes", "problem"),
    [
        (
            {"type": 5},
            "type: expected a lower-case dotted name such as 'http.poll', got a value of",
        ),
        ({"version": 2}, "version: expected text, got a value of type int"),
        ({"description": None}, "description: expected text, got nothing"),
        ({"api_level": "1"}, "api_level: expected a whole number from 1, got a value of type str"),
        ({"api_level": 0}, "api_level: expected a whole number from 1, got 0"),
        ({"api_level": True}, "api_level: expected a whole number from 1, got True"),
        ({"Inputs": dict}, "Inputs: expected a pydantic model, a dataclass, a TypedDict or Dyn"),
        ({"Inputs": _Model(url="x")}, "Inputs: expected a pydantic model"),
        ({"Outputs": _Names}, "Outputs: expected a pydantic model"),
        ({"Outputs": None}, "Outputs: expected a pydantic model"),
        ({"execute": 5}, "execute: expected a method, got a value of type int"),
    ],
)
def test_each_mistake_is_told(attributes: dict[str, object], problem: str) -> None:
    [found] = check_executor(_executor(**attributes))

    assert found.startswith(problem)


def test_all_mistakes_are_told_at_once() -> None:
    problems = check_executor(_executor(type="", version=1, api_level=-1, Inputs=int))

    assert [problem.partition(":")[0] for problem in problems] == [
        "type",
        "version",
        "api_level",
        "Inputs",
    ]


class _Duck:
    type: ClassVar[str] = "duck"


@pytest.mark.parametrize(
    ("executor", "got"),
    [
        (_Duck, "the class _Duck"),
        (_Duck(), "_Duck"),
        (None, "nothing"),
        (5, "a value of type int"),
    ],
)
def test_what_is_no_executor_is_told_so(executor: object, got: str) -> None:
    [problem] = check_executor(executor)

    assert problem.startswith("expected a class derived from Executor, got ")
    assert problem.endswith(got)
