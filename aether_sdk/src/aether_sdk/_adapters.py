"""Pydantic's view of a declared class. Importing this module imports pydantic."""

from __future__ import annotations

from functools import lru_cache
from typing import Any, cast

from pydantic import TypeAdapter
from pydantic.errors import PydanticUndefinedAnnotation, PydanticUserError

from aether_sdk._errors import SchemaError


def adapter_of(model: type[object]) -> TypeAdapter[Any]:
    """Return the adapter of a model, dataclass or TypedDict, built once.

    Raises:
        SchemaError: Pydantic cannot build one, such as for a field of a foreign class.
    """
    # mypy does not see that a class is hashable.
    return _built(cast("Any", model))


@lru_cache(maxsize=1024)
def _built(model: type[object]) -> TypeAdapter[Any]:
    try:
        adapter: TypeAdapter[Any] = TypeAdapter(model)
        # A model with an undefined name is built without complaint; this is where it shows.
        adapter.rebuild(raise_errors=True)
    except (PydanticUserError, PydanticUndefinedAnnotation) as error:
        raise SchemaError(f"{model.__name__}: {first_line(error)}") from error
    return adapter


def first_line(error: BaseException) -> str:
    """Return the first line of an error's text; pydantic puts links and hints below it."""
    return str(error).partition("\n")[0]
