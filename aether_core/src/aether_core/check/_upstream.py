"""Whether a task is upstream of another one, for many pairs at once.

Most references name a direct dependency, and nothing more is needed for these. The rest is
collected and settled together: for a batch of named tasks, one pass over the dag in order says of
each task which of them are upstream of it, as the bits of a number. That costs one operation per
dependency and batch, whatever the shape of the dag.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Final, TypeAlias

from aether_core.check._cycles import groups

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable

    from aether_core.check._graph import Graph

#: Tasks that one pass asks for; bounds the memory to this many bits per task of the dag.
_BATCH: Final = 4_096

#: The mask of a task that waits for something unknown: any task may be upstream of it.
_ALL: Final = -1

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
        """Answer everything asked."""
        targets = list(self._asked)
        for start in range(0, len(targets), _BATCH):
            self._settle(targets[start : start + _BATCH])
        self._asked.clear()

    def _settle(self, targets: list[int]) -> None:
        bits = {target: 1 << bit for bit, target in enumerate(targets)}
        upstream = [0] * len(self._graph.nodes)
        for nodes in self._groups():
            mask = 0
            for node in nodes:
                if node in self._graph.unclear:
                    mask = _ALL
                for dependency in self._graph.dependencies[node]:
                    mask |= upstream[dependency] | bits.get(dependency, 0)
            for node in nodes:
                upstream[node] = mask
        for target, bit in bits.items():
            for node, on_failure in self._asked[target]:
                if not upstream[node] & bit:
                    on_failure()

    def _groups(self) -> Iterable[Collection[int]]:
        """Return the tasks in order; those of a circle together, as each is behind the others."""
        order = self._graph.order
        return groups(self._graph.dependencies) if order is None else [(each,) for each in order]
