"""What a task says that it needs."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Resources:
    """What the workflow says that a task needs. For information; the engine reserves nothing."""

    cpu: str | float | None = None
    memory: str | None = None
    gpu: str | int | None = None
