"""The graph as one SVG picture: no script, no font, nothing from elsewhere."""

from __future__ import annotations

import re
from types import MappingProxyType
from typing import TYPE_CHECKING, Final

from aether_core.graph._captions import title
from aether_core.graph._layout import LINE, PADDING, drawing_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from aether_core.graph._layout import Box, Drawing, Route
    from aether_core.graph._model import Graph

# Boxes bring their own ground; everything else is in a grey that reads on white and on black.
_STYLE: Final = """\
text{font:12px ui-monospace,Menlo,Consolas,"DejaVu Sans Mono",monospace;fill:#1f2328}
.name{font-weight:bold}
.box{fill:#f6f8fa;stroke:#767676}
.group{fill:#767676;fill-opacity:.05;stroke:#767676}
.group~text{fill:#767676}
.maybe{stroke-dasharray:5 3}
.hook{fill:#fff8e5;stroke-dasharray:1 3;stroke-linecap:round}
.unknown{stroke:#b35900}
path{fill:none;stroke:#767676}
marker path{fill:#767676;stroke:none}
"""
_ARROW: Final = (
    '<marker id="arrow" viewBox="0 0 8 8" refX="8" refY="4" markerWidth="8" markerHeight="8" '
    'orient="auto"><path d="M0 0L8 4L0 8z"/></marker>'
)
# Characters that no XML document may have, escaped or not.
_IMPOSSIBLE: Final = re.compile(r"[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def to_svg(
    graph: Graph, name: str = "workflow", *, marks: Mapping[str, str] = MappingProxyType({})
) -> str:
    """Return the picture; it has no background of its own.

    Args:
        graph: the graph.
        name: the picture's title.
        marks: by node id, a further class of its box, for the style of a page around the picture.
    """
    drawing = drawing_of(graph)
    return "\n".join(_lines(drawing, name, marks)) + "\n"


def _lines(drawing: Drawing, name: str, marks: Mapping[str, str]) -> Iterator[str]:
    width, height = _number(drawing.width), _number(drawing.height)
    yield (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{width}" height="{height}" '
        f'viewBox="0 0 {width} {height}" role="img">'
    )
    yield f"<title>{_text(name)}</title>"
    yield f"<style>{_STYLE}</style>"
    yield f"<defs>{_ARROW}</defs>"
    boxes = [(box, _box(box, marks.get(box.node.id, ""))) for box in drawing.boxes]
    yield from (shown for box, shown in boxes if box.is_container)
    yield from (_route(route, down=drawing.down) for route in drawing.routes)
    yield from (shown for box, shown in boxes if not box.is_container)
    yield "</svg>"


def _box(box: Box, mark: str) -> str:
    x, y, width, height = map(_number, (box.x, box.y, box.width, box.height))
    radius = 10 if box.is_container else 5
    lines = "".join(_line_of_text(box, place, line) for place, line in enumerate(box.lines))
    return (
        f"<g><title>{_text(title(box.node))}</title>"
        f'<rect class="{_class(box, mark)}" x="{x}" y="{y}" width="{width}" height="{height}" '
        f'rx="{radius}"/>{lines}</g>'
    )


def _line_of_text(box: Box, place: int, text: str) -> str:
    x, y = _number(box.x + PADDING), _number(box.y + PADDING + LINE * (place + 0.75))
    weight = "" if place else ' class="name"'
    return f'<text x="{x}" y="{y}"{weight}>{_text(text)}</text>'


def _class(box: Box, mark: str) -> str:
    kind = box.node.kind if box.node.kind in {"hook", "unknown"} else ""
    maybe = "maybe" if box.node.when or box.node.left_out else ""
    return " ".join(filter(None, ("group" if box.is_container else "box", kind, maybe, mark)))


def _route(route: Route, *, down: bool) -> str:
    """Return a path: lines through layers, and a curve from each layer to the next."""
    (x, y), *rest = route.points
    parts = [f"M{_number(x)} {_number(y)}"]
    for place, (to_x, to_y) in enumerate(rest):
        end = f"{_number(to_x)} {_number(to_y)}"
        if place % 2 == 0:
            parts.append(f"L{end}" if (x, y) != (to_x, to_y) else "")
        elif down:
            middle = _number((y + to_y) / 2)
            parts.append(f"C{_number(x)} {middle} {_number(to_x)} {middle} {end}")
        else:
            middle = _number((x + to_x) / 2)
            parts.append(f"C{middle} {_number(y)} {middle} {_number(to_y)} {end}")
        x, y = to_x, to_y
    dotted = ' stroke-dasharray="2 3"' if route.edge.kind == "hook" else ""
    return f'<path d="{"".join(parts)}" marker-end="url(#arrow)"{dotted}/>'


def _number(value: float) -> str:
    return f"{value:.1f}".removesuffix(".0")


def _text(text: str) -> str:
    """Return text as XML; what XML can't hold at all is replaced."""
    text = _IMPOSSIBLE.sub("\N{REPLACEMENT CHARACTER}", text)
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
