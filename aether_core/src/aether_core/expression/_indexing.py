"""Computed indexes: strict where a value is needed, lenient inside `has` and `default`."""

from __future__ import annotations

from typing import cast

from aether_core.expression._evaluation import Fault
from aether_core.expression._reference import MISSING, walk
from aether_core.expression._values import Kind, kind_of, plain


def pick(value: object, key: object) -> object:
    """Return the item of a list or the field of a map.

    Raises:
        Fault: when there is none, or the kinds do not fit.
    """
    kind, segment = kind_of(value), _segment(key)
    if kind is Kind.LIST:
        if not isinstance(segment, int):
            raise Fault(f"the index of a list is a whole number, not {kind_of(key)}")
    elif kind is not Kind.MAP:
        raise Fault(f"only a list or a map has items, not {kind}")
    elif not isinstance(segment, str):
        raise Fault(f"the key of a map is a string, not {kind_of(key)}")
    found = walk(value, (segment,))
    if found is MISSING:
        raise _absent(kind, segment, len(cast("list[object]", value)))
    return plain(found)


def pick_if_there(value: object, key: object) -> object:
    """Return the item of a list or the field of a map, or MISSING for any reason."""
    segment = _segment(key)
    return MISSING if segment is None else walk(value, (segment,))


def _segment(key: object) -> str | int | None:
    if isinstance(key, float) and key.is_integer():
        return int(key)
    if isinstance(key, str | int) and not isinstance(key, bool):
        return key
    return None


def _absent(kind: Kind, segment: str | int, length: int) -> Fault:
    if kind is Kind.MAP:
        return Fault("the map has no such key", "write default(reference, fallback)")
    if isinstance(segment, int) and segment < 0:
        hint = "the last item is list[length(list) - 1]"
        return Fault("an index counts from the start of the list, it can't be negative", hint)
    return Fault(f"the index is behind the last of {length} items")
