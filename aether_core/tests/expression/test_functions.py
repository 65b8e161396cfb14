"""The functions of the language."""

from __future__ import annotations

import pytest

from aether_core.expression import EvaluationError, Resolver, compile_expression, walk


def resolver(data: dict[str, object]) -> Resolver:
    return lambda reference: walk(data, reference.segments)


DATA: dict[str, object] = {
    "s": "text",
    "l": [3, 1, 2],
    "m": {"k": "v", "n": [1]},
    "n": None,
    "big": 10**400,
    "gigantic": 1 << 20_000,
    "infinite": float("inf"),
    "nan": float("nan"),
    "half": "\ud800",
    "odd": {1: "a"},
    "object": [object()],
}


def evaluate(text: str) -> object:
    return compile_expression(text).evaluate(resolver(DATA))


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("length('')", 0),
        ("length('héé')", 3),
        ("length(l)", 3),
        ("length({})", 0),
        ("contains('text', 'ex')", True),
        ("contains('text', 'X')", False),
        ("contains(l, 1.0)", True),
        ("contains(l, true)", False),
        ("contains(m, 'k')", True),
        ("startsWith('text', 'te')", True),
        ("startsWith('text', 'xt')", False),
        ("endsWith('text', 'xt')", True),
        ("endsWith('text', 'te')", False),
        ("matches('v1.20', '^v[0-9]+')", True),
        ("matches('xv1', '^v[0-9]+')", False),
        (r"matches('a 12 b', '\d+')", True),
        (r"matches('abc', '\d')", False),
        ("matches('text', s)", True),
        ("matches('é', '^.$')", True),
        ("matches('', '')", True),
        ("lower('TeXt')", "text"),
        ("upper('straße')", "STRASSE"),
        ("trim('  a b \n')", "a b"),
        ("split('a,b,,c', ',')", ["a", "b", "", "c"]),
        ("split('', ',')", [""]),
        ("split('a--b', '--')", ["a", "b"]),
        ("join(['a', 'b'], ', ')", "a, b"),
        ("join([], ',')", ""),
        ("join([1, 2.0, true, null, 'x', [1]], '|')", "1|2|true|null|x|[1]"),
        ("keys(m)", ["k", "n"]),
        ("keys({})", []),
        ("values(m)", ["v", [1]]),
        ("min(l)", 1),
        ("min(['b', 'a'])", "a"),
        ("min([2, 1.5])", 1.5),
        ("max(l)", 3),
        ("max(['b', 'a'])", "b"),
        ("sum(l)", 6),
        ("sum([1, 0.5])", 1.5),
        ("sum([])", 0),
        ("int(2.9)", 2),
        ("int(-2.9)", -2),
        ("int(7)", 7),
        ("int('42')", 42),
        ("int(' -7 ')", -7),
        ("int('+7')", 7),
        ("int(true)", 1),
        ("float(2)", 2.0),
        ("float('2.5')", 2.5),
        ("float('1e3')", 1000.0),
        ("float(false)", 0.0),
        ("string('a')", "a"),
        ("string(5.0)", "5"),
        ("string(-0.0)", "0"),
        ("string(5.5)", "5.5"),
        ("string(1000000)", "1000000"),
        ("string(1e15)", "1000000000000000"),
        ("string(1e22)", "1e22"),
        ("string(true)", "true"),
        ("string(null)", "null"),
        ("string([1.0, 'a'])", '[1,"a"]'),
        ("bool(true)", True),
        ("bool('true')", True),
        ("bool('false')", False),
        ("bool(0)", False),
        ("bool(0.5)", True),
        ("toJson('a\"b')", '"a\\"b"'),
        ("toJson(5.0)", "5"),
        ("toJson(null)", "null"),
        ("toJson({a: [1.0, 2.5, true], 'é': {}})", '{"a":[1,2.5,true],"é":{}}'),
        ("toJson(1e300)", "1e300"),
        ("fromJson('{\"a\": [1, 2.5, null]}')", {"a": [1, 2.5, None]}),
        ("fromJson(' 5 ')", 5),
        ("fromJson(toJson(m)) == m", True),
        ("int(string(12)) + int('1')", 13),
    ],
)
def test_function_gives_its_value(text: str, value: object) -> None:
    result = evaluate(text)

    assert result == value
    assert type(result) is type(value)


@pytest.mark.parametrize(
    ("text", "start", "end", "message"),
    [
        ("length(3)", 7, 8, "length() takes a list, a map or a string as value, not a number"),
        ("length(null)", 7, 11, "not null"),
        ("1 + length(true)", 11, 15, "not a boolean"),
        ("contains(1, 1)", 9, 10, "contains() takes a list, a map or a string as container"),
        ("contains('a', 1)", 0, 16, "a string can contain a string only, not a number"),
        ("startsWith('a', 1)", 16, 17, "startsWith() takes a string as prefix, not a number"),
        ("endsWith(l, 'a')", 9, 10, "endsWith() takes a string as text, not a list"),
        ("matches(1, 'a')", 8, 9, "matches() takes a string as text"),
        ("matches('a', 1)", 13, 14, "matches() takes a string as pattern"),
        ("matches('a', '(' + '')", 0, 22, "bad pattern: missing )"),
        ("matches('a', half)", 0, 18, "bad pattern: half a character"),
        ("matches(half, 'a')", 0, 18, "half a character"),
        ("lower(1)", 6, 7, "lower() takes a string"),
        ("upper(n)", 6, 7, "upper() takes a string as text, not null"),
        ("trim(l)", 5, 6, "trim() takes a string"),
        ("split('a', '')", 0, 14, "the separator is empty"),
        ("join('a', ',')", 5, 8, "join() takes a list as list, not a string"),
        ("join(l, 1)", 8, 9, "join() takes a string as separator"),
        ("join(object, ',')", 0, 17, "not JSON data"),
        ("keys(l)", 5, 6, "keys() takes a map as map, not a list"),
        ("values('a')", 7, 10, "values() takes a map"),
        ("min([])", 0, 7, "the min of an empty list is not defined"),
        ("max([])", 0, 7, "the max of an empty list is not defined"),
        ("min([1, 'a'])", 0, 13, "numbers only, or of strings only"),
        ("max([true, false])", 0, 18, "numbers only, or of strings only"),
        ("max(1)", 4, 5, "max() takes a list"),
        ("sum([1, '2'])", 0, 13, "sum() takes a list of numbers only; it has a string"),
        ("sum([1e308, 1e308])", 0, 19, "too large"),
        ("int('x')", 0, 8, "the text is not an integer"),
        ("int('2.5')", 0, 10, "the text is not an integer"),
        ("int('1_000')", 0, 12, "the text is not an integer"),
        ("int('٣')", 0, 8, "the text is not an integer"),
        ("int('')", 0, 7, "the text is not an integer"),
        ("int(null)", 4, 8, "int() takes a boolean, a number or a string as value, not null"),
        ("int(l)", 4, 5, "not a list"),
        ("int(infinite)", 0, 13, "infinite"),
        ("int(nan)", 0, 8, "not an integer"),
        ("int(1e308)", 0, 10, "too large"),
        (f"int('{'9' * 399}')", 0, 406, "too large"),
        ("float('x')", 0, 10, "the text is not a number"),
        ("float('nan')", 0, 12, "infinite or undefined"),
        ("float('1e999')", 0, 14, "infinite or undefined"),
        ("float('1_0')", 0, 12, "the text is not a number"),
        ("float(big)", 0, 10, "too large"),
        ("bool('yes')", 0, 11, "neither 'true' nor 'false'"),
        ("bool(null)", 5, 9, "bool() takes"),
        ("string(nan)", 0, 11, "infinite or undefined"),
        ("string(gigantic)", 0, 16, "too many digits"),
        ("toJson(infinite)", 0, 16, "infinite or undefined"),
        ("toJson(half)", 0, 12, "half a character"),
        ("toJson(odd)", 0, 11, "a key of type int is not JSON data"),
        ("toJson(object)", 0, 14, "not JSON data"),
        ("fromJson('x')", 0, 13, "the text is not JSON"),
        ("fromJson('NaN')", 0, 15, "the text is not JSON"),
        ("fromJson(half)", 0, 14, "the text is not JSON"),
        ("fromJson('[1')", 0, 14, "the text is not JSON"),
        ("fromJson(1)", 9, 10, "fromJson() takes a string"),
    ],
)
def test_function_refuses_what_it_can_not_take(
    text: str, start: int, end: int, message: str
) -> None:
    with pytest.raises(EvaluationError) as caught:
        evaluate(text)

    assert message in caught.value.message
    assert (caught.value.start, caught.value.end) == (start, end)


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("has(s)", True),
        ("has(n)", True),
        ("has(nope)", False),
        ("has(m.k)", True),
        ("has(m.zz.deeper)", False),
        ("has(nope.a.b[0])", False),
        ("has(l[2])", True),
        ("has(l[3])", False),
        ("has(l[l[0] - 1])", True),
        ("has(l[l[0]])", False),
        ("has(l[-1])", False),
        ("has(l[true])", False),
        ("has(l['a' + 'b'])", False),
        ("has(m['k' + ''])", True),
        ("has(s[1 - 1])", False),
        ("has(nope[l[0]])", False),
        ("has({{ nope }})", False),
        ("default(s, 'x')", "text"),
        ("default(nope, 'x')", "x"),
        ("default(n, 'x')", None),
        ("default(m.zz.deeper, 0)", 0),
        ("default(l[l[0]], 'none')", "none"),
        ("default(l[l[1]], 'none')", 1),
        ("default(m['n' + ''][l[1] - 1], 'none')", 1),
        ("default(nope, default(nope.too, 5))", 5),
        ("default(s, 1 / 0)", "text"),
        ("!has(nope) || nope == 1", True),
    ],
)
def test_has_and_default_take_a_reference_that_may_be_missing(text: str, value: object) -> None:
    assert evaluate(text) == value
