"""The static types of values, as far as an expression can know them (decision 3)."""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING, Final, cast

import msgspec

from aether_core.expression._values import KINDS_BY_TYPE, Kind

if TYPE_CHECKING:
    from collections.abc import Iterable

#: More choices than this are not worth remembering.
_MAX_CHOICES: Final = 32


class TypeName(StrEnum):
    """The names of the static types; the value reads well behind "not" in a message."""

    ANY = "anything"
    NULL = "null"
    BOOL = "a boolean"
    INT = "an integer"
    NUMBER = "a number"
    STRING = "a string"
    LIST = "a list"
    MAP = "a map"


_KINDS: Final[dict[TypeName, frozenset[Kind]]] = {
    TypeName.ANY: frozenset(Kind),
    TypeName.NULL: frozenset({Kind.NULL}),
    TypeName.BOOL: frozenset({Kind.BOOL}),
    TypeName.INT: frozenset({Kind.NUMBER}),
    TypeName.NUMBER: frozenset({Kind.NUMBER}),
    TypeName.STRING: frozenset({Kind.STRING}),
    TypeName.LIST: frozenset({Kind.LIST}),
    TypeName.MAP: frozenset({Kind.MAP}),
}


class Type(msgspec.Struct, frozen=True):
    """The type of a value that is not known yet.

    An integer is also a number, and everything is also `ANY`.

    Attributes:
        name: Which type.
        item: For a list, the type of its items; else None.
        choices: For a string, the only values it can have; empty when any is possible.
    """

    name: TypeName
    item: Type | None = None
    choices: tuple[str, ...] = ()

    def __str__(self) -> str:
        return self.name.value

    @property
    def kinds(self) -> frozenset[Kind]:
        """The kinds that a value of this type may have at run time."""
        return _KINDS[self.name]

    @property
    def items(self) -> Type:
        """The type of a list's items; `ANY` for what is not known to be a list."""
        return self.item or ANY

    def accepts(self, value: object) -> bool:
        """Return whether a JSON value is of this type; an integer may be written 5.0."""
        kind = KINDS_BY_TYPE.get(type(value))
        if kind not in self.kinds:
            return False
        if self.name is TypeName.INT:
            return isinstance(value, int) or cast("float", value).is_integer()
        if self.name is TypeName.LIST and self.items != ANY:
            return all(map(self.items.accepts, cast("list[object]", value)))
        return not self.choices or value in self.choices


ANY: Final = Type(TypeName.ANY)
NULL: Final = Type(TypeName.NULL)
BOOL: Final = Type(TypeName.BOOL)
INT: Final = Type(TypeName.INT)
NUMBER: Final = Type(TypeName.NUMBER)
STRING: Final = Type(TypeName.STRING)
LIST: Final = Type(TypeName.LIST, ANY)
MAP: Final = Type(TypeName.MAP)

_DECLARED: Final = {
    "string": STRING,
    "int": INT,
    "integer": INT,
    "float": NUMBER,
    "number": NUMBER,
    "bool": BOOL,
    "boolean": BOOL,
    "array": LIST,
    "list": LIST,
    "object": MAP,
}


def from_name(declared: str) -> Type:
    """Return the type that a document's `type` names; `ANY` for `any`, `json` and unknown names."""
    return _DECLARED.get(declared, ANY)


def list_of(item: Type) -> Type:
    """Return the type of lists whose items have the given type."""
    return Type(TypeName.LIST, item)


def one_of(choices: Iterable[str]) -> Type:
    """Return the type of strings that are one of a few, such as an enum's or the phases."""
    known = tuple(sorted(set(choices)))
    return Type(TypeName.STRING, None, known) if len(known) <= _MAX_CHOICES else STRING


def join(types: Iterable[Type]) -> Type:
    """Return the smallest type that includes all of them; `ANY` for none."""
    result: Type | None = None
    for other in types:
        result = other if result is None else _join(result, other)
    return ANY if result is None else result


def _join(left: Type, right: Type) -> Type:
    if left == right:
        return left
    if left.name is not right.name:
        return NUMBER if left.kinds == right.kinds else ANY
    if left.name is TypeName.LIST:
        return list_of(_join(left.items, right.items))
    return one_of(left.choices + right.choices) if left.choices and right.choices else STRING


def never_equal(left: Type, right: Type) -> bool:
    """Return whether no value of one type can equal a value of the other.

    Null is left out: to ask whether a value is null is always fair.
    """
    if TypeName.NULL in (left.name, right.name):
        return False
    if not left.kinds & right.kinds:
        return True
    return bool(left.choices and right.choices and not set(left.choices) & set(right.choices))
