"""What `loop_iter` and `iterator`, and the bare fields of items, mean (decision 9)."""

from __future__ import annotations

from functools import reduce
from typing import TYPE_CHECKING, Final

from aether_core.check import _codes
from aether_core.check._answers import Answer, Finding, followed, invisible, missing
from aether_core.check._types import joined
from aether_core.expression import ANY, INT, MAP, Reference, Type

if TYPE_CHECKING:
    from collections.abc import Iterable

    from aether_core.check._items import Items
    from aether_core.check._report import Report
    from aether_core.check._scope import Around

#: Fields of these names are seen behind `loop_iter` only.
_RESERVED: Final = frozenset(
    {"tasks", "inputs", "workflow", "loop_iter", "iterator", "system", "hook"}
)


def loop_name(reference: Reference, around: Around, report: Report) -> Answer:
    """Return the meaning of a reference into `loop_iter` or `iterator`."""
    if around.is_outside:
        also = ", and this dag is also called outside of one" if around.loops else ""
        return invisible(f"{reference.segments[0]} is only known inside a loop{also}")
    return _agreed([_in_loop(reference, items, report) for items in around.loops])


def _agreed(answers: Iterable[Answer]) -> Answer:
    """Return what answers for several loops come to: the first finding, or a type for all."""
    types: list[Type] = []
    for answer in answers:
        if answer.finding is not None:
            return answer
        types.append(answer.type)
    return Answer(reduce(joined, types) if types else ANY)


def _in_loop(reference: Reference, items: Items, report: Report) -> Answer:
    match reference.segments[1:]:
        case ():
            return Answer(MAP)
        case ("index", *_):
            return followed(reference, INT, 2)
        case (str(), *_) if items.item is None:
            message = f"{reference.text} has no value: {items.loop} repeats, and has no items"
            hint = f"Use {reference.segments[0]}.index."
            return missing(_codes.UNKNOWN_MEMBER, message, hint)
        case ("item", str(field), *_) if items.item == MAP:
            return _field(reference, items, field, 3, report)
        case ("item", *_):
            return followed(reference, items.item or ANY, 2)
        case (str(field), *_):
            return _field(reference, items, field, 2, report)
        case _:
            return followed(reference, MAP, 1)


def _field(reference: Reference, items: Items, field: str, depth: int, report: Report) -> Answer:
    """Return the meaning of a field of an item, which the first `depth` segments name."""
    if field in items.types:
        return _known_field(reference, items, field, depth)
    if items.is_open:
        return Answer()
    message = f'the items of {items.loop} have no "{field}"'
    hint = report.similar(field, items.types, "fields")
    if not items.types:
        message = f"{reference.text} has no value: the items of {items.loop} are no objects"
        hint = f"Use {reference.segments[0]}.item for the whole item."
    return missing(_codes.UNKNOWN_MEMBER, message, hint)


def _known_field(reference: Reference, items: Items, field: str, depth: int) -> Answer:
    number = items.number_without(field)
    if number is None:
        return followed(reference, items.types[field], depth)
    message = f'item {number} of {items.loop} has no "{field}"'
    hint = "Give each item the field, or put default() around it."
    return Answer(finding=Finding(_codes.UNKNOWN_MEMBER, message, hint, is_partial=True))


def bare_field(reference: Reference, items: Items) -> Answer | None:
    """Return the meaning of a field of an item that stands bare; None if it is none."""
    field = str(reference.segments[0])
    if field in _RESERVED or field not in items.types:
        return None
    return _known_field(reference, items, field, 1)
