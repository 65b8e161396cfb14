"""Only what JSON can carry passes, and it passes as plain types."""

from __future__ import annotations

import json
from collections import OrderedDict
from datetime import UTC, datetime
from enum import IntEnum, StrEnum
from typing import cast

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aether_sdk import JsonValue, OutputError, json_value


class _Color(StrEnum):
    RED = "red"


class _Level(IntEnum):
    HIGH = 3


_JSON = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=False, allow_infinity=False)
    # Text without surrogates is what UTF-8 can carry.
    | st.text(st.characters(exclude_categories=["Cs"]), max_size=8),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.text(st.characters(exclude_categories=["Cs"]), max_size=4), inner)
    ),
    max_leaves=12,
)


@given(_JSON)
def test_json_values_pass_unchanged_and_survive_json(value: JsonValue) -> None:
    copy = json_value(value)

    assert copy == value
    assert json.loads(json.dumps(copy)) == value


def test_the_copy_shares_no_container() -> None:
    value = {"a": [{"b": 1}]}

    copy = cast("dict[str, list[dict[str, int]]]", json_value(value))
    copy["a"][0]["b"] = 2

    assert value == {"a": [{"b": 1}]}


@pytest.mark.parametrize(
    ("value", "plain"),
    [
        ((1, (2,)), [1, [2]]),
        (_Color.RED, "red"),
        (_Level.HIGH, 3),
        (OrderedDict(a=_Color.RED), {"a": "red"}),
        ({_Color.RED: 1}, {"red": 1}),
    ],
)
def test_relatives_of_json_types_become_plain(value: object, plain: object) -> None:
    copy = json_value(value)

    assert copy == plain
    assert type(copy) is type(plain)
    assert json.dumps(copy) == json.dumps(plain)


@pytest.mark.parametrize(
    ("value", "path", "reason"),
    [
        (object(), "$", "a value of type object is not JSON"),
        ({"a": [0, {1, 2}]}, "$.a[1]", "a value of type set is not JSON"),
        ({"at": datetime(2026, 1, 1, tzinfo=UTC)}, "$.at", "datetime.datetime"),
        ([b"x"], "$[0]", "bytes"),
        (float("nan"), "$", "the number nan is not JSON"),
        ({"x": float("-inf")}, "$.x", "the number -inf is not JSON"),
        ({"a": {1: "x"}}, "$.a", "an object key of type int"),
        ({"a b": ["\ud800"]}, '$["a b"][0]', "half a surrogate pair at character 0"),
        ({"\ud800": 1}, "$", "half a surrogate pair"),
    ],
)
def test_anything_else_is_refused_with_its_path(value: object, path: str, reason: str) -> None:
    with pytest.raises(OutputError, match=reason.replace("$", r"\$")) as caught:
        json_value(value)

    assert caught.value.path == path
    assert isinstance(caught.value, TypeError)


def test_the_path_begins_where_the_caller_says() -> None:
    with pytest.raises(OutputError, match=r"^\$\.outputs\.x\[1\]: a value of type object"):
        json_value([1, object()], "$.outputs.x")


def test_a_value_inside_itself_is_refused() -> None:
    loop: list[object] = []
    loop.append(loop)

    with pytest.raises(OutputError, match="nested deeper than 128 levels"):
        json_value(loop)


def test_the_deepest_value_allowed_passes() -> None:
    value: JsonValue = 1
    for _ in range(128):
        value = [value]

    assert json_value(value) == value
