"""Text with placeholders."""

from __future__ import annotations

import pytest

from aether_core.expression import (
    EvaluationError,
    ExpressionError,
    MissingReference,
    Resolver,
    Template,
    compile_template,
    walk,
)


def resolver(data: dict[str, object]) -> Resolver:
    return lambda reference: walk(data, reference.segments)


DATA: dict[str, object] = {
    "s": "text",
    "i": 5,
    "x": 5.0,
    "t": True,
    "n": None,
    "l": [1.0, "a", None],
    "m": {"a b": {"c": [7]}},
    "in": "word",
    "nan": float("nan"),
    "long": "x" * 600_000,
    "object": object(),
}


def template(text: str) -> Template:
    compiled = compile_template(text)
    assert compiled is not None
    return compiled


@pytest.mark.parametrize("text", ["", "plain", "{ a }", "a } }", "}}", r"\{", "{", '{"a": {}}'])
def test_text_without_placeholder_stands_for_itself(text: str) -> None:
    assert compile_template(text) is None


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("{{ s }}", "text"),
        ("{{s}}", "text"),
        ("{{\n i \t}}", 5),
        ("{{ x }}", 5.0),
        ("{{ t }}", True),
        ("{{ n }}", None),
        ("{{ l }}", [1.0, "a", None]),
        ("{{ m['a b'].c[0] }}", 7),
        ("{{ in }}", "word"),
    ],
)
def test_single_placeholder_keeps_the_type(text: str, value: object) -> None:
    result = template(text).render(resolver(DATA))

    assert result == value
    assert type(result) is type(value)


@pytest.mark.parametrize(
    ("text", "value"),
    [
        (" {{ s }}", " text"),
        ("{{ s }}\n", "text\n"),
        ("{{ s }}{{ s }}", "texttext"),
        ("<{{ i }}>", "<5>"),
        ("<{{ x }}>", "<5>"),
        ("<{{ t }}>", "<true>"),
        ("<{{ n }}>", "<null>"),
        ("<{{ l }}>", '<[1,"a",null]>'),
        ("<{{ m }}>", '<{"a b":{"c":[7]}}>'),
        ("{ {{ s }} }", "{ text }"),
        ("{{ s }}}", "text}"),
        ("}} {{ s }}", "}} text"),
        (r"\{{ s }}", "{{ s }}"),
        (r"\{{ {{ s }} }}", "{{ text }}"),
        (r"a \{{ b \{{ c", "a {{ b {{ c"),
        (r"C:\dir\\{{ s }}", r"C:\dir\text"),
        (r"\\\{{ s }}", r"\{{ s }}"),
        (r"\\\\{{ s }}", r"\\text"),
        (r"\n{{ s }}\n", r"\ntext\n"),
    ],
)
def test_text_around_makes_a_string(text: str, value: str) -> None:
    assert template(text).render(resolver(DATA)) == value


def test_rendered_text_is_not_read_again() -> None:
    data: dict[str, object] = {"a": "{{ b }}", "b": "secret"}

    assert template("{{ a }}!").render(resolver(data)) == "{{ b }}!"


def test_references_point_into_the_text() -> None:
    text = r"a {{ s }} \{{ no }} {{m['a b'].c[0]}}"

    references = template(text).references

    assert [text[found.start : found.end] for found in references] == ["s", "m['a b'].c[0]"]
    assert [found.segments for found in references] == [("s",), ("m", "a b", "c", 0)]


@pytest.mark.parametrize(
    ("text", "start", "end", "message", "hint"),
    [
        ("a {{ s", 2, 4, "not closed", r"close it with }}, or write \{{"),
        ("{{ s } }", 0, 2, "not closed", None),
        ("{{", 0, 2, "not closed", None),
        ("{{}}", 0, 4, "empty", None),
        ("a {{ \n }}", 2, 9, "empty", None),
        ("{{ i + 1 }}", 5, 6, "expected '}}', found '+'", "valueFrom.expression can compute"),
        ("x {{ upper(s) }}", 10, 11, "expected '}}', found '('", "one reference only"),
        ("{{ s t }}", 5, 6, "expected '}}', found 't'", "one reference only"),
        ("{{ s } }}", 5, 6, "expected '}}', found '}'", "one reference only"),
        ("{{ 'text' }}", 3, 9, "expected a reference, found a string", "one reference only"),
        ("{{ 5 }}", 3, 4, "expected a reference, found '5'", "one reference only"),
        ("{{ true }}", 3, 7, "expected a reference, found 'true'", "one reference only"),
        ("{{ .Values.x }}", 3, 10, "expected a reference", r"\{{ stands for plain braces"),
        ("{{{ s }}}", 2, 3, "expected a reference, found '{'", r"\{{ stands for plain braces"),
        ("{{ l[i] }}", 5, 6, "expected an index", "only an expression"),
        ("{{ l[-1] }}", 5, 6, "expected an index", None),
        ("{{ s | upper }}", 5, 6, "unexpected character '|'", None),
        ("{{ a. }}", 4, 5, "unexpected character '.'", None),
        ("x" * 999_999 + "{{ s }}", 1_000_000, 1_000_006, "at most 1,000,000", None),
    ],
)
def test_wrong_placeholder_is_refused_with_offsets(
    text: str, start: int, end: int, message: str, hint: str | None
) -> None:
    with pytest.raises(ExpressionError) as caught:
        compile_template(text)

    assert message in caught.value.message
    assert (caught.value.start, caught.value.end) == (start, end)
    if hint is not None:
        assert hint in (caught.value.hint or "")


@pytest.mark.parametrize("text", ["{{ nope.x }}", "a {{ nope.x }}", "{{ s }} {{ nope.x }}"])
def test_missing_value_is_an_error(text: str) -> None:
    with pytest.raises(MissingReference) as caught:
        template(text).render(resolver(DATA))

    reference = caught.value.reference
    assert text[reference.start : reference.end] == "nope.x"


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("a {{ nan }}", "infinite or undefined"),
        ("a {{ object }}", "not JSON data"),
        ("{{ object }}", "not JSON data"),
        ("{{ long }}{{ long }}", "too large"),
    ],
)
def test_value_without_text_is_an_error_at_its_placeholder(text: str, message: str) -> None:
    with pytest.raises(EvaluationError) as caught:
        template(text).render(resolver(DATA))

    assert message in caught.value.message
    assert text[caught.value.start : caught.value.end] in ("nan", "object", "long")


def test_template_shows_its_text() -> None:
    assert repr(template("a {{ b }}")) == "<Template 'a {{ b }}'>"
