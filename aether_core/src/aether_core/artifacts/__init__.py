"""Artifacts of this machine: a folder that keeps them, where else they come from, archives."""

from __future__ import annotations

from aether_core.artifacts._limits import Limits
from aether_core.artifacts._repository import LocalRepository
from aether_core.artifacts._transfer import ArtifactTransfer

__all__ = ["ArtifactTransfer", "Limits", "LocalRepository"]
