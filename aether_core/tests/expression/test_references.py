"""References: their spelling, what they find, and which of them an expression needs."""

from __future__ import annotations

import copy
import pickle

import pytest

from aether_core.expression import (
    MISSING,
    EvaluationError,
    ExpressionError,
    MissingReference,
    Reference,
    compile_expression,
    compile_reference,
    walk,
)


@pytest.mark.parametrize(
    ("text", "segments", "spelling"),
    [
        ("a", ("a",), "a"),
        ("tasks.a-b.phase", ("tasks", "a-b", "phase"), "tasks.a-b.phase"),
        ("tasks.1st.phase", ("tasks", "1st", "phase"), "tasks.1st.phase"),
        ("a.b--c", ("a", "b--c"), "a.b--c"),
        (
            "inputs.parameters.loop_iter.item",
            ("inputs", "parameters", "loop_iter", "item"),
            "inputs.parameters.loop_iter.item",
        ),
        ("a[0][12]", ("a", 0, 12), "a[0][12]"),
        ("a['b'].c", ("a", "b", "c"), "a.b.c"),
        ("a['b c'][\"d.e\"]", ("a", "b c", "d.e"), 'a["b c"]["d.e"]'),
        (r"a['it\'s \"x\"\n']", ("a", 'it\'s "x"\n'), r'a["it' + r"'s \"x\"\n" + '"]'),
        ("  a . b".replace(" . ", " ."), ("a", "b"), "a.b"),
        ("in", ("in",), "in"),
        ("Running", ("Running",), "Running"),
    ],
)
def test_whole_text_is_one_reference(
    text: str, segments: tuple[str | int, ...], spelling: str
) -> None:
    reference = compile_reference(text)

    assert reference.segments == segments
    assert reference.text == spelling
    assert compile_reference(spelling).segments == segments
    assert text[reference.start : reference.end] == text.strip()


@pytest.mark.parametrize(
    ("text", "start", "end", "message", "hint"),
    [
        ("", 0, 0, "the reference is empty", None),
        (" ", 0, 1, "the reference is empty", None),
        ("{{ a }}", 0, 1, "expected a reference, found '{'", "write it without braces"),
        ("a b", 2, 3, "expected the end of the reference, found 'b'", "one reference only"),
        ("a + 1", 2, 3, "expected the end of the reference, found '+'", None),
        ("a.b-", 3, 4, "expected the end of the reference, found '-'", None),
        ("f(a)", 1, 2, "expected the end of the reference, found '('", None),
        ("a[i]", 2, 3, "expected an index", "only an expression"),
        ("a[1.5]", 2, 5, "expected an index", None),
        ("a[", 2, 2, "expected an index", None),
        ("a[0", 3, 3, "expected ']'", None),
        ("true", 0, 4, "expected a reference, found 'true'", None),
        ("5", 0, 1, "expected a reference, found '5'", None),
        ("'a'", 0, 3, "expected a reference, found a string", None),
        ("1a", 0, 2, "neither a number nor a name", "a['1b']"),
        ("a" + ".b" * 100, 0, 201, "at most 100 parts", None),
    ],
)
def test_anything_else_is_no_reference(
    text: str, start: int, end: int, message: str, hint: str | None
) -> None:
    with pytest.raises(ExpressionError) as caught:
        compile_reference(text)

    assert message in caught.value.message
    assert (caught.value.start, caught.value.end) == (start, end)
    if hint is not None:
        assert hint in (caught.value.hint or "")


def test_constant_indexes_belong_to_the_reference() -> None:
    expression = compile_expression("1 + (tasks.a).outputs['p'][0].x + b[c.d][1]")

    assert [found.text for found in expression.references] == [
        "tasks.a.outputs.p[0].x",
        "b",
        "c.d",
    ]
    texts = [expression.text[found.start : found.end] for found in expression.references]
    assert texts == ["(tasks.a).outputs['p'][0].x", "b", "c.d"]


@pytest.mark.parametrize(
    ("segments", "value"),
    [
        ((), {"a": [1, {"b": None}], "0": "zero"}),
        (("a", 0), 1),
        (("a", 1, "b"), None),
        (("0",), "zero"),
        (("a", 2), MISSING),
        (("a", -1), MISSING),
        (("a", "0"), MISSING),
        ((0,), MISSING),
        (("x",), MISSING),
        (("a", 0, "b"), MISSING),
        (("a", 1, "b", "c"), MISSING),
    ],
)
def test_walk_follows_keys_and_indexes(segments: tuple[str | int, ...], value: object) -> None:
    assert walk({"a": [1, {"b": None}], "0": "zero"}, segments) == value


def test_missing_is_false_and_says_so() -> None:
    assert not MISSING
    assert repr(MISSING) == "MISSING"
    assert copy.deepcopy(MISSING) is MISSING


@pytest.mark.parametrize(
    ("text", "required"),
    [
        ("x == 1", ["x"]),
        ("has(x)", []),
        ("default(x, 1)", []),
        ("default(x, y)", ["y"]),
        ("default(x, x)", ["x"]),
        ("has(x) && x == 1", []),
        ("has(x) && x.y == 1", ["x.y"]),
        ("has(x.y) && x == x.y", []),
        ("has(x) and has(y) and x == y", []),
        ("has(x) && (has(y) && x == y)", []),
        ("x == 1 && has(x)", ["x"]),
        ("has(x) || x == 1", ["x"]),
        ("!has(x) || x == 1", []),
        ("not has(x) or x == 1", []),
        ("!!has(x) && x == 1", []),
        ("(has(x) || has(y)) && x == 1", ["x"]),
        ("(has(x) || has(x)) && x == 1", []),
        ("!(!has(x) || !y) ? x : y", ["y", "y"]),
        ("has(x) ? x : 0", []),
        ("has(x) ? 0 : x", ["x"]),
        ("!has(x) ? 0 : x", []),
        ("!has(x) ? 0 : y ? x : 1", ["y"]),
        ("has(x) ? x : has(y) ? y : x", ["x"]),
        ("has(x) && y ? x : 0", ["y"]),
        ("[has(x), x]", ["x"]),
        ("has(x[i])", ["i"]),
        ("has(x[i]) && x == [1]", ["i"]),
        ("default(x[i], 0) + length(z)", ["i", "z"]),
        ("{a: x}.a + -x", ["x", "x"]),
        ("true && x", ["x"]),
    ],
)
def test_guarded_reference_is_not_required(text: str, required: list[str]) -> None:
    assert [found.text for found in compile_expression(text).required] == required


def test_references_are_in_the_order_of_the_text() -> None:
    text = "a + b[c] == (d ? e : f) || g in [h, {k: i}] && default(j, k) || max([l]) > -m"

    references = compile_expression(text).references

    assert [found.text for found in references] == list("abcdefghijklm")
    assert [text[found.start : found.end] for found in references] == list("abcdefghijklm")


def test_errors_survive_a_copy_and_a_process_boundary() -> None:
    errors = [
        ExpressionError("bad", start=1, end=2, hint="do better"),
        EvaluationError("bad", start=1, end=2),
        MissingReference(Reference(("a", 0), 3, 7)),
    ]

    for error in errors:
        restored = pickle.loads(pickle.dumps(error))  # noqa: S301  # our own bytes
        assert type(restored) is type(error)
        assert restored.__dict__ == error.__dict__
        assert str(copy.copy(error)) == error.message
