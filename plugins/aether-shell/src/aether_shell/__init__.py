"""The shell executor of Aether: it runs a program or a script and reports how it ended."""

from __future__ import annotations

from typing import TYPE_CHECKING

from aether_sdk import hookimpl
from aether_shell._executor import ShellExecutor
from aether_shell._models import ShellInputs, ShellOutputs

if TYPE_CHECKING:
    from collections.abc import Sequence

    from aether_sdk import Executor

__all__ = ["ShellExecutor", "ShellInputs", "ShellOutputs", "aether_executors"]


@hookimpl
def aether_executors() -> Sequence[type[Executor]]:
    """Name the executors of this package."""
    return (ShellExecutor,)
