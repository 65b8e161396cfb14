"""Settings that are allowed where they stand, but do nothing there."""

from __future__ import annotations

from typing import TYPE_CHECKING

from aether_core.check import _codes
from aether_core.document import Severity

if TYPE_CHECKING:
    from aether_core.check._definitions import Definition, Definitions, Node
    from aether_core.check._index import Index
    from aether_core.check._report import Report
    from aether_core.document import Path, Task


def check_idle(index: Index, definitions: Definitions, report: Report) -> None:
    """Report settings without effect: retry of what is no task, hooks that never run."""
    for definition in definitions.all:
        if definition.entry.template.task is not None:
            _check_limit(definition.entry.template.task, definition.entry.path, report)
        for node in definition.nodes:
            if not _is_idle_retry(node, definitions, report):
                _check_limit(node.task, node.path, report)
        if definition.entry.kind == "loop":
            _check_loop_outputs(definition, report)
    hooks = index.spec.hooks
    for key, _ in hooks.declared() if hooks is not None else ():
        if key in ("onSuspend", "onResume"):
            message = f"{key} of the workflow never runs: only tasks are suspended and resumed"
            hint = "Declare it in the hooks of a task."
            _warn(message, (*index.path, "hooks", key), hint, report)


def _is_idle_retry(node: Node, definitions: Definitions, report: Report) -> bool:
    """Report a retry where a dag or a loop is called; return whether it is one."""
    callee = definitions.get(node.task.template)
    if node.task.retry is None or callee is None or callee.work is not None:
        return False
    message = f'retry has no effect: task "{node.task.name}" runs {callee.entry.words}'
    hint = f"Put it into the tasks that run inside {callee.entry.words}."
    _warn(message, (*node.path, "retry"), hint, report)
    return True


def _check_loop_outputs(loop: Definition, report: Report) -> None:
    """Report values in a loop's outputs, which come from its iterations alone."""
    for output in loop.outputs.values():
        for source in output.sources:
            path = (*output.path, source.path[len(output.path)])
            message = f"{path[-1]} has no effect: the outputs of a loop are those of its iterations"
            hint = "Compute it in the outputs of the dag that calls the loop."
            _warn(message, path, hint, report)


def _check_limit(task: Task, path: Path, report: Report) -> None:
    if task.retry is not None and task.retry.limit is None:
        message = "retry has no effect: without a limit, nothing is tried again"
        _warn(message, (*path, "retry"), 'Add "limit".', report)


def _warn(message: str, path: Path, hint: str, report: Report) -> None:
    report.add(_codes.NO_EFFECT, message, path, severity=Severity.WARNING, hint=hint, at="key")
