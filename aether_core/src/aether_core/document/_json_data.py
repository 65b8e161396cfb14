"""Whether Python data is JSON data: checked before anything else looks at it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final, cast

from aether_core.document import _codes
from aether_core.document._limits import MAX_DEPTH, MAX_DIGITS, MAX_VALUES
from aether_core.document._problem import Path, Problem
from aether_core.document._wording import place_words, shown

if TYPE_CHECKING:
    from collections.abc import Iterator

_LARGEST: Final = int("1" + "0" * MAX_DIGITS)
_CONTAINERS: Final = (dict, list, tuple)


def json_problems(value: object) -> tuple[Problem, ...]:
    """Return what keeps a value from being JSON data within the bounds of a document."""
    return () if is_plain(value) else look_closely(value)


def is_plain(value: object) -> bool:
    """Return whether a value is certainly fine: most are, and places cost more than values."""
    level: list[Any] = [value]
    count, texts = 1, list[Any]()
    for _ in range(MAX_DEPTH):
        below: list[Any] = []
        for each in level:
            kind: type[object] = each.__class__
            if kind is str:
                texts.append(each)
            elif kind is dict:
                texts.extend(each)
                below.extend(each.values())
            elif kind is list:
                below.extend(each)
            elif kind is int or kind is float:
                if not _fits(each):
                    return False
            elif each is not None and kind is not bool:
                return False
            if count + len(below) > MAX_VALUES:
                return False
        count += len(below)
        level = below
    return not level and _are_texts(texts)


def _are_texts(values: list[str]) -> bool:
    """Return whether all values are text without halves of characters."""
    try:
        "".join(values).encode()
    except (TypeError, UnicodeEncodeError):
        return False
    return True


def look_closely(value: object) -> tuple[Problem, ...]:
    """Return what `json_problems` does, with the place of each problem."""
    problems: list[Problem] = []
    pending: list[tuple[object, Path]] = [(value, ())]
    count = 0
    while pending:
        each, path = pending.pop()
        count += 1
        if count > MAX_VALUES:
            return (_too_many(),)
        if isinstance(each, _CONTAINERS):
            if len(path) >= MAX_DEPTH:
                return (_too_deep(path),)
            pending.extend(_members(cast(object, each), path, problems))
        else:
            problems.extend(_scalar_problems(each, path))
    return tuple(problems)


def _members(value: object, path: Path, problems: list[Problem]) -> Iterator[tuple[object, Path]]:
    if not isinstance(value, dict):
        items = cast(list[object], value)
        yield from ((item, (*path, index)) for index, item in enumerate(items))
        return
    for key, item in cast(dict[object, object], value).items():
        if isinstance(key, str):
            problems.extend(_scalar_problems(key, path))
            yield item, (*path, key)
        else:
            message = f"{place_words(path)} has a key that is not text: {shown(repr(key))}"
            hint = "JSON objects have text keys."
            problems.append(Problem(_codes.KEY_NOT_TEXT, message, path, hint=hint))


def _scalar_problems(value: object, path: Path) -> Iterator[Problem]:
    if value is None or isinstance(value, bool):
        return
    if isinstance(value, str):
        if not value.isascii() and any("\ud800" <= char <= "\udfff" for char in value):
            message = f"{place_words(path)} has half of a surrogate pair"
            yield Problem(_codes.BAD_CHARACTER, message, path, hint="Use whole characters.")
    elif isinstance(value, int | float):
        if not _fits(value):
            message = f"{place_words(path)} is a number that can't be represented"
            hint = f"JSON has no infinity, no NaN and no numbers of over {MAX_DIGITS} digits."
            yield Problem(_codes.BAD_NUMBER, message, path, hint=hint)
    else:
        message = f"{place_words(path)} is not JSON data but {type(value).__name__}"
        hint = "Use dicts with text keys, lists, text, numbers, booleans and None."
        yield Problem(_codes.NOT_JSON, message, path, hint=hint)


def _fits(value: float) -> bool:
    # Comparison is exact for whole numbers of any size, and false for NaN.
    return -_LARGEST < value < _LARGEST


def _too_many() -> Problem:
    message = f"the document has more than {MAX_VALUES} values"
    return Problem(_codes.TOO_MANY_VALUES, message, (), hint="Split it into several documents.")


def _too_deep(path: Path) -> Problem:
    message = f"objects and lists are nested more than {MAX_DEPTH} deep"
    return Problem(_codes.TOO_DEEP, message, path, hint="Flatten the value.")
