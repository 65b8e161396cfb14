"""The cost of an expression is bounded, however it is written and whatever it is given."""

from __future__ import annotations

import subprocess
import sys
import time
from contextlib import suppress

import pytest

from aether_core.expression import (
    ANY,
    EvaluationError,
    ExpressionError,
    Resolver,
    compile_expression,
    compile_template,
    walk,
)

# Far more than it takes, far less than it would take without a bound.
SECONDS = 30.0


def resolver(data: dict[str, object]) -> Resolver:
    return lambda reference: walk(data, reference.segments)


def nested(depth: int) -> list[object]:
    value: list[object] = []
    for _ in range(depth):
        value = [value]
    return value


DATA: dict[str, object] = {
    "t": True,
    "f": False,
    "one": 1,
    "text": "x" * 999_999,
    "ab": "ab" * 300_000,
    "digits": "9" * 900_000,
    "commas": "," * 1_000_000,
    "brackets": "[" * 500_000,
    "many": [0] * 600_000,
    "other": [0] * 599_999 + [1],
    "deep": nested(100_000),
    "i": 0,
}


def evaluate(text: str) -> object:
    return compile_expression(text).evaluate(resolver(DATA))


def wrapped(opening: str, core: str, closing: str, depth: int) -> str:
    return opening * depth + core + closing * depth


def test_text_has_a_length() -> None:
    with pytest.raises(ExpressionError) as caught:
        compile_expression("a" * 10_001)

    assert (caught.value.start, caught.value.end) == (10_000, 10_001)
    assert compile_expression("a" * 10_000).references[0].end == 10_000


NESTING = [
    ("(", "1", ")"),
    ("[", "1", "]"),
    ("{a: ", "1", "}"),
    ("!", "t", ""),
    ("not ", "t", ""),
    ("-", "one", ""),
    ("- ", "one", ""),
    ("string(", "1", ")"),
    ("default(x, ", "1", ")"),
    ("f ? 1 : (", "1", ")"),
    ("t ? ", "1", " : 0"),
    ("t && (", "t", ")"),
    ("1 + (", "1", ")"),
    ("[1][", "0", " - 0]"),
    ("[0][i + ", "0", "]"),
    ("(", "1", " + 1)"),
    ("(", "1", ")[0]"),
]


@pytest.mark.parametrize(("opening", "core", "closing"), NESTING)
def test_nesting_works_to_its_limit_and_is_refused_beyond(
    opening: str, core: str, closing: str
) -> None:
    expression = compile_expression(wrapped(opening, core, closing, 99))
    expression.check(lambda _: ANY)
    with suppress(EvaluationError):
        expression.evaluate(resolver(DATA))

    for depth in (102, 400, 9_990 // len(opening + closing)):
        with pytest.raises(ExpressionError, match="nested too deeply"):
            compile_expression(wrapped(opening, core, closing, depth))


def test_operators_between_brackets_count_too() -> None:
    with pytest.raises(ExpressionError, match="nested too deeply"):
        compile_expression(wrapped("(", "t", ") * 1 + 1 == 1 && t || t ? t : f", 95))
    with pytest.raises(ExpressionError, match="nested too deeply"):
        compile_expression(wrapped("t || t && 1 == 1 + 1 * (", "1", ")", 95))


@pytest.mark.parametrize(
    ("first", "more", "last", "count", "value"),
    [
        ("t", " && t", "", 1_999, True),
        ("f", " || f", "", 1_999, False),
        ("t", " and t", "", 1_600, True),
        ("1", " + 1", "", 1_999, 2_000),
        ("1", " - 1", "", 1_999, -1_998),
        ("1", " * 1", "", 1_999, 1),
        ("", "f ? 1 : ", "2", 1_249, 2),
        ("[", "1, ", "1][i]", 3_300, 1),
    ],
)
def test_long_chain_needs_no_deep_stack(
    first: str, more: str, last: str, count: int, value: object
) -> None:
    expression = compile_expression(first + more * count + last)

    expression.check(lambda _: ANY)
    assert expression.evaluate(resolver(DATA)) == value


def test_long_index_chain_is_bounded() -> None:
    assert evaluate("[0]" + "[i]") == 0
    with pytest.raises(ExpressionError, match="at most 100 parts"):
        compile_expression("x" + "[0]" * 3_000)
    with pytest.raises(EvaluationError):
        evaluate("deep" + "[i]" * 3_000 + "[i + 1]")
    assert evaluate("has(deep" + "[i]" * 3_000 + ")") is True


@pytest.mark.parametrize(
    "text",
    [
        "text + text",
        "many + many",
        "join(many, text)",
        "join([text, text], '')",
        "upper(text + 'ßß')",
        "split(commas, ',')",
        "toJson([text, text])",
        "toJson([many, many])",
        "toJson(deep)",
        "string(deep)",
        "fromJson(brackets)",
        "fromJson('" + "[" * 200 + "]" * 200 + "')",
        "int(digits)",
        "float(digits)",
        "[" + ", ".join(["upper(text)"] * 500) + "]",
        "length([" + ", ".join(["toJson(many)"] * 500) + "]) > 0",
        " && ".join(["many == many"] * 100),
        " && ".join(["length(lower(text)) > 0"] * 200),
        "contains([" + ", ".join(["many"] * 900) + "], other)",
        "matches(ab, '((((a|b)?){30}){30}c)?x')",
    ],
)
def test_large_work_is_refused_quickly(text: str) -> None:
    started = time.perf_counter()

    with pytest.raises(EvaluationError):
        evaluate(text)

    assert time.perf_counter() - started < SECONDS


def test_equality_of_deep_values_needs_no_deep_stack() -> None:
    data: dict[str, object] = {"a": nested(20_000), "b": nested(20_000), "c": nested(19_999)}

    assert compile_expression("a == b").evaluate(resolver(data)) is True
    assert compile_expression("a in [c, b]").evaluate(resolver(data)) is True
    assert compile_expression("a != c").evaluate(resolver(data)) is True


@pytest.mark.parametrize("pattern", ["(a+)+$", "(a|a)*$b", "(.*a){20}$", "((a*)*)*b"])
def test_catastrophic_pattern_ends_quickly(pattern: str) -> None:
    data: dict[str, object] = {"value": "a" * 100_000 + "!"}
    started = time.perf_counter()

    outcome = compile_expression(f"matches(value, '{pattern}')").evaluate(resolver(data))

    assert outcome is False
    assert time.perf_counter() - started < SECONDS


@pytest.mark.parametrize(
    "text",
    ["\\" * 900_000 + "{{a", "{{ a }}" + "\\" * 900_000, "{{ a" + "-" * 900_000, "{" * 900_000],
)
def test_pathological_template_is_read_in_linear_time(text: str) -> None:
    started = time.perf_counter()

    with suppress(ExpressionError):
        compile_template(text)

    assert time.perf_counter() - started < SECONDS


def test_template_with_many_placeholders_is_fine() -> None:
    template = compile_template("{{ one }}," * 10_000)

    assert template is not None
    assert template.render(resolver(DATA)) == "1," * 10_000


def test_start_up_loads_no_regular_expression_engine() -> None:
    program = (
        "import sys; import aether_core.expression as e;"
        "e.compile_expression('a == 1').check(lambda _: e.ANY);"
        "late = {'re2', 'difflib', 'pydantic', 'dataclasses', 'json'} & set(sys.modules);"
        "print(sorted(late))"
    )

    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True
    )

    assert done.stdout.strip() == "[]"
