"""What docs/protocol/expressions.md says about the language is what the language does."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest

from aether_core.expression import (
    EvaluationError,
    ExpressionError,
    MissingReference,
    compile_expression,
    walk,
)
from aether_core.expression._calls import _SIGNATURES
from aether_core.expression._operators import OPERATORS
from aether_core.expression._parser import MAX_NESTING, MAX_TEXT
from aether_core.expression._reference import PHASE_NAMES

PAGE = (Path(__file__).parents[2] / "docs/protocol/expressions.md").read_text(encoding="utf-8")
ORDER = json.loads(re.findall(r"```json\n(.*?)```", PAGE, re.DOTALL)[0])

#: Lines such as `1 + 1  =>  2`.
SHOWN = [
    tuple(map(str.strip, line.split("=>")))
    for block in re.findall(r"```expression\n(.*?)```", PAGE, re.DOTALL)
    for line in block.splitlines()
]
#: The rows of the table of functions: signature, example, value.
FUNCTIONS = re.findall(r"^\| `(\w+\([^`]*\))` \|.*\| `(.*)` is `(.*)` \|$", PAGE, re.MULTILINE)


def outcome(text: str) -> Any:
    """Return the value of an expression, or the message of its error."""
    try:
        expression = compile_expression(text)
        return expression.evaluate(lambda each: walk({"order": ORDER}, each.segments))
    except (ExpressionError, EvaluationError, MissingReference) as error:
        return f"error: {error.message}"


@pytest.mark.parametrize(("text", "shown"), SHOWN, ids=lambda text: text)
def test_a_shown_expression_has_the_shown_value(text: str, shown: str) -> None:
    """Values are JSON; an error is shown with its message."""
    assert outcome(text) == (shown if shown.startswith("error: ") else json.loads(shown))


@pytest.mark.parametrize(("signature", "text", "shown"), FUNCTIONS, ids=lambda text: text)
def test_the_example_of_a_function_has_the_shown_value(
    signature: str, text: str, shown: str
) -> None:
    """And it calls the function of its row."""
    assert f"{signature.partition('(')[0]}(" in text
    assert outcome(text) == json.loads(shown)


def test_every_function_is_shown_with_its_signature() -> None:
    """The table has exactly the functions that there are, as they are called."""
    assert sorted(row[0] for row in FUNCTIONS) == sorted(words for _, words in _SIGNATURES.values())


def test_every_operator_and_phase_is_named() -> None:
    """The page leaves out no operator and no constant."""
    assert [symbol for symbol in OPERATORS if f"`{symbol}`" not in PAGE] == []
    assert [name for name in PHASE_NAMES if name not in PAGE] == []


def test_the_limits_are_those_of_the_code() -> None:
    """The numbers in the text."""
    assert f"at most {MAX_TEXT:,} characters and {MAX_NESTING} levels" in PAGE
