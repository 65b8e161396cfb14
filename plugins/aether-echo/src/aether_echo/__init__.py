"""The echo executor for Aether workflows."""

from __future__ import annotations

# region: the order of imports is that of this repository
from aether_echo._executor import EchoExecutor
from aether_sdk import Executor, hookimpl

# endregion

__all__ = ["EchoExecutor", "aether_executors"]


@hookimpl
def aether_executors() -> tuple[type[Executor], ...]:
    """Name the executors of this package."""
    return (EchoExecutor,)
