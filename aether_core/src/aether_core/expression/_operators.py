"""What the binary operators do with values, and which kinds they accept (decision 8)."""

from __future__ import annotations

import math
import operator
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, Final, TypeAlias, cast

import msgspec

from aether_core.expression._evaluation import MAX_INTEGER, Fault, check_size
from aether_core.expression._values import Kind, equal, kind_of, member

if TYPE_CHECKING:
    from aether_core.expression._evaluation import Evaluation

#: Does an operation; raises Fault when it can't.
Operation: TypeAlias = Callable[["Evaluation", object, object], object]


class Operator(msgspec.Struct, frozen=True):
    """A binary operator.

    Attributes:
        kinds: The pairs of kinds it accepts.
        expects: What it accepts, for a message.
        run: The operation.
    """

    kinds: frozenset[tuple[Kind, Kind]]
    expects: str
    run: Operation


def mismatch(symbol: str, left: str, right: str) -> str:
    """Return the message for operands that an operator does not accept."""
    return f"'{symbol}' can't take {left} and {right}"


def not_boolean(symbol: str, given: str) -> str:
    """Return the message for an operand that should be a boolean."""
    return f"'{symbol}' takes booleans, not {given}"


#: What to do about an operand that is no boolean.
BOOLEAN_HINT: Final = "compare it with something, or write bool(value)"


def _refuse(symbol: str, left: object, right: object) -> Fault:
    message = mismatch(symbol, kind_of(left), kind_of(right))
    return Fault(message, OPERATORS[symbol].expects)


def _number(value: object) -> float | None:
    return cast("float", value) if kind_of(value) is Kind.NUMBER else None


def _bounded(value: float) -> float:
    if isinstance(value, int):
        if -MAX_INTEGER < value < MAX_INTEGER:
            return value
    elif math.isfinite(value):
        return value
    raise Fault("the resulting number is too large")


def _calculated(
    symbol: str, calculate: Callable[[float, float], float], left: object, right: object
) -> float:
    one, other = _number(left), _number(right)
    if one is None or other is None:
        raise _refuse(symbol, left, right)
    try:
        return _bounded(calculate(one, other))
    except OverflowError:
        raise Fault("the resulting number is too large") from None
    except ZeroDivisionError:
        raise Fault("division by zero") from None


def _add(evaluation: Evaluation, left: object, right: object) -> object:
    kind = kind_of(left)
    if kind is kind_of(right) and kind in (Kind.STRING, Kind.LIST):
        one, other = cast("str", left), cast("str", right)
        size = len(one) + len(other)
        check_size(size, "string" if kind is Kind.STRING else "list")
        evaluation.spend(size >> 3 if kind is Kind.STRING else size)
        return one + other
    return _calculated("+", operator.add, left, right)


def _subtract(_: Evaluation, left: object, right: object) -> float:
    return _calculated("-", operator.sub, left, right)


def _multiply(_: Evaluation, left: object, right: object) -> float:
    return _calculated("*", operator.mul, left, right)


def _divide(_: Evaluation, left: object, right: object) -> float:
    return _calculated("/", _quotient, left, right)


def _quotient(left: float, right: float) -> float:
    if isinstance(left, int) and isinstance(right, int):
        whole, rest = divmod(left, right)
        return left / right if rest else whole
    return left / right


def _modulo(_: Evaluation, left: object, right: object) -> float:
    return _calculated("%", operator.mod, left, right)


_ORDERED = frozenset((Kind.NUMBER, Kind.STRING))


def _ordering(symbol: str, compare: Callable[[Any, Any], object]) -> Operation:
    def run(_: Evaluation, left: object, right: object) -> object:
        kind = kind_of(left)
        if kind is not kind_of(right) or kind not in _ORDERED:
            raise _refuse(symbol, left, right)
        return compare(left, right)

    return run


def _differ(evaluation: Evaluation, left: object, right: object) -> bool:
    return not equal(evaluation, left, right)


_ARITHMETIC = frozenset({(Kind.NUMBER, Kind.NUMBER)})
_ADDITION = _ARITHMETIC | {(Kind.STRING, Kind.STRING), (Kind.LIST, Kind.LIST)}
_ORDERING = _ARITHMETIC | {(Kind.STRING, Kind.STRING)}
_EQUALITY = frozenset((left, right) for left in Kind for right in Kind)
_MEMBERSHIP = frozenset((item, Kind.LIST) for item in Kind) | {
    (Kind.STRING, Kind.MAP),
    (Kind.STRING, Kind.STRING),
}
_TWO_NUMBERS = "both sides must be numbers"
_COMPARABLE = "both sides must be numbers, or both strings"

OPERATORS: Final[dict[str, Operator]] = {
    "+": Operator(_ADDITION, "both sides must be numbers, strings or lists", _add),
    "-": Operator(_ARITHMETIC, _TWO_NUMBERS, _subtract),
    "*": Operator(_ARITHMETIC, _TWO_NUMBERS, _multiply),
    "/": Operator(_ARITHMETIC, _TWO_NUMBERS, _divide),
    "%": Operator(_ARITHMETIC, _TWO_NUMBERS, _modulo),
    "==": Operator(_EQUALITY, "any two values", equal),
    "!=": Operator(_EQUALITY, "any two values", _differ),
    "<": Operator(_ORDERING, _COMPARABLE, _ordering("<", operator.lt)),
    "<=": Operator(_ORDERING, _COMPARABLE, _ordering("<=", operator.le)),
    ">": Operator(_ORDERING, _COMPARABLE, _ordering(">", operator.gt)),
    ">=": Operator(_ORDERING, _COMPARABLE, _ordering(">=", operator.ge)),
    "in": Operator(_MEMBERSHIP, "a value in a list, a key in a map, or a part in a string", member),
}
