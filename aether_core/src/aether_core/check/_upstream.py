"""Whether a task is upstream of another one, for many pairs at once.

Most references name a direct dependency, and nothing more is needed for these. The rest is
collected and settled together: for a batch of named tasks, one pass over the dag in order says of
each task which of them are upstream of it, as the bits of a number. That costs one operation per
dependency and batch, whatever the shape of the dag.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Final, TypeAlias

if TYPE_CHECKING:
    from aether_core.check._graph import Graph

#: Tasks that one pass asks for; bounds the memory to this many bits per task of the dag.
_BATCH: Final = 4_096

#: Called when a task is not upstream.
_OnFailure: TypeAlias = Callable[[], None]


class Upstream:
    """Questions about one dag: does a task end before another one begins?"""

    def __init__(self, graph: Graph) -> None:
        self._graph = graph
        self._asked: dict[int, list[tuple[int, _OnFailure]]] = {}

    def require(self, node: int, target: int, on_failure: _OnFailure) -> None:
        """Call `on_failure`, now or when settling, unless `target` is upstream of `node`."""
        if target not in self._graph.dependencies[node]:
            self._asked.setdefault(target, []).append((node, on_failure))

    def settle(self) -> None:
        """Answer everything asked; a dag with a circle has no order and gets no answers."""
        order = self._graph.order
        targets = list(self._asked)
        for start in range(0, len(targets) if order is not None else 0, _BATCH):
            self._settle(order or [], targets[start : start + _BATCH])
        self._asked.clear()

    def _settle(self, order: list[int], targets: list[int]) -> None:
        bits = {target: 1 << bit for bit, target in enumerate(targets)}
        upstream = [0] * len(order)
        for node in order:
            mask = 0
            for dependency in self._graph.dependencies[node]:
                mask |= upstream[dependency] | bits.get(dependency, 0)
            upstream[node] = mask
        for target, bit in bits.items():
            for node, on_failure in self._asked[target]:
                if not upstream[node] & bit:
                    on_failure()
