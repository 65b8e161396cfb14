"""What a misspelt word may have been meant to be."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterable

#: Similarity from which a suggestion is worth showing, and from which it is near certain.
LIKELY: Final = 0.6
CERTAIN: Final = 0.75

_MAX_WORD: Final = 100


def closest(word: str, known: Iterable[str], cutoff: float = LIKELY) -> str | None:
    """Return the known word that is most like `word`, or None when none is like it.

    A word that differs only by `-`, `_` or case is the closest of all.
    """
    if len(word) > _MAX_WORD:
        return None
    words = sorted(known)
    folded = fold(word)
    for candidate in words:
        if fold(candidate) == folded:
            return candidate
    # Imported late: only a document with a mistake needs it.
    from difflib import get_close_matches

    matches = get_close_matches(word, words, 1, cutoff)
    return matches[0] if matches else None


def fold(word: str) -> str:
    """Return the word without case and without `-` and `_`."""
    return word.lower().replace("-", "").replace("_", "")
