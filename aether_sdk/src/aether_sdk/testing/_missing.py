"""What the kit says when a package that it works with is not installed."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, ClassVar

from aether_sdk._errors import AetherError

if TYPE_CHECKING:
    from types import ModuleType


class MissingPackage(AetherError, ModuleNotFoundError):
    """A part of the kit needs a package that is not installed."""

    code: ClassVar[str] = "missing-package"


def json_schema_library() -> ModuleType:
    """Return the package `jsonschema`.

    Raises:
        MissingPackage: it is not installed.
    """
    try:
        # By name: the package has no types, and it comes with the extra `testing` only.
        return import_module("jsonschema")
    except ModuleNotFoundError:
        message = "the rules about schemas need the package jsonschema"
        hint = "Install the extra: pip install 'aether-workflow-sdk[testing]'"
        raise MissingPackage(message, hint=hint) from None
