"""Artifacts: data that travels beside the parameters of a task."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

    from aether_sdk._json_value import JsonValue


@dataclass(frozen=True, slots=True)
class Artifact:
    """A named artifact, described by the workflow; the engine hands it through untouched."""

    name: str
    value: Mapping[str, JsonValue]
