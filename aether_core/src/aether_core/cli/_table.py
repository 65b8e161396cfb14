"""Aligned tables for people."""

from __future__ import annotations

from typing import TYPE_CHECKING

from aether_core.cli._safe_text import one_line, padded, shortened, width_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from aether_core.cli._style import Style

_GAP = "  "
_NARROWEST = 8


def table(
    headers: Sequence[str], rows: Sequence[Sequence[str]], style: Style, *, whole: int = 0
) -> str:
    """Return an aligned table with a line end after each row.

    Cells that do not fit the terminal are cut, in the widest columns first, but never in the
    first `whole` columns: an id that is cut is of no use. A cell that is a phase or a state has
    its colour.
    """
    lines = [list(headers), *([one_line(cell) for cell in row] for row in rows)]
    widths = [max(map(width_of, column)) for column in zip(*lines, strict=True)]
    if style.width is not None:
        _narrow(widths, style.width, whole)
    head, *body = ([shortened(c, w) for c, w in zip(line, widths, strict=True)] for line in lines)
    text = style.bold(_joined(head, widths)) + "\n"
    for row in body:
        cells = [style.word(c, padded(c, w)) for c, w in zip(row, widths, strict=True)]
        text += _GAP.join(cells).rstrip() + "\n"
    return text


def _joined(cells: Sequence[str], widths: Sequence[int]) -> str:
    return _GAP.join(padded(c, w) for c, w in zip(cells, widths, strict=True)).rstrip()


def _narrow(widths: list[int], limit: int, whole: int) -> None:
    """Take columns from the widest cells until the table fits or nothing more can go."""
    room = limit - len(_GAP) * (len(widths) - 1)
    while sum(widths) > room:
        widest = max(widths[whole:], default=0)
        if widest <= _NARROWEST:
            return
        widths[widths.index(widest, whole)] = widest - 1
