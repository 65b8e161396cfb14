"""The registry of executors and schemas (executors.md 9)."""

from __future__ import annotations

import pytest

from aether_core.plugins import Registry
from aether_sdk import (
    ExecuteRequest,
    Executor,
    ExecutorAlreadyRegistered,
    ExecutorSchema,
    SchemaError,
)


class Small(Executor):
    """The least an executor can be."""

    type = "small"

    async def execute(self, request: ExecuteRequest) -> None:
        """Do nothing."""


def test_a_type_can_be_registered_once() -> None:
    """The second is refused and changes nothing."""
    registry, first = Registry(), Small()
    registry.register(first)

    with pytest.raises(ExecutorAlreadyRegistered, match="small"):
        registry.register(Small())

    assert registry.get("small") is first


def test_schemas_can_come_without_an_executor() -> None:
    """A schema alone is listed, but makes no type; registering an executor replaces it."""
    registry = Registry()
    registry.register_schema(ExecutorSchema(type="small", version="9"))

    assert registry.get("small") is None
    assert registry.types() == ()
    assert registry.get_schema("small").version == "9"  # type: ignore[union-attr]
    registry.register(Small())

    assert registry.types() == ("small",)
    assert [schema.version for schema in registry.schemas()] == ["1.0"]


def test_an_executor_that_breaks_the_contract_is_refused() -> None:
    """All its mistakes are named, and nothing is stored."""
    registry, bad = Registry(), Small()
    bad.type = "Not A Type"  # type: ignore[misc]

    with pytest.raises(SchemaError, match="Not A Type"):
        registry.register(bad)

    assert registry.types() == ()
    assert registry.schemas() == ()


def test_unknown_types_are_explained() -> None:
    """The message names the type, the hint what is there."""
    registry = Registry()
    registry.register(Small())

    assert registry.explain("smal") == ("unknown executor type 'smal'", 'Did you mean "small"?')
    assert registry.explain("xyz") == ("unknown executor type 'xyz'", "Installed are: small.")
    registry.withdraw("small")
    assert registry.explain("xyz")[1].startswith("No executor is installed")  # type: ignore[union-attr]
