"""The type of an expression before it runs, and what its types rule out (decision 3)."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec

from aether_core.expression._functions import FUNCTIONS
from aether_core.expression._nodes import (
    And,
    Arithmetic,
    Call,
    Compare,
    Conditional,
    Default,
    Has,
    Index,
    ListDisplay,
    Literal,
    MapDisplay,
    Negate,
    Node,
    Not,
    Or,
)
from aether_core.expression._operators import BOOLEAN_HINT, OPERATORS, mismatch, not_boolean
from aether_core.expression._reference import Reference
from aether_core.expression._suggestion import nearest
from aether_core.expression._types import (
    ANY,
    BOOL,
    INT,
    MAP,
    NULL,
    NUMBER,
    STRING,
    Type,
    TypeName,
    join,
    list_of,
    never_equal,
    one_of,
)
from aether_core.expression._values import Kind

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

_CONTAINERS = frozenset({Kind.LIST, Kind.MAP})


class TypeProblem(msgspec.Struct, frozen=True):
    """Something in an expression that its types rule out.

    Attributes:
        message: What is wrong.
        start: Offset of the first character concerned.
        end: Offset behind the last one.
        hint: What to do about it, if that is known.
        certain: Whether it is an error each time it is evaluated; else it works, but surely not
            as meant, such as a comparison that is never true.
    """

    message: str
    start: int
    end: int
    hint: str | None = None
    certain: bool = True


class Inference:
    """Finds the type of each node, and collects the problems on the way.

    Attributes:
        problems: What was found, in the order of the text of the operands.
    """

    __slots__ = ("_type_of", "problems")

    def __init__(self, type_of: Callable[[Reference], Type]) -> None:
        self._type_of = type_of
        self.problems: list[TypeProblem] = []

    def type_of(self, node: Node) -> Type:  # noqa: PLR0912  # one case per kind of node
        """Return the type of a node and note the problems below it."""
        match node:
            case Literal():
                return _literal(node)
            case Reference():
                return self._type_of(node)
            case ListDisplay():
                return list_of(join(map(self.type_of, node.items)))
            case MapDisplay():
                list(map(self.type_of, node.values))
                return MAP
            case Index():
                return self._index(node)
            case Not():
                return self._booleans("!", (node.operand,))
            case Negate():
                return self._negate(node)
            case And():
                return self._booleans("&&", _evaluated(node.operands, stop=False))
            case Or():
                return self._booleans("||", _evaluated(node.operands, stop=True))
            case Compare():
                return self._compare(node)
            case Arithmetic():
                return self._arithmetic(node)
            case Conditional():
                conditions = _evaluated(node.conditions, stop=True)
                self._booleans("?:", conditions)
                return join(map(self.type_of, _results(node, conditions)))
            case Call():
                return self._call(node)
            case Has():
                self._path(node.path)
                return BOOL
            case Default():
                return join((self._path(node.path), self.type_of(node.fallback)))

    def _note(
        self, node: Node, message: str, hint: str | None = None, *, certain: bool = True
    ) -> None:
        self.problems.append(TypeProblem(message, node.start, node.end, hint, certain))

    def _booleans(self, symbol: str, operands: Sequence[Node]) -> Type:
        for operand in operands:
            found = self.type_of(operand)
            if Kind.BOOL not in found.kinds:
                self._note(operand, not_boolean(symbol, str(found)), BOOLEAN_HINT)
        return BOOL

    def _negate(self, node: Negate) -> Type:
        found = self.type_of(node.operand)
        if Kind.NUMBER not in found.kinds:
            self._note(node.operand, f"'-' takes a number, not {found}")
        return INT if found == INT else NUMBER

    def _index(self, node: Index) -> Type:
        found = self.type_of(node.base)
        for key in node.keys:
            found = self._item(found, key)
        return found

    def _item(self, container: Type, key: Node) -> Type:
        given = self.type_of(key)
        if not container.kinds & _CONTAINERS:
            self._note(key, f"only a list or a map has items, not {container}")
        elif container.name is TypeName.LIST and Kind.NUMBER not in given.kinds:
            self._note(key, f"the index of a list is a whole number, not {given}")
        elif container.name is TypeName.MAP and Kind.STRING not in given.kinds:
            self._note(key, f"the key of a map is a string, not {given}")
        elif not given.kinds & {Kind.NUMBER, Kind.STRING}:
            self._note(key, f"an index is a number or a string, not {given}")
        return container.items

    def _path(self, node: Reference | Index) -> Type:
        # Lenient as has() and default() are: what does not fit counts as missing.
        if isinstance(node, Reference):
            return self._type_of(node)
        found = self.type_of(node.base)
        for key in node.keys:
            self.type_of(key)
            found = found.items
        return found

    def _compare(self, node: Compare) -> Type:
        left, right = self.type_of(node.left), self.type_of(node.right)
        if node.operator in ("==", "!="):
            if never_equal(left, right):
                outcome = "false" if node.operator == "==" else "true"
                self._never_equal(node, left, right, outcome)
        elif self._accepted(node, node.operator, left, right) and node.operator == "in":
            self._membership(node, left, right)
        return BOOL

    def _never_equal(self, node: Node, left: Type, right: Type, outcome: str) -> None:
        message, hint = f"always {outcome}: {left} never equals {right}", None
        if left.kinds == right.kinds:
            known, word = (left, right) if len(right.choices) == 1 else (right, left)
            similar = nearest(word.choices[0], known.choices)
            message = f"always {outcome}: '{word.choices[0]}' is not one of the possible values"
            hint = f"did you mean '{similar}'?" if similar else f"known are {_listed(known)}"
        elif Kind.STRING in left.kinds | right.kinds:
            hint = "values of different kinds are never equal; convert one of them"
        self._note(node, message, hint, certain=False)

    def _membership(self, node: Node, item: Type, container: Type) -> None:
        if container.name is TypeName.LIST and never_equal(item, container.items):
            self._never_equal(node, item, container.items, "false")

    def _accepted(self, node: Node, symbol: str, left: Type, right: Type) -> frozenset[Kind]:
        """Return the kinds of the left operand that can work, and note when there is none."""
        accepted = frozenset(
            one
            for one, other in OPERATORS[symbol].kinds
            if one in left.kinds and other in right.kinds
        )
        if not accepted:
            message = mismatch(symbol, str(left), str(right))
            self._note(node, message, OPERATORS[symbol].expects)
        return accepted

    def _arithmetic(self, node: Arithmetic) -> Type:
        found = self.type_of(node.operands[0])
        for symbol, operand in zip(node.operators, node.operands[1:], strict=True):
            other = self.type_of(operand)
            if symbol in "/%" and _is_zero(operand):
                self._note(operand, "division by zero")
            step = Arithmetic(node.start, operand.end, (), ())
            accepted = self._accepted(step, symbol, found, other)
            found = _calculated(symbol, accepted, found, other)
        return found

    def _call(self, node: Call) -> Type:
        function = FUNCTIONS[node.function]
        types = list(map(self.type_of, node.arguments))
        before = len(self.problems)
        for position, (argument, found) in enumerate(zip(node.arguments, types, strict=True)):
            if not found.kinds & function.accepts[position]:
                message = function.refusal(position, str(found))
                self._note(argument, message, f"write {function.signature}")
        if function.items is not None and not types[0].items.kinds & function.items:
            message = f"{function.name}() can't take a list where an item is {types[0].items}"
            self._note(node.arguments[0], message, certain=False)
        if function.name == "contains" and len(self.problems) == before:
            self._contains(node, types[1], types[0])
        return function.result(types)

    def _contains(self, node: Node, item: Type, container: Type) -> None:
        if Kind.LIST not in container.kinds and Kind.STRING not in item.kinds:
            self._note(node, f"{container} can contain a string only, not {item}")
        self._membership(node, item, container)


def _evaluated(operands: Sequence[Node], *, stop: bool) -> Sequence[Node]:
    """Return the operands up to the first literal that decides; the others are never evaluated."""
    for number, operand in enumerate(operands, start=1):
        if isinstance(operand, Literal) and operand.value is stop:
            return operands[:number]
    return operands


def _results(node: Conditional, conditions: Sequence[Node]) -> Sequence[Node]:
    """Return the results that can be chosen; that of a literal `false` can't."""
    pairs = zip(conditions, node.results, strict=False)
    chosen = [result for condition, result in pairs if not _is_false(condition)]
    last = conditions[-1] if conditions else None
    is_decided = isinstance(last, Literal) and last.value is True
    return chosen if is_decided else [*chosen, node.otherwise]


def _is_false(node: Node) -> bool:
    return isinstance(node, Literal) and node.value is False


def _literal(node: Literal) -> Type:
    match node.value:
        case None:
            return NULL
        case bool():
            return BOOL
        case int():
            return INT
        case float():
            return NUMBER
        case str():
            return one_of((node.value,))


def _calculated(symbol: str, accepted: frozenset[Kind], left: Type, right: Type) -> Type:
    match tuple(accepted):
        case (Kind.NUMBER,):
            return INT if left == right == INT and symbol != "/" else NUMBER
        case (Kind.STRING,):
            return STRING
        case (Kind.LIST,):
            return list_of(join((left.items, right.items)))
        case _:
            return ANY


def _is_zero(node: Node) -> bool:
    return isinstance(node, Literal) and type(node.value) in (int, float) and not node.value


def _listed(known: Type) -> str:
    return ", ".join(f"'{choice}'" for choice in known.choices)
