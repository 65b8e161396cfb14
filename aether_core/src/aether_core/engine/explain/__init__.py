"""Why a run is as it is: what is stored of it, put together into reasons.

A package of its own below the engine, so that only who asks for reasons loads it.
"""

from __future__ import annotations

from aether_core.engine.explain._attempts import attempts_of
from aether_core.engine.explain._explain import explain, unreached_tasks
from aether_core.engine.explain._explanation import (
    Attempt,
    ConditionValues,
    Explanation,
    Reason,
    ReasonKind,
    ReferenceValue,
    TaskExplanation,
)
from aether_core.engine.explain._facts import command_line
from aether_core.engine.explain._find import TaskNotFound

__all__ = [
    "Attempt",
    "ConditionValues",
    "Explanation",
    "Reason",
    "ReasonKind",
    "ReferenceValue",
    "TaskExplanation",
    "TaskNotFound",
    "attempts_of",
    "command_line",
    "explain",
    "unreached_tasks",
]
