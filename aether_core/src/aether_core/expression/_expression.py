"""A compiled expression: the one thing that other rooms use."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, Final, cast

from aether_core.expression._compiler import compile_node
from aether_core.expression._errors import EvaluationError
from aether_core.expression._evaluation import Evaluation
from aether_core.expression._guards import all_references, required_references
from aether_core.expression._inference import Inference
from aether_core.expression._parser import parse
from aether_core.expression._passing import inspected_references
from aether_core.expression._values import kind_of

if TYPE_CHECKING:
    from collections.abc import Callable

    from aether_core.expression._inference import TypeProblem
    from aether_core.expression._nodes import Node
    from aether_core.expression._reference import Reference, Resolver
    from aether_core.expression._types import Type
    from aether_sdk import JsonValue

#: How many compiled expressions are kept for the next time.
_KEPT: Final = 8192


class Expression:
    """An expression, ready to be evaluated any number of times, from any thread.

    Attributes:
        text: The text it was compiled from.
        references: Every reference in it, in the order of the text, repeated ones too.
        required: The references that may stop an evaluation when they have no value: all but
            those guarded by `has` or `default`, as in `has(x) && x == 1`.
    """

    __slots__ = ("_code", "_node", "references", "required", "text")

    def __init__(self, text: str, node: Node) -> None:
        self.text = text
        self.references: tuple[Reference, ...] = all_references(node)
        self.required: tuple[Reference, ...] = required_references(node)
        self._node = node
        self._code = compile_node(node)

    def __repr__(self) -> str:
        return f"<Expression {self.text!r}>"

    def evaluate(self, resolve: Resolver) -> JsonValue:
        """Return the value of the expression.

        A list or map that a reference gives is returned as it is, not copied.

        Args:
            resolve: Answers each reference with JSON data, or with `MISSING`.

        Raises:
            MissingReference: when a reference that is needed has no value.
            EvaluationError: when the values do not fit the operations, or a bound is exceeded.
        """
        return cast("JsonValue", self._code(Evaluation(resolve)))

    def test(self, resolve: Resolver) -> bool:
        """Return the outcome of the expression as a condition (documents.md 10.3).

        The outcome is a boolean, or a string, which holds only when it is `true`.

        Raises:
            MissingReference: as `evaluate`.
            EvaluationError: as `evaluate`, and when the value is neither boolean nor string.
        """
        value = self._code(Evaluation(resolve))
        if value is True or value is False:
            return value
        if isinstance(value, str):
            return value == "true"
        message = f"the condition is {kind_of(value)}, not a boolean"
        hint = "compare it with something"
        raise EvaluationError(message, start=self._node.start, end=self._node.end, hint=hint)

    def check(self, type_of: Callable[[Reference], Type]) -> tuple[Type, tuple[TypeProblem, ...]]:
        """Return the static type of the value, and everything that types rule out.

        Args:
            type_of: Answers each reference with its type; `ANY` keeps the check silent about it.
        """
        inference = Inference(type_of)
        result = inference.type_of(self._node)
        return result, tuple(inference.problems)

    def inspected(self, *, is_condition: bool) -> tuple[Reference, ...]:
        """Return the references whose values decide something or are taken apart.

        Others are passed on as they are: as the result or a part of it.

        Args:
            is_condition: Whether the result itself decides something.
        """
        return tuple(inspected_references(self._node, is_condition=is_condition))


@lru_cache(maxsize=_KEPT)
def compile_expression(text: str) -> Expression:
    r"""Compile an expression; the same text gives the same object again for a while.

    The language is described in decision 8. `default(reference, fallback)` gives the fallback
    only when the reference is missing: null is a value (decision 15). `has(null)` is true too.
    `a % b` has the sign of `b`, so `-1 % 3` is 2. `int` cuts off the fraction; `int`, `float` and
    `bool` read texts, and `int(true)` is 1. A backslash in a string escapes itself and
    quotes; with n, r, t, or u and four hexadecimal digits it is a character, as in JSON; before
    anything else it stands for itself, so `'\d+'` is a pattern as it is.

    Raises:
        ExpressionError: when the text is not an expression, with offsets into it.
    """
    return Expression(text, parse(text))
