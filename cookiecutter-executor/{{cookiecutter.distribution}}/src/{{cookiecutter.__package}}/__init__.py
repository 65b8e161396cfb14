"""The {{ cookiecutter.__entry }} executor for Aether workflows."""

from __future__ import annotations

from aether_sdk import Executor, hookimpl

from {{ cookiecutter.__package }}._executor import {{ cookiecutter.__class }}Executor

__all__ = ["{{ cookiecutter.__class }}Executor", "aether_executors"]


@hookimpl
def aether_executors() -> tuple[type[Executor], ...]:
    """Name the executors of this package."""
    return ({{ cookiecutter.__class }}Executor,)
