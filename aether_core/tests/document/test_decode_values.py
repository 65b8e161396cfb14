"""Names, durations and numbers: what they may be, and what is said of the others."""

from __future__ import annotations

from typing import Any

import pytest

from aether_core.document import Problem, decode


def _only(value: dict[str, Any]) -> Problem:
    resource, problems = decode(value)
    assert resource is None
    assert len(problems) == 1, problems
    return problems[0]


def _dag(workflow: dict[str, Any]) -> dict[str, Any]:
    dag: dict[str, Any] = workflow["spec"]["templates"][0]["dag"]
    return dag


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("", "the name is empty"),
        ("a" * 64, "too long: 64 characters"),
        ("My_Task", 'the name "My_Task" is not allowed'),
        ("-a", "not allowed"),
        ("a.b", "not allowed"),
        ("a\n", "not allowed"),
        ("é", "not allowed"),
    ],
)
def test_names_follow_the_naming_rule(workflow: dict[str, Any], name: str, message: str) -> None:
    workflow["metadata"]["name"] = name

    problem = _only(workflow)

    assert problem.code == "AE108"
    assert message in problem.message


def test_a_bad_name_gets_a_better_one_as_example(workflow: dict[str, Any]) -> None:
    workflow["metadata"]["name"] = "MyTask No_1"

    assert (_only(workflow).hint or "").endswith('For example: "my-task-no-1".')


@pytest.mark.parametrize("name", ["status_code", "_private", "a-b_c", "x" * 63, "0"])
def test_parameters_may_have_underscores(workflow: dict[str, Any], name: str) -> None:
    workflow["spec"]["arguments"]["parameters"][0]["name"] = name

    assert decode(workflow)[1] == ()


@pytest.mark.parametrize("name", ["statusCode", "a.b", "a b", "x" * 64, "a-", "-a", "", "a\n"])
def test_other_parameter_names_are_refused(workflow: dict[str, Any], name: str) -> None:
    workflow["spec"]["arguments"]["parameters"][0]["name"] = name

    assert _only(workflow).code == "AE108"


@pytest.mark.parametrize("text", ["5 seconds", "-1s", "1e3s", "10", "9999999h", "1" * 101 + "s"])
def test_durations_that_can_not_be_read_are_refused(workflow: dict[str, Any], text: str) -> None:
    _dag(workflow)["tasks"][0]["timeout"] = text

    problem = _only(workflow)

    assert problem.code == "AE109"
    assert problem.path[-1] == "timeout"


@pytest.mark.parametrize(
    ("value", "wanted"), [(-1, "at least 0"), (2**40, "at most 2147483647"), (-1.0, "at least 0")]
)
def test_numbers_have_their_range(workflow: dict[str, Any], value: object, wanted: str) -> None:
    _dag(workflow)["tasks"][0]["retry"]["limit"] = value

    problem = _only(workflow)

    assert problem.code == "AE111"
    assert wanted in problem.message


def test_a_factor_of_zero_is_refused(workflow: dict[str, Any]) -> None:
    _dag(workflow)["tasks"][0]["retry"]["backoff"]["factor"] = 0

    assert "greater than 0" in _only(workflow).message
