"""Whatever an executor returns becomes a report."""

from __future__ import annotations

from collections import ChainMap
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType
from typing import Any

import pytest
from pydantic import BaseModel

from aether_sdk import (
    UNSET,
    Artifact,
    ExecCode,
    ExecOutputs,
    Executor,
    Parameter,
    outcome_of,
)


class _Model(BaseModel):
    a: int = 1
    b: Any = None


@dataclass
class _Record:
    a: int = 1


def test_nothing_is_success_without_outputs() -> None:
    assert outcome_of(None) == ExecOutputs()


@pytest.mark.parametrize(
    "result",
    [{"a": 1}, MappingProxyType({"a": 1}), ChainMap({"a": 1}), _Record()],
    ids=lambda value: type(value).__name__,
)
def test_mappings_and_dataclasses_give_parameters(result: object) -> None:
    assert outcome_of(result) == ExecOutputs(0, "", (Parameter("a", 1),))


def test_a_model_gives_one_parameter_per_field() -> None:
    assert outcome_of(_Model()).as_dict() == {"a": 1, "b": None}


def test_outputs_pass_as_they_are() -> None:
    outputs = ExecOutputs(
        999,
        "odd",
        (Parameter("a", [1], "array", "About a."), Parameter("a"), Parameter("b", None)),
        (Artifact("log", "/x/log"),),
    )

    assert outcome_of(outputs) == outputs
    assert outcome_of(outputs).parameters[1].value is UNSET


def test_values_in_outputs_become_plain_json() -> None:
    outputs = ExecOutputs(parameters=[Parameter("a", (1, 2))])  # type: ignore[arg-type]  # authors do it

    assert outcome_of(outputs).parameters == (Parameter("a", [1, 2]),)


def test_a_path_object_is_a_path() -> None:
    outputs = ExecOutputs(artifacts=[Artifact("log", Path("/x/log"))])  # type: ignore[arg-type]  # authors do it

    assert outcome_of(outputs).artifacts == (Artifact("log", "/x/log"),)


async def _coroutine() -> None:
    return None


@pytest.mark.parametrize(
    ("result", "said"),
    [
        (5, "execute returned a value of type int, expected ExecOutputs, a pydantic model"),
        ("done", "execute returned a value of type str"),
        ([1], "execute returned a value of type list"),
        (_Record, "execute returned a value of type type"),
        (_Model, "execute returned a value of type pydantic"),
        (Executor, "execute returned a value of type abc.ABCMeta"),
        ({"a": [object()]}, "$.a[0]: a value of type object is not JSON"),
        ({"a": float("nan")}, "$.a: the number nan is not JSON"),
        ({1: "a"}, "an output name of type int, expected a string"),
        (_Model(b=object()), "$.b: a value of type object is not JSON"),
        (ExecOutputs("0"), "the code is of type str, expected an integer"),  # type: ignore[arg-type]
        (ExecOutputs(True), "the code is of type bool, expected an integer"),
        (ExecOutputs(0, None), "the message is of type NoneType"),  # type: ignore[arg-type]
        (ExecOutputs(0, "", {"a": 1}), "the parameters are of type dict"),  # type: ignore[arg-type]
        (ExecOutputs(0, "", ("a",)), "a parameter is of type str"),  # type: ignore[arg-type]
        (ExecOutputs(0, "", (Parameter("a", object()),)), "$.a: a value"),  # type: ignore[arg-type]
        (ExecOutputs(artifacts={"a": "/a"}), "the artifacts are of type dict"),  # type: ignore[arg-type]
        (ExecOutputs(artifacts=("/a",)), "an artifact is of type str"),  # type: ignore[arg-type]
        (ExecOutputs(artifacts=(Artifact("a", 1),)), "the path of artifact 'a' is of type int"),  # type: ignore[arg-type]
        (ExecOutputs(artifacts=(Artifact(1, "/a"),)), "the name of an artifact is of type int"),  # type: ignore[arg-type]
    ],
)
def test_anything_else_is_an_error_that_says_what_came(result: object, said: str) -> None:
    outputs = outcome_of(result)

    assert outputs.code == ExecCode.ERROR
    assert outputs.message.startswith("the executor's result cannot be used: ")
    assert said in outputs.message
    assert outputs.parameters == ()


def test_a_coroutine_that_nobody_awaited_is_told() -> None:
    coroutine = _coroutine()

    outputs = outcome_of(coroutine)

    coroutine.close()
    assert outputs.code == ExecCode.ERROR
    assert "execute returned a coroutine that nobody awaited" in outputs.message
