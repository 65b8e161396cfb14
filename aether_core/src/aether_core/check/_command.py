"""The words of a command that is still to be interpolated."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import msgspec
from msgspec import UnsetType

from aether_core.check._sources import Use, is_placeholder

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from aether_core.check._sources import Source
    from aether_sdk import JsonValue

#: A word that is not known.
_UNKNOWN: Final = "\ufffc"
_PRIVATE: Final = 0xF0000


class Word(msgspec.Struct, frozen=True):
    """A word of a command.

    Attributes:
        text: The word as it stands there, or with one character for each placeholder.
        pasted: The placeholders that are a part of it. One that is all of it is not pasted.
    """

    text: str
    pasted: tuple[Use, ...] = ()


def words_of(source: Source) -> list[Word]:
    """Return the words of a list, or of a text that is split by the quoting rules of a shell.

    A value that is not known is one word, and a text with a quote that is not closed is none.
    """
    value = source.written if isinstance(source.literal, UnsetType) else source.literal
    if isinstance(value, list):
        return [_item(item, (*source.path, place), source) for place, item in enumerate(value)]
    if not isinstance(value, str) or source.known is None:
        return [Word(_UNKNOWN)]
    return _split(value, source.uses)


def _item(item: JsonValue, path: tuple[str | int, ...], source: Source) -> Word:
    if not isinstance(item, str):
        return Word(str(item))
    uses = tuple(use for use in source.uses if use.path == path)
    return Word(item, () if not uses or is_placeholder(item, uses) else uses)


def _split(text: str, uses: Sequence[Use]) -> list[Word]:
    # Late: few documents have commands that are written as a text.
    import shlex

    # Characters for private use, so that a placeholder is a part of one word.
    marks = {chr(_PRIVATE + number): use for number, use in enumerate(uses)}
    for mark, use in reversed(marks.items()):
        start, end = use.span
        text = text[: text.rindex("{{", 0, start)] + mark + text[text.index("}}", end) + 2 :]
    try:
        words = shlex.split(text)
    except ValueError:
        return []
    return [Word(word, () if word in marks else _marked(word, marks)) for word in words]


def _marked(word: str, marks: Mapping[str, Use]) -> tuple[Use, ...]:
    return tuple(marks[character] for character in word if character in marks)
