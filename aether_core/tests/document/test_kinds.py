"""Kinds of values: what fits a declared type, and when two values are equal."""

from __future__ import annotations

from typing import Any

import pytest

from aether_core.document import KIND_NAMES, is_of_kind, same, show

FITS: dict[str, list[Any]] = {
    "string": ["", "5"],
    "int": [0, -7, 5.0],
    "float": [0, 1.5],
    "bool": [True, False],
    "array": [[], [None]],
    "object": [{}, {"a": 1}],
}


@pytest.mark.parametrize("kind", FITS)
def test_values_fit_their_own_kind_and_any(kind: Any) -> None:
    assert kind in KIND_NAMES
    for value in FITS[kind]:
        assert is_of_kind(value, kind)
        assert is_of_kind(value, "any")


@pytest.mark.parametrize(
    ("value", "kind"),
    [(5, "string"), (1.5, "int"), (True, "int"), (True, "float"), (1, "bool"), ({}, "array")],
)
def test_values_do_not_fit_another_kind(value: Any, kind: Any) -> None:
    assert not is_of_kind(value, kind)
    assert not is_of_kind(None, kind)


@pytest.mark.parametrize(
    ("left", "right", "equal"),
    [
        (5, 5.0, True),
        (1, True, False),
        ([1, {"a": 2.0}], [1.0, {"a": 2}], True),
        ([1], [True], False),
        ([1], [1, 2], False),
        ({"a": 1}, {"b": 1}, False),
        ({"a": 0}, {"a": False}, False),
        ("1", 1, False),
        (None, None, True),
    ],
)
def test_numbers_are_equal_by_value_and_booleans_are_no_numbers(
    left: Any, right: Any, equal: bool
) -> None:
    assert same(left, right) is equal
    assert same(right, left) is equal


def test_long_values_are_shown_short() -> None:
    assert show({"a": [1]}) == '{"a":[1]}'
    assert len(show("x" * 500)) < 80
