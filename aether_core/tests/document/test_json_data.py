"""Whether Python data is JSON data: the quick look and the close one agree."""

from __future__ import annotations

import json
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from aether_core.document._json_data import is_plain, json_problems, look_closely
from aether_core.document._limits import MAX_DEPTH, MAX_VALUES

_FINE = st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text()
_ODD = st.sampled_from((float("inf"), 10**400, "\ud800", b"x", (1, (2,)), {1: 2}, {"\udfff": 1}))
_VALUES: st.SearchStrategy[Any] = st.recursive(
    _FINE | _ODD,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
    max_leaves=8,
)


@given(_VALUES)
@settings(max_examples=50)
def test_the_quick_look_finds_no_value_fine_that_is_not(value: Any) -> None:
    problems = look_closely(value)

    assert json_problems(value) == problems
    assert not (is_plain(value) and problems)


def test_the_quick_look_is_enough_for_usual_values() -> None:
    """It is many times faster, and most documents are fine."""
    usual: object = json.loads('{"a": [1, 2.5, null, true, "\u00e4", {"b": []}], "c": {}}')

    assert is_plain(usual)


def test_bounds_are_left_to_the_close_look() -> None:
    deep: Any = 1
    for _ in range(MAX_DEPTH):
        deep = [deep]
    wide = [0] * MAX_VALUES
    circle: list[Any] = []
    circle += [circle, circle]

    assert json_problems(deep) == ()
    assert [each.message for each in json_problems([deep])] == [
        f"objects and lists are nested more than {MAX_DEPTH} deep"
    ]
    assert [each.message for each in json_problems(wide)] == [
        f"the document has more than {MAX_VALUES} values"
    ]
    assert len(json_problems(circle)) == 1
