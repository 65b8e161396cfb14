"""The executors `shell` and `script` of Aether: they run a program and report how it ended."""

from __future__ import annotations

from typing import TYPE_CHECKING

from aether_sdk import hookimpl
from aether_shell._executor import ShellExecutor
from aether_shell._models import ShellInputs, ShellOutputs

if TYPE_CHECKING:
    from collections.abc import Sequence

    from aether_sdk import Executor
    from aether_shell._script import ScriptExecutor
    from aether_shell._script_models import ScriptInputs

__all__ = [
    "ScriptExecutor",
    "ScriptInputs",
    "ShellExecutor",
    "ShellInputs",
    "ShellOutputs",
    "aether_executors",
]


@hookimpl
def aether_executors() -> Sequence[type[Executor]]:
    """Name the executor behind the entry point `shell`; `script` names its class itself."""
    return (ShellExecutor,)


# A type checker that saw this function would accept every misspelt name.
if not TYPE_CHECKING:

    def __getattr__(name: str) -> object:
        if name not in {"ScriptExecutor", "ScriptInputs"}:
            raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
        # Late: a run that uses `shell` alone shall not wait for the models of `script`.
        from aether_shell import _script

        return getattr(_script, name)
