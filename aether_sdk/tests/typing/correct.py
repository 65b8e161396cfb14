"""Correct use of the SDK; a type checker must accept it and infer exactly these types."""

from __future__ import annotations

from collections.abc import Awaitable, Mapping, Sequence
from dataclasses import dataclass
from typing import assert_type

from pydantic import BaseModel
from typing_extensions import TypedDict

from aether_sdk import (
    UNSET,
    DynamicOutputs,
    ExecCode,
    ExecOutputs,
    ExecuteRequest,
    ExecuteResult,
    Executor,
    ExecutorSchema,
    Inputs,
    JsonValue,
    Parameter,
    Phase,
    TaskFailed,
    TaskSuspended,
    bind_inputs,
    check_executor,
    hookimpl,
    json_value,
    outcome_of,
    outcome_of_error,
    output_from,
    phase_of_code,
    schema_of,
)


class HttpInputs(BaseModel):
    """Inputs as a pydantic model."""

    url: str
    timeout: float = 30.0


class HttpOutputs(BaseModel):
    """Outputs as a pydantic model."""

    status_code: int


@dataclass
class SleepInputs:
    """Inputs as a dataclass."""

    seconds: float


class MailInputs(TypedDict):
    """Inputs as a TypedDict."""

    to: str


class Http(Executor):
    """An executor whose result is a model."""

    type = "http"
    version = "2.1"
    description = "Sends a request."
    Inputs = HttpInputs
    Outputs = HttpOutputs

    async def execute(self, request: ExecuteRequest) -> HttpOutputs:
        """Bind a pydantic model."""
        config = bind_inputs(request.inputs, HttpInputs)
        assert_type(config, HttpInputs)
        assert_type(config.timeout, float)
        return HttpOutputs(status_code=200)


class Sleep(Executor):
    """An executor whose result is a mapping."""

    type = "sleep"
    Inputs = SleepInputs
    Outputs = DynamicOutputs

    def execute(self, request: ExecuteRequest) -> Mapping[str, object]:
        """Bind a dataclass in a plain method."""
        config = bind_inputs(request.inputs, SleepInputs)
        assert_type(config, SleepInputs)
        return {"slept": config.seconds}


class Mail(Executor):
    """An executor that says everything itself."""

    type = "mail"
    Inputs = MailInputs

    async def execute(self, request: ExecuteRequest) -> ExecOutputs | None:
        """Bind a TypedDict, and end the attempt in each way that there is."""
        config = bind_inputs(request.inputs, MailInputs)
        assert_type(config, MailInputs)
        assert_type(config["to"], str)
        if request.retry_count:
            raise TaskFailed("no such address", outputs={"tried": request.attempt})
        if request.inputs is None:
            raise TaskSuspended("waiting for an address")
        return ExecOutputs.of({"sent": True}, code=ExecCode.SUCCEEDED, message="sent")


@hookimpl
def aether_executors() -> Sequence[Executor | type[Executor]]:
    """Offer classes and instances."""
    return [Http, Sleep, Mail()]


async def results(executor: Executor, request: ExecuteRequest) -> None:
    """Show the types of what comes back."""
    assert_type(executor.execute(request), ExecuteResult | Awaitable[ExecuteResult])
    assert_type(executor.schema(), ExecutorSchema)
    assert_type(await Http().execute(request), HttpOutputs)
    assert_type(outcome_of(await Http().execute(request)), ExecOutputs)
    assert_type(outcome_of_error(ValueError("no")), ExecOutputs)
    assert_type(output_from(HttpOutputs(status_code=200)), ExecOutputs)
    assert_type(output_from(SleepInputs(1.0), code=ExecCode.FAILED, message="no"), ExecOutputs)


def values(inputs: Inputs, outputs: ExecOutputs, parameter: Parameter) -> None:
    """Show the types of values."""
    assert_type(inputs.get("url"), JsonValue)
    assert_type(outputs.as_dict(), dict[str, JsonValue])
    assert_type(json_value((1, 2)), JsonValue)
    assert_type(phase_of_code(2), Phase)
    assert_type(Phase.ERROR.is_terminal, bool)
    assert_type(check_executor(Http), tuple[str, ...])
    if parameter.value is not UNSET:
        assert_type(parameter.value, JsonValue)


def schemas() -> None:
    """Show the types of schemas."""
    schema = schema_of(HttpInputs, DynamicOutputs, type="http")
    assert_type(schema, ExecutorSchema)
    assert_type(schema.input_parameters, tuple[Parameter, ...] | None)
    assert_type(schema.secret_inputs, frozenset[str])
    assert_type(schema_of(None, None, type="any", version="1", description=""), ExecutorSchema)
