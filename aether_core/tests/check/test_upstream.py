"""Order, circles and upstream questions, compared with plain searches."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from aether_core.check import _upstream
from aether_core.check._cycles import circles, ordered
from aether_core.check._graph import Graph
from aether_core.check._upstream import Upstream
from aether_core.document import Dag, ExecutorRef, Task

_EDGES = st.integers(1, 8).flatmap(
    lambda size: st.lists(
        st.sets(st.integers(0, size - 1), max_size=3), min_size=size, max_size=size
    )
)


def _reached(edges: list[set[int]], start: int) -> set[int]:
    seen: set[int] = set()
    pending = list(edges[start])
    while pending:
        node = pending.pop()
        if node not in seen:
            seen.add(node)
            pending.extend(edges[node])
    return seen


@settings(max_examples=100, deadline=None)
@given(edges=_EDGES)
def test_nodes_are_ordered_unless_they_lead_to_a_circle(edges: list[set[int]]) -> None:
    order = ordered(edges)

    stuck = {
        node
        for node in range(len(edges))
        if any(each in _reached(edges, each) for each in {node, *_reached(edges, node)})
    }
    assert sorted(order) == sorted(set(range(len(edges))) - stuck)
    for place, node in enumerate(order):
        assert edges[node] <= set(order[:place])


@settings(max_examples=100, deadline=None)
@given(edges=_EDGES)
def test_each_group_of_nodes_on_circles_gives_one_circle(edges: list[set[int]]) -> None:
    found = circles(edges)

    groups = {
        frozenset(other for other in _reached(edges, node) if node in _reached(edges, other))
        for node in range(len(edges))
        if node in _reached(edges, node)
    }
    assert len(found) == len([group for group in groups if len(group) > 1])
    for circle in found:
        assert len(circle) == len(set(circle)) > 1
        assert circle[0] == min(next(group for group in groups if circle[0] in group))
        for node, target in zip(circle, [*circle[1:], circle[0]], strict=True):
            assert target in edges[node]


_DAGS = st.integers(1, 9).flatmap(
    lambda size: st.tuples(
        *(st.sets(st.integers(0, max(node - 1, 0)), max_size=3) for node in range(size))
    )
)


@settings(max_examples=100, deadline=None)
@given(needs=_DAGS, batch=st.sampled_from([1, 3, 4096]))
def test_upstream_is_what_dependencies_lead_to(needs: tuple[set[int], ...], batch: int) -> None:
    """Whatever the number of questions that one pass answers."""
    edges = [needed - {node} for node, needed in enumerate(needs)]
    tasks = tuple(
        Task(
            name=f"t{node}",
            executor=ExecutorRef("echo"),
            dependencies=tuple(f"t{each}" for each in sorted(needed)),
        )
        for node, needed in enumerate(edges)
    )
    upstream = Upstream(Graph(Dag("main", tasks)))
    refused: set[tuple[int, int]] = set()
    pairs = [(node, target) for node in range(len(edges)) for target in range(len(edges))]
    before, _upstream._BATCH = _upstream._BATCH, batch  # type: ignore[misc]  # a bound of memory

    try:
        for pair in pairs:
            upstream.require(*pair, lambda pair=pair: refused.add(pair))  # type: ignore[misc]
        upstream.settle()
    finally:
        _upstream._BATCH = before  # type: ignore[misc]  # as above

    assert refused == {pair for pair in pairs if pair[1] not in _reached(edges, pair[0])}


def test_work_grows_with_the_dag_and_not_with_its_square() -> None:
    """A chain in which every task names a far one costs a few steps per task."""
    size = 3000
    tasks = [Task(name="t0", executor=ExecutorRef("echo"))]
    tasks += [
        Task(name=f"t{n}", executor=ExecutorRef("echo"), dependencies=(f"t{n - 1}",))
        for n in range(1, size)
    ]
    graph = Graph(Dag("main", tuple(tasks)))
    looked_at = 0

    class _Counting(list[frozenset[int]]):
        def __getitem__(self, place: int) -> frozenset[int]:  # type: ignore[override]
            nonlocal looked_at
            looked_at += 1
            return super().__getitem__(place)

    graph.dependencies = _Counting(graph.dependencies)
    upstream = Upstream(graph)
    refused: list[int] = []
    for node in range(1, size):
        upstream.require(node, max(0, node - 500), lambda: refused.append(1))
    upstream.settle()

    assert refused == []
    assert looked_at < 3 * size
