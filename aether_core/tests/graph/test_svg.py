"""The picture: well-formed, readable on any background, nothing on top of anything else."""

from __future__ import annotations

import itertools
import re
import time
from collections.abc import Callable, Iterator
from typing import Any
from xml.etree import ElementTree

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from aether_core.graph import Graph, GraphEdge, GraphNode, to_svg
from aether_core.graph._layout import Box, Drawing, drawing_of

Draw = Callable[..., Graph]
Document = Callable[..., dict[str, Any]]

SVG = "{http://www.w3.org/2000/svg}"
ALLOWED = {"svg", "title", "style", "defs", "marker", "path", "g", "rect", "text"}


@st.composite
def graphs(draw: st.DrawFn) -> Graph:
    """Draw graphs with containers up to three levels deep; edges stay inside a container."""
    nodes: list[GraphNode] = []
    edges: list[GraphEdge] = []
    parents: list[str | None] = [None]
    for _ in range(draw(st.integers(1, 5))):
        parent = draw(st.sampled_from(parents))
        names: list[str] = []
        for number in range(draw(st.integers(1, 12))):
            name = f"{parent or 'top'}-{len(nodes)}-{number}"
            when = draw(st.sampled_from([None, "tasks.some.phase == Succeeded"]))
            nodes.append(GraphNode(id=name, kind="task", name=name, parent=parent, when=when))
            if names:
                before = draw(st.lists(st.sampled_from(names), max_size=3, unique=True))
                edges += [GraphEdge(each, name) for each in before]
            names.append(name)
        if parent is None or parent.count("-") < 4:
            parents.append(draw(st.sampled_from(names)))
    return Graph(tuple(nodes), tuple(edges))


def shape(count: int, pairs: Iterator[tuple[int, int]]) -> Graph:
    """Return a graph of numbered nodes."""
    nodes = [GraphNode(id=f"t{n}", kind="task", name=f"task-{n}") for n in range(count)]
    return Graph(tuple(nodes), tuple(GraphEdge(f"t{a}", f"t{b}") for a, b in pairs))


SHAPES = {
    "three": shape(3, iter([(0, 1), (0, 2)])),
    "chain": shape(200, itertools.pairwise(range(200))),
    "fan": shape(200, iter([(0, n) for n in range(1, 199)] + [(n, 199) for n in range(1, 199)])),
    "loose": shape(200, iter([])),
    "grid": shape(200, iter([(n, n + 10) for n in range(190)] + [(n, n + 11) for n in range(189)])),
    "dense": shape(25, itertools.combinations(range(25), 2)),
}


def overlaps(one: Box, other: Box) -> bool:
    return (
        one.x < other.x + other.width
        and other.x < one.x + one.width
        and one.y < other.y + other.height
        and other.y < one.y + one.height
    )


def assert_tidy(drawing: Drawing) -> None:
    """Boxes stay apart, inside of what they belong to, and edges end at their borders."""
    boxes = {box.node.id: box for box in drawing.boxes}
    by_parent: dict[str | None, list[Box]] = {}
    for box in drawing.boxes:
        by_parent.setdefault(box.node.parent, []).append(box)
        outer = boxes.get(box.node.parent or "")
        left, top, right, bottom = (
            (0.0, 0.0, drawing.width, drawing.height)
            if outer is None
            else (outer.x, outer.y, outer.x + outer.width, outer.y + outer.height)
        )
        assert left < box.x
        assert top < box.y
        assert box.x + box.width < right
        assert box.y + box.height < bottom
    for siblings in by_parent.values():
        for one, other in itertools.combinations(siblings, 2):
            assert not overlaps(one, other)
    for route in drawing.routes:
        source, target = boxes[route.edge.source], boxes[route.edge.target]
        (x, y), (to_x, to_y) = route.points[0], route.points[-1]
        if drawing.down:
            assert (y, to_y) == pytest.approx((source.y + source.height, target.y))
        else:
            assert (x, to_x) == pytest.approx((source.x + source.width, target.x))


def crossed(drawing: Drawing) -> int:
    """Return how many edges run over the box of a sibling that is none of their ends."""
    boxes = {box.node.id: box for box in drawing.boxes}
    found = 0
    for route in drawing.routes:
        ends = {route.edge.source, route.edge.target}
        parent = boxes[route.edge.source].node.parent
        others = [b for b in drawing.boxes if b.node.parent == parent and b.node.id not in ends]
        points = [p for a, b in itertools.pairwise(route.points) for p in between(a, b)]
        found += any(inside(point, box) for point in points for box in others)
    return found


def between(one: tuple[float, float], other: tuple[float, float]) -> list[tuple[float, float]]:
    (x, y), (to_x, to_y) = one, other
    if x != to_x and y != to_y:
        # A curve: it stays within the gap between two layers.
        return [one, other]
    return [(x + (to_x - x) * step / 8, y + (to_y - y) * step / 8) for step in range(9)]


def inside(point: tuple[float, float], box: Box) -> bool:
    x, y = point
    return box.x < x < box.x + box.width and box.y < y < box.y + box.height


@settings(max_examples=60, deadline=None)
@given(graphs())
def test_nothing_is_on_top_of_anything_else(graph: Graph) -> None:
    drawing = drawing_of(graph)

    assert_tidy(drawing)
    assert crossed(drawing) == 0


@pytest.mark.parametrize("name", SHAPES)
def test_three_to_two_hundred_nodes(name: str) -> None:
    began = time.perf_counter()
    drawing = drawing_of(SHAPES[name])

    assert_tidy(drawing)
    assert crossed(drawing) == 0
    assert time.perf_counter() - began < 10
    assert max(drawing.width, drawing.height) < 22_000


def test_nodes_without_edges_make_a_block() -> None:
    """Two hundred of them are no line that leaves the screen."""
    drawing = drawing_of(SHAPES["loose"])

    assert 0.4 < drawing.width / drawing.height < 2.5


def test_a_circle_does_not_hang_the_layout() -> None:
    """The checker refuses it; whoever draws unchecked documents gets something all the same."""
    assert "<svg" in to_svg(shape(3, iter([(0, 1), (1, 2), (2, 1)])))


def test_boxes_take_a_further_class() -> None:
    """For the style of a page around the picture; a box that is not named keeps its own."""
    text = to_svg(shape(2, iter([(0, 1)])), marks={"t0": "is-failed", "nobody": "x"})

    assert sorted(re.findall('rect class="([^"]*)"', text)) == ["box", "box is-failed"]


def test_the_picture_is_self_contained_xml(rich: Graph) -> None:
    """No script, no font, no picture and no style from elsewhere."""
    text = to_svg(rich, 'a <workflow> & "more"')

    root = ElementTree.fromstring(text)  # noqa: S314  # our own picture
    assert {element.tag.removeprefix(SVG) for element in root.iter()} <= ALLOWED
    assert not re.search(r"href|@import|url\((?!#arrow\))|on\w+=|<!", text)
    assert root.findtext(f"{SVG}title") == 'a <workflow> & "more"'
    shown = [element.text for element in root.iter(f"{SVG}text")]
    assert "own" in shown
    assert "retry 3" in shown
    titles = [element.text or "" for element in root.iter(f"{SVG}title")]
    assert any("\nwhen " in each and "<b>" in each for each in titles)


@settings(max_examples=100)
@given(st.text(max_size=40))
def test_no_expression_breaks_the_picture(text: str) -> None:
    node = GraphNode(id="a", kind="task", name="a", when=text)

    root = ElementTree.fromstring(to_svg(Graph((node,), ()), text))  # noqa: S314  # as above

    assert len(list(root.iter(f"{SVG}rect"))) == 1


def test_text_fits_into_its_box(rich: Graph) -> None:
    """A character of the monospaced font is at most 7.3 pixels wide, a wide one twice that."""
    node = GraphNode(id="a", kind="task", name="a", when="日本語" * 5)
    for box in (*drawing_of(rich).boxes, *drawing_of(Graph((node,), ())).boxes):
        for line in box.lines:
            wide = sum(ord(char) > 0x2E80 for char in line)
            assert (len(line) + wide) * 7.3 <= box.width - 2 * 9


def luminance(colour: str) -> float:
    parts = [int(colour[place : place + 2], 16) / 255 for place in (1, 3, 5)]
    linear = [p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one: str, other: str) -> float:
    dark, light = sorted((luminance(one), luminance(other)))
    return (light + 0.05) / (dark + 0.05)


def test_everything_reads_on_dark_and_on_light(rich: Graph) -> None:
    """Text and lines outside boxes on both; text inside boxes on the ground they bring."""
    text = to_svg(rich)

    grey = re.search(r"\.group~text\{fill:(#\w+)\}", text)
    ink = re.search(r"monospace;fill:(#\w+)", text)
    grounds = re.findall(r"\.(?:box|hook)\{fill:(#\w+)", text)
    assert grey is not None
    assert ink is not None
    assert min(contrast(grey[1], ground) for ground in ("#ffffff", "#000000", "#0d1117")) > 4
    assert min(contrast(ink[1], ground) for ground in grounds) > 10
