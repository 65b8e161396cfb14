"""What names that mean nothing were meant to be: short forms, and names of other tools."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from aether_core.check._scope import Scope
    from aether_core.expression import Reference

_ITEM: Final = "The item of a loop is loop_iter.item, its number loop_iter.index."
_TASKS: Final = "Results are named by their task: tasks.NAME.outputs.parameters.NAME."

_ADVICE: Final[dict[str, str]] = {
    **dict.fromkeys(("each", "item", "matrix"), _ITEM),
    **dict.fromkeys(("jobs", "needs", "outputs", "steps"), _TASKS),
    **dict.fromkeys(("arguments", "parameters", "params"), "Write inputs.parameters.NAME."),
    "secrets": "A secret is a value of its own: valueFrom: {secretKeyRef: {name: …, key: …}}.",
}


def habit_hint(reference: Reference, scope: Scope) -> str | None:
    """Return what to write instead of a name without namespace, if that can be told."""
    first = str(reference.segments[0])
    if scope.inputs is not None and first in scope.inputs.types:
        return f"Write inputs.parameters.{first}."
    if scope.workflow is not None and first in scope.workflow:
        return f"Write workflow.parameters.{first}."
    if scope.tasks is not None and first in scope.tasks.graph.numbers:
        return f"Begin with tasks: tasks.{first}.outputs.parameters.NAME."
    return _ADVICE.get(first)
