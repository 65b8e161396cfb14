"""What editors know of documents: one JSON Schema for the executors that are installed."""

from __future__ import annotations

from aether_core.editor._schema import editor_schema

__all__ = ["editor_schema"]
