"""One tree of errors, each with a code of its own."""

from __future__ import annotations

import copy
import traceback

import pytest

import aether_sdk
from aether_sdk import (
    AetherError,
    BindError,
    BindProblem,
    ExecCode,
    ExecutorAlreadyRegistered,
    OutputError,
    PluginError,
    SchemaError,
    TaskError,
    TaskFailed,
    TaskOutcome,
    TaskSuspended,
    TaskTimeout,
    UnknownExecutor,
)

_CLASSES = [
    value
    for name in aether_sdk.__all__
    if isinstance(value := getattr(aether_sdk, name), type) and issubclass(value, AetherError)
]
_PROBLEM = BindProblem("$.url", "got an integer", "a string")
_ERRORS = [
    AetherError("no", hint="try again"),
    TaskFailed("no", outputs={"a": 1}),
    BindError([_PROBLEM], model_name="HttpInputs"),
    OutputError("not JSON", path="$.a"),
    SchemaError("no", executor_type="http"),
    ExecutorAlreadyRegistered("http"),
    UnknownExecutor("http"),
]


def test_every_class_has_a_code_of_its_own() -> None:
    codes = [error.code for error in _CLASSES]

    assert len(set(codes)) == len(codes) == 12


@pytest.mark.parametrize("error", _CLASSES)
def test_every_class_is_drawn_in_the_tree(error: type[AetherError]) -> None:
    from aether_sdk import _errors

    assert f"{error.__name__} " in (_errors.__doc__ or "")


@pytest.mark.parametrize(
    ("error", "base"),
    [
        (BindError, ValueError),
        (OutputError, TypeError),
        (SchemaError, TypeError),
        (ExecutorAlreadyRegistered, ValueError),
        (ExecutorAlreadyRegistered, PluginError),
        (UnknownExecutor, LookupError),
        (UnknownExecutor, PluginError),
        (TaskFailed, TaskOutcome),
    ],
)
def test_errors_are_also_what_python_calls_them(
    error: type[AetherError], base: type[Exception]
) -> None:
    assert issubclass(error, base)


@pytest.mark.parametrize(
    ("error", "code"),
    [
        (TaskFailed, ExecCode.FAILED),
        (TaskError, ExecCode.ERROR),
        (TaskTimeout, ExecCode.TIMEOUT),
        (TaskSuspended, ExecCode.SUSPENDED),
    ],
)
def test_outcomes_carry_code_message_and_outputs(error: type[TaskOutcome], code: ExecCode) -> None:
    raised = error("why", outputs={"a": 1})

    assert raised.exec_code is code
    assert raised.message == str(raised) == "why"
    assert raised.outputs == {"a": 1}
    assert error().outputs == {}


def test_a_caught_error_can_be_the_message() -> None:
    error = TaskFailed(ValueError("no"))  # type: ignore[arg-type]  # authors do it

    assert error.message == str(error) == "no"


def test_a_hint_is_apart_from_the_message_and_shown_in_a_traceback() -> None:
    error = AetherError("no such file", hint="look at the path")

    shown = "".join(traceback.format_exception_only(error))

    assert str(error) == "no such file"
    assert error.hint == "look at the path"
    assert "Hint: look at the path" in shown


def test_the_text_of_a_bind_error_lists_all_problems() -> None:
    """Without the name of a class; what the inputs are for is said where a user knows it."""
    problems = [_PROBLEM, BindProblem("$.x", "unknown input")]
    error = BindError(problems, model_name="HttpInputs")
    text = "$.url: got an integer, expected a string; $.x: unknown input"

    assert str(error) == f"inputs do not fit: {text}"
    assert str(BindError(problems, whose="the oven")) == f"inputs do not fit the oven: {text}"
    assert error.problems == (_PROBLEM, ("$.x", "unknown input", ""))


def test_messages_of_the_registry() -> None:
    assert str(ExecutorAlreadyRegistered("http")) == 'executor type "http" already registered'
    assert str(UnknownExecutor("http")) == "unknown executor type: http"


@pytest.mark.parametrize("error", _ERRORS, ids=lambda error: type(error).__name__)
def test_errors_can_be_copied_as_they_are_between_processes(error: AetherError) -> None:
    twin = copy.copy(error)

    assert type(twin) is type(error)
    assert str(twin) == str(error)
    assert vars(twin) == vars(error)
