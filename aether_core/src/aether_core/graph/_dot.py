"""The graph in the DOT language of Graphviz."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from aether_core.graph._captions import caption

if TYPE_CHECKING:
    from collections.abc import Iterator

    from aether_core.graph._model import Graph, GraphEdge, GraphNode

_INDENT: Final = "  "
# A grey that can be read on white and on black, text and lines alike.
_HEAD: Final = """\
digraph workflow {
  graph [bgcolor="transparent", compound=true, color="#767676", fontcolor="#767676", \
fontname="monospace", fontsize=11, style="rounded"]
  node [shape=box, style="rounded,filled", color="#767676", fillcolor="#f6f8fa", \
fontcolor="#1f2328", fontname="monospace", fontsize=11]
  edge [color="#767676"]
"""


def to_dot(graph: Graph) -> str:
    """Return a digraph; nested dags and loops are clusters, hooks hang on dotted arrows."""
    names = {node.id: f"n{number}" for number, node in enumerate(graph.nodes)}
    lines = [*_nodes(graph, names), *_edges(graph, names)]
    return _HEAD + "".join(f"{line}\n" for line in lines) + "}\n"


def _nodes(graph: Graph, names: dict[str, str]) -> Iterator[str]:
    """Yield a line per node; those of a cluster stand between its braces."""
    for turn, node, level in graph.walk():
        indent = _INDENT * level
        if turn == "enter":
            yield f"{indent}subgraph cluster_{names[node.id]} {{"
            yield f'{indent}{_INDENT}label="{_label(node)}"; style="{_style(node, "rounded")}"'
        elif turn == "leave":
            yield f"{indent}}}"
        else:
            style = _style(node, "rounded,filled")
            yield f'{indent}{names[node.id]} [label="{_label(node)}", style="{style}"]'


def _edges(graph: Graph, names: dict[str, str]) -> Iterator[str]:
    """Yield an edge per line; where an end is a cluster, a node inside stands for it."""
    inside = graph.children()
    for edge in graph.edges:
        source, target = _leaf(edge.source, inside), _leaf(edge.target, inside)
        settings = ", ".join(_settings(edge, inside, names))
        yield f"{_INDENT}{names[source]} -> {names[target]}" + (
            f" [{settings}]" if settings else ""
        )


def _settings(
    edge: GraphEdge, inside: dict[str | None, list[GraphNode]], names: dict[str, str]
) -> Iterator[str]:
    if edge.kind == "hook":
        yield "style=dotted"
    if edge.source in inside:
        yield f"ltail=cluster_{names[edge.source]}"
    if edge.target in inside:
        yield f"lhead=cluster_{names[edge.target]}"


def _leaf(node_id: str, inside: dict[str | None, list[GraphNode]]) -> str:
    """Return the first node of a container that is none itself."""
    while node_id in inside:
        node_id = inside[node_id][0].id
    return node_id


def _label(node: GraphNode) -> str:
    return "\\n".join(map(_escaped, caption(node)))


def _escaped(text: str) -> str:
    """Return text for a quoted string; Graphviz reads entities such as `&lt;` in labels."""
    return text.replace("\\", "\\\\").replace('"', '\\"').replace("&", "&amp;")


def _style(node: GraphNode, usual: str) -> str:
    if node.kind == "hook":
        return f"{usual},dotted"
    return f"{usual},dashed" if node.when or node.left_out else usual
