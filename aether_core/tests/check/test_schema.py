"""What a JSON Schema rules out, compared with a complete validator."""

from __future__ import annotations

import re
from typing import Any, TypeAlias

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from jsonschema import Draft202012Validator

from aether_core.check._presence import presence_problems
from aether_core.check._schema import ObjectSchema
from aether_core.expression import ANY, BOOL, INT, LIST, MAP, NULL, NUMBER, STRING, Type
from aether_sdk import DURATION_PATTERN, JsonValue

_Strategy: TypeAlias = st.SearchStrategy[dict[str, Any]]

_TEXTS = st.text("abx", min_size=1, max_size=2)
_PATTERNS = st.builds(
    "{}{}{}{}".format,
    st.sampled_from(["", "^"]),
    st.sampled_from(["a", "[ab]", "(a|bx)", "[^a]", "."]),
    st.sampled_from(["", "*", "+", "?", "{2}"]),
    st.sampled_from(["", "$", r"$(?!\n)", "x", "(?=b)"]),
)
_VALUES = st.recursive(
    st.none() | st.booleans() | st.integers(-3, 3) | st.floats(-3, 3) | _TEXTS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from("ab"), inner),
    max_leaves=6,
)
_BOUNDS = {
    "minimum": st.integers(-2, 2),
    "maximum": st.integers(-2, 2),
    "exclusiveMinimum": st.integers(-2, 2),
    "exclusiveMaximum": st.integers(-2, 2),
    "minLength": st.integers(0, 2),
    "maxLength": st.integers(0, 2),
    "minItems": st.integers(0, 2),
    "maxItems": st.integers(0, 2),
    "pattern": _PATTERNS.filter(lambda pattern: "(?=" not in pattern),
}
_TYPES = st.sampled_from(["null", "boolean", "integer", "number", "string", "array", "object"])
_PLAIN: _Strategy = st.one_of(
    st.builds(dict, type=_TYPES),
    st.builds(dict, type=st.lists(_TYPES, min_size=1, max_size=2, unique=True)),
    st.builds(dict, enum=st.lists(_VALUES, min_size=1, max_size=2)),
    st.builds(dict, const=_VALUES),
    st.fixed_dictionaries({}, optional={**_BOUNDS, "type": _TYPES}),
)
_SCHEMAS: _Strategy = st.recursive(
    _PLAIN,
    lambda inner: st.one_of(
        st.builds(dict, anyOf=st.lists(inner, min_size=1, max_size=2)),
        st.builds(dict, allOf=st.lists(inner, min_size=1, max_size=2)),
        st.builds(dict, items=inner, minItems=_BOUNDS["minItems"]),
        st.builds(
            dict,
            properties=st.dictionaries(st.sampled_from("ab"), inner, max_size=2),
            additionalProperties=inner | st.just(value=False),
            required=st.lists(st.sampled_from("ab"), max_size=1),
        ),
        st.builds(
            dict,
            type=st.just("object"),
            oneOf=st.just([{"required": ["a"]}, {"required": ["b"]}]),
        ),
    ),
    max_leaves=4,
)


@settings(max_examples=100, deadline=None)
@given(schema=_SCHEMAS, value=_VALUES.filter(lambda value: value is not None))
def test_what_is_refused_is_refused_by_a_complete_validator(
    schema: dict[str, Any], value: Any
) -> None:
    inputs = ObjectSchema({"properties": {"x": schema}})

    misfit = inputs.misfit("x", value)

    is_valid = Draft202012Validator(schema).is_valid(value)
    assert (misfit is None) == is_valid
    if misfit is not None:
        found = value
        for step in misfit.path:
            found = found[step]
        assert found == misfit.value


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ({"key": "x"}, 'an object of the keys "token", "user"'),
        ({"user": "me", "token": "x"}, 'an object with exactly one of "token" and "user"'),
        ({}, 'an object with exactly one of "token" and "user"'),
        ("x", "an object"),
    ],
)
def test_members_of_an_object_may_be_bound_to_be_there_or_not(value: Any, expected: str) -> None:
    """Also when the object may be left out."""
    auth = {
        "type": "object",
        "properties": {"token": {}, "user": {}},
        "additionalProperties": False,
        "oneOf": [{"required": ["token"]}, {"required": ["user"]}],
    }
    inputs = ObjectSchema(
        {"properties": {"x": {"anyOf": [{"$ref": "#/$defs/Auth"}, {"type": "null"}]}},
         "$defs": {"Auth": auth}}
    )  # fmt: skip

    misfit = inputs.misfit("x", value)

    assert misfit is not None
    assert misfit.expected == expected


@settings(max_examples=100, deadline=None)
@given(pattern=_PATTERNS, text=_TEXTS)
def test_a_pattern_refuses_only_what_does_not_match(pattern: str, text: str) -> None:
    """RE2 reads no look-around, so that such a pattern accepts any text."""
    misfit = ObjectSchema({"properties": {"x": {"pattern": pattern}}}).misfit("x", text)

    assert (misfit is None) == ("(?=" in pattern or re.search(pattern, text) is not None)


@pytest.mark.parametrize("text", ["\u00e4", "a\n", "\x0b", "\ud800"])
def test_beyond_printable_ascii_a_pattern_accepts(text: str) -> None:
    """Dialects of regular expressions differ there."""
    inputs = ObjectSchema({"properties": {"x": {"pattern": r"^\d$"}}})

    assert inputs.misfit("x", text) is None


@pytest.mark.parametrize(
    ("schema", "expected"),
    [
        ({"pattern": "^z$"}, "text that matches ^z$"),
        ({"pattern": "^z$", "x-aether-expected": "a z"}, "a z"),
        ({"pattern": "^z$", "x-aether-expected": 1}, "text that matches ^z$"),
        ({"pattern": DURATION_PATTERN}, 'a duration such as "30s"'),
        ({"pattern": DURATION_PATTERN, "x-aether-expected": "a wait"}, "a wait"),
        ({"anyOf": [{"type": "string", "pattern": "^z$"}, {"type": "number"}, {"type": "null"}]},
         "text that matches ^z$"),
        ({"anyOf": [{"enum": ["z"]}, {"enum": [1]}]}, '"z"'),
    ],
)  # fmt: skip
def test_what_a_text_should_be_is_said_in_words(schema: dict[str, Any], expected: str) -> None:
    """Of choices, those for texts are the ones to talk about."""
    misfit = ObjectSchema({"properties": {"x": schema}}).misfit("x", "5 seconds")

    assert misfit is not None
    assert misfit.expected == expected


@pytest.mark.parametrize("pattern", [1, "", None, "(", "(?i)z", "[[:digit:]]", r"\Az"])
def test_a_pattern_that_dialects_read_otherwise_accepts(pattern: JsonValue) -> None:
    schema: dict[str, Any] = {"pattern": pattern}

    assert ObjectSchema({"properties": {"x": schema}}).misfit("x", "abc") is None


@pytest.mark.parametrize("keyword", ["format", "multipleOf", "uniqueItems", "contains"])
def test_keywords_that_are_not_read_accept(keyword: str) -> None:
    inputs = ObjectSchema({"properties": {"x": {keyword: "z"}}})

    assert inputs.misfit("x", "abc") is None


def test_one_of_is_refused_only_when_no_choice_fits() -> None:
    """Two fitting choices are left to the executor."""
    inputs = ObjectSchema({"properties": {"x": {"oneOf": [{"type": "string"}, {"const": "a"}]}}})

    assert inputs.misfit("x", "a") is None
    assert inputs.misfit("x", 1) is not None


def test_the_choice_that_fails_deepest_is_the_one_to_talk_about() -> None:
    choices: list[Any] = [{"type": "string"}, {"type": "array", "items": {"type": "integer"}}]
    inputs = ObjectSchema({"properties": {"x": {"anyOf": choices}}})

    misfit = inputs.misfit("x", [1, "a"])

    assert misfit is not None
    assert (misfit.path, misfit.expected) == ((1,), "an integer")


def test_items_behind_a_prefix_are_compared_with_items() -> None:
    inputs = ObjectSchema(
        {"properties": {"x": {"prefixItems": [{}], "items": {"type": "integer"}}}}
    )

    misfit = inputs.misfit("x", ["a", 1, "b"])

    assert misfit is not None
    assert misfit.path == (2,)


def test_null_is_refused_only_where_a_value_is_required() -> None:
    """Elsewhere binding drops it, and the executor's own default applies."""
    inputs = ObjectSchema(
        {"properties": {"a": {"type": "string"}, "b": {"type": "string"}}, "required": ["a"]}
    )

    assert inputs.misfit("a", None) is not None
    assert inputs.misfit("b", None) is None


_DEFS: dict[str, Any] = {
    "text": {"type": "string"},
    "again": {"$ref": "#/$defs/text"},
    "loop": {"$ref": "#/$defs/loop"},
    "list": {"type": "array", "items": {"$ref": "#/$defs/list"}},
    "a/b": {"type": "boolean"},
}


@pytest.mark.parametrize(
    ("schema", "expected"),
    [
        ({"type": "string"}, STRING),
        ({"type": "integer"}, INT),
        ({"type": "number"}, NUMBER),
        ({"type": "boolean"}, BOOL),
        ({"type": "null"}, NULL),
        ({"type": "object"}, MAP),
        ({"type": "array"}, LIST),
        ({"type": ["string", "null"]}, ANY),
        ({}, ANY),
        ({"$ref": "#/$defs/again", "description": "x"}, STRING),
        ({"$ref": "#/$defs/loop"}, ANY),
        ({"$ref": "#/$defs/missing"}, ANY),
        ({"$ref": "#/$defs/a~1b"}, BOOL),
        ({"anyOf": [{"type": "string"}, {"type": "null"}]}, STRING),
        ({"anyOf": [{"type": "string"}, {"type": "integer"}]}, ANY),
        ({"oneOf": [{"type": "integer"}, {"type": "integer"}]}, INT),
        ({"allOf": [{"$ref": "#/$defs/text"}]}, STRING),
        ({"enum": [1, 2]}, INT),
        ({"enum": [1, "a"]}, ANY),
        ({"const": True}, BOOL),
    ],
)
def test_types_of_properties(schema: dict[str, Any], expected: Type) -> None:
    inputs = ObjectSchema({"properties": {"x": schema}, "$defs": _DEFS})

    assert inputs.type_of("x") == expected
    assert inputs.type_of("unknown") == ANY


def test_a_type_without_end_is_any_type_in_the_end() -> None:
    inputs = ObjectSchema({"properties": {"x": {"$ref": "#/$defs/list"}}, "$defs": _DEFS})

    found = inputs.type_of("x")

    assert found.kinds == LIST.kinds
    assert inputs.misfit("x", [[[]]]) is None
    assert inputs.misfit("x", [[1]]) is not None


def test_a_schema_may_be_a_reference_to_itself() -> None:
    schema: dict[str, Any] = {
        "type": "object",
        "properties": {"next": {"$ref": "#"}, "n": {"type": "integer"}},
        "additionalProperties": False,
    }

    misfit = ObjectSchema(schema).misfit("next", {"next": {"n": "x"}})

    assert misfit is not None
    assert misfit.path == ("next", "n")


@pytest.mark.parametrize(
    ("schema", "is_closed"),
    [
        ({}, True),
        ({"additionalProperties": False}, True),
        ({"additionalProperties": True}, False),
        ({"additionalProperties": {"type": "string"}}, False),
        ({"patternProperties": {"^x": {}}}, False),
    ],
)
def test_declared_names_are_all_unless_the_schema_says_otherwise(
    schema: dict[str, Any], is_closed: bool
) -> None:
    assert ObjectSchema(schema).is_closed is is_closed


_PAIR = [{"required": ["a"]}, {"required": ["b"]}]


@pytest.mark.parametrize(
    ("schema", "names", "problems"),
    [
        ({"anyOf": _PAIR}, "", ['at least one of "a" and "b"']),
        ({"anyOf": _PAIR}, "b", []),
        ({"oneOf": _PAIR}, "ab", ['exactly one of "a" and "b"']),
        ({"allOf": [{"oneOf": _PAIR}]}, "", ['exactly one of "a" and "b"']),
        ({"not": {"required": ["a", "b"]}}, "ab", ['"a" or "b", not both']),
        ({"not": {"required": ["a", "b"]}}, "a", []),
        ({"oneOf": [*_PAIR, {"required": ["c"]}]}, "", ['exactly one of "a", "b" and "c"']),
        (
            {"oneOf": [{"allOf": _PAIR}, {"required": ["c"]}]},
            "a",
            ['exactly one of "c", "a" and "b"'],
        ),
        ({"anyOf": [{"minProperties": 2}]}, "", []),
        (
            {"oneOf": [{"not": {"required": ["a"]}}, {"required": ["b"]}]},
            "a",
            ['exactly one of "b"'],
        ),
        ({"anyOf": [{"properties": {"a": {"type": "string"}}, "required": ["a"]}]}, "a", []),
    ],
)
def test_rules_about_names_are_judged_only_when_that_is_certain(
    schema: dict[str, Any], names: str, problems: list[str]
) -> None:
    found = list(presence_problems(schema, dict.fromkeys(names, 1)))

    assert [sorted(each) for each in found] == [sorted(each) for each in problems]
