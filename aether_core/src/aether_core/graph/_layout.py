"""Where everything goes: containers are laid out from the inside out.

Edges never leave a container, so that each is a drawing of its own and then a box in another.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Final, Literal, TypeAlias

import msgspec

from aether_core.graph._captions import caption, width_of
from aether_core.graph._layers import layered
from aether_core.graph._model import Graph, GraphEdge, GraphNode
from aether_core.graph._placement import placed

if TYPE_CHECKING:
    from collections.abc import Sequence

    from aether_core.graph._layers import Layering

#: Which way edges run.
Direction: TypeAlias = Literal["down", "right"]

#: Sizes in pixels. In a monospaced font of 12 pixels a character takes no more than this.
CHARACTER: Final = 7.3
LINE: Final = 16.0
PADDING: Final = 10.0
_MARGIN: Final = 16.0
_BETWEEN_BOXES: Final = 20.0
_BETWEEN_LAYERS: Final = 40.0
# Many edges between two layers need more room to be told apart.
_ROOM_PER_EDGE: Final = 2.0
_MOST_ROOM: Final = 90.0
# Wider than high, like a page, but not wider than one: scrolling down is easier.
_BEST_RATIO: Final = 1.4
_PAGE: Final = 1600.0


class Box(msgspec.Struct):
    """A node in the drawing; a container's box has others inside."""

    node: GraphNode
    lines: tuple[str, ...]
    width: float
    height: float
    is_container: bool = False
    #: The upper left corner, at first within its container.
    x: float = 0.0
    y: float = 0.0


class Route(msgspec.Struct):
    """The way of an edge: a line, then curves and lines in turn, and a line at the end."""

    edge: GraphEdge
    points: list[tuple[float, float]]


class Drawing(msgspec.Struct):
    """Everything with its place; boxes behind the containers they are in."""

    width: float
    height: float
    boxes: list[Box]
    routes: list[Route]
    #: Whether edges run down; else they run to the right.
    down: bool


def drawing_of(graph: Graph) -> Drawing:
    """Return the drawing in the direction that fits a page better."""
    drawings = [_Layout(graph, "down").drawing(), _Layout(graph, "right").drawing()]
    return min(drawings, key=_misfit)


def _misfit(drawing: Drawing) -> float:
    misfit = abs(math.log(drawing.width / drawing.height / _BEST_RATIO))
    return misfit + math.log(max(drawing.width / _PAGE, 1.0))


class _Layout:
    """Lays a graph out in one direction."""

    def __init__(self, graph: Graph, direction: Direction) -> None:
        self._graph = graph
        self._down = direction == "down"
        self._boxes = {node.id: _box(node) for node in graph.nodes}
        self._inside = graph.children()
        self._edges: dict[str | None, list[GraphEdge]] = {}
        for edge in graph.edges:
            self._edges.setdefault(self._boxes[edge.source].node.parent, []).append(edge)
        self._routes: dict[str | None, list[Route]] = {}

    def drawing(self) -> Drawing:
        # Nodes come behind their parents, so this way the inside is done first.
        for node in reversed(self._graph.nodes):
            if node.id in self._inside:
                self._contain(self._boxes[node.id])
        width, height = self._arrange(None)
        boxes = [self._boxes[node.id] for node in self._graph.nodes]
        for box in boxes:
            self._move(box)
        for route in self._routes.get(None, []):
            _shift(route, _MARGIN, _MARGIN)
        routes = [route for found in self._routes.values() for route in found]
        return Drawing(width + 2 * _MARGIN, height + 2 * _MARGIN, boxes, routes, self._down)

    def _contain(self, box: Box) -> None:
        """Make a container's box as large as what is inside it."""
        width, height = self._arrange(box.node.id)
        head = len(box.lines) * LINE + PADDING
        box.is_container = True
        box.width = max(box.width, width + 2 * _MARGIN)
        box.height = head + height + 2 * _MARGIN

    def _move(self, box: Box) -> None:
        """Make a box's place absolute, and those of the edges inside it."""
        parent = box.node.parent
        if parent is None:
            box.x += _MARGIN
            box.y += _MARGIN
        else:
            outer = self._boxes[parent]
            dx, dy = _inner_corner(outer)
            box.x += dx
            box.y += dy
        if box.is_container:
            for route in self._routes.get(box.node.id, []):
                _shift(route, *_inner_corner(box))

    def _arrange(self, parent: str | None) -> tuple[float, float]:
        """Place what is inside a container, relative to it; return the room it takes."""
        boxes = [self._boxes[node.id] for node in self._inside.get(parent, [])]
        edges = self._edges.get(parent, [])
        numbers = {box.node.id: number for number, box in enumerate(boxes)}
        pairs = [(numbers[edge.source], numbers[edge.target]) for edge in edges]
        along = [box.height if self._down else box.width for box in boxes]
        across = [box.width if self._down else box.height for box in boxes]
        row = math.ceil(math.sqrt(len(boxes) * sum(along) / max(sum(across), 1)))
        layering = layered(len(boxes), pairs, row)
        middles = placed(layering, across, _BETWEEN_BOXES)
        bands = _bands(layering, along)
        for band, layer in zip(bands, layering.layers, strict=True):
            for number in layer:
                if number < len(boxes):
                    self._put(boxes[number], (band[0] + band[1]) / 2, middles[number])
        self._routes[parent] = [
            Route(edge, self._points(route, middles, along, _band_of(layering, bands)))
            for edge, route in zip(edges, layering.routes, strict=True)
        ]
        depth = bands[-1][1] if bands else 0.0
        breadth = max((m + across[n] / 2 for n, m in enumerate(middles[: len(boxes)])), default=0.0)
        breadth = max([breadth, *middles])
        return (breadth, depth) if self._down else (depth, breadth)

    def _put(self, box: Box, along: float, across: float) -> None:
        x, y = (across, along) if self._down else (along, across)
        box.x, box.y = x - box.width / 2, y - box.height / 2

    def _points(
        self,
        route: Sequence[int],
        middles: Sequence[float],
        along: Sequence[float],
        band_of: dict[int, tuple[float, float]],
    ) -> list[tuple[float, float]]:
        """Return the points of an edge: out of a band at its end, into the next at its start."""
        first, last = route[0], route[-1]
        points = [(sum(band_of[first]) / 2 + along[first] / 2, middles[first])]
        for number in route:
            start, end = band_of[number]
            points += [(start, middles[number])] if number != first else []
            points += [(end, middles[number])] if number != last else []
        points.append((sum(band_of[last]) / 2 - along[last] / 2, middles[last]))
        return [(across, at) if self._down else (at, across) for at, across in points]


def _box(node: GraphNode) -> Box:
    lines = caption(node)
    width = max(map(width_of, lines)) * CHARACTER + 2 * PADDING
    return Box(node, lines, width, len(lines) * LINE + 2 * PADDING)


def _inner_corner(box: Box) -> tuple[float, float]:
    return box.x + _MARGIN, box.y + len(box.lines) * LINE + PADDING + _MARGIN


def _shift(route: Route, dx: float, dy: float) -> None:
    route.points = [(x + dx, y + dy) for x, y in route.points]


def _bands(layering: Layering, along: Sequence[float]) -> list[tuple[float, float]]:
    """Return the beginning and the end of each layer."""
    rank_of = {number: rank for rank, layer in enumerate(layering.layers) for number in layer}
    crowd = [0] * len(layering.layers)
    for source, _ in layering.links():
        crowd[rank_of[source]] += 1
    bands: list[tuple[float, float]] = []
    at = 0.0
    for rank, layer in enumerate(layering.layers):
        extent = max((along[number] for number in layer if number < len(along)), default=0.0)
        bands.append((at, at + extent))
        at += extent + _BETWEEN_LAYERS + min(crowd[rank] * _ROOM_PER_EDGE, _MOST_ROOM)
    return bands


def _band_of(
    layering: Layering, bands: Sequence[tuple[float, float]]
) -> dict[int, tuple[float, float]]:
    return {
        number: band for band, layer in zip(bands, layering.layers, strict=True) for number in layer
    }
