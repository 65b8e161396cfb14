"""Compiled workflows: a document becomes an immutable plan that the kernel runs."""

from __future__ import annotations

from aether_core.plan._compile import compile_arguments, compile_workflow
from aether_core.plan._plan import (
    ArtifactBinding,
    Binding,
    Call,
    CollectedOutput,
    Condition,
    DagPlan,
    DeclaredOutput,
    LoopPlan,
    NodePlan,
    Plan,
    Policy,
    RetryPlan,
    TaskPlan,
)
from aether_core.plan._secrets import (
    SEAL_NAME,
    SecretToken,
    map_texts,
    token_of,
    token_pattern,
    without_tokens,
)
from aether_core.plan._sources import ValueSource

__all__ = [
    "SEAL_NAME",
    "ArtifactBinding",
    "Binding",
    "Call",
    "CollectedOutput",
    "Condition",
    "DagPlan",
    "DeclaredOutput",
    "LoopPlan",
    "NodePlan",
    "Plan",
    "Policy",
    "RetryPlan",
    "SecretToken",
    "TaskPlan",
    "ValueSource",
    "compile_arguments",
    "compile_workflow",
    "map_texts",
    "token_of",
    "token_pattern",
    "without_tokens",
]
