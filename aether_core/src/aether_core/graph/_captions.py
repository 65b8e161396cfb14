"""What is written into the box of a node, the same in every format."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from aether_core.graph._model import GraphNode, LoopFacts

_LONGEST: Final = 56


def caption(node: GraphNode) -> tuple[str, ...]:
    """Return the lines for a node's box: its name, what it runs, and what surrounds that.

    No line has a line end or another control character, and none is long; expressions are cut.
    """
    lines = [node.name, *_work(node), *_conditions(node)]
    around = ", ".join(_around(node))
    return tuple(one_line(line) for line in (*lines, around) if line)


def title(node: GraphNode) -> str:
    """Return everything about a node as one text, with its expressions whole."""
    lines = [node.id, node.when and f"when {node.when}", *(_iteration(node.loop) or ())]
    return "\n".join(line for line in lines if line)


def one_line(text: str) -> str:
    """Return text as one printable line of bounded length."""
    shown = " ".join(text.split())
    shown = "".join(char if char.isprintable() else "\N{REPLACEMENT CHARACTER}" for char in shown)
    return shown if len(shown) <= _LONGEST else shown[: _LONGEST - 1] + "…"


def width_of(line: str) -> int:
    """Return how many characters of usual width a line takes."""
    if line.isascii():
        return len(line)
    # Late: most text is ASCII.
    from unicodedata import combining, east_asian_width

    return sum(
        0 if combining(char) else 2 if east_asian_width(char) in {"W", "F"} else 1 for char in line
    )


def _work(node: GraphNode) -> list[str]:
    """Return what runs, as far as the name does not say it."""
    called = node.template if node.template not in {None, node.name} else None
    match node.kind:
        case "task":
            return [" · ".join(part for part in (called, node.executor) if part)]
        case "hook":
            return [f"hook {', '.join(node.hooks)}"]
        case "unknown":
            return ["template from elsewhere" if called is None else f"{called}, from elsewhere"]
        case "document":
            return []
        case kind:
            return [f"{kind} {called}" if called else kind, *_inside(node)]


def _inside(node: GraphNode) -> list[str]:
    lines = list(_iteration(node.loop) or ())
    if node.closed is not None:
        lines.append(f"{node.closed} inside, not drawn")
    return lines


def _iteration(loop: LoopFacts | None) -> list[str] | None:
    """Return how a loop iterates."""
    if loop is None:
        return None
    if loop.items is not None:
        lines = [f"for each of {loop.items} items"]
    elif loop.items_from is not None:
        lines = [f"for each in {_bare(loop.items_from)}"]
    else:
        lines = [f"repeat while {loop.repeat_condition}"]
    limits = [
        *([f"{loop.concurrency} at a time"] if loop.concurrency is not None else []),
        *([f"at most {loop.max_iterations}"] if loop.max_iterations is not None else []),
    ]
    return [*lines, ", ".join(limits)]


def _bare(text: str) -> str:
    """Return a text that is nothing but one placeholder without its braces."""
    inner = text.strip().removeprefix("{{").removesuffix("}}")
    return text if "{" in inner or "}" in inner else inner.strip()


def _conditions(node: GraphNode) -> list[str]:
    return [
        f"when {node.when}" if node.when else "",
        "left out by the entrypoints" if node.left_out else "",
    ]


def _around(node: GraphNode) -> list[str]:
    return [
        *([f"timeout {node.timeout}"] if node.timeout else []),
        *([f"retry {node.retry}"] if node.retry else []),
        *([f"goes on after {'/'.join(node.continue_on)}"] if node.continue_on else []),
    ]
