"""Which references an expression looks into, and which it only passes on."""

from __future__ import annotations

import pytest

from aether_core.expression import compile_expression


@pytest.mark.parametrize(
    ("text", "inspected"),
    [
        ("a.b", ()),
        ("'x' + a.b + c.d", ()),
        ("[a.b, {'k': c.d}]", ()),
        ("a.b == 1 ? c.d : e.f", ("a.b",)),
        ("default(a.b, c.d)", ()),
        ("has(a.b)", ()),
        ("has(a.b[c.d])", ("c.d",)),
        ("string(a.b) + toJson(c.d)", ()),
        ("upper(a.b)", ("a.b",)),
        ("a.b[c.d]", ("a.b", "c.d")),
        ("a.b - c.d", ("a.b", "c.d")),
        ("!a.b && -c.d < 1", ("a.b", "c.d")),
        ("('x' + a.b) == 'xy'", ("a.b",)),
        ("[a.b] == ['x']", ("a.b",)),
    ],
)
def test_what_becomes_a_part_of_the_result_is_passed_on(
    text: str, inspected: tuple[str, ...]
) -> None:
    found = compile_expression(text).inspected(is_condition=False)

    assert sorted(each.text for each in found) == sorted(inspected)


@pytest.mark.parametrize("text", ["a.b", "default(a.b, true)", "true ? a.b : false"])
def test_the_result_of_a_condition_is_looked_at(text: str) -> None:
    found = compile_expression(text).inspected(is_condition=True)

    assert [each.text for each in found] == ["a.b"]
