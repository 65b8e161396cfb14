"""How people name a task: names from the outside in without the entrypoint's, as in `each/x[2]`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from aether_core.kernel._records import TaskRecord
    from aether_core.kernel._state import RunState

#: The scope of tasks that hooks run (decision 24).
HOOK_SCOPE: Final = "hooks"


def own_name(record: TaskRecord) -> str:
    """Return a task's name inside its container: iterations have their number, `x[2]`."""
    if record.iteration is not None:
        return f"{record.name}[{record.iteration}]"
    return f"{HOOK_SCOPE}/{record.name}" if record.scope == HOOK_SCOPE else record.name


def open_path(state: RunState, record: TaskRecord) -> str:
    """Return the path of a task whose containers are open; costs its depth."""
    path, depth, parent = own_name(record), record.depth, record.parent_seq
    while depth > 1:
        scope = state.scopes.get(parent)
        if scope is None:
            return path
        path = f"{own_name(scope.record)}/{path}"
        depth, parent = depth - 1, scope.record.parent_seq
    return path
