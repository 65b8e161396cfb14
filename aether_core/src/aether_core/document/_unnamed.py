"""Names of a draft that stand for names nobody knows."""

from __future__ import annotations

from typing import Final

# No name of a document has blanks or brackets.
_MARK: Final = "(unnamed "


def unnamed(which: str | int) -> str:
    """Return what a part is called whose name is not known; `which` tells it from others."""
    return f"{_MARK}{which})"


def is_unnamed(name: str) -> bool:
    """Return whether a name of a draft stands for one that is not known."""
    return name.startswith(_MARK)
