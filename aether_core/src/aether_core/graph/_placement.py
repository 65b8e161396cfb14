"""Places across the layers: near to the neighbours, in order, and never on top of each other."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Sequence

    from aether_core.graph._layers import Layering

_PASSES: Final = 8
# Bends pull harder, so that long edges are straight.
_WEIGHT_OF_BEND: Final = 4.0


def placed(layering: Layering, sizes: Sequence[float], gap: float) -> list[float]:
    """Return the middle of each box and bend, across the layers; the least edge is at 0.

    Args:
        layering: the order in each layer.
        sizes: extent of each box across the layers; bends have none.
        gap: least room between two boxes.
    """
    count = 1 + max((n for layer in layering.layers for n in layer), default=-1)
    extents = [*sizes, *([0.0] * (count - layering.boxes))]
    before: list[list[int]] = [[] for _ in range(count)]
    after: list[list[int]] = [[] for _ in range(count)]
    for source, target in layering.links():
        after[source].append(target)
        before[target].append(source)
    middles = [0.0] * count
    for layer in layering.layers:
        _place(layer, layering.boxes, extents, gap, middles)
    for number in range(_PASSES):
        near = before if number % 2 == 0 else after
        for layer in layering.layers if number % 2 == 0 else reversed(layering.layers):
            for each in layer:
                if near[each]:
                    middles[each] = sum(middles[other] for other in near[each]) / len(near[each])
            _place(layer, layering.boxes, extents, gap, middles)
    edge = min((middles[n] - extents[n] / 2 for n in range(count)), default=0.0)
    return [middle - edge for middle in middles]


def _place(
    layer: Sequence[int], boxes: int, extents: Sequence[float], gap: float, middles: list[float]
) -> None:
    """Move the members of a layer apart, as little as possible from where they want to be.

    Least squares under the order of the layer: without the room that boxes take, the places
    must not decrease, and members that want to be out of order share their mean.
    """
    offsets: list[float] = []
    offset = 0.0
    for place, number in enumerate(layer):
        if place:
            offset += (extents[layer[place - 1]] + extents[number]) / 2 + gap
        offsets.append(offset)
    groups: list[tuple[float, float, int]] = []
    for number, offset in zip(layer, offsets, strict=True):
        weight = 1.0 if number < boxes else _WEIGHT_OF_BEND
        mean, size = middles[number] - offset, 1
        while groups and groups[-1][0] > mean:
            other, other_weight, other_size = groups.pop()
            mean = (mean * weight + other * other_weight) / (weight + other_weight)
            weight += other_weight
            size += other_size
        groups.append((mean, weight, size))
    places = [mean for mean, _, size in groups for _ in range(size)]
    for number, offset, found in zip(layer, offsets, places, strict=True):
        middles[number] = found + offset
