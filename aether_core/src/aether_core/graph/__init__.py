"""Documents as graphs: what calls what, as data and as pictures."""

from __future__ import annotations

from aether_core.graph._build import graph_of
from aether_core.graph._dot import to_dot
from aether_core.graph._mermaid import MERMAID_EDGES, to_mermaid
from aether_core.graph._model import (
    EdgeKind,
    Graph,
    GraphEdge,
    GraphNode,
    LoopFacts,
    NodeKind,
    Turn,
)
from aether_core.graph._svg import to_svg

__all__ = [
    "MERMAID_EDGES",
    "EdgeKind",
    "Graph",
    "GraphEdge",
    "GraphNode",
    "LoopFacts",
    "NodeKind",
    "Turn",
    "graph_of",
    "to_dot",
    "to_mermaid",
    "to_svg",
]
