"""A document as a graph: boxes, boxes inside boxes, and arrows between them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal, TypeAlias

import msgspec

if TYPE_CHECKING:
    from collections.abc import Iterator

NodeKind: TypeAlias = Literal["document", "dag", "loop", "task", "hook", "unknown"]
EdgeKind: TypeAlias = Literal["dependency", "hook"]
#: How a walk meets a node: alone, or before and after what is inside it.
Turn: TypeAlias = Literal["leaf", "enter", "leave"]


class LoopFacts(msgspec.Struct, frozen=True, rename="camel"):
    """What a loop iterates over, as written; exactly one of the first three is given."""

    items: int | None = None
    items_from: str | None = None
    repeat_condition: str | None = None
    #: Most iterations at once; None is no limit.
    concurrency: int | None = None
    #: As declared; None when it is not.
    max_iterations: int | None = None


class GraphNode(msgspec.Struct, frozen=True, rename="camel", kw_only=True):
    """A place in the document at which something runs.

    A template that is called from two places is two nodes, each with what is inside it.
    """

    #: Unique in the graph: names from the outside in, with `/` between them.
    id: str
    kind: NodeKind
    #: Name of the node in its dag, else of the template.
    name: str
    #: Id of the dag, loop or document that it stands in; None at the top.
    parent: str | None = None
    #: Name of the template that runs; None for an executor that the node has itself.
    template: str | None = None
    executor: str | None = None
    #: The condition under which it runs.
    when: str | None = None
    loop: LoopFacts | None = None
    timeout: str | None = None
    #: Most retries.
    retry: int | None = None
    #: Bad ends after which what depends on it goes on: `failed`, `error`, `timeout`.
    continue_on: tuple[str, ...] = ()
    #: Keys of the hooks that a hook node stands for, such as `onExit`.
    hooks: tuple[str, ...] = ()
    #: Whether `entrypoints` of its dag leave it out, so that it never runs.
    left_out: bool = False
    #: For a container that is too much to draw: how many nodes are directly inside, undrawn.
    closed: int | None = None


class GraphEdge(msgspec.Struct, frozen=True, rename={"source": "from", "target": "to"}):
    """An arrow; both ends always have the same parent."""

    source: str
    target: str
    kind: EdgeKind = "dependency"


class Graph(msgspec.Struct, frozen=True):
    """Nodes, each behind its parent, and the edges between them."""

    nodes: tuple[GraphNode, ...]
    edges: tuple[GraphEdge, ...]

    def children(self) -> dict[str | None, list[GraphNode]]:
        """Return the nodes inside each parent that has any; those at the top under None."""
        inside: dict[str | None, list[GraphNode]] = {}
        for node in self.nodes:
            inside.setdefault(node.parent, []).append(node)
        return inside

    def walk(self) -> Iterator[tuple[Turn, GraphNode, int]]:
        """Yield every node with its level, from 1 on; containers before and after their inside."""
        inside = self.children()
        waiting: list[tuple[Turn, GraphNode, int]] = []

        def push(parent: str | None, level: int) -> None:
            waiting.extend(
                ("enter" if node.id in inside else "leaf", node, level)
                for node in reversed(inside.get(parent, []))
            )

        # A stack of its own instead of recursion: nesting is bounded by the number of nodes only.
        push(None, 1)
        while waiting:
            turn, node, level = waiting.pop()
            yield turn, node, level
            if turn == "enter":
                waiting.append(("leave", node, level))
                push(node.id, level + 1)
