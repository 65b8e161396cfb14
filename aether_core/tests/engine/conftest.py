"""An engine on a memory store with executors that the test controls."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any

import pytest

from aether_core.brokers import InProcessBroker
from aether_core.engine import Engine
from aether_core.plugins import Registry
from aether_core.stores import MemoryStore
from aether_sdk import ExecuteRequest, Executor


class Echo(Executor):
    """Returns its inputs."""

    type = "echo"

    async def execute(self, request: ExecuteRequest) -> Any:
        return request.inputs.as_dict() if request.inputs is not None else {}


class Gate(Executor):
    """Waits until the test opens it."""

    type = "gate"

    def __init__(self) -> None:
        self.entered = asyncio.Event()
        self.open = asyncio.Event()
        self.cancelled = 0

    async def execute(self, request: ExecuteRequest) -> None:
        self.entered.set()
        try:
            await self.open.wait()
        except asyncio.CancelledError:
            self.cancelled += 1
            raise


class House:
    """A store, a gate, and engines that share them."""

    def __init__(self, store: Any = None) -> None:
        self.store = store or MemoryStore()
        self.gate = Gate()
        self.registry = Registry()
        self.registry.register(Echo())
        self.registry.register(self.gate)

    def engine(self, **more: Any) -> Engine:
        settings: dict[str, Any] = {
            "store": self.store,
            "broker": InProcessBroker(self.registry),
            "registry": self.registry,
        }
        return Engine(**(settings | more))


def workflow(*nodes: dict[str, Any], **spec: Any) -> dict[str, Any]:
    """Return a document with one dag of inline executors."""
    return {
        "apiVersion": "aether/v1",
        "kind": "Workflow",
        "metadata": {"name": "flow"},
        "spec": {
            "entrypoint": "main",
            "templates": [{"dag": {"name": "main", "tasks": list(nodes)}}],
            **spec,
        },
    }


@pytest.fixture(scope="session")
def house() -> Callable[..., House]:
    """Build a house inside the test's own event loop."""
    return House


@pytest.fixture(scope="session")
def flow() -> Callable[..., dict[str, Any]]:
    """Build a document."""
    return workflow
