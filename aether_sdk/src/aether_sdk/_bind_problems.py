"""From pydantic's validation errors to problems that name the input and never show its value."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import TYPE_CHECKING, Final, NamedTuple, cast

from aether_sdk._errors import BindProblem
from aether_sdk._json_value import JsonValue
from aether_sdk._paths import json_path
from aether_sdk._protocol import MASK

if TYPE_CHECKING:
    from pydantic_core import ErrorDetails

Values = Mapping[str, JsonValue]


class _Found(NamedTuple):
    """A problem, the keys to its place, and whether a value of another kind is wanted there."""

    keys: tuple[str | int, ...]
    is_other_kind: bool
    problem: BindProblem


_ABSENT: Final = object()
_KINDS: Final[dict[type[object], str]] = {
    type(None): "null",
    bool: "a boolean",
    int: "an integer",
    float: "a number",
    str: "a string",
    list: "an array",
    dict: "an object",
}
#: Errors of a value of the right type.
_LIMITS: Final = frozenset(
    {
        "greater_than",
        "greater_than_equal",
        "less_than",
        "less_than_equal",
        "multiple_of",
        "finite_number",
    }
)
#: Errors of a value that is none of the listed ones.
_CHOICES: Final = frozenset({"enum", "literal_error"})
#: Errors of an author's own validators, whose text stands as it is.
AUTHORED: Final = frozenset({"value_error", "assertion_error"})


def problems_of(
    errors: Iterable[ErrorDetails], values: Values, secret_names: Iterable[str]
) -> tuple[BindProblem, ...]:
    """Return one problem per place and message, in pydantic's order.

    Members of a union that take values of another kind are left out where one takes this kind.

    Args:
        errors: What pydantic found.
        values: The inputs by name, as they were given.
        secret_names: Names of inputs whose values no text may repeat.
    """
    hidden = _texts_in([values[name] for name in secret_names if name in values])
    found = [_found(details, values, hidden) for details in errors]
    taken = set(_taken(found))
    kept = (each for each in found if not (each.is_other_kind and each.keys in taken))
    return _merged(each.problem for each in kept)


def keys_of(details: ErrorDetails, values: Values) -> tuple[str | int, ...]:
    """Return the keys that lead to the place of an error in `values`.

    A location holds labels besides keys, such as the member of a union that was tried. A label is
    known by not being a key of the value that it would lead into.
    """
    location = details["loc"]
    keys: list[str | int] = []
    here: object = values
    for position, step in enumerate(location, start=1):
        below = _member(here, step)
        if below is not _ABSENT:
            keys.append(step)
            here = below
        elif details["type"] == "missing" and position == len(location):
            keys.append(step)
    return tuple(keys)


def value_at(values: Values, keys: Iterable[str | int]) -> object:
    """Return the value at the end of `keys`; a mark that equals nothing if it is missing."""
    here: object = values
    for key in keys:
        here = _member(here, key)
    return here


def _member(value: object, key: str | int) -> object:
    if isinstance(value, dict):
        return cast("dict[object, object]", value).get(key, _ABSENT)
    if isinstance(value, list) and isinstance(key, int):
        items = cast("list[object]", value)
        return items[key] if key < len(items) else _ABSENT
    return _ABSENT


def _found(details: ErrorDetails, values: Values, hidden: Iterable[str]) -> _Found:
    keys = keys_of(details, values)
    value = value_at(values, keys)
    message, expected = _words(details, value, hidden)
    problem = BindProblem(json_path(keys), message, expected)
    return _Found(keys, _is_other_kind(details["type"], value), problem)


def _is_other_kind(error: str, value: object) -> bool:
    if error in _CHOICES:
        return not isinstance(value, str)
    return error.endswith("_type") or error == "int_from_float"


def _taken(found: Iterable[_Found]) -> Iterator[tuple[str | int, ...]]:
    """Yield the places whose values are of a kind that is taken: what is wrong is more than that.

    A place has such a problem and one of the kind only if each is of another member of a union.
    """
    for keys, is_other_kind, _ in found:
        if not is_other_kind:
            yield keys
        yield from (keys[:length] for length in range(len(keys)))


def _words(details: ErrorDetails, value: object, hidden: Iterable[str]) -> tuple[str, str]:
    """Return what is wrong and what was expected."""
    kind = details["type"]
    if kind == "missing":
        return ("required, but missing" if value is _ABSENT else "must not be null"), ""
    if kind == "extra_forbidden":
        return "unknown input", ""
    text = details["msg"]
    detail = details.get("ctx", {}).get("error")
    if kind in AUTHORED:
        return _masked(str(detail), hidden) or "refused by the input model", ""
    note = f" ({detail})" if isinstance(detail, str) else ""
    expected = text.removesuffix(f", {detail}").removeprefix("Input should be ")
    if expected == text:
        return _masked(text, hidden), ""
    if kind in _LIMITS:
        return "not accepted", expected
    return f"got {_KINDS.get(type(value), 'a value')}{note}", expected


def _merged(problems: Iterable[BindProblem]) -> tuple[BindProblem, ...]:
    """Join the expectations of one place: each member of a union reports its own."""
    expected: dict[tuple[str, str], dict[str, None]] = {}
    for path, message, wanted in problems:
        expected.setdefault((path, message), {})[wanted] = None
    return tuple(
        BindProblem(path, message, " or ".join(filter(None, wanted)))
        for (path, message), wanted in expected.items()
    )


def _masked(text: str, hidden: Iterable[str]) -> str:
    for secret in hidden:
        text = text.replace(secret, MASK)
    return text


def _texts_in(values: Iterable[object]) -> list[str]:
    """Return every text and number inside `values`, the longest first."""
    found = {text for value in values for text in _texts(value) if text}
    return sorted(found, key=len, reverse=True)


def _texts(value: object) -> Iterator[str]:
    if isinstance(value, dict):
        value = list(cast("dict[str, object]", value).values())
    if isinstance(value, list):
        yield from (text for item in cast("list[object]", value) for text in _texts(item))
    elif value is not None and not isinstance(value, bool):
        yield str(value)
