"""Calls in the syntax tree: known names, right counts, and what `has` and `default` take."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from aether_core.expression._errors import ExpressionError
from aether_core.expression._functions import FUNCTIONS
from aether_core.expression._nodes import Call, Default, Has, Index, Node
from aether_core.expression._reference import Reference
from aether_core.expression._suggestion import nearest

if TYPE_CHECKING:
    from collections.abc import Sequence

    from aether_core.expression._lexer import Token

_SIGNATURES: Final = {
    **{
        name: (len(function.parameters), function.signature) for name, function in FUNCTIONS.items()
    },
    "has": (1, "has(reference)"),
    "default": (2, "default(reference, fallback)"),
}
#: Names from other languages that are too different for a comparison of spellings.
_OTHER_NAMES: Final = {
    "len": "length",
    "size": "length",
    "count": "length",
    "includes": "contains",
    "regex": "matches",
    "str": "string",
    "exists": "has",
    "defined": "has",
    "coalesce": "default",
    "number": "float",
}


def check_function(token: Token) -> None:
    """Check that a function of that name exists.

    Raises:
        ExpressionError: when it does not, with the nearest name as a hint.
    """
    if token.text not in _SIGNATURES:
        message = f"unknown function '{token.text}'"
        hint = _similar(token.text)
        raise ExpressionError(message, start=token.start, end=token.end, hint=hint)


def usage(name: object) -> str | None:
    """Return how to call the function of that name, if it is one."""
    known = _SIGNATURES.get(name) if isinstance(name, str) else None
    if known is None:
        return None
    such_as = f", such as {name}([a, b])" if known[1].endswith("(list)") else ""
    return f"write {known[1]}{such_as}"


def call(name: str, arguments: Sequence[Node], start: int, end: int) -> Node:
    """Return the node of a call of a known function.

    Raises:
        ExpressionError: for a wrong number of arguments, and for `has` and `default` of
            something else than a reference.
    """
    count = _SIGNATURES[name][0]
    if len(arguments) != count:
        noun = "argument" if count == 1 else "arguments"
        message = f"{name}() takes {count} {noun}, not {len(arguments)}"
        raise ExpressionError(message, start=start, end=end, hint=usage(name))
    if name == "has":
        return Has(start, end, _path(name, arguments[0]))
    if name == "default":
        return Default(start, end, _path(name, arguments[0]), arguments[1])
    return Call(start, end, name, tuple(arguments))


def _path(name: str, node: Node) -> Reference | Index:
    if isinstance(node, Reference):
        return node
    if isinstance(node, Index) and isinstance(node.base, Reference):
        return node
    message = f"what {name}() asks for is not a reference"
    hint = f"write {_SIGNATURES[name][1]}, where the reference is such as inputs.parameters.a"
    raise ExpressionError(message, start=node.start, end=node.end, hint=hint)


def _similar(name: str) -> str:
    known = _OTHER_NAMES.get(name.lower()) or nearest(name, _SIGNATURES)
    return f"did you mean {known}()?" if known else f"known are {', '.join(sorted(_SIGNATURES))}"
