"""Tasks by what people call them: a name, a path such as `each/x[2]`, or an id."""

from __future__ import annotations

from typing import TYPE_CHECKING

from aether_core.kernel import own_name

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from aether_core.kernel import TaskRecord


def task_paths(tasks: Iterable[TaskRecord]) -> dict[int, str]:
    """Return the path of each task by its number; the tasks come in creation order.

    A path is made of the names from the outside in, without that of the entrypoint; iterations
    have their number.
    """
    paths: dict[int, str] = {}
    for task in tasks:
        name, around = own_name(task), paths.get(task.parent_seq)
        is_top = task.depth <= 1 or around is None
        paths[task.seq] = name if is_top else f"{around}/{name}"
    return paths


def matching_tasks(tasks: Sequence[TaskRecord], wanted: str) -> list[TaskRecord]:
    """Return the tasks of a run that a name, a path or an id means, in creation order.

    Args:
        tasks: all tasks of the run, in creation order.
        wanted: what somebody wrote; scope and name, as in `each.loop[2]/x`, will do too.
    """
    paths = task_paths(tasks)
    return [
        task
        for task in tasks
        if wanted in {task.name, task.task_id, paths[task.seq], f"{task.scope}{task.name}"}
    ]
