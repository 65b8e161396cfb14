"""The controls that this package adds: sleep, code and message."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

import pytest

from aether_echo import EchoExecutor
from aether_sdk import (
    ExecCode,
    ExecOutputs,
    ExecuteRequest,
    Inputs,
    JsonValue,
    TaskError,
    outcome_of_error,
)

if TYPE_CHECKING:
    from collections.abc import Coroutine


def call(given: dict[str, JsonValue], retry_count: int = 0) -> Coroutine[None, None, ExecOutputs]:
    request = ExecuteRequest(
        "task-1", "run-1", "greet", inputs=Inputs.of(given), retry_count=retry_count
    )
    return EchoExecutor().execute(request)


def echo(given: dict[str, JsonValue], retry_count: int = 0) -> ExecOutputs:
    return asyncio.run(call(given, retry_count))


@pytest.mark.parametrize("code", [0, 2, 3, 4, -1, 999])
def test_code_and_message_end_the_call_with_its_outputs_kept(code: int) -> None:
    result = echo({"code": code, "message": "because", "a": 1})

    assert (result.code, result.message) == (code, "because")
    assert result.as_dict() == {"a": 1}


def test_code_accepts_an_integral_float_from_an_expression() -> None:
    assert echo({"code": 2.0}).code == ExecCode.FAILED


def test_a_simulated_failure_wins_over_code_and_message() -> None:
    result = echo({"fail-count": 1, "code": 0, "message": "fine"})

    assert result.message.startswith("simulated failure")


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("code", "2"),
        ("code", True),
        ("code", 1.5),
        ("code", None),
        ("message", 5),
        ("message", None),
        ("sleep", 5),
        ("sleep", None),
        ("sleep", "soon"),
        ("sleep", ""),
        ("sleep", "-1s"),
        ("sleep", "5"),
    ],
)
def test_a_wrong_value_is_an_error_that_names_the_input(name: str, value: JsonValue) -> None:
    with pytest.raises(TaskError, match=f"^input {name}: ") as caught:
        echo({name: value})

    assert outcome_of_error(caught.value).code == ExecCode.ERROR


def test_all_wrong_values_are_named_at_once() -> None:
    with pytest.raises(TaskError) as caught:
        echo({"sleep": 1, "code": "x", "message": []})

    assert [part.split(":")[0] for part in str(caught.value).split("; ")] == [
        "input sleep",
        "input code",
        "input message",
    ]


def test_a_long_wrong_value_is_shortened_in_the_message() -> None:
    with pytest.raises(TaskError) as caught:
        echo({"code": "x" * 10_000})

    assert len(str(caught.value)) < 200


def test_without_sleep_a_call_never_gives_up_control() -> None:
    coroutine = call({"a": 1, "outputs": [{"name": "b"}], "code": 0, "sleep": "0s"})

    with pytest.raises(StopIteration) as finished:
        coroutine.send(None)

    assert isinstance(finished.value.value, ExecOutputs)


def test_sleep_waits_that_long_before_the_result() -> None:
    async def measure() -> float:
        loop = asyncio.get_running_loop()
        before = loop.time()
        await call({"sleep": "30ms", "suspend": True})
        return loop.time() - before

    assert asyncio.run(measure()) >= 0.03


def test_cancelling_ends_the_sleep_at_once() -> None:
    async def cancel() -> None:
        task = asyncio.create_task(call({"sleep": "1h"}))
        await asyncio.sleep(0)
        task.cancel()
        await task

    with pytest.raises(asyncio.CancelledError):
        asyncio.run(asyncio.wait_for(cancel(), timeout=5))
