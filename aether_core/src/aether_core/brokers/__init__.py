"""Embedded brokers: adapters of the task broker port."""

from __future__ import annotations

from aether_core.brokers._answer import answer_of
from aether_core.brokers._inprocess import (
    DEFAULT_CONCURRENCY,
    ExecutorSource,
    InProcessBroker,
)
from aether_core.brokers._invocation import Invoker
from aether_core.brokers._log import AttemptLog
from aether_core.brokers._workspace import ArtifactCarrier

__all__ = [
    "DEFAULT_CONCURRENCY",
    "ArtifactCarrier",
    "AttemptLog",
    "ExecutorSource",
    "InProcessBroker",
    "Invoker",
    "answer_of",
]
