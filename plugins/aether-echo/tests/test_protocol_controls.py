"""The behaviour that the protocol prescribes; conformance documents depend on it."""

from __future__ import annotations

import asyncio
import logging

import pytest

from aether_echo import EchoExecutor
from aether_sdk import (
    UNSET,
    Artifact,
    ExecCode,
    ExecOutputs,
    ExecuteRequest,
    Inputs,
    JsonValue,
    Parameter,
)


def echo(*parameters: Parameter, retry_count: int = 0) -> ExecOutputs:
    inputs = Inputs(parameters) if parameters else None
    request = ExecuteRequest("task-1", "run-1", "greet", inputs=inputs, retry_count=retry_count)
    return asyncio.run(EchoExecutor().execute(request))


def declare(*elements: JsonValue) -> Parameter:
    return Parameter("outputs", list(elements))


def test_without_inputs_the_result_is_an_empty_success() -> None:
    assert echo() == ExecOutputs()


def test_inputs_come_back_in_order_with_name_type_and_value() -> None:
    given = (
        Parameter("text", "a", "string"),
        Parameter("loop_iter.index", 3, "int"),
        Parameter("nothing", None),
        Parameter("map", {"a": [1, 2]}, "object"),
    )

    assert echo(*given).parameters == given


def test_only_name_type_and_value_of_an_input_come_back() -> None:
    given = Parameter("a", 1, "int", description="d", default=2, enum=(1, 2), required=True)

    assert echo(given).parameters == (Parameter("a", 1, "int"),)


def test_an_input_without_a_value_comes_back_without_one() -> None:
    assert echo(Parameter("a", type="string")).parameters == (Parameter("a", UNSET, "string"),)


def test_repeated_names_stay_repeated() -> None:
    assert echo(Parameter("a", 1), Parameter("a", 2)).parameters == (
        Parameter("a", 1),
        Parameter("a", 2),
    )


def test_control_inputs_are_not_echoed() -> None:
    controls = ("outputs", "suspend", "__resumed", "fail-count")

    result = echo(*(Parameter(name, None) for name in controls), Parameter("a", 1))

    assert result.as_dict() == {"a": 1}


def test_suspend_gives_the_protocol_message_and_no_parameters() -> None:
    result = echo(Parameter("suspend", True), Parameter("a", 1))

    assert result == ExecOutputs(ExecCode.SUSPENDED, "suspended; awaiting external resume signal")


@pytest.mark.parametrize("mark", [True, False, None, "x", UNSET])
def test_the_mere_presence_of_resumed_ends_the_suspension(mark: JsonValue) -> None:
    result = echo(Parameter("suspend", True), Parameter("__resumed", mark), Parameter("a", 1))

    assert result.code == ExecCode.SUCCEEDED
    assert result.as_dict() == {"a": 1}


@pytest.mark.parametrize("wrong", [False, "true", 1, None, [], {}, UNSET])
def test_a_suspend_that_is_not_true_counts_as_absent(wrong: JsonValue) -> None:
    assert echo(Parameter("suspend", wrong)).code == ExecCode.SUCCEEDED


@pytest.mark.parametrize(
    ("retry_count", "code"), [(0, ExecCode.FAILED), (1, ExecCode.FAILED), (2, ExecCode.SUCCEEDED)]
)
def test_fail_count_fails_exactly_that_many_attempts(retry_count: int, code: ExecCode) -> None:
    assert echo(Parameter("fail-count", 2), retry_count=retry_count).code == code


def test_a_simulated_failure_names_the_attempt_and_keeps_no_parameters() -> None:
    result = echo(Parameter("fail-count", 3), Parameter("a", 1), retry_count=1)

    assert result == ExecOutputs(ExecCode.FAILED, "simulated failure on attempt 2 (failCount=3)")


def test_fail_count_accepts_an_integral_float_from_an_expression() -> None:
    assert echo(Parameter("fail-count", 1.0)).code == ExecCode.FAILED


@pytest.mark.parametrize("wrong", [0, -1, 1.5, "2", True, None, [3], UNSET])
def test_a_fail_count_that_is_no_positive_integer_counts_as_absent(wrong: JsonValue) -> None:
    assert echo(Parameter("fail-count", wrong)).code == ExecCode.SUCCEEDED


def test_suspend_comes_before_fail_count() -> None:
    result = echo(Parameter("fail-count", 1), Parameter("suspend", True))

    assert result.code == ExecCode.SUSPENDED


def test_the_last_of_a_repeated_control_counts() -> None:
    result = echo(Parameter("suspend", True), Parameter("suspend", False))

    assert result.code == ExecCode.SUCCEEDED


def test_declared_outputs_follow_the_echo_in_order() -> None:
    result = echo(
        declare(
            {"name": "message", "type": "string", "value": "hi"},
            {"name": "code", "type": "int", "value": 200},
        ),
        Parameter("a", 1),
    )

    assert result == ExecOutputs(
        parameters=(
            Parameter("a", 1),
            Parameter("message", "hi", "string"),
            Parameter("code", 200, "int"),
        )
    )


@pytest.mark.parametrize(
    ("kind", "zero"), [("int", 0), ("bool", False), ("string", ""), ("array", []), ("object", {})]
)
def test_a_declaration_without_a_value_gives_the_zero_of_its_type(
    kind: str, zero: JsonValue
) -> None:
    (parameter,) = echo(declare({"name": "a", "type": kind})).parameters

    assert parameter == Parameter("a", zero, kind)
    assert type(parameter.value) is type(zero)


def test_zero_values_of_two_calls_are_not_shared() -> None:
    first, second = (echo(declare({"name": "a", "type": "array"})).get("a") for _ in range(2))

    assert first is not second


def test_an_echoed_value_stays_when_the_declaration_has_none() -> None:
    result = echo(Parameter("a", "kept", "string"), declare({"name": "a", "type": "int"}))

    assert result.parameters == (Parameter("a", "kept", "int"),)


@pytest.mark.parametrize("value", [None, 7])
def test_a_declared_value_replaces_the_echoed_one(value: JsonValue) -> None:
    result = echo(Parameter("a", 1), declare({"name": "a", "type": "int", "value": value}))

    assert result.parameters == (Parameter("a", value, "int"),)


def test_a_declaration_changes_the_last_of_repeated_inputs() -> None:
    result = echo(
        Parameter("a", 1), Parameter("a", 2), declare({"name": "a", "type": "int", "value": 3})
    )

    assert [parameter.value for parameter in result.parameters] == [1, 3]


def test_a_name_declared_twice_is_produced_once() -> None:
    result = echo(declare({"name": "a", "type": "int", "value": 1}, {"name": "a", "type": "int"}))

    assert result.parameters == (Parameter("a", 1, "int"),)


@pytest.mark.parametrize("kind", ["weird", "", None, 5, ["int"]])
def test_an_unknown_type_counts_as_string_with_a_warning(
    kind: JsonValue, caplog: pytest.LogCaptureFixture
) -> None:
    result = echo(declare({"name": "a", "type": kind}))

    assert result.parameters == (Parameter("a", "", "string"),)
    assert [record.levelno for record in caplog.records] == [logging.WARNING]


def test_a_missing_type_counts_as_string() -> None:
    assert echo(declare({"name": "a"})).parameters == (Parameter("a", "", "string"),)


@pytest.mark.parametrize("value", ["x", True, None, [1]])
def test_a_value_of_another_kind_is_kept_with_a_warning(
    value: JsonValue, caplog: pytest.LogCaptureFixture
) -> None:
    result = echo(declare({"name": "a", "type": "int", "value": value}))

    assert result.parameters == (Parameter("a", value, "int"),)
    assert [record.levelno for record in caplog.records] == [logging.WARNING]


def test_any_number_is_an_int_without_a_warning(caplog: pytest.LogCaptureFixture) -> None:
    result = echo(declare({"name": "a", "type": "int", "value": 1.5}))

    assert result.get("a") == 1.5
    assert not caplog.records


def test_elements_without_a_usable_name_are_skipped_and_the_others_survive() -> None:
    result = echo(declare({"name": ""}, {"type": "int"}, {"name": 4}, "x", None, {"name": "a"}))

    assert result.as_dict() == {"a": ""}


@pytest.mark.parametrize("wrong", [None, "a", 1, {"name": "a"}, UNSET])
def test_outputs_that_are_no_list_count_as_absent(wrong: JsonValue) -> None:
    assert echo(Parameter("outputs", wrong), Parameter("a", 1)).as_dict() == {"a": 1}


@pytest.mark.parametrize("controls", [(), (Parameter("message", "m"),)])
def test_input_artifacts_come_back(controls: tuple[Parameter, ...]) -> None:
    """The engine keeps those that the task declares; reference gap: they were ignored."""
    artifacts = (Artifact("a", "/a"), Artifact("b", "/b"))
    request = ExecuteRequest("task-1", "run-1", "greet", inputs=Inputs(controls, artifacts))

    outputs = asyncio.run(EchoExecutor().execute(request))

    assert outputs.artifacts == artifacts
