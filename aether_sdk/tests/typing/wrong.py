"""Wrong use of the SDK; a type checker must refuse every marked line and no other.

The marks are `type: ignore` comments with the code of the error. A strict run complains about an
error without its mark and about a mark without its error; `nox -s typing` is one.
"""

from __future__ import annotations

from pydantic import BaseModel

import aether_sdk
from aether_sdk import (
    ExecOutputs,
    ExecuteRequest,
    Executor,
    Inputs,
    Parameter,
    TaskFailed,
    bind_inputs,
    output_from,
    schema_of,
)


class HttpInputs(BaseModel):
    """Some inputs."""

    url: str


class WrongClassVariables(Executor):
    """Has declarations of wrong types."""

    type = 5  # type: ignore[assignment]
    Inputs = HttpInputs(url="an instance, not a class")  # type: ignore[assignment]

    async def execute(self, request: ExecuteRequest) -> ExecOutputs:
        """Be correct here."""
        return ExecOutputs()


class WrongResult(Executor):
    """Returns what is no result."""

    type = "wrong"

    async def execute(self, request: ExecuteRequest) -> int:  # type: ignore[override]
        """Return a bare number."""
        return 1


class NoExecute(Executor):
    """Does nothing."""

    type = "nothing"


def binding(inputs: Inputs) -> None:
    """Bind wrongly."""
    bind_inputs(inputs, int)  # type: ignore[type-var]
    bind_inputs(inputs, HttpInputs(url="x"))  # type: ignore[call-overload]
    bind_inputs({"url": "x"}, HttpInputs)  # type: ignore[call-overload]
    print(bind_inputs(inputs, HttpInputs).uri)  # type: ignore[attr-defined]


def values(request: ExecuteRequest) -> None:
    """Make wrong values."""
    Parameter("x", object())  # type: ignore[arg-type]
    request.task_name = "x"  # type: ignore[misc]
    output_from({"x": 1})  # type: ignore[arg-type]
    output_from(HttpInputs(url="x"), 2)  # type: ignore[call-arg]
    schema_of(HttpInputs, None)  # type: ignore[call-arg]
    TaskFailed("no", outputs=["x"])  # type: ignore[arg-type]
    print(aether_sdk.Executer)  # type: ignore[attr-defined]
    NoExecute()  # type: ignore[abstract]
