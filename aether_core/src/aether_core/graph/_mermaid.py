"""The graph as a Mermaid flowchart."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from aether_core.graph._captions import caption

if TYPE_CHECKING:
    from collections.abc import Iterator

    from aether_core.graph._model import Graph, NodeKind

#: What Mermaid draws at most where nobody has configured it otherwise.
MERMAID_EDGES: Final = 500

# Any other character may mean something to Mermaid, to its Markdown or to HTML.
_SPECIAL: Final = re.compile(r"[^\w .,/=-]", re.ASCII)
# Mermaid looks for `direction` in whole lines, even inside quotes; Markdown makes links of `www.`
# and emphasis of underscores, except inside a word.
_MISTAKABLE: Final = re.compile(
    r"d(?=irection\s)|w(?=ww\.)|(?<![a-z0-9])_|_(?![a-z0-9])", re.IGNORECASE | re.ASCII
)

_SHAPES: Final[dict[NodeKind, tuple[str, str]]] = {
    "hook": ("([", "])"),
    "unknown": ("[/", "/]"),
}
_BOX: Final = ("[", "]")
_INDENT: Final = "  "


def to_mermaid(graph: Graph) -> str:
    """Return a flowchart; nested dags and loops are subgraphs, hooks hang on dotted arrows."""
    ids = {node.id: f"n{number}" for number, node in enumerate(graph.nodes)}
    lines = ["flowchart TB", *_nodes(graph, ids)]
    for edge in graph.edges:
        arrow = "-.->" if edge.kind == "hook" else "-->"
        lines.append(f"{_INDENT}{ids[edge.source]} {arrow} {ids[edge.target]}")
    lines += _classes(graph, ids)
    return "\n".join(lines) + "\n"


def _nodes(graph: Graph, ids: dict[str, str]) -> Iterator[str]:
    """Yield a line per node, those of a container between its beginning and its end."""
    for turn, node, level in graph.walk():
        text = f'"{"<br/>".join(map(_escaped, caption(node)))}"'
        before, after = _SHAPES.get(node.kind, _BOX)
        line = {
            "enter": f"subgraph {ids[node.id]}[{text}]",
            "leaf": f"{ids[node.id]}{before}{text}{after}",
            "leave": "end",
        }[turn]
        yield f"{_INDENT * level}{line}"


def _escaped(text: str) -> str:
    """Return text with a numeric code for every character that could be more than text."""
    # The codes hold nothing that the second pass looks for.
    return _MISTAKABLE.sub(_code, _SPECIAL.sub(_code, text))


def _code(found: re.Match[str]) -> str:
    return f"#{ord(found[0])};"


def _classes(graph: Graph, ids: dict[str, str]) -> list[str]:
    """Return dashed borders for what may not run."""
    maybe = [ids[node.id] for node in graph.nodes if node.when or node.left_out]
    if not maybe:
        return []
    return [
        f"{_INDENT}classDef maybe stroke-dasharray:4 3",
        f"{_INDENT}class {','.join(maybe)} maybe",
    ]
