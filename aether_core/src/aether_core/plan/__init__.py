"""Compiled workflows: a document becomes an immutable plan that the kernel runs."""

from __future__ import annotations

from aether_core.plan._compile import compile_arguments, compile_workflow
from aether_core.plan._plan import (
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
from aether_core.plan._sources import ValueSource

__all__ = [
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
    "TaskPlan",
    "ValueSource",
    "compile_arguments",
    "compile_workflow",
]
