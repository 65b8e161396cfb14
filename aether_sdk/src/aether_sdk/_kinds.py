"""Which classes can declare inputs and outputs, told apart without importing pydantic."""

from __future__ import annotations

import sys
from enum import Enum
from typing import TYPE_CHECKING, Any, ClassVar, Protocol

if TYPE_CHECKING:
    from pydantic import BaseModel


class DynamicOutputs:
    """Declares nothing: as `Inputs` accept anything, as `Outputs` decide at run time."""


class DataclassInstance(Protocol):
    """Any instance of a dataclass."""

    __dataclass_fields__: ClassVar[dict[str, Any]]


class ModelKind(Enum):
    """How a class declares named fields."""

    PYDANTIC = "pydantic model"
    DATACLASS = "dataclass"
    TYPED_DICT = "TypedDict"


def base_model() -> type[BaseModel] | None:
    """Return pydantic's `BaseModel`, or None if nobody imported it yet.

    While it is not imported no object can be a pydantic model, so asking costs nothing.
    """
    module = sys.modules.get("pydantic.main")
    found: type[BaseModel] | None = getattr(module, "BaseModel", None)
    return found


def model_kind(declared: object) -> ModelKind | None:
    """Return how the class `declared` declares fields; None for everything else.

    A pydantic `RootModel` has no named fields and counts as everything else.
    """
    if not isinstance(declared, type):
        return None
    base = base_model()
    if base is not None and issubclass(declared, base):
        return None if getattr(declared, "__pydantic_root_model__", False) else ModelKind.PYDANTIC
    if hasattr(declared, "__dataclass_fields__"):
        return ModelKind.DATACLASS
    # A TypedDict is a plain dict class at run time, whichever module it comes from.
    if dict in declared.__mro__ and hasattr(declared, "__required_keys__"):
        return ModelKind.TYPED_DICT
    return None
