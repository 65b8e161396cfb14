"""Rules of an executor's schema about which inputs may or must be given together.

Such rules stand at the top of the schema: `oneOf`, `anyOf`, `allOf` and `not` over `required`.
They are answered by the names that are given, and by null where a value is known to be null; what
can't be told holds.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, TypeAlias

from msgspec import UNSET, UnsetType

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from aether_sdk import JsonValue

#: The inputs that are given, with their values where these are known.
Given: TypeAlias = "Mapping[str, JsonValue | UnsetType]"

_Schema: TypeAlias = "dict[str, JsonValue]"
_REMARKS: Final = frozenset({"$comment", "$defs", "$schema", "description", "title", "type"})


def presence_problems(schema: _Schema, given: Given) -> Iterator[str]:
    """Yield what the executor takes, for each rule that these inputs break."""
    for branch in _schemas(schema.get("allOf")):
        yield from presence_problems(branch, given)
    for keyword, words in (("oneOf", "exactly one"), ("anyOf", "at least one")):
        branches = _schemas(schema.get(keyword))
        if branches and _holds({keyword: schema[keyword]}, given) is False:
            yield f"{words} of {_listed(_names(branches), 'and')}"
    refused = schema.get("not")
    if isinstance(refused, dict) and _holds(refused, given) is True:
        branches = [each for each in _schemas(refused.get("anyOf")) if _holds(each, given)]
        yield f"{_listed(_names(branches or [refused]), 'or')}, not both"


def _schemas(value: JsonValue) -> list[_Schema]:
    return [each for each in value if isinstance(each, dict)] if isinstance(value, list) else []


def _names(branches: Iterable[_Schema]) -> list[str]:
    """Return the names that the branches require, and those of branches inside them."""
    names: dict[str, None] = {}
    for branch in branches:
        required = branch.get("required")
        names.update(dict.fromkeys(map(str, required if isinstance(required, list) else [])))
        for keyword in ("anyOf", "oneOf", "allOf"):
            names.update(dict.fromkeys(_names(_schemas(branch.get(keyword)))))
    return list(names)


def _listed(names: list[str], word: str) -> str:
    quoted = [f'"{name}"' for name in names]
    return f" {word} ".join([", ".join(quoted[:-1]), quoted[-1]] if len(quoted) > 1 else quoted)


def _holds(schema: _Schema, given: Given) -> bool | None:
    """Return whether a rule holds; None when that can't be told."""
    return _all([_keyword(keyword, value, given) for keyword, value in schema.items()])


def _keyword(keyword: str, value: JsonValue, given: Given) -> bool | None:
    match keyword, value:
        case "required", list():
            return all(name in given for name in value)
        case "properties", dict():
            return _all([_property(given[name], value[name]) for name in value if name in given])
        case "allOf", list():
            return _all([_holds(each, given) for each in _schemas(value)])
        case "anyOf", list():
            return _not(_all([_not(_holds(each, given)) for each in _schemas(value)]))
        case "oneOf", list():
            return _one([_holds(each, given) for each in _schemas(value)])
        case "not", dict():
            return _not(_holds(value, given))
        case _:
            return True if keyword in _REMARKS else None


def _property(value: JsonValue | UnsetType, schema: JsonValue) -> bool | None:
    """Return whether a given value is, or is not, null as the schema wants it."""
    match schema:
        case {"not": inner, **rest} if not rest:
            return _not(_property(value, inner))
        case {"type": "null", **rest} if not rest:
            return None if value is UNSET else value is None
        case _:
            return None


def _all(answers: list[bool | None]) -> bool | None:
    if False in answers:
        return False
    return None if None in answers else True


def _not(answer: bool | None) -> bool | None:
    return None if answer is None else not answer


def _one(answers: list[bool | None]) -> bool | None:
    certain = answers.count(True)
    if certain > 1:
        return False
    return None if None in answers else certain == 1
