"""References to values by name, and how one is followed into JSON data (decision 7)."""

from __future__ import annotations

import re
from collections.abc import Callable
from enum import Enum
from functools import cached_property
from typing import TYPE_CHECKING, Final, Literal, TypeAlias, cast

import msgspec

if TYPE_CHECKING:
    from collections.abc import Iterable

#: The phases that an expression may write without quotes.
PHASE_NAMES: Final = frozenset(
    (
        "Created",
        "Ready",
        "Running",
        "Suspended",
        "Succeeded",
        "Failed",
        "Error",
        "Timeout",
        "Skipped",
        "Cancelled",
    )
)

#: The words that are part of the language and never the beginning of a reference.
KEYWORDS: Final = frozenset(("true", "false", "null", "and", "or", "not", "in"))

_SEGMENT = re.compile(r"[A-Za-z0-9_]+(?:-+[A-Za-z0-9][A-Za-z0-9_]*)*")
_MINUS_NUMBER = re.compile(r"-[0-9]+\Z")
_CONSTANTS_BY_LOWER_CASE = {
    **{name.lower(): name for name in PHASE_NAMES},
    **{name: name for name in KEYWORDS},
    "none": "null",
    "nil": "null",
}


class Missing(Enum):
    """The type of `MISSING`."""

    MISSING = "missing"

    def __bool__(self) -> Literal[False]:
        return False

    def __repr__(self) -> str:
        return "MISSING"


#: What a resolver answers for a reference without a value; null is a value.
MISSING: Final = Missing.MISSING


class Reference(msgspec.Struct, frozen=True, dict=True):
    """A name such as `tasks.a.outputs.parameters.p[0]`, and where it stands.

    Attributes:
        segments: Names and list indexes, outermost first; never empty, the first is a name.
        start: Offset of its first character in the text it comes from.
        end: Offset behind its last character.
    """

    segments: tuple[str | int, ...]
    start: int
    end: int

    @cached_property
    def text(self) -> str:
        """The reference in its usual spelling, whatever spelling the author chose."""
        return str(self.segments[0]) + "".join(map(_suffix, self.segments[1:]))

    @property
    def hint(self) -> str | None:
        """What the author may have meant, if the reference is a known kind of slip."""
        last = self.segments[-1]
        if isinstance(last, str) and _MINUS_NUMBER.search(last):
            return f"{last!r} is one name; put blanks around '-' to subtract"
        if len(self.segments) > 1 or not isinstance(last, str):
            return None
        constant = _CONSTANTS_BY_LOWER_CASE.get(last.lower())
        if constant is not None and constant != last:
            return f"write {constant} for the constant"
        hint = f"write '{last}' in quotes if it is text"
        return f"{hint}, or put blanks around '-' to subtract" if "-" in last else hint


#: Answers a reference with its JSON value or with `MISSING`.
Resolver: TypeAlias = Callable[[Reference], object]


def quoted(text: str) -> str:
    """Return the text as a string literal of the expression language."""
    escaped = text.replace("\\", "\\\\").replace('"', '\\"')
    return '"' + escaped.replace("\n", "\\n").replace("\r", "\\r").replace("\t", "\\t") + '"'


def _suffix(segment: str | int) -> str:
    if isinstance(segment, int):
        return f"[{segment}]"
    return f".{segment}" if _SEGMENT.fullmatch(segment) else f"[{quoted(segment)}]"


def walk(value: object, segments: Iterable[str | int]) -> object:
    """Follow names into objects and indexes into lists.

    Returns:
        The value found, or `MISSING`. A negative index, a name on a list and an index on an
        object find nothing.
    """
    for segment in segments:
        if isinstance(value, dict) and isinstance(segment, str):
            fields = cast("dict[str, object]", value)
            if segment not in fields:
                return MISSING
            value = fields[segment]
        elif isinstance(value, list) and isinstance(segment, int):
            items = cast("list[object]", value)
            if not 0 <= segment < len(items):
                return MISSING
            value = items[segment]
        else:
            return MISSING
    return value
