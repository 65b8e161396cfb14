"""The syntax tree of an expression. Chains are flat, so that depth means nesting only."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeAlias

import msgspec

from aether_core.expression._reference import Reference

if TYPE_CHECKING:
    from collections.abc import Iterator


class _Node(msgspec.Struct, frozen=True):
    """What all nodes have: the offsets of the first character and behind the last one."""

    start: int
    end: int


class Literal(_Node, frozen=True):
    """A constant: null, a boolean, a number that is not negative, or a string."""

    value: bool | int | float | str | None


class ListDisplay(_Node, frozen=True):
    """`[a, b]`."""

    items: tuple[Node, ...]


class MapDisplay(_Node, frozen=True):
    """`{"a": b}`; the keys are all different."""

    keys: tuple[str, ...]
    values: tuple[Node, ...]


class Index(_Node, frozen=True):
    """`base[key][key]`; never constant keys on a reference, which become part of it."""

    base: Node
    keys: tuple[Node, ...]


class Not(_Node, frozen=True):
    """`!operand`."""

    operand: Node


class Negate(_Node, frozen=True):
    """`-operand`."""

    operand: Node


class And(_Node, frozen=True):
    """`a && b && c`, two operands or more."""

    operands: tuple[Node, ...]


class Or(_Node, frozen=True):
    """`a || b || c`, two operands or more."""

    operands: tuple[Node, ...]


class Compare(_Node, frozen=True):
    """`left operator right` with one of `== != < <= > >= in`."""

    operator: str
    left: Node
    right: Node


class Arithmetic(_Node, frozen=True):
    """`first + a - b`: one operand more than operators, all operators of one precedence."""

    operands: tuple[Node, ...]
    operators: tuple[str, ...]


class Conditional(_Node, frozen=True):
    """`a ? b : c ? d : e`: conditions and results in pairs, then the result of none."""

    conditions: tuple[Node, ...]
    results: tuple[Node, ...]
    otherwise: Node


class Call(_Node, frozen=True):
    """`function(argument, argument)`; the function exists and the count is right."""

    function: str
    arguments: tuple[Node, ...]


class Has(_Node, frozen=True):
    """`has(path)`."""

    path: Reference | Index


class Default(_Node, frozen=True):
    """`default(path, fallback)`."""

    path: Reference | Index
    fallback: Node


Node: TypeAlias = (
    Literal
    | Reference
    | ListDisplay
    | MapDisplay
    | Index
    | Not
    | Negate
    | And
    | Or
    | Compare
    | Arithmetic
    | Conditional
    | Call
    | Has
    | Default
)


def children(node: Node) -> tuple[Node, ...]:
    """Return the nodes directly below a node, in the order of the text."""
    match node:
        case Literal() | Reference():
            return ()
        case ListDisplay():
            return node.items
        case MapDisplay():
            return node.values
        case Index():
            return (node.base, *node.keys)
        case Not() | Negate():
            return (node.operand,)
        case And() | Or() | Arithmetic():
            return node.operands
        case Compare():
            return (node.left, node.right)
        case Conditional():
            pairs = zip(node.conditions, node.results, strict=True)
            return (*(part for pair in pairs for part in pair), node.otherwise)
        case Call():
            return node.arguments
        case Has():
            return (node.path,)
        case Default():
            return (node.path, node.fallback)


def descendants(node: Node) -> Iterator[tuple[Node, int]]:
    """Yield the node and all below it with their depth, in the order of the text.

    The depth of the node itself is 1. Works without recursion.
    """
    pending = [(node, 1)]
    while pending:
        current, depth = pending.pop()
        yield current, depth
        below = children(current)
        if below:
            pending.extend([(child, depth + 1) for child in reversed(below)])
