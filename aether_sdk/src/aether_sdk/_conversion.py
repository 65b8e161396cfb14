"""From a model or a dataclass to outputs. Importing this module imports pydantic."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import is_dataclass
from math import isfinite
from typing import TYPE_CHECKING, Any, cast

from pydantic import BaseModel, Secret, SecretBytes, SecretStr, TypeAdapter
from pydantic_core import to_jsonable_python

from aether_sdk._adapters import adapter_of, first_line
from aether_sdk._codes import ExecCode
from aether_sdk._errors import OutputError, SchemaError
from aether_sdk._json_value import JsonValue, json_value, type_name
from aether_sdk._outputs import ExecOutputs
from aether_sdk._parameters import Parameter
from aether_sdk._paths import child_path
from aether_sdk._protocol import MASK

if TYPE_CHECKING:
    from aether_sdk._kinds import DataclassInstance

_SECRETS = (SecretStr, SecretBytes, Secret)
# What pydantic raises for a value that it cannot write; a deep or circular one is a RecursionError.
_UNWRITABLE = (ValueError, TypeError, RecursionError)

_DEEPEST_SEARCH = 32


def output_from(
    obj: BaseModel | DataclassInstance,
    *,
    code: int = ExecCode.SUCCEEDED,
    message: str = "",
) -> ExecOutputs:
    """Return outputs with one parameter per field of a pydantic model or a dataclass.

    Parameters keep the order of the fields and carry name and value only. The name is the alias for
    serialisation, else the field's own. Fields that are excluded are left out; `None` is a value.
    Nested models become objects. A secret becomes `MASK`, since outputs are stored and shown.

    Args:
        obj: An instance, not a class.
        code: The code to report.
        message: The message to report.

    Raises:
        OutputError: `obj` is of another kind, or a value does not fit its declared type or JSON.
    """
    values = _dumped(_checked(obj))
    parameters = tuple(
        Parameter(name, json_value(value, child_path("$", name))) for name, value in values.items()
    )
    return ExecOutputs(code, message, parameters)


def _checked(obj: object) -> object:
    is_model = isinstance(obj, BaseModel) or is_dataclass(obj)
    if isinstance(obj, (type, ExecOutputs)) or not is_model:
        got = f"the class {obj.__qualname__}" if isinstance(obj, type) else type_name(obj)
        raise OutputError(f"expected an instance of a pydantic model or a dataclass, got {got}")
    return obj


def _dumped(obj: object) -> Mapping[str, object]:
    """Return the fields of `obj` in JSON form, secrets masked."""
    try:
        adapter = adapter_of(type(obj))
    except SchemaError as error:
        raise OutputError(error.message) from error
    try:
        written: object = adapter.dump_python(obj, mode="json", by_alias=True, warnings="error")
        plain: object = adapter.dump_python(obj, by_alias=True, warnings="none")
    except _UNWRITABLE as error:
        raise _located(obj, adapter, error) from error
    if not isinstance(written, dict):
        reason = f"{type_name(obj)} is written as {type_name(written)}, expected named fields"
        raise OutputError(reason)
    return cast("Mapping[str, object]", _settled(cast("JsonValue", written), plain, "$"))


def _settled(written: JsonValue, plain: object, path: str) -> JsonValue:
    """Return `written` with secrets masked, after a look at the Python values it was made of.

    Pydantic writes a secret as asterisks, which text may hold too, and some numbers that are not
    finite as null, so that the written form alone does not tell.
    """
    if isinstance(plain, _SECRETS):
        return MASK if written else written
    if isinstance(plain, float) and not isfinite(plain) and not isinstance(written, str):
        # Raises; a model that writes such numbers as text has chosen to.
        return json_value(plain, path)
    if isinstance(written, dict) and isinstance(plain, dict):
        members = zip(written.items(), cast("dict[object, object]", plain).values(), strict=False)
        return {key: _settled(item, was, child_path(path, key)) for (key, item), was in members}
    if isinstance(written, list) and isinstance(plain, (list, tuple, set, frozenset)):
        items = zip(written, cast("Iterable[object]", plain), strict=False)
        return [_settled(item, was, child_path(path, at)) for at, (item, was) in enumerate(items)]
    return written


def _located(obj: object, adapter: TypeAdapter[Any], error: Exception) -> OutputError:
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
    except _UNWRITABLE as error:
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
    except _UNWRITABLE:
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
