"""Which schema accepts all that another one accepts: never a wrong yes, and yes where it counts."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from jsonschema import Draft202012Validator  # type: ignore[import-untyped]  # it has no stubs

from aether_core.plugins.compatibility import covers

INT, TEXT, NULL = {"type": "integer"}, {"type": "string"}, {"type": "null"}
POINT = {
    "type": "object",
    "properties": {"x": INT, "y": INT},
    "required": ["x"],
    "additionalProperties": False,
}
TREE = {"type": "object", "properties": {"next": {"anyOf": [{"$ref": "#/$defs/Tree"}, NULL]}}}

# What the first accepts of the second: all of it.
WIDER: list[tuple[Any, Any]] = [
    (True, TEXT),
    ({}, False),
    (TEXT, False),
    ({"title": "Name"}, TEXT),
    ({"type": "number"}, INT),
    ({"type": ["string", "null"]}, {"anyOf": [TEXT, NULL]}),
    ({"anyOf": [TEXT, NULL]}, {"type": ["null", "string"]}),
    ({"anyOf": [TEXT, INT, NULL]}, {"anyOf": [INT, TEXT]}),
    ({"allOf": [{"minimum": 1}, {"maximum": 5}]}, {"type": "integer", "minimum": 2, "maximum": 3}),
    (INT, {"allOf": [INT, {"minimum": 1}]}),
    ({"enum": ["a", "b", 1]}, {"enum": ["b", 1]}),
    (TEXT, {"enum": ["a", "b"]}),
    ({"anyOf": [TEXT, NULL]}, {"enum": ["a", None]}),
    ({"type": "number", "maximum": 5}, {"const": 4.5}),
    ({"type": "boolean"}, {"const": True}),
    ({"type": "array", "maxItems": 2}, {"const": [1, 2]}),
    ({"type": "object"}, {"const": {"a": 1}}),
    ({"type": "integer", "minimum": 0}, {"type": "integer", "exclusiveMinimum": 0}),
    ({"type": "string", "maxLength": 9}, {"type": "string", "maxLength": 8, "minLength": 1}),
    ({"type": "array", "items": {"type": "number"}}, {"type": "array", "items": INT}),
    ({"type": "string", "pattern": "^a"}, {"type": "string", "pattern": "^a", "maxLength": 3}),
    ({"anyOf": [{"pattern": "^a"}]}, INT),
    ({"type": "object", "additionalProperties": INT}, POINT),
    ({**POINT, "required": []}, POINT),
    (POINT, {**POINT, "required": ["x", "y"]}),
    ({"type": "object", "properties": {"x": {}}}, POINT),
]
NOT_WIDER: list[tuple[Any, Any]] = [
    (False, TEXT),
    (TEXT, True),
    (TEXT, INT),
    (INT, {"type": "number"}),
    (TEXT, {"type": ["string", "null"]}),
    ({"enum": ["a"]}, TEXT),
    ({"enum": ["a"]}, {"enum": ["a", "b"]}),
    ({"enum": [1]}, {"const": True}),
    ({"type": "integer", "minimum": 1}, INT),
    ({"type": "integer", "exclusiveMinimum": 0}, {"type": "integer", "minimum": 0}),
    ({"type": "integer", "maximum": 3}, {"const": 4}),
    ({"type": "integer", "multipleOf": 2}, INT),
    ({"type": "string", "minLength": 1}, TEXT),
    ({"type": "string", "pattern": "^a"}, {"type": "string", "pattern": "^a+"}),
    ({"type": "array", "items": INT}, {"type": "array"}),
    ({"type": "array", "uniqueItems": True}, {"type": "array", "items": INT}),
    (POINT, {"type": "object"}),
    (POINT, {**POINT, "required": []}),
    (POINT, {**POINT, "properties": {"x": TEXT, "y": INT}}),
    (POINT, {**POINT, "properties": {**POINT["properties"], "z": INT}}),  # type: ignore[dict-item]
    (POINT, {**POINT, "additionalProperties": True}),
    ({"not": {"type": "string"}}, INT),
]


@pytest.mark.parametrize(("wide", "narrow"), WIDER, ids=str)
def test_a_schema_that_accepts_more_is_known_as_such(wide: Any, narrow: Any) -> None:
    assert covers(wide, narrow, ({}, {}))


@pytest.mark.parametrize(("wide", "narrow"), NOT_WIDER, ids=str)
def test_a_schema_that_may_accept_less_is_never_taken_for_wider(wide: Any, narrow: Any) -> None:
    assert not covers(wide, narrow, ({}, {}))


def test_references_are_followed_each_in_its_own_root() -> None:
    """The same words mean something else where the definitions differ."""
    reference = {"$ref": "#/$defs/Size", "description": "How large."}
    old, new = {"$defs": {"Size": INT}}, {"$defs": {"Size": {"type": "number"}}}

    assert covers(reference, reference, (new, old))
    assert not covers(reference, reference, (old, new))
    assert covers(reference, INT, (old, {}))
    assert covers({"$ref": "#/nowhere"}, TEXT, ({}, {}))


def test_schemas_that_refer_to_themselves_are_compared() -> None:
    stricter = {**TREE, "required": ["next"]}
    roots = ({"$defs": {"Tree": TREE}}, {"$defs": {"Tree": stricter}})

    assert covers(TREE, stricter, roots)
    assert not covers(stricter, TREE, (roots[1], roots[0]))
    circle = {"$defs": {"A": {"$ref": "#/$defs/B"}, "B": {"$ref": "#/$defs/A"}}}
    assert not covers({"$ref": "#/$defs/A"}, TEXT, (circle, {}))


FLAT: tuple[Any, ...] = (None, True, False, -1, 0, 1, 2, 3, 0.5, "", "a", "ab", "bab")
VALUES: tuple[Any, ...] = (
    *FLAT,
    [],
    [1],
    ["a", None],
    [[], 2],
    {},
    {"x": 1},
    {"x": "a", "y": 2},
    {"y": {"x": 1}},
)
SIMPLE: tuple[Any, ...] = (
    True,
    False,
    {},
    NULL,
    {"type": "boolean"},
    {"type": ["string", "null"]},
    INT,
    TEXT,
)
#: Words with what they may say; a list of schemas, or of members, is made as it is needed.
WORDS: dict[str, tuple[Any, ...]] = {
    "integer": ("minimum", "maximum", "exclusiveMinimum", "multipleOf"),
    "number": ("minimum", "maximum", "exclusiveMaximum"),
    "string": ("minLength", "maxLength", "pattern"),
    "array": ("items", "maxItems", "minItems", "uniqueItems"),
    "object": ("properties", "required", "additionalProperties", "maxProperties"),
}


@st.composite
def a_schema(draw: st.DrawFn, depth: int = 2) -> Any:
    """Return a schema in the words that models of pydantic give."""
    kind = draw(st.sampled_from(["simple", "enum", "anyOf", "oneOf", "allOf", *WORDS]))
    if kind == "enum":
        return {"enum": draw(st.lists(st.sampled_from(VALUES), min_size=1, max_size=3))}
    if kind == "simple" or not depth:
        return draw(st.sampled_from(SIMPLE))
    inner = a_schema(depth - 1)
    if kind == "oneOf":
        # As of a tagged union: at most one of them can be.
        return {"oneOf": [NULL, draw(st.sampled_from([INT, TEXT]))]}
    if kind in {"anyOf", "allOf"}:
        return {kind: draw(st.lists(inner, min_size=1, max_size=2))}
    words = draw(st.lists(st.sampled_from(WORDS[kind]), max_size=3, unique=True))
    return {"type": kind, **{word: draw(_said(word, inner)) for word in words}}


def _said(word: str, inner: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    match word:
        case "items" | "additionalProperties":
            return inner
        case "properties":
            return st.dictionaries(st.sampled_from("xy"), inner, max_size=2)
        case "required":
            return st.lists(st.sampled_from("xy"), max_size=1)
        case "pattern":
            return st.sampled_from(["a", "^b"])
        case "uniqueItems":
            return st.booleans()
        case _:
            return st.integers(1, 3)


@settings(max_examples=150, deadline=None)
@given(a_schema(), a_schema())
def test_what_the_narrow_schema_accepts_the_wide_one_accepts(wide: Any, narrow: Any) -> None:
    """Whatever the schemas: a yes holds for every value, as an independent validator sees it."""
    if not covers(wide, narrow, ({}, {})):
        return
    ours, theirs = (Draft202012Validator(each) for each in (wide, narrow))

    assert [value for value in VALUES if theirs.is_valid(value) and not ours.is_valid(value)] == []


@settings(max_examples=60, deadline=None)
@given(a_schema())
def test_a_schema_covers_itself(schema: Any) -> None:
    """So that what did not change is no change, also where its definitions changed elsewhere."""
    assert covers(schema, schema, ({}, {}))
    # Parts of allOf are not put together: for them the answer may be a cautious no.
    assert "allOf" in str(schema) or covers(schema, schema, ({"$defs": {}}, {}))
