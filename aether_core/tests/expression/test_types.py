"""Static types: what is known before an expression runs."""

from __future__ import annotations

import pytest

from aether_core.expression import (
    ANY,
    BOOL,
    INT,
    LIST,
    MAP,
    NULL,
    NUMBER,
    STRING,
    Type,
    compile_expression,
    from_name,
    list_of,
    one_of,
)

PHASES = one_of(["Succeeded", "Failed", "Error", "Skipped"])
TYPES = {
    "s": STRING,
    "i": INT,
    "x": NUMBER,
    "b": BOOL,
    "n": NULL,
    "l": LIST,
    "li": list_of(INT),
    "ls": list_of(STRING),
    "lb": list_of(BOOL),
    "m": MAP,
    "phase": PHASES,
    "lp": list_of(PHASES),
}


def type_of(text: str) -> Type:
    return compile_expression(text).check(lambda found: TYPES.get(found.text, ANY))[0]


@pytest.mark.parametrize(
    ("names", "expected"),
    [
        ("string", STRING),
        ("int integer", INT),
        ("float number", NUMBER),
        ("bool boolean", BOOL),
        ("array list", LIST),
        ("object", MAP),
        ("any json unheard-of", ANY),
    ],
)
def test_declared_type_names_have_a_type(names: str, expected: Type) -> None:
    assert {from_name(name) for name in names.split()} == {expected}


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("null", NULL),
        ("true", BOOL),
        ("1", INT),
        ("1.5", NUMBER),
        ("s", STRING),
        ("'a'", one_of(["a"])),
        ("Succeeded", one_of(["Succeeded"])),
        ("phase", PHASES),
        ("lp[i]", PHASES),
        ("unknown", ANY),
        ("[]", LIST),
        ("[1, i]", list_of(INT)),
        ("[1, x]", list_of(NUMBER)),
        ("['a', s]", list_of(STRING)),
        ("[1, 'a']", LIST),
        ("[[1], [x]]", list_of(list_of(NUMBER))),
        ("{a: 1}", MAP),
        ("{a: 1}.a", ANY),
        ("[i][b ? 0 : 1]", INT),
        ("m[s]", ANY),
        ("(li + ls)[0]", ANY),
        ("!b", BOOL),
        ("-i", INT),
        ("-x", NUMBER),
        ("b && b || b", BOOL),
        ("s == s", BOOL),
        ("1 < 2", BOOL),
        ("s in ls", BOOL),
        ("i + i - i * i % i", INT),
        ("i / i", NUMBER),
        ("i + x", NUMBER),
        ("i + unknown", NUMBER),
        ("unknown + unknown", ANY),
        ("s + unknown", STRING),
        ("li + li", list_of(INT)),
        ("li + [x]", list_of(NUMBER)),
        ("b ? i : i", INT),
        ("b ? i : x", NUMBER),
        ("b ? i : s", ANY),
        ("b ? 'a' : 'b'", one_of(["a", "b"])),
        ("b ? phase : 'none'", one_of([*PHASES.choices, "none"])),
        ("lower('A')", STRING),
        ("b ? 'a' : s", STRING),
        ("length(s)", INT),
        ("contains(ls, 'a')", BOOL),
        ("lower(s)", STRING),
        ("split(s, ',')", list_of(STRING)),
        ("split(s, ',')[0]", STRING),
        ("join(ls, ',')", STRING),
        ("keys(m)", list_of(STRING)),
        ("values(m)", LIST),
        ("min(li)", INT),
        ("max(ls)", STRING),
        ("min(l)", ANY),
        ("sum(li)", INT),
        ("sum(l)", NUMBER),
        ("int(s)", INT),
        ("float(i)", NUMBER),
        ("string(m)", STRING),
        ("bool(s)", BOOL),
        ("toJson(m)", STRING),
        ("fromJson(s)", ANY),
        ("has(m.x)", BOOL),
        ("default(i, 1)", INT),
        ("default(i, 1.5)", NUMBER),
        ("default(li[i], 1)", INT),
        ("default(unknown, 1)", ANY),
    ],
)
def test_type_of_an_expression_without_problems(text: str, expected: Type) -> None:
    found, problems = compile_expression(text).check(lambda ref: TYPES.get(ref.text, ANY))

    assert found == expected
    assert problems == ()


@pytest.mark.parametrize(
    ("text", "start", "end", "message"),
    [
        ("'a' < 1", 0, 7, "'<' can't take a string and an integer"),
        ("b && s < i", 5, 10, "'<' can't take a string and an integer"),
        ("b >= b", 0, 6, "'>=' can't take a boolean and a boolean"),
        ("i + s", 0, 5, "'+' can't take an integer and a string"),
        ("1 + 2 + s + 3", 0, 9, "'+' can't take an integer and a string"),
        ("s * i", 0, 5, "'*' can't take a string and an integer"),
        ("unknown - s", 0, 11, "'-' can't take anything and a string"),
        ("i / 0", 4, 5, "division by zero"),
        ("i % 0.0", 4, 7, "division by zero"),
        ("!5", 1, 2, "'!' takes booleans, not an integer"),
        ("not s", 4, 5, "'!' takes booleans, not a string"),
        ("-s", 1, 2, "'-' takes a number, not a string"),
        ("b && i", 5, 6, "'&&' takes booleans, not an integer"),
        ("s || b", 0, 1, "'||' takes booleans, not a string"),
        ("s ? 1 : 2", 0, 1, "'?:' takes booleans, not a string"),
        ("b ? 1 : i ? 2 : 3", 8, 9, "'?:' takes booleans, not an integer"),
        ("i in i", 0, 6, "'in' can't take an integer and an integer"),
        ("i in s", 0, 6, "'in' can't take an integer and a string"),
        ("i in m", 0, 6, "'in' can't take an integer and a map"),
        ("length(3)", 7, 8, "length() takes a list, a map or a string as value, not an integer"),
        ("split(s, i)", 9, 10, "split() takes a string as separator, not an integer"),
        ("contains(s, i)", 0, 14, "a string can contain a string only, not an integer"),
        ("contains(i, i)", 9, 10, "contains() takes a list, a map or a string"),
        ("(s)[b ? 0 : 1]", 4, 13, "only a list or a map has items, not a string"),
        ("[1][s]", 4, 5, "the index of a list is a whole number, not a string"),
        ("{a: 1}[i]", 7, 8, "the key of a map is a string, not an integer"),
        ("unknown[b]", 8, 9, "an index is a number or a string, not a boolean"),
        ("[1 + 's']", 1, 8, "'+' can't take an integer and a string"),
        ("{a: !s}", 5, 6, "'!' takes booleans"),
        ("default(unknown, !s)", 18, 19, "'!' takes booleans"),
        ("has(unknown[!s])", 13, 14, "'!' takes booleans"),
    ],
)
def test_operation_that_always_fails_is_certain(
    text: str, start: int, end: int, message: str
) -> None:
    problems = compile_expression(text).check(lambda ref: TYPES.get(ref.text, ANY))[1]

    assert len(problems) == 1
    assert message in problems[0].message
    assert (problems[0].start, problems[0].end) == (start, end)
    assert problems[0].certain


@pytest.mark.parametrize(
    ("text", "start", "end", "message", "hint"),
    [
        ("s == 1", 0, 6, "always false: a string never equals an integer", "convert one"),
        ("b && s != 1", 5, 11, "always true: a string never equals an integer", "convert one"),
        ("b == 1", 0, 6, "always false: a boolean never equals an integer", None),
        ("l == m", 0, 6, "always false: a list never equals a map", None),
        ("phase == 'Suceeded'", 0, 19, "'Suceeded' is not one of", "did you mean 'Succeeded'?"),
        ("'done' == phase", 0, 15, "'done' is not one of", "known are 'Error', 'Failed'"),
        ("phase != 'failed'", 0, 17, "always true: 'failed' is not", "did you mean 'Failed'?"),
        ("phase == Running", 0, 16, "'Running' is not one of the possible values", None),
        ("phase in ['Eror']", 0, 17, "'Eror' is not one of", "did you mean 'Error'?"),
        ("'x' == 'y'", 0, 10, "always false", None),
        ("i in ls", 0, 7, "always false: an integer never equals a string", None),
        ("contains(ls, i)", 0, 15, "always false: an integer never equals a string", None),
        ("sum(ls)", 4, 6, "sum() can't take a list where an item is a string", None),
        ("min(lb)", 4, 6, "min() can't take a list where an item is a boolean", None),
    ],
)
def test_operation_that_can_not_be_meant_is_a_doubt(
    text: str, start: int, end: int, message: str, hint: str | None
) -> None:
    problems = compile_expression(text).check(lambda ref: TYPES.get(ref.text, ANY))[1]

    assert len(problems) == 1
    assert message in problems[0].message
    assert (problems[0].start, problems[0].end) == (start, end)
    assert not problems[0].certain
    if hint is not None:
        assert hint in (problems[0].hint or "")


@pytest.mark.parametrize(
    "text",
    [
        "s == null",
        "n == 5",
        "i == 1.5",
        "unknown == 1",
        "unknown < unknown",
        "phase == s",
        "phase == 'Failed'",
        "phase in ['Failed', 'Eror']",
        "s in l",
        "1 in []",
        "unknown in unknown",
        "unknown[unknown]",
        "default(s.x, 1)",
        "has(li[s + ''])",
        "i / i == 1 || b",
    ],
)
def test_what_may_work_is_not_reported(text: str) -> None:
    assert compile_expression(text).check(lambda ref: TYPES.get(ref.text, ANY))[1] == ()


def test_all_problems_are_reported_at_once() -> None:
    problems = compile_expression("!s && i + s > 1 || length(b)").check(
        lambda ref: TYPES.get(ref.text, ANY)
    )[1]

    assert [(problem.start, problem.end) for problem in problems] == [
        (1, 2),
        (6, 11),
        (26, 27),
        (19, 28),
    ]


def test_enum_with_many_values_is_any_string() -> None:
    assert one_of(str(number) for number in range(100)) == STRING


ACCEPTED: list[tuple[Type, list[object], list[object]]] = [
    (ANY, [None, 1, "a", [], {}], [object()]),
    (NULL, [None], [0, False, ""]),
    (BOOL, [True, False], [1, 0, "true", None]),
    (INT, [1, -1, 5.0], [5.5, True, "1", float("nan"), float("inf")]),
    (NUMBER, [1, 5.5], [True, "1", None]),
    (STRING, ["", "a"], [1, None, ["a"]]),
    (LIST, [[], [1, "a"]], [{}, "a", None]),
    (MAP, [{}, {"a": 1}], [[], None]),
    (list_of(INT), [[], [1, 2.0]], [[1.5], ["a"], [1, None]]),
    (PHASES, ["Failed"], ["failed", "", None]),
]


@pytest.mark.parametrize(("declared", "accepted", "refused"), ACCEPTED)
def test_type_accepts_its_values_only(
    declared: Type, accepted: list[object], refused: list[object]
) -> None:
    assert all(map(declared.accepts, accepted))
    assert not any(map(declared.accepts, refused))
