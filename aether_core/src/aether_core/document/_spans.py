"""From a part of a text value to its place in the source, through quotes, escapes and folding.

Escapes, line folding and indentation change white space and the way a character is written, but
neither number nor order of the visible characters. So the n-th visible character of a value is
the n-th visible one of its source.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterator

    from aether_core.document._nodes import Node

#: One character of a double-quoted text, JSON or YAML; a surrogate pair is one character.
_QUOTED: Final = re.compile(
    r"\\u[dD][89abAB][0-9a-fA-F]{2}\\u[dD][c-fC-F][0-9a-fA-F]{2}"
    r"|\\x[0-9a-fA-F]{2}|\\u[0-9a-fA-F]{4}|\\U[0-9a-fA-F]{8}|\\\r\n|\\.|.",
    re.DOTALL,
)
_SINGLE: Final = re.compile(r"''|.", re.DOTALL)
#: What follows the backslash of an escape that stands for white space, or for nothing.
_BLANK_ESCAPES: Final = frozenset("tnrvfNLP_ \t\r\n")
_PAIR_LENGTH: Final = 12


def span_in_source(
    source: str, node: Node, value: str, span: tuple[int, int]
) -> tuple[int, int] | None:
    """Return where a span of a value stands in the source, or None when that can't be told."""
    marks = list(_visible(source, node))
    before = _count_visible(value[: span[0]])
    inside = _count_visible(value[span[0] : span[1]])
    if before >= len(marks):
        # The span is at the end of the value: what is missing there would follow it.
        return (marks[-1][1], marks[-1][1]) if marks else None
    if inside == 0:
        return marks[before][0], marks[before][0]
    last = before + inside - 1
    return (marks[before][0], marks[last][1]) if last < len(marks) else None


def _count_visible(text: str) -> int:
    return sum(not char.isspace() for char in text)


def _visible(source: str, node: Node) -> Iterator[tuple[int, int]]:
    start, end = node.start, node.end
    match node.style:
        case "double":
            found = _QUOTED.finditer(source, start + 1, end - 1)
            return (mark.span() for mark in found if not _is_blank(mark.group()))
        case "single":
            found = _SINGLE.finditer(source, start + 1, end - 1)
            return (mark.span() for mark in found if not mark.group().isspace())
        case "block":
            header_end = source.find("\n", start, end)
            start = end if header_end < 0 else header_end + 1
        case _:
            pass
    return ((at, at + 1) for at in range(start, end) if not source[at].isspace())


def _is_blank(written: str) -> bool:
    if len(written) == 1:
        return written.isspace()
    code = written[1]
    if code in "xuU":
        return len(written) != _PAIR_LENGTH and chr(int(written[2:], 16)).isspace()
    return code in _BLANK_ESCAPES
