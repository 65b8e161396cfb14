"""Text to syntax tree: a Pratt parser.

Precedence, loosest first: `?:`, `||`, `&&`, `not`, comparisons and `in` (which do not chain),
`+ -`, `* / %`, then `!` and the unary `-`, then indexing. So `not a == b` is `not (a == b)`, and
`!a == b` is `(!a) == b`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar, Final

from aether_core.expression._calls import call, check_function, usage
from aether_core.expression._errors import ExpressionError
from aether_core.expression._lexer import Lexeme, Token, scan
from aether_core.expression._nodes import (
    And,
    Arithmetic,
    Compare,
    Conditional,
    Index,
    ListDisplay,
    Literal,
    MapDisplay,
    Negate,
    Node,
    Not,
    Or,
    descendants,
)
from aether_core.expression._reader import CONSTANTS, Reader
from aether_core.expression._reference import PHASE_NAMES, Reference

if TYPE_CHECKING:
    from collections.abc import Callable

#: Longest text of an expression, in characters.
MAX_TEXT: Final = 10_000
#: Deepest nesting of brackets, calls, unary operators and conditionals.
MAX_NESTING: Final = 100
#: Deepest recursion and highest tree: operators inside brackets add levels of their own.
_MAX_DEPTH: Final = 210

_CONDITIONAL, _OR, _AND, _NOT, _COMPARE, _ADD, _MULTIPLY, _UNARY = range(1, 9)
_COMPARISONS: Final = ("==", "!=", "<", "<=", ">", ">=", "in", "not in")
_WORD_OPERATORS: Final = {"and": "&&", "or": "||", "in": "in"}


def parse(text: str) -> Node:
    """Return the syntax tree of an expression.

    Raises:
        ExpressionError: when the text is not an expression, or exceeds a bound.
    """
    if len(text) > MAX_TEXT:
        message = f"the expression is longer than {MAX_TEXT:,} characters"
        raise ExpressionError(message, start=MAX_TEXT, end=len(text))
    parser = _Parser(text)
    if parser.token.lexeme is Lexeme.END:
        raise ExpressionError("the expression is empty", start=0, end=len(text))
    node = parser.expression()
    parser.require_end()
    # Each level takes a character at least, so that a short text needs no look.
    for inner, depth in descendants(node) if len(text) > _MAX_DEPTH else ():
        if depth > _MAX_DEPTH:
            raise _too_deep(inner.start, inner.end)
    return node


def _too_deep(start: int, end: int) -> ExpressionError:
    message = "the expression is nested too deeply"
    hint = f"at most {MAX_NESTING} levels; split it into several parameters"
    return ExpressionError(message, start=start, end=end, hint=hint)


class _Parser(Reader):
    """Reads one expression."""

    __slots__ = ("_depth", "_nesting")

    def __init__(self, text: str) -> None:
        super().__init__(text)
        self._depth = 0
        self._nesting = 0

    def expression(self, power: int = 0) -> Node:
        """Read an expression of operators that bind tighter than `power`.

        Raises:
            ExpressionError: when there is none.
        """
        self._depth += 1
        if self._depth > _MAX_DEPTH:
            raise _too_deep(self.token.start, self.token.end)
        start = self.token.start
        left = self._operand()
        while True:
            infix = self._INFIX.get(self._operator())
            if infix is None or infix[0] <= power:
                self._depth -= 1
                return left
            left = infix[1](self, left, start)

    def _operator(self) -> str:
        token = self.token
        if token.lexeme is Lexeme.SYMBOL:
            return token.text
        if token.lexeme is not Lexeme.NAME:
            return ""
        if token.text == "not":
            after = scan(self.text, token.end)
            return "not in" if (after.lexeme, after.text) == (Lexeme.NAME, "in") else ""
        return _WORD_OPERATORS.get(token.text, "")

    def _enter(self) -> None:
        self._nesting += 1
        if self._nesting > MAX_NESTING:
            raise _too_deep(self.token.start, self.token.end)

    def _operand(self) -> Node:
        token = self.token
        if self.at("-") or self.at("!") or (token.lexeme, token.text) == (Lexeme.NAME, "not"):
            return self._unary(token)
        node = self._primary(token)
        indexed = self._indexed(node, token.start)
        if indexed is node and token.text in PHASE_NAMES:
            # In braces or with a field behind it, even the name of a phase is a reference.
            return Literal(token.start, token.end, token.text)
        return indexed

    def _unary(self, token: Token) -> Node:
        self._enter()
        self.take()
        operand = self.expression(_NOT if token.text == "not" else _UNARY)
        self._nesting -= 1
        make = Negate if token.text == "-" else Not
        return make(token.start, self.last, operand)

    def _primary(self, token: Token) -> Node:
        if token.text in self._BRACKETS and token.lexeme is Lexeme.SYMBOL:
            self._enter()
            node = self._BRACKETS[token.text](self)
            self._nesting -= 1
            return node
        is_value = token.lexeme in (Lexeme.NUMBER, Lexeme.STRING, Lexeme.NAME)
        if not is_value or token.text in _WORD_OPERATORS:
            raise self.expected("a value")
        self.take()
        if token.lexeme is not Lexeme.NAME:
            return Literal(token.start, token.end, token.value)
        if token.text in CONSTANTS:
            return Literal(token.start, token.end, CONSTANTS[token.text])
        if self.at("("):
            return self._call(token)
        return Reference((token.text,), token.start, token.end)

    def _indexed(self, node: Node, start: int) -> Node:
        keys: list[Node] = []
        if self.token.lexeme is Lexeme.FIELD and isinstance(node, Reference):
            node = self._fields(node, start)
        while (key := self._key()) is not None:
            segment = _segment(key)
            if segment is not None and not keys and isinstance(node, Reference):
                node = self.referenced([*node.segments, segment], start)
            else:
                keys.append(key)
        if self.at("("):
            raise self._not_callable(keys[-1] if keys else node, start)
        return Index(start, self.last, node, tuple(keys)) if keys else node

    def _fields(self, node: Reference, start: int) -> Reference:
        """Read the fields behind a name at once; nearly every reference is made of them."""
        segments = [*node.segments]
        while self.token.lexeme is Lexeme.FIELD:
            segments.append(self.take().text)
        return self.referenced(segments, start)

    def _key(self) -> Node | None:
        token = self.token
        if token.lexeme is Lexeme.FIELD:
            self.take()
            return Literal(token.start, token.end, token.text)
        if not self.at("["):
            return None
        self._enter()
        self.take()
        key = self.expression()
        self.require("]")
        self._nesting -= 1
        return key

    def _not_callable(self, callee: Node, start: int) -> ExpressionError:
        name = callee.segments[-1] if isinstance(callee, Reference) else _segment(callee)
        hint = usage(name) or "a function is written name(argument)"
        message = "only a function can be called; there are no methods"
        return ExpressionError(message, start=start, end=self.last, hint=hint)

    def _call(self, name: Token) -> Node:
        check_function(name)
        self._enter()
        self.take()
        arguments = self._items(")")
        self._nesting -= 1
        return call(name.text, arguments, name.start, self.last)

    def _items(self, closing: str) -> tuple[Node, ...]:
        items: list[Node] = []
        while not (self.at(closing) and not items):
            items.append(self.expression())
            if not self.at(","):
                break
            self.take()
        if not self.at(closing):
            raise self.expected(f"',' or '{closing}'")
        self.take()
        return tuple(items)

    def _group(self) -> Node:
        self.take()
        node = self.expression()
        self.require(")")
        return node

    def _list(self) -> Node:
        start = self.take().start
        items = self._items("]")
        return ListDisplay(start, self.last, items)

    def _map(self) -> Node:
        start = self.token.start
        if self.text.startswith("{{", start):
            return self._placeholder()
        self.take()
        fields: dict[str, Node] = {}
        while not (self.at("}") and not fields):
            key = self._map_key(fields)
            self.require(":")
            fields[key] = self.expression()
            if not self.at(","):
                break
            self.take()
        if not self.at("}"):
            raise self.expected("',' or '}'")
        self.take()
        return MapDisplay(start, self.last, tuple(fields), tuple(fields.values()))

    def _map_key(self, fields: dict[str, Node]) -> str:
        token = self.token
        key = token.text if token.lexeme is Lexeme.NAME else token.value
        if not isinstance(key, str):
            raise self.expected("a key: a name, or a string in quotes")
        if key in fields:
            raise self.error("the map has this key already")
        self.take()
        return key

    def _placeholder(self) -> Node:
        self.take()
        self.take()
        reference = self.reference()
        if not self.text.startswith("}}", self.token.start):
            raise self.expected("'}}'", "braces hold one reference only, operators stand outside")
        self.take()
        self.take()
        return reference

    def _chain(self, left: Node, symbol: str, power: int) -> tuple[Node, ...]:
        operands = [left]
        while self._operator() == symbol:
            self.take()
            operands.append(self.expression(power))
        return tuple(operands)

    def _or(self, left: Node, start: int) -> Node:
        operands = self._chain(left, "||", _OR)
        return Or(start, self.last, operands)

    def _and(self, left: Node, start: int) -> Node:
        operands = self._chain(left, "&&", _AND)
        return And(start, self.last, operands)

    def _comparison(self, left: Node, start: int) -> Node:
        symbol = self._operator()
        if symbol == "not in":
            self.take()
        self.take()
        right = self.expression(_COMPARE)
        if self._operator() in _COMPARISONS:
            hint = "write a < b && b < c, or put parentheses around one comparison"
            raise self.error(f"comparisons do not chain: unexpected {self.token.shown}", hint)
        if symbol != "not in":
            return Compare(start, self.last, symbol, left, right)
        return Not(start, self.last, Compare(start, self.last, "in", left, right))

    def _additive(self, left: Node, start: int) -> Node:
        return self._arithmetic(left, start, "+-", _ADD)

    def _multiplicative(self, left: Node, start: int) -> Node:
        return self._arithmetic(left, start, "*/%", _MULTIPLY)

    def _arithmetic(self, left: Node, start: int, symbols: str, power: int) -> Node:
        operands, operators = [left], list[str]()
        while self.token.lexeme is Lexeme.SYMBOL and self.token.text in symbols:
            operators.append(self.take().text)
            operands.append(self.expression(power))
        return Arithmetic(start, self.last, tuple(operands), tuple(operators))

    def _conditional(self, left: Node, start: int) -> Node:
        conditions, results, otherwise = list[Node](), list[Node](), left
        while self.at("?"):
            self._enter()
            conditions.append(otherwise)
            self.take()
            results.append(self.expression())
            self.require(":")
            self._nesting -= 1
            otherwise = self.expression(_CONDITIONAL)
        return Conditional(start, self.last, tuple(conditions), tuple(results), otherwise)

    _BRACKETS: ClassVar[dict[str, Callable[[_Parser], Node]]] = {
        "(": _group,
        "[": _list,
        "{": _map,
    }
    _INFIX: ClassVar[dict[str, tuple[int, Callable[[_Parser, Node, int], Node]]]] = {
        "?": (_CONDITIONAL, _conditional),
        "||": (_OR, _or),
        "&&": (_AND, _and),
        **dict.fromkeys(_COMPARISONS, (_COMPARE, _comparison)),
        **dict.fromkeys("+-", (_ADD, _additive)),
        **dict.fromkeys("*/%", (_MULTIPLY, _multiplicative)),
    }


def _segment(key: Node) -> str | int | None:
    """Return what a constant key adds to a reference; None for all other keys."""
    if isinstance(key, Literal) and isinstance(key.value, str | int):
        return None if isinstance(key.value, bool) else key.value
    return None
