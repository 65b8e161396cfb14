"""Which part of a result could not be written as JSON. Importing this module imports pydantic."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import is_dataclass
from typing import TYPE_CHECKING, Any, Final, cast

from pydantic import BaseModel, TypeAdapter
from pydantic_core import to_jsonable_python

from aether_sdk._adapters import first_line
from aether_sdk._errors import OutputError
from aether_sdk._json_value import type_name
from aether_sdk._paths import child_path

if TYPE_CHECKING:
    from aether_sdk._kinds import DataclassInstance

#: What pydantic raises for a value that it cannot write.
UNWRITABLE: Final = (ValueError, TypeError, RecursionError)

_DEEPEST_SEARCH = 32


def unwritable(obj: object, adapter: TypeAdapter[Any], error: Exception) -> OutputError:
    """Return the error that names the field and, inside it, the value that could not be written."""
    # With no field at all, what fails is the model's own serializer.
    if _failure(obj, adapter, set()) is None:
        for name in _field_names(obj):
            cause = _failure(obj, adapter, {name})
            if cause is not None:
                path, value = _deepest(getattr(obj, name), child_path("$", name), 0)
                return OutputError(_reason(value, cause), path=path)
    return OutputError(_reason(obj, error))


def _failure(obj: object, adapter: TypeAdapter[Any], names: set[str]) -> Exception | None:
    try:
        adapter.dump_python(obj, mode="json", warnings="error", include=names)
    except UNWRITABLE as error:
        return error
    return None


def _field_names(obj: object) -> Iterable[str]:
    """Return the names of everything that `obj` writes."""
    if isinstance(obj, BaseModel):
        kind = type(obj)
        return [*kind.model_fields, *kind.model_computed_fields, *(obj.model_extra or {})]
    return cast("DataclassInstance", obj).__dataclass_fields__


def _deepest(value: object, path: str, depth: int) -> tuple[str, object]:
    """Return path and value of the innermost part of `value` that cannot be written."""
    if depth < _DEEPEST_SEARCH:
        for key, part in _parts(value):
            if not _is_writable(part):
                return _deepest(part, child_path(path, key), depth + 1)
    return path, value


def _parts(value: object) -> Iterable[tuple[str | int, object]]:
    if isinstance(value, Mapping):
        items = cast("Mapping[object, object]", value).items()
        return [(key if isinstance(key, int) else str(key), part) for key, part in items]
    if isinstance(value, (list, tuple)):
        return enumerate(cast("Iterable[object]", value))
    if isinstance(value, BaseModel) or (is_dataclass(value) and not isinstance(value, type)):
        return [(name, getattr(value, name)) for name in _field_names(value)]
    return ()


def _is_writable(value: object) -> bool:
    try:
        to_jsonable_python(value)
    except UNWRITABLE:
        return False
    return True


def _reason(value: object, error: Exception) -> str:
    kind = f"a value of type {type_name(value)}"
    text = first_line(error)
    # Warnings quote the value, which may be secret.
    if text.startswith("Pydantic serializer warnings"):
        return f"{kind} does not fit the declared type of the field"
    if text.startswith("Unable to serialize unknown type"):
        return f"{kind} is not JSON"
    return f"{kind} cannot be written as JSON: {text}"
