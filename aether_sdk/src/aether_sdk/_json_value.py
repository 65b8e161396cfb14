"""Values that JSON can carry, and the check that a value is one."""

from __future__ import annotations

from math import isfinite
from typing import Final, TypeAlias, cast

from aether_sdk._errors import OutputError
from aether_sdk._paths import child_path

#: Type of what JSON can carry. A field of a pydantic model takes `pydantic.JsonValue` instead,
#: since pydantic does not follow a plain alias into itself.
JsonValue: TypeAlias = bool | int | float | str | list["JsonValue"] | dict[str, "JsonValue"] | None

#: Arrays and objects may be nested this deep; more is a mistake or a cycle.
MAX_DEPTH: Final = 128


def json_value(value: object, path: str = "$") -> JsonValue:
    """Return a copy of `value` made of plain JSON types only.

    Tuples become lists, and subclasses (`StrEnum`, `IntEnum`, `OrderedDict`) become the plain type.
    The copy shares no array or object with `value`.

    Args:
        value: What to check.
        path: JSON path of `value`, for the error.

    Raises:
        OutputError: A part of `value` is of another type, a number is not finite, a key is not a
            string, text is not valid Unicode, or the nesting is deeper than 128.
    """
    if is_simple(value):
        return cast("JsonValue", value)
    return _copied(value, path, 0)


def is_simple(value: object) -> bool:
    """Return whether `json_value` would give `value` itself; it may do so for other values, too."""
    kind = type(value)
    if kind is str:
        return cast("str", value).isascii()
    return value is None or kind is bool or kind is int


def _copied(value: object, path: str, depth: int) -> JsonValue:
    if value is None or isinstance(value, bool):
        return value
    if isinstance(value, str):
        return _text(value, path)
    if isinstance(value, int):
        return int(value)
    if isinstance(value, float):
        return _number(value, path)
    return _container(value, path, depth)


def _container(value: object, path: str, depth: int) -> JsonValue:
    if depth >= MAX_DEPTH:
        raise OutputError(f"nested deeper than {MAX_DEPTH} levels", path=path)
    if isinstance(value, (list, tuple)):
        items = cast("list[object]", value)
        return [
            _copied(item, child_path(path, index), depth + 1) for index, item in enumerate(items)
        ]
    if isinstance(value, dict):
        members = cast("dict[object, object]", value)
        return {
            (name := _key(key, path)): _copied(item, child_path(path, name), depth + 1)
            for key, item in members.items()
        }
    raise OutputError(f"a value of type {type_name(value)} is not JSON", path=path)


def _text(value: str, path: str) -> str:
    plain = str.__str__(value)
    if not plain.isascii():
        try:
            plain.encode()
        except UnicodeEncodeError as error:
            reason = f"text holds half a surrogate pair at character {error.start}"
            raise OutputError(reason, path=path) from error
    return plain


def _number(value: float, path: str) -> float:
    if not isfinite(value):
        raise OutputError(f"the number {float(value)} is not JSON, only finite ones are", path=path)
    return float(value)


def _key(key: object, path: str) -> str:
    if not isinstance(key, str):
        reason = f"an object key of type {type_name(key)} is not JSON, only text is"
        raise OutputError(reason, path=path)
    return _text(key, path)


def type_name(value: object) -> str:
    """Return the name of a value's type, with its module unless that is `builtins`."""
    kind = type(value)
    if kind.__module__ == "builtins":
        return kind.__qualname__
    return f"{kind.__module__}.{kind.__qualname__}"
