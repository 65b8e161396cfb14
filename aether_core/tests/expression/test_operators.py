"""What the operators do with values, and what they refuse."""

from __future__ import annotations

from collections import OrderedDict
from enum import IntEnum, StrEnum

import pytest

from aether_core.expression import (
    EvaluationError,
    MissingReference,
    Resolver,
    compile_expression,
    walk,
)


class Colour(StrEnum):
    """Text that is an enum's member, as phases are."""

    RED = "red"


class Size(IntEnum):
    """A number that is an enum's member."""

    BIG = 5


class Shouting(str):
    """Text that reads differently when asked."""

    __slots__ = ()

    def __str__(self) -> str:
        return self.upper()


class Heavy(float):
    """A number of a library's own type."""


class Stack(list[object]):
    """A list of a library's own type."""


def resolver(data: dict[str, object]) -> Resolver:
    return lambda reference: walk(data, reference.segments)


DATA: dict[str, object] = {
    "t": True,
    "f": False,
    "one": 1,
    "s": "text",
    "n": None,
    "l": [1, 2],
    "m": {"k": 1},
    "huge": 10**400,
    "infinite": float("inf"),
    "nan": float("nan"),
    "red": Colour.RED,
    "big": Size.BIG,
    "colours": [Colour.RED],
    "shouting": Shouting("hey"),
    "stack": Stack([1]),
    "table": OrderedDict(k=1),
    "heavy": Heavy(1.5),
    "odd": object(),
    "odds": [object()],
}


def evaluate(text: str) -> object:
    return compile_expression(text).evaluate(resolver(DATA))


def refused(text: str) -> EvaluationError:
    with pytest.raises(EvaluationError) as caught:
        evaluate(text)
    return caught.value


@pytest.mark.parametrize(
    ("left", "right", "equal"),
    [
        ("5", "5.0", True),
        ("[5]", "[5.0]", True),
        ("{a: 5}", "{a: 5.0}", True),
        ("9007199254740993", "9007199254740992.0", False),
        ("true", "1", False),
        ("false", "0", False),
        ("[true]", "[1]", False),
        ("{a: [false]}", "{a: [0]}", False),
        ("'5'", "5", False),
        ("'true'", "true", False),
        ("null", "null", True),
        ("null", "false", False),
        ("null", "0", False),
        ("null", "''", False),
        ("''", "''", True),
        ("'a'", "'A'", False),
        ("[]", "[]", True),
        ("[]", "{}", False),
        ("[1, 2]", "[2, 1]", False),
        ("[1, 2]", "[1, 2, 3]", False),
        ("{a: 1, b: 2}", "{b: 2, a: 1}", True),
        ("{a: 1}", "{b: 1}", False),
        ("{a: 1}", "{a: 2}", False),
        ("[[1], {a: null}]", "[[1.0], {a: null}]", True),
        ("nan", "nan", False),
        ("red", "'red'", True),
        ("colours", "['red']", True),
        ("big", "5", True),
    ],
)
def test_values_are_equal_when_kind_and_content_are(left: str, right: str, equal: bool) -> None:
    assert evaluate(f"{left} == {right}") is equal
    assert evaluate(f"{right} == {left}") is equal
    assert evaluate(f"{left} != {right}") is not equal


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("1 < 2", True),
        ("2 < 1.5", False),
        ("1 <= 1.0", True),
        ("2 > 1", True),
        ("1 >= 2", False),
        ("'a' < 'b'", True),
        ("'b' <= 'a'", False),
        ("'Z' < 'a'", True),
        ("big > 4.5", True),
        ("red < 'rff'", True),
    ],
)
def test_ordering_compares_two_numbers_or_two_strings(text: str, value: object) -> None:
    assert evaluate(text) is value


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("1 in l", True),
        ("1.0 in l", True),
        ("true in [1]", False),
        ("null in [null]", True),
        ("[1] in [[1.0]]", True),
        ("3 in l", False),
        ("1 in []", False),
        ("'k' in m", True),
        ("'x' in m", False),
        ("'ex' in s", True),
        ("'' in ''", True),
        ("'red' in colours", True),
    ],
)
def test_in_looks_into_lists_maps_and_strings(text: str, value: object) -> None:
    assert evaluate(text) is value


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("1 + 2", 3),
        ("1 + 2.5", 3.5),
        ("2.5 + 1", 3.5),
        ("'a' + 'b'", "ab"),
        ("[1] + [2]", [1, 2]),
        ("5 - 7", -2),
        ("2 * 3.5", 7.0),
        ("8 / 2", 4),
        ("7 / 2", 3.5),
        ("-8 / 2", -4),
        ("8.0 / 2", 4.0),
        ("1 / 3 * 3", 1.0),
        ("7 % 3", 1),
        ("-1 % 3", 2),
        ("1 % -3", -2),
        ("5.5 % 2", 1.5),
        ("-big", -5),
        ("big + 1", 6),
        ("1 + 2 - 3 + 4 - 5", -1),
        ("1e308 + 1", 1e308),
    ],
)
def test_arithmetic_gives_exact_numbers(text: str, value: object) -> None:
    result = evaluate(text)

    assert result == value
    assert type(result) is type(value)


def test_values_of_subclasses_become_plain_json() -> None:
    assert type(evaluate("red")) is str
    assert type(evaluate("big")) is int
    assert type(evaluate("heavy")) is float
    assert type(evaluate("stack")) is list
    assert type(evaluate("table")) is dict
    assert evaluate("shouting + '!'") == "hey!"


def test_values_of_subclasses_work_like_plain_json() -> None:
    assert evaluate("stack == [1] && table == {k: 1} && heavy == 1.5") is True
    assert evaluate("[stack, table, heavy, red] == [[1], {k: 1}, 1.5, 'red']") is True
    assert evaluate("max([heavy, 1]) + table['k' + ''] + stack[0]") == 3.5


@pytest.mark.parametrize("operator", ["&&", "and"])
def test_and_stops_at_the_first_false(operator: str) -> None:
    assert evaluate(f"f {operator} missing") is False
    assert evaluate(f"t {operator} f {operator} 1 / 0 == 1") is False
    assert evaluate(f"t {operator} t") is True


@pytest.mark.parametrize("operator", ["||", "or"])
def test_or_stops_at_the_first_true(operator: str) -> None:
    assert evaluate(f"t {operator} missing") is True
    assert evaluate(f"f {operator} t {operator} 5") is True
    assert evaluate(f"f {operator} f") is False


def test_conditional_evaluates_one_branch_only() -> None:
    assert evaluate("t ? 1 : missing") == 1
    assert evaluate("f ? missing : 2") == 2
    assert evaluate("f ? missing : t ? 3 : 1 / 0") == 3


@pytest.mark.parametrize(
    ("text", "start", "end", "message"),
    [
        ("1 < 'a'", 0, 7, "'<' can't take a number and a string"),
        ("one + (s > 1)", 7, 12, "'>' can't take a string and a number"),
        ("true <= false", 0, 13, "'<=' can't take a boolean and a boolean"),
        ("null >= null", 0, 12, "'>=' can't take null and null"),
        ("[1] < [2]", 0, 9, "'<' can't take a list and a list"),
        ("1 + 'a'", 0, 7, "'+' can't take a number and a string"),
        ("1 + 2 + s + 3", 0, 9, "'+' can't take a number and a string"),
        ("m + m", 0, 5, "'+' can't take a map and a map"),
        ("true + 1", 0, 8, "'+' can't take a boolean and a number"),
        ("s - s", 0, 5, "'-' can't take a string and a string"),
        ("s * 2", 0, 5, "'*' can't take a string and a number"),
        ("l * 2", 0, 5, "'*' can't take a list and a number"),
        ("s % 2", 0, 5, "'%' can't take a string and a number"),
        ("n / 1", 0, 5, "'/' can't take null and a number"),
        ("1 + 1 / 0", 4, 9, "division by zero"),
        ("1 % 0", 0, 5, "division by zero"),
        ("1.5 % 0.0", 0, 9, "division by zero"),
        ("-s", 1, 2, "'-' takes a number, not a string"),
        ("-true", 1, 5, "'-' takes a number, not a boolean"),
        ("!5", 1, 2, "'!' takes booleans, not a number"),
        ("not s", 4, 5, "'!' takes booleans, not a string"),
        ("!'true'", 1, 7, "'!' takes booleans, not a string"),
        ("t && s", 5, 6, "'&&' takes booleans, not a string"),
        ("n && t", 0, 1, "'&&' takes booleans, not null"),
        ("f || l", 5, 6, "'||' takes booleans, not a list"),
        ("one ? 2 : 3", 0, 3, "'?:' takes booleans, not a number"),
        ("f ? 1 : m ? 2 : 3", 8, 9, "'?:' takes booleans, not a map"),
        ("1 in s", 0, 6, "a string can contain a string only, not a number"),
        ("null in m", 0, 9, "a map can contain a string only, not null"),
        ("1 in 1", 0, 6, "only a list, a map or a string can contain something, not a number"),
        ("1 in null", 0, 9, "not null"),
        ("s[one]", 2, 5, "only a list or a map has items, not a string"),
        ("l[s]", 2, 3, "the index of a list is a whole number, not a string"),
        ("l[0.5]", 2, 5, "the index of a list is a whole number, not a number"),
        ("l[t]", 2, 3, "the index of a list is a whole number, not a boolean"),
        ("m[one]", 2, 5, "the key of a map is a string, not a number"),
        ("m[n]", 2, 3, "the key of a map is a string, not null"),
        ("l[one + 1]", 2, 9, "the index is behind the last of 2 items"),
        ("l[-1]", 2, 4, "can't be negative"),
        ("m[s]", 2, 3, "the map has no such key"),
        ("[[1]][0][one]", 9, 12, "the index is behind the last of 1 items"),
        ("1 + odd", 4, 7, "a value of type object is not JSON data"),
        ("default(odd, 1)", 8, 11, "a value of type object is not JSON data"),
        ("odds == odds", 0, 12, "a value of type object is not JSON data"),
        ("odds[one - 1]", 5, 12, "a value of type object is not JSON data"),
    ],
)
def test_operator_refuses_other_kinds_at_their_offsets(
    text: str, start: int, end: int, message: str
) -> None:
    error = refused(text)

    assert message in error.message
    assert (error.start, error.end) == (start, end)


@pytest.mark.parametrize(
    "text",
    [
        "1e300 * 1e300",
        "-1e300 * 1e300",
        "infinite + 1",
        "infinite - infinite",
        "huge * 1.5",
        "huge + 1",
        "9" * 300 + " * " + "9" * 300,
        "1e308 * 10 - 1",
        "huge / 7",
    ],
)
def test_number_that_grows_too_large_is_an_error(text: str) -> None:
    assert "too large" in refused(text).message


def test_message_never_repeats_a_value() -> None:
    """A value may be a secret, and error texts are stored."""
    data: dict[str, object] = {"secret": "hunter2", "l": [1], "m": {"hunter2": 1}}
    texts = ["secret + 1", "!secret", "int(secret)", "m[secret + 'x']", "l[secret]", "-secret"]
    texts += ["matches('a', '(' + secret)", "fromJson(secret)", "float(secret)", "bool(secret)"]

    for text in texts:
        with pytest.raises(EvaluationError) as caught:
            compile_expression(text).evaluate(resolver(data))
        assert "hunter2" not in caught.value.message + (caught.value.hint or "")


def test_missing_reference_carries_the_reference() -> None:
    with pytest.raises(MissingReference) as caught:
        evaluate("one + tasks.a.outputs.parameters.p[0] * 2")

    reference = caught.value.reference
    assert reference.segments == ("tasks", "a", "outputs", "parameters", "p", 0)
    assert (reference.start, reference.end) == (6, 37)
    assert caught.value.message == "tasks.a.outputs.parameters.p[0] has no value"


@pytest.mark.parametrize(
    ("text", "hint"),
    [
        ("x.count-1", "put blanks around '-' to subtract"),
        ("x-y", "put blanks around '-' to subtract"),
        ("succeeded", "write Succeeded for the constant"),
        ("True", "write true for the constant"),
        ("None", "write null for the constant"),
        ("staging", "write 'staging' in quotes if it is text"),
        ("tasks.a", None),
        ("l[7]", None),
    ],
)
def test_missing_reference_hints_at_the_usual_slip(text: str, hint: str | None) -> None:
    with pytest.raises(MissingReference) as caught:
        evaluate(text)

    if hint is None:
        assert caught.value.hint is None
    else:
        assert hint in (caught.value.hint or "")


@pytest.mark.parametrize(
    ("text", "outcome"),
    [
        ("1 == 1", True),
        ("f", False),
        ("'true'", True),
        ("'True'", False),
        ("'1'", False),
        ("''", False),
        ("red", False),
    ],
)
def test_condition_is_a_boolean_or_the_text_true(text: str, outcome: bool) -> None:
    assert compile_expression(text).test(resolver(DATA)) is outcome


@pytest.mark.parametrize(
    ("text", "kind"), [("1", "a number"), ("n", "null"), ("l", "a list"), ("m", "a map")]
)
def test_condition_of_another_kind_is_an_error(text: str, kind: str) -> None:
    with pytest.raises(EvaluationError) as caught:
        compile_expression(text).test(resolver(DATA))

    assert caught.value.message == f"the condition is {kind}, not a boolean"
    assert (caught.value.start, caught.value.end) == (0, len(text))
