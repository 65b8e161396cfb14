"""Reading YAML 1.2: the core schema, nothing executable, bounded, and clear about faults."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from aether_core.document import load_text
from aether_core.document._json_reader import JsonReader
from aether_core.document._source import Source
from aether_core.document._yaml import read_yaml
from aether_core.document._yaml_faults import yaml_fault

if TYPE_CHECKING:
    from aether_core.document import Diagnostic
    from aether_core.document._nodes import Node


def _value(text: str) -> Any:
    reading = read_yaml(Source("x", text))
    assert reading.faults == ()
    return reading.documents[0].value


def _fault(text: str) -> Diagnostic:
    loaded = load_text(text, format="yaml")
    found = [each for each in loaded.diagnostics if each.code < "AE1"]
    assert len(found) == 1, loaded.diagnostics
    assert all(document.resource is None for document in loaded.documents)
    return found[0]


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("true", True),
        ("True", True),
        ("FALSE", False),
        ("yes", "yes"),
        ("no", "no"),
        ("on", "on"),
        ("off", "off"),
        ("y", "y"),
        ("null", None),
        ("~", None),
        ("", None),
        ("nil", "nil"),
        ("0", 0),
        ("-7", -7),
        ("+7", 7),
        ("0777", 777),
        ("0o17", 15),
        ("0xfF", 255),
        ("0b11", "0b11"),
        ("1_000", "1_000"),
        ("1:30", "1:30"),
        ("190:20:30", "190:20:30"),
        ("2001-12-14", "2001-12-14"),
        ("2001-12-14T21:59:43Z", "2001-12-14T21:59:43Z"),
        ("1.5", 1.5),
        (".5", 0.5),
        ("1.", 1.0),
        ("1e3", 1000.0),
        ("-1.5E-2", -0.015),
        ("1e3s", "1e3s"),
        (".", "."),
        ("-", None),
        ("=", "="),
        ("'true'", "true"),
        ('"5"', "5"),
        ("!!str 5", "5"),
        ("! 5", "5"),
        ("!!int 5", 5),
        ("!!float 5", 5),
        ("!!bool true", True),
        ("!!null ~", None),
        ("!!map {}", {}),
        ("!!seq []", []),
    ],
)
def test_scalars_follow_the_core_schema_of_yaml_1_2(text: str, value: object) -> None:
    found = _value(f"a: {text}" if text != "-" else "a: ~")["a"]

    assert found == value
    assert type(found) is type(value)


def test_block_text_keeps_or_folds_its_lines() -> None:
    assert _value("a: |\n  x\n   y\n\nb: >-\n  x\n  y\n") == {"a": "x\n y\n", "b": "x y"}


def test_keys_of_yaml_1_1_booleans_are_text() -> None:
    assert _value("on: 1\nyes: 2\nn: 3") == {"on": 1, "yes": 2, "n": 3}


def test_aliases_repeat_their_anchor() -> None:
    text = "a: &x {k: [1]}\nb: *x\nc: &y k\n*y : d\n&z e: 1\nf: *z"

    assert _value(text) == {"a": {"k": [1]}, "b": {"k": [1]}, "c": "k", "k": "d", "e": 1, "f": "e"}


def test_an_anchor_may_be_used_again() -> None:
    assert _value("a: &x 1\nb: *x\nc: &x 2\nd: *x") == {"a": 1, "b": 1, "c": 2, "d": 2}


def test_several_documents_are_read_and_empty_ones_passed_over() -> None:
    loaded = load_text("---\na: 1\n---\n---\nb: 2\n...\n---\n# nothing\n")

    assert [document.value for document in loaded.documents] == [{"a": 1}, {"b": 2}]
    assert [document.index for document in loaded.documents] == [0, 1]


def test_anchors_do_not_reach_into_the_next_document() -> None:
    assert _fault("a: &x 1\n---\nb: *x").code == "AE014"


def test_documents_before_a_fault_are_still_checked() -> None:
    loaded = load_text("kind: Workflow\n---\na: [1\n")

    assert len(loaded.documents) == 1
    assert loaded.documents[0].resource is None
    assert {"AE009", "AE102"} == {each.code for each in loaded.diagnostics}


@pytest.mark.parametrize(
    ("text", "code", "line", "column", "message"),
    [
        ("a:\n\tb: 1", "AE020", 2, 1, "a tab in the indentation"),
        ("\ta: 1", "AE020", 1, 1, "a tab in the indentation"),
        ("k: |\n\ttext", "AE020", 2, 1, "a tab in the indentation"),
        ("a: b: c", "AE009", 1, 5, 'a ":" where no key can end'),
        ("a: - b", "AE009", 1, 4, 'a "- " where no list can begin'),
        ("a: [1, 2", "AE009", 1, 9, 'expected "," or "]" in the list'),
        ("a: {b: 1", "AE009", 1, 9, 'expected "," or "}" in the object'),
        ("a: 'x", "AE009", 1, 6, "not closed"),
        ('a: "x', "AE009", 1, 6, "not closed"),
        ('a: "\\q"', "AE009", 1, 5, "an escape that YAML does not have"),
        ("- a\nb: c", "AE009", 2, 1, 'expected "- "'),
        ("a:\n  b: 1\n c: 2", "AE009", 3, 2, "expected a key"),
        ("é😀: @x", "AE009", 1, 5, 'a value can\'t begin with "@"'),
        ("a: `x`", "AE009", 1, 4, 'a value can\'t begin with "`"'),
        ("{a: 1}}", "AE009", 1, 7, "something follows the end"),
        ("a: }", "AE009", 1, 4, "expected a value"),
        ("%YAML 3.0\n---\na: 1", "AE009", 1, 1, "a version of YAML"),
        ("!x!y a", "AE009", 1, 1, "a tag with an unknown prefix"),
        ("%FOO\na: 1", "AE009", 1, 5, "not valid YAML"),
        ("a: 1\na: 2", "AE010", 2, 1, 'the key "a" is given twice'),
        ("1: a", "AE011", 1, 1, "not text"),
        ("null: a", "AE011", 1, 1, "the key null is not text"),
        ("true: a", "AE011", 1, 1, "the key true is not text"),
        ("2001: a", "AE011", 1, 1, "the key 2001 is not text"),
        ("? [a]\n: b", "AE011", 1, 3, "not text"),
        ("? {a: 1}\n: b", "AE011", 1, 3, "not text"),
        ("a: &x [1]\n*x : 1", "AE011", 2, 1, "the key *x is not text"),
        ("a: !foo x", "AE012", 1, 4, "the tag !foo is not allowed"),
        ("a: !foo {}", "AE012", 1, 4, "the tag !foo is not allowed"),
        ("a: !!python/object:os.system x", "AE012", 1, 4, "!!python/object:os.system"),
        ("a: !!python/object/apply:os.system [x]", "AE012", 1, 4, "not allowed"),
        ("a: !!binary aGk=", "AE012", 1, 4, "the tag !!binary is not allowed"),
        ("a: !!set {}", "AE012", 1, 4, "the tag !!set is not allowed"),
        ("a: !!int x", "AE012", 1, 4, "not of the type that its tag !!int says"),
        ("a: !!float true", "AE012", 1, 4, "not of the type"),
        ("a: {b: 1, <<: {c: 1}}", "AE013", 1, 11, "merge keys"),
        ("a: *x", "AE014", 1, 4, "no anchor before it"),
        ("a: &x [*x]", "AE014", 1, 8, "inside what it stands for"),
        ("*x", "AE014", 1, 1, "no anchor before it"),
        ("a: .inf", "AE018", 1, 4, "can't be represented"),
        ("a: -.INF", "AE018", 1, 4, "can't be represented"),
        ("a: [.nan]", "AE018", 1, 5, "can't be represented"),
        ("a: 1e999", "AE018", 1, 4, "can't be represented"),
        ("a: " + "9" * 5000, "AE018", 1, 4, "can't be represented"),
        ("a: 0x" + "f" * 400, "AE018", 1, 4, "can't be represented"),
        ('a: "b\x07"', "AE019", 1, 6, "the character U+0007 is not allowed"),
        ("a: \ufffe", "AE019", 1, 4, "the character U+FFFE is not allowed"),
        ("[" * 101, "AE015", 1, 101, "nested more than 100 deep"),
        ("[" * 200_000, "AE015", 1, 101, "nested more than 100 deep"),
        ("- " * 5_000, "AE015", 1, 201, "nested more than 100 deep"),
        ("{a: " * 5_000, "AE015", 1, 401, "nested more than 100 deep"),
        ("--- {}\n" * 102, "AE017", 101, 1, "more than 100 documents"),
    ],
    ids=lambda value: str(value)[:20],
)
def test_a_text_that_is_not_yaml_as_we_read_it_is_one_fault_at_its_place(
    text: str, code: str, line: int, column: int, message: str
) -> None:
    fault = _fault(text)

    assert (fault.code, fault.line, fault.column) == (code, line, column)
    assert message in fault.message


def test_a_quoted_merge_key_is_a_plain_key() -> None:
    assert _value('"<<": 1') == {"<<": 1}


def test_a_bomb_of_aliases_is_refused_by_what_it_expands_to() -> None:
    lines = ["a0: &a0 [x, x, x, x, x, x, x, x, x, x]"]
    lines += [f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 10)}]" for n in range(1, 12)]

    fault = _fault("\n".join(lines))

    assert fault.code == "AE016"
    assert fault.line == 6


def test_depth_counts_through_aliases() -> None:
    lines = ["a0: &a0 [x]"]
    lines += [f"a{n}: &a{n} [*a{n - 1}]" for n in range(1, 120)]

    assert _fault("\n".join(lines)).code == "AE015"


def test_all_soft_faults_are_reported_at_once() -> None:
    loaded = load_text("a: 1\na: .inf\nb: !x y\n1: 2\n<<: {}\n")

    codes = [each.code for each in loaded.diagnostics if each.code < "AE1"]
    assert codes == ["AE010", "AE018", "AE012", "AE011", "AE013"]


def test_faults_of_one_file_are_bounded() -> None:
    loaded = load_text("".join(f"a: {n}\n" for n in range(1_000)))

    assert len([each for each in loaded.diagnostics if each.code == "AE010"]) == 100


@pytest.mark.parametrize("problem", ["something new", None])
def test_an_error_that_is_not_known_is_passed_on(problem: str | None) -> None:
    class Unknown(Exception):
        problem_mark = None

    error = Unknown("something new")
    if problem is not None:
        error.problem = problem  # type: ignore[attr-defined]  # as the parser's errors have it

    assert yaml_fault("text", error).message == "not valid YAML: something new"


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text("aé😀\"' \\:#-{[,\n\t", max_size=8),
    lambda inner: (
        st.lists(inner, max_size=4) | st.dictionaries(st.text("ab é:", max_size=4), inner)
    ),
    max_leaves=12,
)


@settings(max_examples=60, deadline=None)
@given(JSON, st.sampled_from([None, 1, 4]))
def test_json_is_yaml_with_the_same_values_at_the_same_places(
    value: Any, indent: int | None
) -> None:
    text = json.dumps([value], ensure_ascii=False, indent=indent)

    exact, expected = JsonReader(text).read()
    reading = read_yaml(Source("x", text))

    assert reading.faults == ()
    assert reading.documents[0].value == exact == [value]
    assert _extents(reading.documents[0].node()) == _extents(expected)


def _extents(node: Node) -> list[Any]:
    members = node.members or {}
    below = [_extents(each) for each in (*members.values(), *(node.items or []))]
    return [node.start, node.end, sorted((node.keys or {}).values()), below]
