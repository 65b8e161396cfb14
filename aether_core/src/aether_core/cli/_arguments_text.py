"""Whether what came from the command line is text at all."""

from __future__ import annotations

from typing import cast


def is_text(value: object) -> bool:
    """Return whether an option's value, or all of its values, can be stored and printed.

    Bytes that are not in the encoding of the terminal arrive as halves of characters.
    """
    if isinstance(value, list | tuple):
        return all(map(is_text, cast("list[object] | tuple[object, ...]", value)))
    try:
        str(value).encode()
    except UnicodeEncodeError:
        return False
    return True
