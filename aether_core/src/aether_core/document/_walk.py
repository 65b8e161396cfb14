"""The slow, exact reading of a document's shape: every problem at once, each with its path.

`msgspec.convert` stops at the first problem. When it refuses a document, this walk goes over the
same struct types and reports all of them. It also accepts what means the same as nothing: keys
that begin with `x-`, and null or empty text for something optional.

While walking it builds two things. The *clean* value is the plain document with its keys spelt
right and without what means nothing; the rules read it. The *draft* is the resource as far as its
meaning is clear, so that references can be checked in spite of a wrong duration elsewhere.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, cast

import msgspec

from aether_core.document import _codes
from aether_core.document._habits import habit_hint, meant_key
from aether_core.document._holes import Holes, reading_of
from aether_core.document._limited import BROKEN, KINDS, Seen, limit_problem
from aether_core.document._limits import MAX_PROBLEMS
from aether_core.document._problem import Path, Problem
from aether_core.document._shapes import Alternative, Field, Shape, shape_of
from aether_core.document._suggest import closest
from aether_core.document._wording import (
    key_hint,
    object_words,
    place_words,
    shown,
    type_hint,
    value_words,
)

if TYPE_CHECKING:
    from collections.abc import Mapping


class Walk:
    """One walk over one document.

    Attributes:
        problems: what was found, up to a number of problems.
        renames: for a misspelt key, the path it was taken for, and the key as it is written; None
            where the text has no such step, as for the one item of what should be a list.
    """

    def __init__(self) -> None:
        self.problems: list[Problem] = []
        self.renames: dict[Path, str | None] = {}
        self._holes = Holes()

    def document(self, value: Mapping[str, Any], resource_type: type[msgspec.Struct]) -> Seen:
        """Walk a whole document as one of the resource types."""
        return self._object(value, shape_of(resource_type), ())

    def _note(self, problem: Problem) -> None:
        if not self._is_full():
            self.problems.append(problem)

    def _is_full(self) -> bool:
        """Whether so much is wrong that more would say nothing, and suggestions take too long."""
        return len(self.problems) >= MAX_PROBLEMS

    def _value(self, value: object, shape: Shape, path: Path) -> Seen:
        alternative = next((each for each in shape.alternatives if each.fits(value)), None)
        if alternative is None:
            return self._wrong_type(value, shape, path)
        match value:
            case dict() if alternative.sort == "an object":
                items = cast(dict[str, Any], value)
                if alternative.struct is None:
                    return self._mapping(items, alternative, path)
                return self._object(items, alternative, path)
            case list() | tuple() if alternative.sort == "a list":
                return self._list(cast(list[Any], value), alternative, path)
            case _:
                seen, problem = limit_problem(value, alternative, path)
                if problem is not None:
                    self._note(problem)
                return seen

    def _wrong_type(self, value: object, shape: Shape, path: Path) -> Seen:
        words = [_expected(each) for each in shape.alternatives]
        expected = " or ".join(words)
        message = f"{place_words(path)}: expected {expected}, got {value_words(value)}"
        found = reading_of(value, shape)
        hint = type_hint(value, words[0])
        if found is not None and isinstance(found[1], str):
            short = shown(value) if isinstance(value, str) else value
            hint = f'Write {{"{found[1]}": {"[…]" if isinstance(value, list) else short}}}.'
        self._note(Problem(_codes.WRONG_TYPE, message, path, hint=hint))
        if found is None:
            return Seen(value, BROKEN)
        reading, step = found
        self.renames[*path, step] = None
        return self._value(reading, shape, path)

    def _list(self, values: list[Any], alternative: Alternative, path: Path) -> Seen:
        shape = cast(Shape, alternative.item)
        if not values and alternative.constraints.min_length:
            message = f"{place_words(path)} is an empty list"
            hint = "Give it at least one item."
            self._note(Problem(_codes.EMPTY, message, path, hint=hint))
            return Seen(values, BROKEN)
        seen = [self._value(value, shape, (*path, at)) for at, value in enumerate(values)]
        draft = tuple(
            self._holes.of(shape) if each.draft is BROKEN else each.draft for each in seen
        )
        return Seen([each.clean for each in seen], BROKEN if BROKEN in draft else draft)

    def _mapping(self, items: dict[str, Any], alternative: Alternative, path: Path) -> Seen:
        shape = cast(Shape, alternative.item)
        seen = {key: self._value(value, shape, (*path, key)) for key, value in items.items()}
        draft = {key: each.draft for key, each in seen.items()}
        broken = any(value is BROKEN for value in draft.values())
        return Seen({key: each.clean for key, each in seen.items()}, BROKEN if broken else draft)

    def _object(self, items: Mapping[str, Any], alternative: Alternative, path: Path) -> Seen:
        struct = cast(type[msgspec.Struct], alternative.struct)
        spelt, doubtful = self._keys(items, alternative, path)
        clean: dict[str, Any] = {}
        draft: dict[str, Any] = {}
        for key, field in alternative.fields.items():
            part: Any = BROKEN
            if key in spelt:
                value = items[spelt[key]]
                if not field.required and field.shape.is_absent(value):
                    continue
                seen = self._value(value, field.shape, (*path, key))
                clean[key], part = seen.clean, seen.draft
            elif field.required:
                self._missing(key, field, struct, path)
            elif key not in doubtful:
                continue
            draft[field.attribute] = self._holes.instead(key, field) if part is BROKEN else part
        return Seen(clean, BROKEN if BROKEN in draft.values() else struct(**draft))

    def _keys(
        self, items: Mapping[str, Any], alternative: Alternative, path: Path
    ) -> tuple[dict[str, str], set[str]]:
        """Map the known keys that are given to how they are written.

        Returns:
            The map, and the keys that may be meant by keys that are not known.
        """
        fields, struct = alternative.fields, cast(type[msgspec.Struct], alternative.struct)
        spelt = {key: key for key in items if key in fields}
        doubtful: set[str] = set()
        for key in items:
            if key in fields or key.startswith("x-") or self._is_full():
                continue
            self._unknown(key, alternative, path)
            guess = meant_key(key, fields, struct.__name__)
            if guess is not None and guess not in spelt:
                spelt[guess] = key
                self.renames[*path, guess] = key
            elif guess is None:
                doubtful.update(each for each in [closest(key, fields)] if each is not None)
        return spelt, doubtful

    def _unknown(self, key: str, alternative: Alternative, path: Path) -> None:
        struct = cast(type[msgspec.Struct], alternative.struct).__name__
        message = f"unknown key {shown(key)} in {object_words(struct)}"
        hint = habit_hint(key, alternative.fields, struct) or key_hint(key, alternative.fields)
        self._note(Problem(_codes.UNKNOWN_KEY, message, (*path, key), hint=hint, at="key"))

    def _missing(self, key: str, field: Field, struct: type[msgspec.Struct], path: Path) -> None:
        message = f'the key "{key}" is missing in {object_words(struct.__name__)}'
        hint = f'Add "{key}": {_wanted(field)}'
        self._note(Problem(_codes.MISSING_KEY, message, path, hint=hint))


def _expected(alternative: Alternative) -> str:
    if alternative.rule == "duration":
        return "a duration"
    return "text" if alternative.sort == "a choice" else alternative.sort


def _wanted(field: Field) -> str:
    """Return what to write for a key that is missing."""
    choices = field.shape.alternatives[0].choices
    if not choices:
        return field.description
    return " or ".join(KINDS if choices[0] in KINDS else choices)
