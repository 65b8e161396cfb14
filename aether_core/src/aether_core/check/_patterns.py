"""The `pattern` of texts in the JSON Schema of an executor, and what to call such a text."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from aether_core.expression import is_portable_pattern, may_match
from aether_sdk import DURATION_PATTERN

if TYPE_CHECKING:
    from collections.abc import Mapping

    from aether_sdk import JsonValue

#: Beside a pattern: the texts that it means, in words such as `a status such as "200-299"`.
WORDS: Final = "x-aether-expected"


def refused_by_pattern(text: str, schema: Mapping[str, JsonValue]) -> str:
    """Return what a pattern expects that certainly does not match; empty if it may match."""
    pattern = schema.get("pattern")
    if not isinstance(pattern, str) or may_match(pattern, text):
        return ""
    return _words(schema, pattern)


def readable_pattern(schema: Mapping[str, JsonValue]) -> tuple[str, str] | None:
    """Return a pattern and what it expects; None when there is none that refuses anything."""
    pattern = schema.get("pattern")
    if not isinstance(pattern, str) or not is_portable_pattern(pattern):
        return None
    return pattern, _words(schema, pattern)


def _words(schema: Mapping[str, JsonValue], pattern: str) -> str:
    words = schema.get(WORDS)
    if isinstance(words, str) and words:
        return words
    if pattern == DURATION_PATTERN:
        return 'a duration such as "30s"'
    return f"text that matches {pattern}"
