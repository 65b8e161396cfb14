"""Requests without an engine."""

from __future__ import annotations

from itertools import count
from typing import TYPE_CHECKING, Final

from aether_sdk._artifact import Artifact
from aether_sdk._parameters import Inputs, parameters_of
from aether_sdk._request import ExecuteRequest

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from aether_sdk._resources import Resources

_numbers: Final = count(1)


def request_for(
    inputs: Mapping[str, object] | None = None,
    *,
    task_name: str = "task",
    template_name: str = "",
    artifacts: Mapping[str, str] | None = None,
    output_artifacts: Mapping[str, str] | None = None,
    resources: Resources | None = None,
    timeout: str = "",
    retry_count: int = 0,
    on_log: Callable[[str], bool] | None = None,
) -> ExecuteRequest:
    """Return a request as the engine would make it, with ids of its own.

    Args:
        inputs: Values by name, taken as they are.
        task_name: Name of the task.
        template_name: Name of its template.
        artifacts: Paths of input artifacts by name.
        output_artifacts: The path where each output artifact is looked for, by name.
        resources: What the task says that it needs.
        timeout: The task's limit as a document has it, such as `30s`. Nobody watches it here.
        retry_count: Retries used up before; the attempt's number is one more.
        on_log: Takes the lines that the executor says; `run_request` collects them anyway.
    """
    number = next(_numbers)
    files = tuple(Artifact(name, path) for name, path in (artifacts or {}).items())
    return ExecuteRequest(
        task_run_id=f"task-run-{number}",
        workflow_run_id=f"workflow-run-{number}",
        task_name=task_name,
        template_name=template_name,
        inputs=Inputs(parameters_of(inputs or {}), files) if inputs or files else None,
        resources=resources,
        timeout=timeout,
        retry_count=retry_count,
        attempt=retry_count + 1,
        output_artifacts=dict(output_artifacts or {}),
        on_log=on_log,
    )
