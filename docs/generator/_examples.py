"""The examples of the protocol guide, and which keys and values each of them uses."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, NamedTuple, cast

from msgspec import inspect as mi

from aether_core.document import load_file
from generator._objects import RESOURCES, Field, Struct, fields, members, name_of, objects

if TYPE_CHECKING:
    from collections.abc import Iterator

EXAMPLES: Final = Path(__file__).parents[1] / "protocol/examples"


class Use(NamedTuple):
    """A key that a document has, or one of the words that a key can have as its value."""

    object: str
    key: str
    choice: str = ""


class Example(NamedTuple):
    """A document of the guide, or several in one file.

    Attributes:
        uses: What its documents use.
    """

    path: Path
    uses: frozenset[Use]


@cache
def examples() -> tuple[Example, ...]:
    """Return all examples, by name."""
    return tuple(map(_read, sorted(EXAMPLES.glob("*.yaml"))))


def every_use() -> list[Use]:
    """Return everything that the models allow to be used."""
    found: list[Use] = []
    for struct in objects():
        for field in fields(struct):
            found.append(Use(name_of(struct), field.key))
            found += (Use(name_of(struct), field.key, str(word)) for word in _choices(field.type))
    return found


def shown_in(use: Use) -> Example | None:
    """Return the example that shows a use with the least around it."""
    fitting = [example for example in examples() if use in example.uses]
    return min(fitting, key=lambda each: (len(each.uses), each.path.name), default=None)


def _read(path: Path) -> Example:
    loaded = load_file(path)
    documents = tuple(cast("dict[str, Any]", each.value) for each in loaded.documents)
    uses = frozenset(use for document in documents for use in uses_of(document))
    return Example(path, uses)


def uses_of(document: dict[str, Any]) -> set[Use]:
    """Return what a document uses."""
    resource = next(each for each in RESOURCES if each.__name__ == document.get("kind"))
    return set(_uses_in(document, resource))


def _uses_in(value: dict[str, Any], struct: Struct) -> Iterator[Use]:
    """Yield what an object uses, and what is inside it; the loader has seen to the types."""
    for field in fields(struct):
        if field.key in value:
            yield from _uses_at(value[field.key], struct, field)


def _uses_at(value: Any, struct: Struct, field: Field) -> Iterator[Use]:
    yield Use(name_of(struct), field.key)
    if value in _choices(field.type):
        yield Use(name_of(struct), field.key, value)
    for each in members(field.type):
        if isinstance(each, mi.StructType):
            yield from _uses_in(value, each.cls)
        elif isinstance(each, mi.VarTupleType) and isinstance(each.item_type, mi.StructType):
            for item in value:
                yield from _uses_in(item, each.item_type.cls)


def _choices(described: mi.Type) -> list[Any]:
    return [
        choice
        for each in members(described)
        if isinstance(each, mi.LiteralType)
        for choice in each.values
    ]
