"""Which references an expression needs, and which it asks about first with `has` or `default`."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeAlias

from aether_core.expression._nodes import (
    And,
    Conditional,
    Default,
    Has,
    Index,
    Node,
    Not,
    Or,
    children,
    descendants,
)
from aether_core.expression._reference import Reference

if TYPE_CHECKING:
    from collections.abc import Set as AbstractSet

#: References known to have a value, by their segments.
_Facts: TypeAlias = "AbstractSet[tuple[str | int, ...]]"
_NOTHING: _Facts = frozenset()


def all_references(node: Node) -> tuple[Reference, ...]:
    """Return every reference of an expression, in the order of the text."""
    return tuple(found for found, _ in descendants(node) if isinstance(found, Reference))


def required_references(node: Node) -> tuple[Reference, ...]:
    """Return the references that may stop the evaluation when they have no value.

    Left out are those below `has`, the first argument of `default`, and those that are reached
    only when a `has` of the same or a longer reference was true: `has(x) && x == 1`,
    `!has(x) || x == 1`, `has(x) ? x : 0`.
    """
    found: list[Reference] = []
    _collect(node, _NOTHING, found)
    return tuple(found)


def _collect(node: Node, known: _Facts, found: list[Reference]) -> None:
    match node:
        case Reference():
            if node.segments not in known:
                found.append(node)
        case Has():
            _collect_keys(node.path, known, found)
        case Default():
            _collect_keys(node.path, known, found)
            _collect(node.fallback, known, found)
        case And() | Or():
            _collect_junction(node, known, found)
        case Conditional():
            _collect_conditional(node, known, found)
        case _:
            for child in children(node):
                _collect(child, known, found)


def _collect_keys(path: Reference | Index, known: _Facts, found: list[Reference]) -> None:
    for key in path.keys if isinstance(path, Index) else ():
        _collect(key, known, found)


def _collect_junction(node: And | Or, known: _Facts, found: list[Reference]) -> None:
    goes_on_if = isinstance(node, And)
    facts = set(known)
    for operand in node.operands:
        _collect(operand, facts, found)
        facts |= _facts(operand, outcome=goes_on_if)


def _collect_conditional(node: Conditional, known: _Facts, found: list[Reference]) -> None:
    facts = set(known)
    for condition, result in zip(node.conditions, node.results, strict=True):
        _collect(condition, facts, found)
        _collect(result, facts | _facts(condition, outcome=True), found)
        facts |= _facts(condition, outcome=False)
    _collect(node.otherwise, facts, found)


def _facts(node: Node, *, outcome: bool) -> _Facts:
    """Return what is known to have a value once the node has given this outcome."""
    match node:
        case Has() if outcome:
            path = node.path.base if isinstance(node.path, Index) else node.path
            segments = path.segments if isinstance(path, Reference) else ()
            return {segments[:length] for length in range(1, len(segments) + 1)}
        case Not():
            return _facts(node.operand, outcome=not outcome)
        case And() | Or():
            each = [_facts(operand, outcome=outcome) for operand in node.operands]
            if isinstance(node, And) is outcome:
                return frozenset[tuple[str | int, ...]]().union(*each)
            return frozenset(each[0]).intersection(*each[1:])
        case _:
            return _NOTHING
