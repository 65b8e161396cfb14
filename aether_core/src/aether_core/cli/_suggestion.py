"""Hints for names that nobody knows."""

from __future__ import annotations

from difflib import get_close_matches
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable


def did_you_mean(name: str, known: Iterable[str]) -> str | None:
    """Return a hint at the known name that is nearest; None if none is near."""
    near = get_close_matches(name, sorted(known), n=1)
    return f'Did you mean "{near[0]}"?' if near else None
