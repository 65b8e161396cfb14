"""From a problem's path to the characters it means (cli.md, "Where a diagnostic points")."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec

from aether_core.document._nodes import Node
from aether_core.document._spans import span_in_source

if TYPE_CHECKING:
    from aether_core.document._problem import Path, Problem
    from aether_core.document._source import Source


class _Found(msgspec.Struct, frozen=True):
    node: Node
    key: tuple[int, int] | None
    complete: bool


def locate(
    source: Source, root: Node, problem: Problem, path: Path, text: str | None
) -> tuple[int, int]:
    """Return start and end of the characters that a problem means.

    Args:
        source: the text that the document was read from.
        root: the place of the whole document.
        problem: what to locate.
        path: the problem's path as the text spells it.
        text: the value at that path when it is text.
    """
    found = _follow(root, path)
    node = found.node
    if found.complete and problem.at == "key" and found.key is not None:
        return found.key
    if node.start == node.end and found.key is not None:
        # An empty YAML value has no characters of its own.
        return found.key
    if found.complete and problem.span is not None and text is not None:
        marked = span_in_source(source.text, node, text, problem.span)
        return (node.start, node.end) if marked is None else marked
    return _whole(source, node)


def _follow(root: Node, path: Path) -> _Found:
    node, key = root, None
    for step in path:
        below = _step(node, step)
        if below is None:
            return _Found(node, key, complete=False)
        node, key = below
    return _Found(node, key, complete=True)


def _step(node: Node, step: str | int) -> tuple[Node, tuple[int, int] | None] | None:
    if isinstance(step, int):
        if node.items is None or not 0 <= step < len(node.items):
            return None
        return node.items[step], None
    if node.members is None or node.keys is None or step not in node.members:
        return None
    return node.members[step], node.keys[step]


def _whole(source: Source, node: Node) -> tuple[int, int]:
    if node.keys:
        # An object begins at its first key; marking all of it would say nothing.
        return min(node.keys.values())
    if node.items is not None:
        return node.start, min(node.end, source.line_end(node.start))
    return node.start, node.end
