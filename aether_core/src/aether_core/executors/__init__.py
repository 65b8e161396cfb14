"""Executors that come with the engine: `await` and `function`, plugins like any other."""

from __future__ import annotations

from aether_core.executors._await import AwaitExecutor
from aether_core.executors._function import FunctionExecutor
from aether_core.executors._functions import (
    FunctionAlreadyRegistered,
    Functions,
    FunctionSource,
    UnknownFunction,
)

__all__ = [
    "AwaitExecutor",
    "FunctionAlreadyRegistered",
    "FunctionExecutor",
    "FunctionSource",
    "Functions",
    "UnknownFunction",
]
