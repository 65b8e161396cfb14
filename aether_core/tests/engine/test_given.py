"""Arguments that are something else than they should be are refused in words."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from aether_core.brokers import InProcessBroker
from aether_core.document import decode
from aether_core.engine import Engine
from aether_core.plugins import Registry
from aether_core.stores import MemoryStore

_TASK = {"name": "main", "executor": {"type": "echo"}}
_DOCUMENT: dict[str, Any] = {
    "apiVersion": "aether/v1",
    "kind": "Workflow",
    "metadata": {"name": "w"},
    "spec": {"entrypoint": "main", "templates": [{"task": _TASK}]},
}


def _engine(**changes: Any) -> Engine:
    registry = Registry()
    parts: dict[str, Any] = {
        "store": MemoryStore(),
        "broker": InProcessBroker(registry),
        "registry": registry,
    }
    return Engine(**{**parts, **changes})


@pytest.mark.parametrize(
    ("method", "given", "named", "message"),
    [
        ("submit", ["x"], {}, "a document must be plain data .*, got a value of type str"),
        ("submit", [None], {}, "a document must be plain data .*, got None"),
        ("submit", [decode(_DOCUMENT)[0]], {}, "got a value of type Workflow"),
        ("submit", [dict], {}, "got the class dict; make an object of it"),
        ("enqueue", [["x"]], {}, "a document must be plain data .*, got a value of type list"),
        ("submit", [_DOCUMENT], {"arguments": [1]}, "arguments must be a dict of values"),
        ("submit", [_DOCUMENT], {"variables": "a=b"}, "variables must be a dict of values"),
        ("submit", [_DOCUMENT], {"run_id": 5}, "a run id must be text, got a value of type int"),
        ("get", [None], {}, "a run id must be text, got None"),
        ("wait", [7], {}, "a run id must be text"),
        ("cancel", [7], {}, "a run id must be text"),
        ("resume", ["r", [1]], {}, "a payload must be a dict of values by name"),
    ],
)
def test_a_call_with_a_wrong_argument_is_a_type_error(
    method: str, given: list[Any], named: dict[str, Any], message: str
) -> None:
    async def attempt() -> None:
        async with _engine() as engine:
            await getattr(engine, method)(*given, **named)

    with pytest.raises(TypeError, match=message):
        asyncio.run(attempt())


def test_an_empty_run_id_is_a_value_error() -> None:
    async def attempt() -> None:
        async with _engine() as engine:
            await engine.submit(_DOCUMENT, run_id="")

    with pytest.raises(ValueError, match="a run id must not be empty"):
        asyncio.run(attempt())


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        (
            {"store": "sqlite:///x"},
            r"store must be an object with a method commit\(\), got a value",
        ),
        ({"store": MemoryStore}, "got the class MemoryStore; make an object of it"),
        ({"broker": None}, r"broker must be an object with a method dispatch\(\), got None"),
        ({"registry": {}}, r"registry must be an object with a method get_schema\(\)"),
        ({"variable_sources": "deploy"}, "variable_sources must be a list of objects"),
        ({"variable_sources": {"deploy.region": "eu"}}, "variable_sources must be a list"),
        ({"variable_sources": [{"a": 1}]}, "one of them is a value of type dict"),
        ({"variable_sources": 5}, "variable_sources must be a list"),
    ],
)
def test_an_engine_of_wrong_parts_is_a_type_error(changes: dict[str, Any], message: str) -> None:
    with pytest.raises(TypeError, match=message):
        _engine(**changes)
