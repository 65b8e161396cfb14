"""Order and circles in a graph whose nodes are numbers."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeAlias

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Sequence

#: For each node the nodes that its edges lead to.
Edges: TypeAlias = "Sequence[Collection[int]]"


def ordered(edges: Edges) -> list[int]:
    """Return the nodes so that each comes behind all that its edges lead to.

    Nodes on a circle, and nodes whose edges lead to one, are left out.
    """
    waiting = [len(targets) for targets in edges]
    sources: list[list[int]] = [[] for _ in edges]
    for node, targets in enumerate(edges):
        for target in targets:
            sources[target].append(node)
    order = [node for node, count in enumerate(waiting) if not count]
    # The list grows while it is read: it is the queue as well.
    for node in order:
        for source in sources[node]:
            waiting[source] -= 1
            if not waiting[source]:
                order.append(source)
    return order


def circles(edges: Edges) -> list[list[int]]:
    """Return one shortest circle for each group of nodes that all reach each other.

    A circle begins with the lowest number of its group and does not repeat it at the end. Edges
    from a node to itself do not count.
    """
    return [_circle(edges, group) for group in _groups(edges) if len(group) > 1]


def groups(edges: Edges) -> list[set[int]]:
    """Return the nodes in groups that all reach each other, behind those that they lead to."""
    return list(_groups(edges))


def without_circles(edges: Edges) -> list[frozenset[int]]:
    """Return the edges without those that lie on a circle."""
    group_of = {node: number for number, group in enumerate(_groups(edges)) for node in group}
    return [
        frozenset(target for target in targets if group_of[target] != group_of[node])
        for node, targets in enumerate(edges)
    ]


def _circle(edges: Edges, group: set[int]) -> list[int]:
    """Return a shortest way from the lowest node of the group back to it."""
    start = min(group)
    came_from: dict[int, int] = {}
    queue = [start]
    for node in queue:
        for target in edges[node]:
            if target == start and node != start:
                return _way(came_from, start, node)
            if target in group and target not in came_from and target != start:
                came_from[target] = node
                queue.append(target)
    return [start]


def _way(came_from: dict[int, int], start: int, end: int) -> list[int]:
    way = [end]
    while way[-1] != start:
        way.append(came_from[way[-1]])
    return way[::-1]


def _groups(edges: Edges) -> Iterator[set[int]]:
    """Yield the strongly connected components."""
    search = _Search(edges)
    for root in range(len(edges)):
        if root not in search.numbers:
            yield from search.from_root(root)


class _Search:
    """Tarjan's search for strongly connected components, without recursion."""

    def __init__(self, edges: Edges) -> None:
        self.numbers: dict[int, int] = {}
        self._edges = edges
        self._lowest: dict[int, int] = {}
        self._open: list[int] = []
        self._is_open: set[int] = set()
        self._trail: list[tuple[int, Iterator[int]]] = []

    def from_root(self, root: int) -> Iterator[set[int]]:
        """Yield the components that are reachable from a node and not yielded before."""
        self._enter(root)
        while self._trail:
            node, targets = self._trail[-1]
            target = next(targets, None)
            if target is None:
                if self._leave(node):
                    yield self._close(node)
            elif target not in self.numbers:
                self._enter(target)
            elif target in self._is_open:
                self._lowest[node] = min(self._lowest[node], self.numbers[target])

    def _enter(self, node: int) -> None:
        self.numbers[node] = self._lowest[node] = len(self.numbers)
        self._open.append(node)
        self._is_open.add(node)
        self._trail.append((node, iter(self._edges[node])))

    def _leave(self, node: int) -> bool:
        """Go back to where the node was entered from; return whether it completes a component."""
        self._trail.pop()
        if self._trail:
            parent = self._trail[-1][0]
            self._lowest[parent] = min(self._lowest[parent], self._lowest[node])
        return self._lowest[node] == self.numbers[node]

    def _close(self, node: int) -> set[int]:
        group: set[int] = set()
        while node not in group:
            member = self._open.pop()
            self._is_open.discard(member)
            group.add(member)
        return group
