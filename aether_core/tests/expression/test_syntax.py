"""The grammar: what a text means, and where it is wrong."""

from __future__ import annotations

import pytest

from aether_core.expression import MISSING, ExpressionError, Resolver, compile_expression, walk


def resolver(data: dict[str, object]) -> Resolver:
    return lambda reference: walk(data, reference.segments)


DATA: dict[str, object] = {
    "a": 7,
    "b": 3,
    "a-b": "one name",
    "task--x": 1,
    "t": True,
    "f": False,
    "s": "text",
    "n": None,
    "items": [10, 20, [30]],
    "map": {"key": "value", "in": 1, "a b": 2, "1st": 3, "3-2": 4},
    "tasks": {"task-a": {"phase": "Succeeded"}, "1st": {"phase": "Failed"}, "1": {"x": 5}},
    "in": "reference",
    "Running": "reference too",
}


def evaluate(text: str) -> object:
    return compile_expression(text).evaluate(resolver(DATA))


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("true", True),
        ("false", False),
        ("null", None),
        ("0", 0),
        ("12", 12),
        ("007", 7),
        ("1.5", 1.5),
        ("1e3", 1000.0),
        ("2.5E-1", 0.25),
        ("1e+2", 100.0),
        ("''", ""),
        ('"double"', "double"),
        ("'single'", "single"),
        ('"it\'s"', "it's"),
        ("'say \"hi\"'", 'say "hi"'),
        ("[]", []),
        ("[1, 'a', null]", [1, "a", None]),
        ("{}", {}),
        ("{\"a\": 1, b: [2], 'c d': {}}", {"a": 1, "b": [2], "c d": {}}),
        ("{in: 1, true: 2}", {"in": 1, "true": 2}),
        ("{a: {b: {c: 1}}}", {"a": {"b": {"c": 1}}}),
        (" \t\r\n 1 \n", 1),
    ],
)
def test_literal_is_its_value(text: str, value: object) -> None:
    result = evaluate(text)

    assert result == value
    assert type(result) is type(value)


@pytest.mark.parametrize(
    ("text", "value"),
    [
        (r"'a\'b'", "a'b"),
        (r'"a\"b"', 'a"b'),
        (r"'a\\b'", "a\\b"),
        (r"'a\nb\tc\rd'", "a\nb\tc\rd"),
        (r"'\u00e9'", "é"),
        (r"'\ud83d\ude00'", "\U0001f600"),
        (r"'\d+\.\w \q \/'", r"\d+\.\w \q \/"),
        (r"'C:\users'", r"C:\users"),
        ("'a\nb'", "a\nb"),
        (r"'\\'", "\\"),
        (r"'\\\''", "\\'"),
    ],
)
def test_backslash_escapes_few_characters_and_else_stands_for_itself(text: str, value: str) -> None:
    assert evaluate(text) == value


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("a-b", "one name"),
        ("a - b", 4),
        ("a -b", 4),
        ("a- b", 4),
        ("3-2", 1),
        ("(a)-b", 4),
        ("a - -b", 10),
        ("2--1", 3),
        ("-a", -7),
        ("--a", 7),
        ("task--x", 1),
        ("items[0]-b", 7),
        ("s == 'text'", True),
    ],
)
def test_hyphen_inside_a_name_is_no_minus(text: str, value: object) -> None:
    assert evaluate(text) == value


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("tasks.task-a.phase", "Succeeded"),
        ("tasks.1st.phase", "Failed"),
        ("tasks.1.x", 5),
        ("tasks['task-a'].phase", "Succeeded"),
        ("tasks\n  .task-a\n  .phase", "Succeeded"),
        ("items[0]", 10),
        ("items[2][0]", 30),
        ("items[b - 2]", 20),
        ("items[b - 1][0]", 30),
        ("items[1.0]", 20),
        ("items[2.0 - 1]", 20),
        ("map.key", "value"),
        ("map.in", 1),
        ("map['a b']", 2),
        ("map.1st", 3),
        ("map.3-2", 4),
        ("map['k' + 'ey']", "value"),
        ("(map).key", "value"),
        ("[1, 2][1]", 2),
        ("{x: {y: 1}}.x.y", 1),
        ("{x: 1}['x']", 1),
        ("split('a,b', ',')[1]", "b"),
        ("(t ? items : map)[0]", 10),
        ("{{ a }} + {{b}}", 10),
        ("{{ items }}[0]", 10),
        ("{{ map.key }} == 'value'", True),
        ("{{ items[2][0] }}", 30),
        ("{{ in }}", "reference"),
        ("{{ Running }}", "reference too"),
    ],
)
def test_reference_is_followed_into_the_value(text: str, value: object) -> None:
    assert evaluate(text) == value


@pytest.mark.parametrize(
    "name",
    [
        "Created",
        "Ready",
        "Running",
        "Suspended",
        "Succeeded",
        "Failed",
        "Error",
        "Timeout",
        "Skipped",
        "Cancelled",
    ],
)
def test_phase_name_is_a_string_constant(name: str) -> None:
    expression = compile_expression(f"{name} == '{name}'")

    assert expression.references == ()
    assert expression.evaluate(lambda _: MISSING) is True


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("1 + 2 * 3", 7),
        ("(1 + 2) * 3", 9),
        ("10 - 2 - 3", 5),
        ("100 / 10 / 5", 2),
        ("7 - 2 + 1", 6),
        ("2 * 3 % 4", 2),
        ("-2 * 3", -6),
        ("1 + 1 == 2", True),
        ("1 < 2 && 2 < 1 || true", True),
        ("true || false && false", True),
        ("(true || false) && false", False),
        ("true or false and false", True),
        ("not a == 8", True),
        ("not t and f", False),
        ("not (t and f)", True),
        ("!f && t", True),
        ("!(a == 8)", True),
        ("!!t", True),
        ("not not t", True),
        ("t == not f", True),
        ("t && a == 7 ? 'yes' : 'no'", "yes"),
        ("f ? 1 : t ? 2 : 3", 2),
        ("f ? 1 : f ? 2 : 3", 3),
        ("t ? f ? 1 : 2 : 3", 2),
        ("t ? [1] : {a: 1}", [1]),
        ("7 in [7] && 's' in 'text'", False),
        ("1 + 1 in [2]", True),
        ("a in [1, 7]", True),
        ("a not in [1, 7]", False),
        ("'x' not in 'text' || f", False),
        ("not a in [7]", False),
        ("!(a in [7]) == false", True),
        ("-items[0] + 1", -9),
    ],
)
def test_operators_bind_as_documented(text: str, value: object) -> None:
    assert evaluate(text) == value


@pytest.mark.parametrize(
    ("text", "start", "end", "message", "hint"),
    [
        ("", 0, 0, "empty", None),
        ("  ", 0, 2, "empty", None),
        ("1 +", 3, 3, "expected a value, found the end", None),
        ("a && ", 5, 5, "expected a value, found the end", None),
        ("and", 0, 3, "expected a value, found 'and'", None),
        ("a == in", 5, 7, "expected a value, found 'in'", None),
        ("* 2", 0, 1, "expected a value, found '*'", None),
        ("+5", 0, 1, "expected a value, found '+'", None),
        (".a", 0, 2, "expected a value, found 'a'", None),
        ("()", 1, 2, "expected a value, found ')'", None),
        ("(a", 2, 2, "expected ')', found the end", None),
        ("(a]", 2, 3, "expected ')', found ']'", None),
        ("a)", 1, 2, "unexpected ')'", "could close"),
        ("a b", 2, 3, "unexpected 'b'", "operator is missing"),
        ("a 'b'", 2, 5, "unexpected a string", "operator is missing"),
        ("a not b", 2, 5, "unexpected 'not'", "operator is missing"),
        ("a (b)", 0, 1, "unknown function 'a'", "known are"),
        ("a ! b", 2, 3, "unexpected '!'", None),
        ("a, b", 1, 2, "unexpected ','", None),
        ("[1, 2", 5, 5, "expected ',' or ']'", None),
        ("[1 2]", 3, 4, "expected ',' or ']', found '2'", None),
        ("[1,]", 3, 4, "expected a value, found ']'", None),
        ("{a: 1", 5, 5, "expected ',' or '}'", None),
        ("{a 1}", 3, 4, "expected ':'", None),
        ("{1: 2}", 1, 2, "expected a key", None),
        ("{a: 1, 'a': 2}", 7, 10, "has this key already", None),
        ("{a: 1,}", 6, 7, "expected a key", None),
        ("items[", 6, 6, "expected a value", None),
        ("items[0", 7, 7, "expected ']'", None),
        ("a ? b", 5, 5, "expected ':'", None),
        ("a ? : b", 4, 5, "expected a value, found ':'", None),
        ("a < b < c", 6, 7, "do not chain", "a < b && b < c"),
        ("a == b == c", 7, 9, "do not chain", "parentheses"),
        ("a in b not in c", 7, 10, "do not chain", "parentheses"),
        ("a = 1", 2, 3, "unexpected character '='", "'=='"),
        ("a === 1", 4, 5, "unexpected character '='", "'=='"),
        ("a & b", 2, 3, "unexpected character '&'", "'&&'"),
        ("a | b", 2, 3, "unexpected character '|'", "'||'"),
        ("${a}", 0, 1, "unexpected character '$'", "alone"),
        ("a # b", 2, 3, "unexpected character '#'", None),
        ("a\u00a0+ 1", 1, 2, "unexpected character U+00A0", None),
        ("\u201ca\u201d", 0, 1, "unexpected character", "plain quotes"),
        ("é", 0, 1, "unexpected character 'é'", None),
        ("a.", 1, 2, "unexpected character '.'", "dot"),
        ("a. b", 1, 2, "unexpected character '.'", "dot"),
        ("a..b", 1, 2, "unexpected character '.'", "dot"),
        ("1.", 1, 2, "unexpected character '.'", None),
        ("1st", 0, 3, "'1st' is neither a number nor a name", "a['1b']"),
        ("1 + 2x", 4, 6, "'2x' is neither", None),
        ("1.2.3", 0, 5, "'1.2.3' is neither", None),
        ("1e5x", 0, 4, "'1e5x' is neither", None),
        ("1e999", 0, 5, "too large", None),
        ("9" * 400, 0, 400, "too large", None),
        ("9" * 5000, 0, 5000, "too large", None),
        ("'abc", 0, 4, "the string has no end", "close it with '"),
        ('a == "abc', 5, 9, "the string has no end", 'close it with "'),
        (r"'\ud800'", 0, 8, "half a character", r"\u"),
        ("nope(1)", 0, 4, "unknown function 'nope'", "known are bool, contains"),
        ("startswith(s, 't')", 0, 10, "unknown function", "did you mean startsWith()?"),
        ("longth(s)", 0, 6, "unknown function", "did you mean length()?"),
        ("len(s)", 0, 3, "unknown function", "did you mean length()?"),
        ("coalesce(a, 1)", 0, 8, "unknown function", "did you mean default()?"),
        ("length()", 0, 8, "takes 1 argument, not 0", "write length(value)"),
        ("1 + split(s)", 4, 12, "takes 2 arguments, not 1", "write split(text, separator)"),
        ("min(1, 2)", 0, 9, "takes 1 argument, not 2", "min([a, b])"),
        ("length(s,)", 9, 10, "expected a value", None),
        ("length(s", 8, 8, "expected ',' or ')'", None),
        ("has('a')", 4, 7, "what has() asks for is not a reference", "write has(reference)"),
        ("has(a + 1)", 4, 9, "not a reference", None),
        ("has(Succeeded)", 4, 13, "not a reference", None),
        ("default([1][0], 2)", 8, 14, "not a reference", "write default(reference, fallback)"),
        ("s.upper()", 0, 7, "no methods", "write upper(text)"),
        ("s['upper']()", 0, 10, "no methods", "write upper(text)"),
        ("[1].length()", 0, 10, "no methods", "write length(value)"),
        ("items[0](1)", 0, 8, "no methods", "name(argument)"),
        ("'a'(1)", 0, 3, "no methods", "name(argument)"),
        ("{{ a + 1 }}", 5, 6, "expected '}}', found '+'", "one reference only"),
        ("{{ a", 4, 4, "expected '}}'", None),
        ("{{ a }", 5, 6, "expected '}}'", None),
        ("{{}}", 2, 3, "expected a reference", None),
        ("{{ true }}", 3, 7, "expected a reference, found 'true'", None),
        ("{{ items[a] }}", 9, 10, "expected an index", "only an expression"),
        ("matches(s, '(')", 11, 14, "bad pattern", "RE2"),
        ("matches(s, '(?=a)')", 11, 18, "bad pattern", "RE2"),
        (f"matches(s, '{'a' * 1001}')", 11, 1014, "longer than 1,000", None),
    ],
)
def test_wrong_text_is_refused_at_the_offending_token(
    text: str, start: int, end: int, message: str, hint: str | None
) -> None:
    with pytest.raises(ExpressionError) as caught:
        compile_expression(text)

    error = caught.value
    assert message in error.message
    assert (error.start, error.end) == (start, end)
    if hint is not None:
        assert error.hint is not None
        assert hint in error.hint


def test_long_token_is_cut_in_the_message() -> None:
    with pytest.raises(ExpressionError) as caught:
        compile_expression("a " + "b" * 5_000)

    assert len(caught.value.message) < 100
    assert caught.value.end == 5_002


def test_expression_is_compiled_once_per_text() -> None:
    assert compile_expression("a + 1") is compile_expression("a + 1")


def test_expression_shows_its_text() -> None:
    assert repr(compile_expression("a == 1")) == "<Expression 'a == 1'>"
