"""Reading JSON: every refusal is one clear fault with its place; both readers agree."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from aether_core.document import load_text
from aether_core.document._json import read_json
from aether_core.document._json_reader import JsonReader
from aether_core.document._source import FaultError, Source

if TYPE_CHECKING:
    from aether_core.document import Diagnostic


def _fault(text: str) -> Diagnostic:
    loaded = load_text(text, format="json")
    found = [each for each in loaded.diagnostics if each.code < "AE1"]
    assert len(found) == 1, loaded.diagnostics
    assert all(document.resource is None for document in loaded.documents)
    return found[0]


@pytest.mark.parametrize(
    ("text", "code", "line", "column", "message"),
    [
        ("[", "AE008", 1, 2, "expected a value, found the end of the text"),
        ('{"a"', "AE008", 1, 5, 'expected ":" after the key, found the end'),
        ('{"a" 1}', "AE008", 1, 6, 'expected ":" after the key, found "1"'),
        ('{"a": 1', "AE008", 1, 8, "found the end of the text"),
        ('{"a": 1 "b": 2}', "AE008", 1, 9, "found text"),
        ('{\n  "a": [1,\n]}', "AE008", 2, 10, 'a comma before "]"'),
        ('{"a": 1,}', "AE008", 1, 8, 'a comma before "}"'),
        ("{a: 1}", "AE008", 1, 2, "expected a key in double quotes"),
        ("{'a': 1}", "AE008", 1, 2, "no single quotes"),
        ("{\"a\": 'b'}", "AE008", 1, 7, "no single quotes"),
        ('{"a": True}', "AE008", 1, 7, "True is not JSON"),
        ('{"a": nope}', "AE008", 1, 7, 'expected a value, found "nope"'),
        ('{"a": }', "AE008", 1, 7, 'expected a value, found "}"'),
        ('{"a": 01}', "AE008", 1, 7, "not a number of JSON"),
        ('{"a": +1}', "AE008", 1, 7, "not a number of JSON"),
        ('{"a": .5}', "AE008", 1, 7, "not a number of JSON"),
        ('{"a": 1.}', "AE008", 1, 7, "not a number of JSON"),
        ('{"a": "b\tc"}', "AE008", 1, 9, "control character"),
        ('{"a": "b\nc"}', "AE008", 1, 7, "not closed on its line"),
        ('{"a": "b', "AE008", 1, 7, "not closed on its line"),
        ('{"a": "b\\', "AE008", 1, 7, "not closed on its line"),
        ('{"a": "\\q"}', "AE008", 1, 8, "not an escape of JSON"),
        ('{"a": "\\u12"}', "AE008", 1, 8, "not an escape of JSON"),
        ('{"a": 1} // why', "AE021", 1, 10, "follows the end"),
        ('{"a": // why\n1}', "AE008", 1, 7, "no comments"),
        ('{"a": 1} {"b": 2}', "AE021", 1, 10, "follows the end"),
        ('{"a": 1, "b": 2, "a": 3}', "AE010", 1, 18, 'the key "a" is given twice'),
        ('{"a": NaN}', "AE018", 1, 7, "can't be represented"),
        ('{"a": [-Infinity]}', "AE018", 1, 8, "can't be represented"),
        ('{"a": 1e999}', "AE018", 1, 7, "can't be represented"),
        ('{"a": ' + "9" * 301 + "}", "AE018", 1, 7, "can't be represented"),
        ('{"a": ' + "9" * 5000 + "}", "AE018", 1, 7, "can't be represented"),
        ('{"a": "\\ud800"}', "AE019", 1, 7, "half of a surrogate pair"),
        ('{"a": "\\udc00\\ud800"}', "AE019", 1, 7, "half of a surrogate pair"),
        ("[" * 101, "AE015", 1, 101, "nested more than 100 deep"),
        ("[" * 1_000_000, "AE015", 1, 101, "nested more than 100 deep"),
        ('{"a":' * 100_000, "AE015", 1, 501, "nested more than 100 deep"),
        ("[" + "0," * 200_000 + "0]", "AE016", 1, 400_000, "more than 200000 values"),
    ],
    ids=lambda value: str(value)[:20],
)
def test_a_text_that_is_not_a_json_document_is_one_fault_at_its_place(
    text: str, code: str, line: int, column: int, message: str
) -> None:
    fault = _fault(text)

    assert (fault.code, fault.line, fault.column) == (code, line, column)
    assert message in fault.message
    assert (fault.end_line, fault.end_column) >= (fault.line, fault.column)


def test_what_a_missing_comma_is_gets_a_hint() -> None:
    assert _fault('{"a": 1 "b": 2}').hint == "A comma is missing."


def test_all_duplicate_keys_are_reported_at_the_second_one() -> None:
    loaded = load_text('{"a": {"b": 1,\n"b": 2}, "a": 3}', format="json")

    found = [(d.line, d.column) for d in loaded.diagnostics if d.code == "AE010"]

    assert found == [(2, 1), (2, 10)]


def test_structure_is_checked_in_spite_of_a_duplicate_key() -> None:
    loaded = load_text('{"kind": "Workflow", "kind": "Workflow"}', format="json")

    assert {"AE010", "AE102"} <= {each.code for each in loaded.diagnostics}
    assert loaded.documents[0].problems[0].code == "AE010"


def test_numbers_up_to_300_digits_are_exact() -> None:
    number = int("9" * 300)

    assert load_text(f'{{"a": {number}}}').documents[0].value == {"a": number}


def test_a_surrogate_pair_is_one_character() -> None:
    assert load_text(r'{"a": "\ud83d\ude00"}').documents[0].value == {"a": "\U0001f600"}


def test_nesting_up_to_the_limit_is_read() -> None:
    loaded = load_text('{"a": ' + "[" * 99 + "]" * 99 + "}")

    assert all(each.code >= "AE1" for each in loaded.diagnostics)


JSON = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=4), inner),
    max_leaves=12,
)


@settings(max_examples=60, deadline=None)
@given(JSON, st.booleans(), st.sampled_from([None, 1, 4]))
def test_both_readers_read_what_was_written(
    value: Any, ascii_only: bool, indent: int | None
) -> None:
    text = json.dumps(value, ensure_ascii=ascii_only, indent=indent)

    exact, _ = JsonReader(text).read()
    fast = read_json(Source("x", text))

    assert exact == value
    assert fast.faults == ()
    assert fast.documents[0].value == value


@settings(max_examples=150, deadline=None)
@given(JSON, st.data())
@example([], None)
def test_both_readers_refuse_the_same_texts(value: Any, data: st.DataObject | None) -> None:
    text = json.dumps(value)
    for _ in range(0 if data is None else data.draw(st.integers(1, 3))):
        assert data is not None
        at = data.draw(st.integers(0, len(text)))
        part = data.draw(
            st.sampled_from(
                ["", *'{}[]",:\\-+.eE019 \n\ttu', "null", "NaN", "\\ud83d", "\x01", "é"]
            )
        )
        text = text[:at] + part + text[at + data.draw(st.integers(0, 1)) :]

    reader = JsonReader(text)
    try:
        exact, _ = reader.read()
        refused = bool(reader.faults)
    except FaultError:
        exact, refused = None, True
    try:
        fast = json.loads(text)
    except ValueError:
        fast = None

    reading = read_json(Source("x", text))
    assert bool(reading.faults) == refused
    if not refused:
        assert reading.documents[0].value == exact == fast
