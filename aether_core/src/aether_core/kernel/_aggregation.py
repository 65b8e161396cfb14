"""What the ends of its children make of a container (engine.md 6.7, 7.7)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from aether_core.kernel._paths import own_name
from aether_core.kernel._state import Blame
from aether_sdk import Phase

if TYPE_CHECKING:
    from aether_core.kernel._records import TaskRecord
    from aether_core.kernel._state import Scope

SATISFIED = frozenset({Phase.SUCCEEDED, Phase.SKIPPED})
# What a child's phase makes of its container, worst first.
_AGGREGATES = (
    (Phase.CANCELLED, Phase.CANCELLED, "was cancelled"),
    (Phase.ERROR, Phase.ERROR, "ended in error"),
    (Phase.TIMEOUT, Phase.ERROR, "timed out"),
    (Phase.FAILED, Phase.FAILED, "failed"),
)


def blame(scope: Scope, record: TaskRecord) -> None:
    """Count a child's bad end against its container."""
    first = scope.blames.get(record.phase)
    scope.blames[record.phase] = (
        Blame(record.phase, own_name(record), record.message)
        if first is None
        else Blame(first.phase, first.name, first.message, first.count + 1)
    )


def verdict(scope: Scope) -> tuple[Phase, str]:
    """Return what the children's phases add up to, and why."""
    for child_phase, phase, words in _AGGREGATES:
        found = scope.blames.get(child_phase)
        if found is not None:
            others = f" (and {found.count - 1} more)" if found.count > 1 else ""
            reason = f": {found.message}" if found.message else ""
            return phase, f"task {found.name} {words}{others}{reason}"
    return Phase.SUCCEEDED, ""
