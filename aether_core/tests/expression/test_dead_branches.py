"""What can never be evaluated is not judged (decision 8)."""

from __future__ import annotations

import pytest

from aether_core.expression import ANY, BOOL, INT, compile_expression


@pytest.mark.parametrize(
    "text",
    [
        "true ? 1 : 1 / 0",
        "false ? 1 / 0 : 1",
        "false ? 1 / 0 : true ? 1 : 2 / 0",
        "false && 1 / 0 == 1",
        "true || 1 / 0 == 1",
    ],
)
def test_a_branch_behind_a_literal_has_no_problems(text: str) -> None:
    """It also runs."""
    expression = compile_expression(text)

    found, problems = expression.check(lambda _: ANY)

    assert problems == ()
    assert found in {INT, BOOL}
    assert expression.evaluate(lambda _: None) in {1, False}


@pytest.mark.parametrize("text", ["x ? 1 : 1 / 0", "x && 1 / 0 == 1", "false || 1 / 0 == 1"])
def test_a_branch_that_may_be_evaluated_is_judged(text: str) -> None:
    """Only a literal decides before anything runs."""
    _, problems = compile_expression(text).check(lambda _: ANY)

    assert [problem.message for problem in problems] == ["division by zero"]
