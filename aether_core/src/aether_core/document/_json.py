"""Reading JSON fast: the standard library does the work, the exact reader explains a refusal."""

from __future__ import annotations

import json
import math
import re
from functools import cache
from typing import TYPE_CHECKING, Any, Final, cast

from aether_core.document._limits import MAX_DEPTH, MAX_DIGITS, MAX_VALUES
from aether_core.document._reading import ReadDocument, Reading

if TYPE_CHECKING:
    from collections.abc import Iterable

    from aether_core.document._nodes import Node
    from aether_core.document._source import Source

_LONG_NUMBER: Final = re.compile(rf"[0-9]{{{MAX_DIGITS + 1}}}")
_CONTAINERS: Final = frozenset({dict, list})
_FIVE_DIGITS: Final = re.compile(r"[0-9]{5}")
_SURROGATE_ESCAPE: Final = re.compile(r"\\u[dD][89a-fA-F]")


def read_json(source: Source) -> Reading:
    """Read a text that holds one JSON document."""
    try:
        value = _read_fast(source.text)
    # A nesting too deep for the fast reader is refused with its place by the exact one.
    except (ValueError, RecursionError):
        return _read_exactly(source)
    return Reading((ReadDocument(value, cache(lambda: _places(source))),), ())


def _read_fast(text: str) -> Any:
    if _may_hold_long_number(text):
        raise ValueError("perhaps a number with too many digits")
    value = _DECODER.decode(text)
    if not _within_limits(value):
        raise ValueError("too deep or too many values")
    if _SURROGATE_ESCAPE.search(text) is not None:
        # Encoding fails where half of a surrogate pair is left.
        json.dumps(value, ensure_ascii=False).encode()
    return value


def _may_hold_long_number(text: str) -> bool:
    # A run of too many digits shows as five digits in a row when only every 60th character is
    # looked at; that look is many times faster than a search through all of them.
    sample = text[:: MAX_DIGITS // 5]
    return _FIVE_DIGITS.search(sample) is not None and _LONG_NUMBER.search(text) is not None


def _places(source: Source) -> Node:
    # Imported late: only a document with a problem needs places.
    from aether_core.document._json_reader import JsonReader

    return JsonReader(source.text).read()[1]


def _read_exactly(source: Source) -> Reading:
    # Imported late: only a text with a fault needs it.
    from aether_core.document._json_reader import JsonReader
    from aether_core.document._source import FaultError

    reader = JsonReader(source.text)
    try:
        value, node = reader.read()
    except FaultError as error:
        return Reading((), (*reader.faults, error.fault))
    return Reading((ReadDocument(value, lambda: node),), tuple(reader.faults))


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    value = dict(pairs)
    if len(value) != len(pairs):
        raise ValueError("a key is given twice")
    return value


def _float(text: str) -> float:
    value = float(text)
    if not math.isfinite(value):
        raise ValueError("not finite")
    return value


def _refuse(text: str) -> Any:
    raise ValueError(f"{text} is not JSON")


_DECODER: Final = json.JSONDecoder(
    object_pairs_hook=_object, parse_float=_float, parse_constant=_refuse
)


def _within_limits(value: Any) -> bool:
    """Whether depth and number of values are allowed; level by level, without recursion."""
    level: list[Any] = [value] if type(value) in _CONTAINERS else []
    depth, count = 0, 1
    while level:
        depth += 1
        count += sum(map(len, level))
        if depth > MAX_DEPTH or count > MAX_VALUES:
            return False
        level = [each for outer in level for each in _members(outer) if type(each) in _CONTAINERS]
    return True


def _members(value: Any) -> Iterable[Any]:
    members: Iterable[Any] = cast(dict[str, Any], value).values() if type(value) is dict else value
    return members
