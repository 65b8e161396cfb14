"""Syntax tree to Python closures; nothing but these functions ever runs."""

from __future__ import annotations

import operator
from typing import TYPE_CHECKING, Any, Final, cast

from aether_core.expression._errors import EvaluationError, ExpressionError, MissingReference
from aether_core.expression._evaluation import MAX_INTEGER, Code, Evaluation, Fault
from aether_core.expression._functions import FUNCTIONS
from aether_core.expression._indexing import pick, pick_if_there
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
from aether_core.expression._operators import BOOLEAN_HINT, OPERATORS, not_boolean
from aether_core.expression._reference import MISSING, Reference
from aether_core.expression._regex import compile_pattern
from aether_core.expression._values import KINDS_BY_TYPE, Kind, plain

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence


# Two values of one of these very types need no further look at their kinds.
_SCALARS: Final[frozenset[type]] = frozenset((int, float, str, bool, type(None)))
_ORDERED: Final[frozenset[type]] = frozenset((int, float, str))
_NUMBERS: Final[frozenset[type]] = frozenset((int, float))
_SHORT_CUTS: Final[dict[str, tuple[frozenset[type], Callable[[Any, Any], object]]]] = {
    "==": (_SCALARS, operator.eq),
    "!=": (_SCALARS, operator.ne),
    "<": (_ORDERED, operator.lt),
    "<=": (_ORDERED, operator.le),
    ">": (_ORDERED, operator.gt),
    ">=": (_ORDERED, operator.ge),
    "+": (_NUMBERS, operator.add),
    "-": (_NUMBERS, operator.sub),
    "*": (_NUMBERS, operator.mul),
}
_NO_SHORT_CUT: Final[tuple[frozenset[type], Callable[[Any, Any], object]]] = (
    frozenset(),
    operator.eq,
)


def compile_node(node: Node) -> Code:  # noqa: PLR0912  # one case per kind of node
    """Return the code of a node.

    The code returns JSON data; it raises MissingReference and EvaluationError.

    Raises:
        ExpressionError: for a constant that its function does not take.
    """
    match node:
        case Literal():
            return _literal(node)
        case Reference():
            return _reference(node)
        case ListDisplay():
            return _list(node)
        case MapDisplay():
            return _map(node)
        case Index():
            return _index(node)
        case Not():
            return _not(node)
        case Negate():
            return _negate(node)
        case And():
            return _junction(node, "&&", stop_at=False)
        case Or():
            return _junction(node, "||", stop_at=True)
        case Compare():
            return _compare(node)
        case Arithmetic():
            return _arithmetic(node)
        case Conditional():
            return _conditional(node)
        case Call():
            return _call(node)
        case Has():
            return _has(node)
        case Default():
            return _default(node)


def _compiled(nodes: Sequence[Node]) -> list[tuple[Code, Node]]:
    # With map, since each comprehension on the way down would be a Python frame more.
    return list(zip(map(compile_node, nodes), nodes, strict=True))


def _literal(node: Literal) -> Code:
    value = node.value
    return lambda _: value


def _reference(reference: Reference) -> Code:
    def code(evaluation: Evaluation) -> object:
        value = evaluation.resolve(reference)
        if type(value) in KINDS_BY_TYPE:
            return value
        if value is MISSING:
            raise MissingReference(reference)
        return _plain(value, reference)

    return code


def _plain(value: object, node: Node) -> object:
    try:
        return plain(value)
    except Fault as fault:
        raise fault.at(node.start, node.end) from None


def _list(node: ListDisplay) -> Code:
    items = list(map(compile_node, node.items))
    return lambda evaluation: [item(evaluation) for item in items]


def _map(node: MapDisplay) -> Code:
    fields = list(zip(node.keys, map(compile_node, node.values), strict=True))
    return lambda evaluation: {key: value(evaluation) for key, value in fields}


def _index(node: Index) -> Code:
    base = compile_node(node.base)
    keys = _compiled(node.keys)

    def code(evaluation: Evaluation) -> object:
        value = base(evaluation)
        for key, source in keys:
            wanted = key(evaluation)
            try:
                value = pick(value, wanted)
            except Fault as fault:
                raise fault.at(source.start, source.end) from None
        return value

    return code


def _path(node: Reference | Index) -> Code:
    """Return code like the node's, but with MISSING for what is not there."""
    if isinstance(node, Reference):
        return lambda evaluation: evaluation.resolve(node)
    base = cast("Reference", node.base)
    keys = list(map(compile_node, node.keys))

    def code(evaluation: Evaluation) -> object:
        value = evaluation.resolve(base)
        for key in keys:
            if value is MISSING:
                break
            value = pick_if_there(value, key(evaluation))
        return value

    return code


def _has(node: Has) -> Code:
    path = _path(node.path)
    return lambda evaluation: path(evaluation) is not MISSING


def _default(node: Default) -> Code:
    path, fallback = _path(node.path), compile_node(node.fallback)

    def code(evaluation: Evaluation) -> object:
        value = path(evaluation)
        return fallback(evaluation) if value is MISSING else _plain(value, node.path)

    return code


def _no_boolean(symbol: str, value: object, node: Node) -> EvaluationError:
    message = not_boolean(symbol, KINDS_BY_TYPE[type(value)])
    return EvaluationError(message, start=node.start, end=node.end, hint=BOOLEAN_HINT)


def _not(node: Not) -> Code:
    operand = compile_node(node.operand)

    def code(evaluation: Evaluation) -> object:
        value = operand(evaluation)
        if value is True or value is False:
            return not value
        raise _no_boolean("!", value, node.operand)

    return code


def _junction(node: And | Or, symbol: str, *, stop_at: bool) -> Code:
    operands = _compiled(node.operands)

    def code(evaluation: Evaluation) -> object:
        for operand, source in operands:
            value = operand(evaluation)
            if value is stop_at:
                return value
            if value is not True and value is not False:
                raise _no_boolean(symbol, value, source)
        return not stop_at

    return code


def _conditional(node: Conditional) -> Code:
    results = map(compile_node, node.results)
    branches = list(zip(_compiled(node.conditions), results, strict=True))
    otherwise = compile_node(node.otherwise)

    def code(evaluation: Evaluation) -> object:
        for (condition, source), result in branches:
            value = condition(evaluation)
            if value is True:
                return result(evaluation)
            if value is not False:
                raise _no_boolean("?:", value, source)
        return otherwise(evaluation)

    return code


def _negate(node: Negate) -> Code:
    operand = compile_node(node.operand)

    def code(evaluation: Evaluation) -> object:
        value = operand(evaluation)
        if KINDS_BY_TYPE[type(value)] is Kind.NUMBER:
            return -cast("float", value)
        message = f"'-' takes a number, not {KINDS_BY_TYPE[type(value)]}"
        raise EvaluationError(message, start=node.operand.start, end=node.operand.end)

    return code


def _compare(node: Compare) -> Code:
    left, right = compile_node(node.left), compile_node(node.right)
    run = OPERATORS[node.operator].run
    types, short_cut = _SHORT_CUTS.get(node.operator, _NO_SHORT_CUT)

    def code(evaluation: Evaluation) -> object:
        one, other = left(evaluation), right(evaluation)
        if type(one) is type(other) and type(one) in types:
            return short_cut(one, other)
        try:
            return run(evaluation, one, other)
        except Fault as fault:
            raise fault.at(node.start, node.end) from None

    return code


def _arithmetic(node: Arithmetic) -> Code:
    first, *others = map(compile_node, node.operands)
    ends = [operand.end for operand in node.operands[1:]]
    operations = [
        (*_SHORT_CUTS.get(symbol, _NO_SHORT_CUT), OPERATORS[symbol].run)
        for symbol in node.operators
    ]
    steps = list(zip(operations, others, ends, strict=True))

    def code(evaluation: Evaluation) -> object:
        value: Any = first(evaluation)
        for (types, short_cut, run), operand, end in steps:
            other = operand(evaluation)
            if type(value) is type(other) and type(value) in types:
                quick: Any = short_cut(value, other)
                if -MAX_INTEGER < quick < MAX_INTEGER:
                    value = quick
                    continue
            try:
                value = run(evaluation, value, other)
            except Fault as fault:
                raise fault.at(node.start, end) from None
        return value

    return code


def _call(node: Call) -> Code:
    function = FUNCTIONS[node.function]
    if node.function == "matches":
        _check_pattern(node.arguments[1])
    codes = map(compile_node, node.arguments)
    parameters = list(zip(codes, function.accepts, strict=True))
    run = function.run

    def code(evaluation: Evaluation) -> object:
        values: list[object] = []
        for argument, accepts in parameters:
            value = argument(evaluation)
            if KINDS_BY_TYPE[type(value)] not in accepts:
                raise _wrong_argument(node, len(values), value)
            values.append(value)
        try:
            evaluation.spend(sum(map(_units, values)))
            return run(evaluation, *values)
        except Fault as fault:
            raise fault.at(node.start, node.end) from None

    return code


def _wrong_argument(node: Call, position: int, value: object) -> EvaluationError:
    function, argument = FUNCTIONS[node.function], node.arguments[position]
    message = function.refusal(position, KINDS_BY_TYPE[type(value)])
    hint = f"write {function.signature}"
    return EvaluationError(message, start=argument.start, end=argument.end, hint=hint)


def _units(value: object) -> int:
    if isinstance(value, str):
        return len(value) >> 3
    return len(cast("list[object]", value)) if isinstance(value, list | dict) else 0


def _check_pattern(pattern: Node) -> None:
    if not isinstance(pattern, Literal) or not isinstance(pattern.value, str):
        return
    try:
        compile_pattern(pattern.value)
    except Fault as fault:
        start, end = pattern.start, pattern.end
        raise ExpressionError(fault.message, start=start, end=end, hint=fault.hint) from None
