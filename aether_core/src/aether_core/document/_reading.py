"""What comes of reading a text, in either format."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import msgspec

from aether_core.document._nodes import Node
from aether_core.document._source import Fault


class ReadDocument(msgspec.Struct, frozen=True):
    """One document of a file: its plain value, and its place once that is needed."""

    value: Any
    node: Callable[[], Node]


class Reading(msgspec.Struct, frozen=True):
    """The documents of a text, and what was wrong with the text."""

    documents: tuple[ReadDocument, ...]
    faults: tuple[Fault, ...]
