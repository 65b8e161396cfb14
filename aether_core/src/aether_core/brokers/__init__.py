"""Embedded brokers: adapters of the task broker port."""

from __future__ import annotations

from aether_core.brokers._inprocess import (
    DEFAULT_CONCURRENCY,
    ExecutorSource,
    InProcessBroker,
)

__all__ = ["DEFAULT_CONCURRENCY", "ExecutorSource", "InProcessBroker"]
