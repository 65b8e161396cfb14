"""From a model or a dataclass to outputs. Importing this module imports pydantic."""

from __future__ import annotations

from dataclasses import is_dataclass
from math import isfinite
from typing import TYPE_CHECKING, cast

from pydantic import BaseModel, Secret, SecretBytes, SecretStr

from aether_sdk._adapters import adapter_of
from aether_sdk._codes import ExecCode
from aether_sdk._errors import OutputError, SchemaError
from aether_sdk._json_value import JsonValue, json_value, type_name
from aether_sdk._outputs import ExecOutputs
from aether_sdk._parameters import Parameter
from aether_sdk._paths import child_path
from aether_sdk._protocol import MASK
from aether_sdk._unwritable import UNWRITABLE, unwritable

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from aether_sdk._kinds import DataclassInstance

_SECRETS = (SecretStr, SecretBytes, Secret)


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
    except UNWRITABLE as error:
        # Without the cause, which quotes values; its reason is in the new text.
        raise unwritable(obj, adapter, error) from None
    if not isinstance(written, dict):
        reason = f"{type_name(obj)} is written as {type_name(written)}, expected named fields"
        raise OutputError(reason)
    return cast("Mapping[str, object]", _settled(cast("JsonValue", written), plain, "$"))


def _settled(written: JsonValue, plain: object, path: str) -> JsonValue:
    """Return `written` with secrets masked, after a look at the Python values it was made of.

    Pydantic writes a secret as asterisks, which text may hold too, and some numbers that are not
    finite as null, so that the written form alone does not tell. Where a serializer of the author
    gave the two another shape, the written form stands.
    """
    if isinstance(plain, _SECRETS):
        return MASK if written else written
    if isinstance(plain, float) and not isfinite(plain) and not isinstance(written, str):
        # Raises; a model that writes such numbers as text has chosen to.
        return json_value(plain, path)
    if isinstance(written, dict) and isinstance(plain, dict):
        return _settled_object(written, list(cast("dict[object, object]", plain).values()), path)
    if isinstance(written, list) and isinstance(plain, (list, tuple)):
        return _settled_array(written, list(cast("Iterable[object]", plain)), path)
    if isinstance(written, list) and isinstance(plain, (set, frozenset)):
        return _settled_set(written, list(cast("Iterable[object]", plain)), path)
    return written


def _settled_object(
    written: dict[str, JsonValue], plain: list[object], path: str
) -> dict[str, JsonValue]:
    if len(written) != len(plain):
        return written
    members = zip(written.items(), plain, strict=True)
    return {key: _settled(item, was, child_path(path, key)) for (key, item), was in members}


def _settled_array(written: list[JsonValue], plain: list[object], path: str) -> list[JsonValue]:
    if len(written) != len(plain):
        return written
    items = enumerate(zip(written, plain, strict=True))
    return [_settled(item, was, child_path(path, at)) for at, (item, was) in items]


def _settled_set(written: list[JsonValue], plain: list[object], path: str) -> list[JsonValue]:
    # Each of the two has an order of its own, so that only the set as a whole can be judged.
    for was in plain:
        if isinstance(was, float):
            json_value(was, path)
    all_secret = all(isinstance(was, _SECRETS) for was in plain)
    return [MASK if item else item for item in written] if all_secret else written
