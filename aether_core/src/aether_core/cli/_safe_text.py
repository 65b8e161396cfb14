"""Text of other people on a terminal: no control characters, a known width."""

from __future__ import annotations

_ELLIPSIS = "…"


def safe_text(text: str) -> str:
    """Return text without control characters; line ends stay."""
    if text.isprintable():
        return text
    return "\n".join(map(one_line, text.split("\n")))


def one_line(text: str) -> str:
    """Return text as one line: whatever can't be printed is shown as an escape."""
    if text.isprintable():
        return text
    return "".join(
        char if char.isprintable() else char.encode("unicode_escape").decode() for char in text
    )


def width_of(text: str) -> int:
    """Return how many terminal columns a line takes."""
    if text.isascii():
        return len(text)
    # Late: most text is ASCII.
    from unicodedata import combining, east_asian_width

    return sum(
        0 if combining(char) else 2 if east_asian_width(char) in {"W", "F"} else 1 for char in text
    )


def shortened(text: str, width: int) -> str:
    """Return a line cut to a width, with an ellipsis where it was cut."""
    if width_of(text) <= width:
        return text
    kept = text[: max(width - 1, 0)]
    while width_of(kept) > width - 1 and kept:
        kept = kept[:-1]
    return kept + _ELLIPSIS


def padded(text: str, width: int) -> str:
    """Return a line filled with blanks up to a width."""
    return text + " " * (width - width_of(text))
