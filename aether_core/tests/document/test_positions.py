"""Where diagnostics point: exact lines and columns in JSON and YAML, inside text too."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from aether_core.document import Problem, load_text

if TYPE_CHECKING:
    from collections.abc import Callable

    from aether_core.document import Diagnostic, Path


def _point(text: str, path: Path, **more: Any) -> Diagnostic:
    document = load_text(text).documents[0]
    (found,) = document.diagnose([Problem("AE999", "here", path, **more)])
    return found


def _marked(text: str, path: Path, **more: Any) -> str:
    """Return the text that a diagnostic marks, by its lines and columns alone."""
    found = _point(text, path, **more)
    lines = text.replace("\r\n", "\n").replace("\r", "\n").split("\n")
    if found.line == found.end_line:
        return lines[found.line - 1][found.column - 1 : found.end_column - 1]
    inner = lines[found.line - 1 : found.end_line]
    inner[-1] = inner[-1][: found.end_column - 1]
    inner[0] = inner[0][found.column - 1 :]
    return "\n".join(inner)


YAML = """\
# é😀
kind: Workflow
spec:
  "é😀": 'a''b'   # comment
  list:
  - x: 1
    y: two words
  - [ 3, {z: 4} ]

  # a comment
  text: |
    first line
      second {{ here }}

  folded: >-
    some words
    fold {{ here }}
  empty:
  many: one
    two {{ here }}
last: true
"""


@pytest.mark.parametrize(
    ("path", "at", "marked"),
    [
        (("kind",), "value", "Workflow"),
        (("kind",), "key", "kind"),
        (("spec", "é😀"), "value", "'a''b'"),
        (("spec", "é😀"), "key", '"é😀"'),
        (("spec",), "value", '"é😀"'),
        (("spec",), "key", "spec"),
        (("spec", "list", 0), "value", "x"),
        (("spec", "list", 0, "y"), "value", "two words"),
        (("spec", "list", 1), "value", "[ 3, {z: 4} ]"),
        (("spec", "list", 1, 0), "value", "3"),
        (("spec", "list", 1, 1), "value", "z"),
        (("spec", "list", 1, 1, "z"), "value", "4"),
        (("spec", "list"), "value", "- x: 1"),
        (("spec", "empty"), "value", "empty"),
        (("spec", "empty"), "key", "empty"),
        (("last",), "value", "true"),
        ((), "value", "kind"),
    ],
)
def test_values_and_keys_of_yaml_are_marked_exactly(path: Path, at: Any, marked: str) -> None:
    assert _marked(YAML, path, at=at) == marked


@pytest.mark.parametrize("line_end", ["\n", "\r\n", "\r"])
def test_every_kind_of_line_end_counts_as_one_line(line_end: str) -> None:
    found = _point(YAML.replace("\n", line_end), ("last",))

    assert (found.line, found.column, found.end_line, found.end_column) == (21, 7, 21, 11)


def test_columns_count_characters_and_not_bytes() -> None:
    found = _point('{"é😀": "ü", "k": 1}', ("k",))

    assert (found.column, found.end_column) == (18, 19)


def test_a_byte_order_mark_is_not_a_column() -> None:
    document = load_text(b'\xef\xbb\xbf{"k": 1}').documents[0]

    assert document.diagnose([Problem("AE999", "", ("k",))])[0].column == 7


@pytest.mark.parametrize(
    ("path", "at", "marked"),
    [
        (("a",), "value", "[1, {}, [ ]]"),
        (("a", 0), "value", "1"),
        (("a", 1), "value", "{}"),
        (("a", 2), "value", "[ ]"),
        (("b",), "value", '"c"'),
        (("b",), "key", '"b"'),
        (("b", "c"), "value", '"x\\"y"'),
        (("b", "d"), "value", "[ 1,"),
        (("b", "d", 1), "value", "-2.5e3"),
        (("b", "d", 2), "value", "null"),
    ],
)
def test_values_and_keys_of_json_are_marked_exactly(path: Path, at: Any, marked: str) -> None:
    text = '{"a": [1, {}, [ ]],\n "b": { "c": "x\\"y", "d": [ 1,\n-2.5e3 , null]}}'

    assert _marked(text, path, at=at) == marked


@pytest.mark.parametrize(
    ("path", "marked"),
    [
        (("spec", "nope"), '"é😀"'),
        (("spec", "nope", "deeper", 3), '"é😀"'),
        (("spec", "list", 9), "- x: 1"),
        (("spec", "list", "key"), "- x: 1"),
        (("kind", "inside"), "Workflow"),
        (("kind", 0), "Workflow"),
    ],
)
def test_a_path_that_is_not_there_points_at_the_nearest_value_around_it(
    path: Path, marked: str
) -> None:
    assert _marked(YAML, path) == marked
    assert _marked(YAML, path, at="key") == marked
    assert _marked(YAML, path, span=(0, 1)) == marked


@pytest.mark.parametrize(
    ("path", "line"),
    [
        (("spec", "text"), 13),
        (("spec", "folded"), 17),
        (("spec", "many"), 20),
    ],
)
def test_a_part_of_yaml_text_over_several_lines_is_marked_exactly(path: Path, line: int) -> None:
    value: Any = load_text(YAML).documents[0].value
    for step in path:
        value = value[step]
    start = value.index("{{")
    found = _point(YAML, path, span=(start, start + len("{{ here }}")))

    assert _marked(YAML, path, span=(start, start + len("{{ here }}"))) == "{{ here }}"
    assert found.line == found.end_line == line


@pytest.mark.parametrize(
    ("text", "value", "token", "marked"),
    [
        ('{"a": "x == token"}', "x == token", "token", "token"),
        ('{"a": "\\"é\\" == token + 1"}', '"é" == token + 1', "token", "token"),
        ('{"a": "\\u00e9\\ud83d\\ude00\\n\\t token"}', "é😀\n\t token", "token", "token"),
        ('{"a": "x == \\"tok\\" + 1"}', 'x == "tok" + 1', '"tok"', '\\"tok\\"'),
        ('{"a": "\\ud83d\\ude00"}', "😀", "😀", "\\ud83d\\ude00"),
        ("a: x == token", "x == token", "token", "token"),
        ("a: &x token", "token", "token", "token"),
        ("a: !!str &x  token", "token", "token", "token"),
        ("a: 'it''s token'", "it's token", "token", "token"),
        ("a: 'it''s token'", "it's token", "'", "''"),
        ('a: "\\x41\\N\\_token"', "A\x85\xa0token", "token", "token"),
        ('a: "\\U0001F600 \\\n  token"', "😀 token", "token", "token"),
        ('a: "\\/ token"', "/ token", "token", "token"),
        ("a: |2-\n   x\n   token\n", " x\n token", "token", "token"),
        ("a: >+\n\n  x\n\n  token\n\n", "\nx\ntoken\n\n", "token", "token"),
    ],
)
def test_a_part_of_text_is_marked_through_quotes_and_escapes(
    text: str, value: str, token: str, marked: str
) -> None:
    assert load_text(text).documents[0].value == {"a": value}
    start = value.index(token)

    assert _marked(text, ("a",), span=(start, start + len(token))) == marked


@pytest.mark.parametrize(
    ("span", "columns"),
    [
        ((6, 6), (11, 11)),
        ((0, 0), (5, 5)),
        ((2, 3), (9, 9)),
        ((5, 6), (10, 11)),
        ((4, 99), (9, 11)),
        ((99, 100), (11, 11)),
    ],
)
def test_odd_spans_still_point_into_the_text(
    span: tuple[int, int], columns: tuple[int, int]
) -> None:
    found = _point("a: 'ab  cd'", ("a",), span=span)

    assert (found.column, found.end_column) == columns


def test_a_span_of_text_without_visible_characters_marks_the_whole() -> None:
    assert _marked("a: '   '", ("a",), span=(1, 2)) == "'   '"


def test_a_span_of_something_that_is_not_text_marks_the_whole() -> None:
    assert _marked("a: 12", ("a",), span=(0, 1)) == "12"


def test_a_value_behind_an_alias_is_marked_where_it_is_written() -> None:
    found = _point("a: &x\n  b: wrong\nc: *x\n", ("c", "b"))

    assert (found.line, found.column) == (2, 6)


def test_diagnostics_are_in_the_order_of_the_text() -> None:
    document = load_text(YAML).documents[0]
    problems = [Problem("AE2", "", ("last",)), Problem("AE1", "", ("kind",))]

    assert [each.line for each in document.diagnose(problems)] == [2, 21]


def test_paths_are_json_pointers() -> None:
    found = _point('{"a/b": {"c~d": [1]}}', ("a/b", "c~d", 0))

    assert found.path == "/a~1b/c~0d/0"


def test_a_problem_behind_a_misspelt_key_is_found_where_it_is_written(
    places: Callable[[str], list[str]],
) -> None:
    text = "apiVersion: aether/v1\nkind: Workflow\nmetadata:\n  nmae: Upper\nspc: {}\n"

    assert places(text) == [
        "AE101 4:3-4:7",
        "AE108 4:9-4:14",
        "AE101 5:1-5:4",
        "AE102 5:6-5:8",
        "AE102 5:6-5:8",
    ]


def test_a_missing_key_points_at_the_first_key_of_its_object(
    places: Callable[[str], list[str]],
) -> None:
    spec = '"spec": {\n "priority": 1}'
    text = f'{{"apiVersion": "aether/v1", "kind": "Workflow",\n"metadata": {{}}, {spec}}}'

    assert places(text) == ["AE102 2:13-2:15", "AE102 3:2-3:12", "AE102 3:2-3:12"]


def test_documents_of_one_file_have_places_of_their_own() -> None:
    loaded = load_text("kind: Workflow\n---\nkind: Workflow\n")

    assert {each.line for each in loaded.diagnostics} == {1, 3}
    assert loaded.documents[1].diagnose([Problem("AE999", "", ("kind",))])[0].line == 3


SCALARS = st.text("aé😀\"\\ \n\t{}'", max_size=10) | st.integers() | st.none() | st.booleans()


@settings(max_examples=60, deadline=None)
@given(
    st.dictionaries(st.text("abé😀", min_size=1, max_size=3), SCALARS, min_size=1, max_size=4),
    st.sampled_from([None, 0, 3]),
    st.booleans(),
)
def test_what_is_marked_reads_back_as_the_value(
    value: dict[str, Any], indent: int | None, ascii_only: bool
) -> None:
    text = json.dumps([value, [value]], indent=indent, ensure_ascii=ascii_only)

    for key, item in value.items():
        assert json.loads(_marked(text, (1, 0, key))) == item
        assert json.loads(_marked(text, (0, key), at="key")) == key
