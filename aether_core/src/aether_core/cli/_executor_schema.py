"""The schema of one executor that a user named."""

from __future__ import annotations

from typing import TYPE_CHECKING

from aether_core.cli._errors import UsageError

if TYPE_CHECKING:
    from aether_core.plugins import InstalledExecutors
    from aether_sdk import ExecutorSchema


def schema_of_type(executor_type: str, executors: InstalledExecutors) -> ExecutorSchema:
    """Return the schema of an executor, loading its plugin.

    Raises:
        UsageError: no working plugin provides the type; says why.
    """
    schema = executors.get_schema(executor_type)
    if schema is None:
        message, hint = executors.explain(executor_type)
        raise UsageError(message, hint=hint)
    return schema
