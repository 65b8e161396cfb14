"""A secret value with some of its characters escaped is found, whichever they are (decision 18)."""

from __future__ import annotations

import html
import json
import shlex
from urllib.parse import quote, quote_plus

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aether_core.engine.sealing._disguises import disguise_of

VALUES = [
    "p@ss word/x",
    "hunter two+three",
    'a"b:c,d@e',
    "päss/wort+x",
    "ab<cd>ef&gh",
    "it's (a) sec!ret",
    "O'Brien secret",
    "line one\nline two",
    "C:\\dir\\x y",
]
WAYS = {
    "as it is": lambda v: v,
    "in a path": lambda v: quote(v, safe="/+@:!$&'()*,;="),
    "in a query": lambda v: quote(v, safe=""),
    "quoted twice": lambda v: quote(quote(v, safe=""), safe=""),
    "quoted three times": lambda v: quote(quote(quote(v, safe=""), safe=""), safe=""),
    "a form in a query": lambda v: quote(quote_plus(v), safe=""),
    "for a shell": lambda v: shlex.quote(v)[1:-1] if "'" in v else v,
    "JSON in JSON": lambda v: json.dumps(json.dumps(v)),
    "HTML with numbers": lambda v: html.escape(v).replace("&#x27;", "&#39;"),
    "a trace of a shell": lambda v: v.replace("'", "'\\''"),
    "YAML": lambda v: v.replace("'", "''"),
}


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("value", VALUES)
def test_an_escaped_value_is_found(value: str, way: str) -> None:
    """Each way on its own."""
    pattern = disguise_of(value)

    assert pattern is not None
    assert pattern.search(f"before {WAYS[way](value)} after")


@given(st.text(min_size=6, max_size=30), st.data())
def test_any_part_of_the_characters_may_be_quoted(value: str, data: st.DataObject) -> None:
    """Percent signs for some characters only, in either case."""
    chosen = data.draw(st.lists(st.booleans(), min_size=len(value), max_size=len(value)))
    pattern = disguise_of(value)
    if pattern is None:
        assert value.isalnum()
        return
    text = "".join(
        quote(each, safe="") if is_quoted and not each.isalnum() else each
        for each, is_quoted in zip(value, chosen, strict=True)
    )

    assert pattern.search(text)


@pytest.mark.parametrize("mark", ["\\", "'", '"', "%", "&", "%25"])
def test_rows_of_marks_do_not_make_the_search_slow(mark: str) -> None:
    """A value of marks, and a text that nearly matches it, are no trap."""
    pattern = disguise_of(f"a{mark * 40}b")

    assert pattern is not None
    assert pattern.search(f"a{mark * 2000}c" * 3) is None
