"""Layers: which boxes stand at the same height, and in which order there.

The usual way to draw a directed graph: the longest path to a box gives its layer, edges over
several layers get a bend in each, and boxes are ordered by where their neighbours are.
"""

from __future__ import annotations

from collections import deque
from itertools import pairwise
from typing import TYPE_CHECKING, Final

import msgspec

if TYPE_CHECKING:
    from collections.abc import Sequence

_SWEEPS: Final = 6
#: Bends in all; with more of them long edges go straight over whatever is in between.
_MOST_BENDS: Final = 20_000


class Layering(msgspec.Struct, frozen=True):
    """Boxes have the numbers below `boxes`, bends of long edges those above.

    Attributes:
        layers: the numbers in each layer, in order.
        routes: for each edge the numbers on its way, both ends included.
    """

    boxes: int
    layers: list[list[int]]
    routes: list[list[int]]

    def links(self) -> list[tuple[int, int]]:
        """Return the pieces of all edges, each from one number to the next on its way, once."""
        return list(dict.fromkeys(pair for route in self.routes for pair in pairwise(route)))


def layered(count: int, edges: Sequence[tuple[int, int]], row: int) -> Layering:
    """Return the layers of `count` boxes.

    Args:
        count: boxes are numbered from 0.
        edges: pairs of numbers, from and to; what closes a circle does not count.
        row: how many boxes without any edge may share a layer.
    """
    ranks = _ranks(count, edges)
    _spread_loners(ranks, edges, row)
    layers: list[list[int]] = [[] for _ in range(max(ranks, default=-1) + 1)]
    for number, rank in enumerate(ranks):
        layers[rank].append(number)
    bends = _bends(count, edges, ranks, layers)
    routes = [
        [source, *bends.get(source, [])[: ranks[target] - ranks[source] - 1], target]
        if ranks[target] > ranks[source]
        else [source, target]
        for source, target in edges
    ]
    layering = Layering(count, layers, routes)
    _sort(layering)
    return layering


def _bends(
    count: int, edges: Sequence[tuple[int, int]], ranks: Sequence[int], layers: list[list[int]]
) -> dict[int, list[int]]:
    """Add a bend to each layer that edges of a box pass, and return those of each box.

    All edges of a box share their way as far as they go together.
    """
    reach: dict[int, int] = {}
    for source, target in edges:
        reach[source] = max(reach.get(source, 0), ranks[target] - ranks[source] - 1)
    if sum(reach.values()) > _MOST_BENDS:
        return {}
    bends: dict[int, list[int]] = {}
    following = count
    for source, length in reach.items():
        bends[source] = list(range(following, following + length))
        following += length
        for rank, bend in enumerate(bends[source], ranks[source] + 1):
            layers[rank].append(bend)
    return bends


def _ranks(count: int, edges: Sequence[tuple[int, int]]) -> list[int]:
    """Return the layer of each box: behind everything that leads to it, as close as may be."""
    after: list[list[int]] = [[] for _ in range(count)]
    waiting = [0] * count
    for source, target in edges:
        after[source].append(target)
        waiting[target] += 1
    ranks = [0] * count
    first = [number for number in range(count) if not waiting[number]]
    queue = deque(first)
    while queue:
        number = queue.popleft()
        for target in after[number]:
            ranks[target] = max(ranks[target], ranks[number] + 1)
            waiting[target] -= 1
            if not waiting[target]:
                queue.append(target)
    for number in first:
        if after[number]:
            ranks[number] = max(min(ranks[target] for target in after[number]) - 1, 0)
    return ranks


def _spread_loners(ranks: list[int], edges: Sequence[tuple[int, int]], row: int) -> None:
    """Fill the layers with boxes that have no edge, instead of one layer with all of them."""
    joined = {number for edge in edges for number in edge}
    sizes = [0] * (len(ranks) + 1)
    for number in joined:
        sizes[ranks[number]] += 1
    row, rank = max(row, *sizes), 0
    for number in range(len(ranks)):
        if number in joined:
            continue
        while sizes[rank] >= row:
            rank += 1
        ranks[number] = rank
        sizes[rank] += 1


def _sort(layering: Layering) -> None:
    """Bring boxes near the middle of their neighbours, layer by layer, to and back."""
    before: dict[int, list[int]] = {}
    after: dict[int, list[int]] = {}
    for source, target in layering.links():
        after.setdefault(source, []).append(target)
        before.setdefault(target, []).append(source)
    places = {n: place for layer in layering.layers for place, n in enumerate(layer)}
    for sweep in range(_SWEEPS):
        neighbours = before if sweep % 2 == 0 else after
        layers = layering.layers if sweep % 2 == 0 else layering.layers[::-1]
        for layer in layers:
            middles = {
                n: sum(places[each] for each in near) / len(near) if near else places[n]
                for n in layer
                for near in (neighbours.get(n, ()),)
            }
            layer.sort(key=middles.__getitem__)
            places.update({n: place for place, n in enumerate(layer)})
