"""Whatever an executor raises becomes a report."""

from __future__ import annotations

from typing import Any

import pytest

from aether_sdk import (
    AetherError,
    BindError,
    BindProblem,
    ExecCode,
    ExecOutputs,
    OutputError,
    Parameter,
    TaskError,
    TaskFailed,
    TaskSuspended,
    TaskTimeout,
    outcome_of_error,
)


class _Mute(Exception):
    def __str__(self) -> str:
        raise RuntimeError("no text")


@pytest.mark.parametrize(
    ("error", "code", "message"),
    [
        (TaskFailed("status 500"), ExecCode.FAILED, "status 500"),
        (TaskSuspended("waiting"), ExecCode.SUSPENDED, "waiting"),
        (TaskTimeout("too slow"), ExecCode.TIMEOUT, "too slow"),
        (TaskError("no route"), ExecCode.ERROR, "no route"),
        (TaskFailed(), ExecCode.FAILED, ""),
        (TaskFailed("no", hint="Ask again."), ExecCode.FAILED, "no (Ask again)"),
        (AetherError("no", hint="Ask again"), ExecCode.ERROR, "no (Ask again)"),
        (TimeoutError("read"), ExecCode.TIMEOUT, "TimeoutError: read"),
        (TimeoutError(), ExecCode.TIMEOUT, "TimeoutError"),
        (
            BindError([BindProblem("$.url", "unknown input")]),
            ExecCode.ERROR,
            "inputs do not fit: $.url: unknown input",
        ),
        (OutputError("no", path="$.a"), ExecCode.ERROR, "$.a: no"),
        (AetherError(), ExecCode.ERROR, "AetherError"),
        (ValueError("no"), ExecCode.ERROR, "ValueError: no"),
        (ValueError(), ExecCode.ERROR, "ValueError"),
        (KeyError("name"), ExecCode.ERROR, "KeyError: 'name'"),
        (_Mute(), ExecCode.ERROR, "_Mute"),
        (ExceptionGroup("group", [TaskFailed("no")]), ExecCode.FAILED, "no"),
        (
            ExceptionGroup("group", [ExceptionGroup("inner", [TimeoutError()])]),
            ExecCode.TIMEOUT,
            "TimeoutError",
        ),
        (
            ExceptionGroup("group", [ValueError("a"), TaskFailed("b")]),
            ExecCode.ERROR,
            "2 errors: ValueError: a; b",
        ),
    ],
    ids=repr,
)
def test_an_error_gives_a_code_and_a_message(
    error: BaseException, code: ExecCode, message: str
) -> None:
    assert outcome_of_error(error) == ExecOutputs(code, message)


@pytest.mark.parametrize("kind", [TaskFailed, TaskSuspended, TaskTimeout, TaskError])
def test_outputs_of_a_raised_outcome_are_kept(kind: Any) -> None:
    outputs = outcome_of_error(kind("why", outputs={"status": 500, "list": (1,)}))

    assert outputs.message == "why"
    assert outputs.parameters == (Parameter("status", 500), Parameter("list", [1]))


@pytest.mark.parametrize(
    ("message", "said"),
    [
        ("why", "why (its outputs were dropped: $.a: a value of type object is not JSON)"),
        ("", "its outputs were dropped: $.a: a value of type object is not JSON"),
    ],
)
def test_outputs_that_are_not_json_are_dropped_and_the_message_says_so(
    message: str, said: str
) -> None:
    outputs = outcome_of_error(TaskFailed(message, outputs={"a": object()}))

    assert outputs == ExecOutputs(ExecCode.FAILED, said)
