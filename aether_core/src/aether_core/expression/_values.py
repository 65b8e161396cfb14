"""JSON values: their kinds, when two are equal, and how one reads as text (documents.md 7)."""

from __future__ import annotations

import math
from enum import StrEnum
from typing import TYPE_CHECKING, Final, cast

import msgspec

from aether_core.expression._evaluation import Fault, check_size

if TYPE_CHECKING:
    from collections.abc import Iterable

    from aether_core.expression._evaluation import Evaluation

#: Deepest nesting of lists and maps that becomes JSON text, or comes from it.
MAX_DEPTH: Final = 100
#: From here on a float may have no fraction only because it has no digits left for one.
_EXACT_FLOATS: Final = 1e16
#: Python refuses to write integers of more than about this many bits.
_MAX_BITS: Final = 14_000


class Kind(StrEnum):
    """The kinds of JSON values; the value reads well behind "not" in a message."""

    NULL = "null"
    BOOL = "a boolean"
    NUMBER = "a number"
    STRING = "a string"
    LIST = "a list"
    MAP = "a map"


KINDS_BY_TYPE: Final[dict[type, Kind]] = {
    type(None): Kind.NULL,
    bool: Kind.BOOL,
    int: Kind.NUMBER,
    float: Kind.NUMBER,
    str: Kind.STRING,
    list: Kind.LIST,
    dict: Kind.MAP,
}


def kind_of(value: object) -> Kind:
    """Return the kind of a value.

    Raises:
        Fault: for a value that is not JSON.
    """
    kind = KINDS_BY_TYPE.get(type(value))
    if kind is not None:
        return kind
    for base, kind in KINDS_BY_TYPE.items():
        if isinstance(value, base):
            return kind
    raise Fault(f"a value of type {type(value).__name__} is not JSON data")


def plain(value: object) -> object:
    """Return the value with one of the JSON types themselves, such as `str` for an enum's member.

    Raises:
        Fault: for a value that is not JSON.
    """
    if type(value) in KINDS_BY_TYPE:
        return value
    match kind_of(value):
        case Kind.STRING:
            # The base class' own conversion, since a subclass may have changed how it reads.
            return str.__str__(cast("str", value))
        case Kind.NUMBER:
            return float(value) if isinstance(value, float) else int(cast("int", value))
        case Kind.LIST:
            return list(cast("list[object]", value))
        case _:
            return dict(cast("dict[str, object]", value))


_SCALARS = frozenset((bool, int, float, str, type(None)))


def equal(evaluation: Evaluation, left: object, right: object) -> bool:
    """Return whether two values are equal: 5 is 5.0, `true` is not 1, maps have no order."""
    if type(left) is type(right) and type(left) in _SCALARS:
        return left == right
    pending = [(left, right)]
    pairs: Iterable[tuple[object, object]]
    while pending:
        one, other = pending.pop()
        kind = kind_of(one)
        if kind is not kind_of(other):
            return False
        if kind is Kind.LIST:
            items, others = cast("list[object]", one), cast("list[object]", other)
            if len(items) != len(others):
                return False
            evaluation.spend(len(items))
            pairs = zip(items, others, strict=True)
        elif kind is Kind.MAP:
            fields, rest = cast("dict[str, object]", one), cast("dict[str, object]", other)
            if fields.keys() != rest.keys():
                return False
            evaluation.spend(len(fields))
            pairs = ((value, rest[key]) for key, value in fields.items())
        elif one != other:
            return False
        else:
            continue
        for pair in pairs:
            inner = type(pair[0])
            if inner not in _SCALARS or inner is not type(pair[1]):
                pending.append(pair)
            elif pair[0] != pair[1]:
                return False
    return True


def member(evaluation: Evaluation, item: object, container: object) -> bool:
    """Return whether a list has an equal element, a map the key, or a string the part.

    Raises:
        Fault: when the kinds do not fit.
    """
    kind = kind_of(container)
    if kind is Kind.LIST:
        elements = cast("list[object]", container)
        evaluation.spend(len(elements))
        return any(equal(evaluation, item, element) for element in elements)
    if kind not in (Kind.MAP, Kind.STRING):
        raise Fault(f"only a list, a map or a string can contain something, not {kind}")
    if kind_of(item) is not Kind.STRING:
        raise Fault(f"{kind} can contain a string only, not {kind_of(item)}")
    if kind is Kind.MAP:
        return item in cast("dict[str, object]", container)
    text = cast("str", container)
    evaluation.spend(len(text) >> 3)
    return cast("str", item) in text


def number_text(value: float) -> str:
    """Return a number as JSON writes it; a float without a fraction reads like an integer.

    Raises:
        Fault: for infinity, for what is not a number, and for thousands of digits.
    """
    return msgspec.json.encode(_json_number(value)).decode()


def _json_number(value: float) -> float:
    if isinstance(value, int):
        if value.bit_length() > _MAX_BITS:
            raise Fault("the number has too many digits to become text")
        return int(value)
    if not math.isfinite(value):
        raise Fault("a number that is infinite or undefined can't become text")
    return int(value) if value.is_integer() and abs(value) < _EXACT_FLOATS else value


def text_of(evaluation: Evaluation, value: object) -> str:
    """Return a value as it reads inside text: strings as they are, all else as compact JSON.

    Raises:
        Fault: for a value that has no text.
    """
    kind = kind_of(value)
    if kind is Kind.STRING:
        return str.__str__(cast("str", value))
    if kind is Kind.NUMBER:
        return number_text(cast("float", value))
    if kind is Kind.BOOL:
        return "true" if value else "false"
    return "null" if kind is Kind.NULL else json_text(evaluation, value)


def json_text(evaluation: Evaluation, value: object) -> str:
    """Return a value as compact JSON.

    Raises:
        Fault: when it is not JSON, nested deeper than `MAX_DEPTH`, or too large.
    """
    survey(evaluation, value)
    try:
        text = msgspec.json.encode(_tidy(value)).decode()
    except UnicodeEncodeError:
        raise Fault("a text with half a character can't become JSON") from None
    check_size(len(text), "string")
    return text


def survey(evaluation: Evaluation, value: object) -> None:
    """Check depth and size before anything is built; a value may hold one list many times.

    Raises:
        Fault: when it is not JSON, nested deeper than `MAX_DEPTH`, or too large.
    """
    level, size = [value], 0
    for _ in range(MAX_DEPTH):
        inner: list[object] = []
        for item in level:
            kind = kind_of(item)
            if kind is Kind.STRING:
                size += len(cast("str", item))
            elif kind is Kind.LIST:
                inner.extend(cast("list[object]", item))
            elif kind is Kind.MAP:
                fields = cast("dict[object, object]", item)
                inner.extend(fields.values())
                size += sum(map(_key_size, fields))
            check_size(size + len(inner), "string")
        if not inner:
            return
        size += len(inner)
        evaluation.spend(len(inner))
        level = inner
    raise Fault(f"the value is nested more than {MAX_DEPTH} levels deep")


def _key_size(key: object) -> int:
    if not isinstance(key, str):
        raise Fault(f"a key of type {type(key).__name__} is not JSON data")
    return len(key)


def _tidy(value: object) -> object:
    """Return a copy whose floats without a fraction are integers, which JSON writes shorter."""
    kind = kind_of(value)
    if kind is Kind.LIST:
        return [_tidy(item) for item in cast("list[object]", value)]
    if kind is Kind.MAP:
        return {key: _tidy(item) for key, item in cast("dict[str, object]", value).items()}
    return _json_number(cast("float", value)) if kind is Kind.NUMBER else plain(value)
