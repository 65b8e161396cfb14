"""Which phases need somebody's attention, and which tasks a bounded page shows."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from aether_sdk import Phase

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from aether_core.engine import TaskExecution

#: The phase that decides about several tasks first.
WORST_FIRST: Final = (
    Phase.ERROR,
    Phase.FAILED,
    Phase.TIMEOUT,
    Phase.CANCELLED,
    Phase.SUSPENDED,
    Phase.RUNNING,
    Phase.READY,
    Phase.CREATED,
    Phase.SUCCEEDED,
    Phase.SKIPPED,
)
_RANK: Final = {phase: rank for rank, phase in enumerate(WORST_FIRST)}
_GOOD: Final = frozenset({Phase.SUCCEEDED, Phase.SKIPPED})


def worst(phases: Iterable[Phase]) -> Phase:
    """Return the phase that stands for several tasks; there is at least one."""
    return min(phases, key=_RANK.__getitem__)


def path_of(task: TaskExecution) -> str:
    """Return what people call a task."""
    return task.path or task.name


def needs_attention(task: TaskExecution) -> bool:
    """Return whether a task has not ended well, or has not ended."""
    return task.phase not in _GOOD


def chosen(tasks: Sequence[TaskExecution], most: int) -> list[int]:
    """Return the places of the tasks to show: first those that need attention, then others."""
    places = sorted(range(len(tasks)), key=lambda place: not needs_attention(tasks[place]))
    return places[:most]
