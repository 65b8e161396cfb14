"""Mermaid and DOT: what a document says never becomes part of the language around it."""

from __future__ import annotations

import html
import re
import shutil
import subprocess
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from aether_core.graph import Graph, GraphEdge, GraphNode, to_dot, to_mermaid

Draw = Callable[..., Graph]
Document = Callable[..., dict[str, Any]]

NODE = re.compile(r'n\d+(?:\["[^"]*"\]|\(\["[^"]*"\]\)|\[/"[^"]*"/\])')
MERMAID = re.compile(
    rf'flowchart TB|subgraph n\d+\["[^"]*"\]|{NODE.pattern}|end|n\d+ (?:-->|-\.->) n\d+'
    r"|classDef maybe stroke-dasharray:4 3|class n\d+(?:,n\d+)* maybe"
)
#: A label's text; nothing that Mermaid, its Markdown or HTML could take for anything else.
MERMAID_TEXT = re.compile(r"(?:[A-Za-z0-9 .,/=_-]|#\d+;|<br/>)*")
DOT_TOKEN = re.compile(r'\s*("(?:[^"\\]|\\.)*"|[A-Za-z_]\w*|->|[0-9]+|[{}\[\]=;,])')


def mermaid_labels(text: str) -> list[str]:
    """Return the labels of a flowchart, each line of which has a known form."""
    for line in text.splitlines():
        assert MERMAID.fullmatch(line.strip()), line
    return re.findall(r'"([^"]*)"', text)


def dot_tokens(text: str) -> list[str]:
    """Return the tokens of a DOT text; there is nothing else in it."""
    tokens: list[str] = []
    position = 0
    text = text.rstrip()
    while position < len(text):
        found = DOT_TOKEN.match(text, position)
        assert found, text[position : position + 40]
        tokens.append(found[1])
        position = found.end()
    return tokens


def test_mermaid(rich: Graph) -> None:
    text = to_mermaid(rich)

    assert text.startswith("flowchart TB\n")
    labels = mermaid_labels(text)
    assert any(label.startswith("own<br/>http<br/>retry 3") for label in labels)
    assert text.count("subgraph") == text.count("end\n") == 4
    assert text.count("-.->") == 2


def test_dot(rich: Graph) -> None:
    text = to_dot(rich)

    tokens = dot_tokens(text)
    assert tokens.count("{") == tokens.count("}") == 5
    assert tokens.count("->") == len(rich.edges)
    # An arrow to a cluster ends at a node in it and is cut off at its border.
    assert "lhead" in tokens
    assert "ltail" in tokens


@pytest.mark.skipif(shutil.which("dot") is None, reason="Graphviz is not installed")
def test_graphviz_reads_dot(rich: Graph) -> None:
    done = subprocess.run(
        ["dot", "-Tsvg"], input=to_dot(rich).encode(), capture_output=True, check=False
    )

    assert (done.returncode, done.stderr) == (0, b"")


def lone(text: str) -> Graph:
    """Return a graph with one node whose condition is the text."""
    return Graph((GraphNode(id="a", kind="task", name="a", when=text),), ())


@settings(max_examples=200)
@given(st.text(max_size=50))
def test_no_expression_breaks_out_of_mermaid(text: str) -> None:
    label, _ = mermaid_labels(to_mermaid(lone(text))) or ["", ""], None

    assert all(MERMAID_TEXT.fullmatch(each) for each in label)
    assert not re.search(r"direction\s|www\.", "".join(label), re.IGNORECASE | re.ASCII)


@settings(max_examples=200)
@given(st.text(alphabet=st.characters(exclude_categories=["C", "Z"]), min_size=1, max_size=40))
def test_mermaid_shows_what_was_written(text: str) -> None:
    """Codes are turned back into the characters by whoever draws."""
    (label,) = mermaid_labels(to_mermaid(lone(text)))

    shown = html.unescape(re.sub(r"#(\d+);", r"&#\1;", label.split("<br/>")[1]))

    assert shown == f"when {text}"


@settings(max_examples=200)
@given(st.text(max_size=50))
def test_no_expression_breaks_out_of_dot(text: str) -> None:
    tokens = dot_tokens(to_dot(lone(text)))

    assert tokens.count("}") == 1
    assert tokens[-1] == "}"


def test_long_expressions_are_cut() -> None:
    (label,) = mermaid_labels(to_mermaid(lone("a == " + "b" * 500)))

    assert len(label) < 100
    assert label.endswith("#8230;")


def test_a_graph_without_nodes_is_still_a_graph() -> None:
    assert to_mermaid(Graph((), ())) == "flowchart TB\n"
    assert dot_tokens(to_dot(Graph((), ())))[-1] == "}"


def test_ids_are_no_words_of_the_languages() -> None:
    """A task may be called `end` or `subgraph`."""
    nodes = tuple(GraphNode(id=name, kind="task", name=name) for name in ("end", "subgraph", "o"))
    drawn = Graph(nodes, (GraphEdge("end", "subgraph"), GraphEdge("subgraph", "o")))

    assert mermaid_labels(to_mermaid(drawn)) == ["end", "subgraph", "o"]
    assert "n0 --> n1" in to_mermaid(drawn)
