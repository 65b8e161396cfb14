"""The echo executor of Aether: it returns its inputs, and can suspend, fail or wait on demand."""

from __future__ import annotations

from typing import TYPE_CHECKING

from aether_echo._executor import EchoExecutor
from aether_sdk import hookimpl

if TYPE_CHECKING:
    from collections.abc import Sequence

    from aether_sdk import Executor

__all__ = ["EchoExecutor", "aether_executors"]


@hookimpl
def aether_executors() -> Sequence[type[Executor]]:
    """Name the executors of this package."""
    return (EchoExecutor,)
