"""Values out of a JSON document, by JMESPath expressions."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, Any, cast

import jmespath
from jmespath.exceptions import JMESPathError

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from jmespath.parser import ParsedResult

    from aether_sdk import JsonValue


class ExtractionError(Exception):
    """An expression that does not fit the values it meets, such as `length` of a number."""


@lru_cache(maxsize=256)
def compiled(text: str) -> ParsedResult:
    """Return an expression, parsed once.

    Raises:
        ValueError: the text is not a JMESPath expression.
    """
    try:
        return jmespath.compile(text)
    except (JMESPathError, RecursionError) as error:
        # The library draws an arrow on a line of its own below the expression.
        reason = str(error).partition("\n")[0].rstrip(":")
        reason = reason.removeprefix("Invalid jmespath expression: ")
        message = f"{text!r} is not a JMESPath expression: {reason}"
        raise ValueError(message) from None


def fields_of(text: str) -> set[str]:
    """Return the names of all fields that an expression mentions, at any depth.

    Raises:
        ValueError: the text is not a JMESPath expression.
    """
    return set(_fields(compiled(text).parsed))


def _fields(node: Any) -> Iterator[str]:
    if node["type"] == "field":
        yield node["value"]
    for child in node["children"]:
        # The bounds of a slice are plain numbers.
        if isinstance(child, dict):
            yield from _fields(child)


def found(text: str, document: JsonValue) -> JsonValue:
    """Return what an expression finds in a document, None if it finds nothing.

    Raises:
        ExtractionError: the expression does not fit the document.
    """
    try:
        return cast("JsonValue", compiled(text).search(document))
    except (JMESPathError, ArithmeticError, TypeError, RecursionError) as error:
        # Without the cause, which may quote a whole document.
        message = f"the expression {text!r} does not fit the answer"
        raise ExtractionError(message) from error


def holds(text: str, document: JsonValue) -> bool:
    """Return whether an expression finds something that is neither false nor empty.

    Raises:
        ExtractionError: the expression does not fit the document.
    """
    value = found(text, document)
    # By the rules of JMESPath, where 0 is true.
    return value is not None and value is not False and value not in ("", [], {})


def extracted(expressions: Mapping[str, str], document: JsonValue) -> dict[str, JsonValue]:
    """Return what each expression finds, by name.

    Raises:
        ExtractionError: an expression does not fit the document.
    """
    return {name: found(text, document) for name, text in expressions.items()}
