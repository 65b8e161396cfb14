"""docs/protocol/fields.md: every key of every object, from the models."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from generator._examples import Use, every_use, examples, shown_in
from generator._markdown import table
from generator._objects import fields, name_of, objects, summary_of, type_words

if TYPE_CHECKING:
    from generator._objects import Field, Struct

HEAD: Final = """\
# Fields

Written by `docs/generate.py` from the models of the code; change it there.

Every object of a document with all its keys. Keys are matched exactly; a key that is not listed is
an error ([AE101](errors.md#ae101)), unless it begins with `x-`. Null and empty text mean the same
as leaving an optional key out, except for `value` and `default` of a parameter. "Text" is not
empty unless the table says so. The last column leads to an example that uses the key; each of them
is run by the tests, with the result that stands at its end.
"""

COLUMNS: Final = ("Key", "Type", "Default", "Meaning", "Example")


def fields_page() -> str:
    """Return the whole page."""
    return "\n".join([HEAD, *map(_section, objects())])


def fields_without_example() -> list[str]:
    """Return the keys, and the words that a key can have, that no example uses."""
    used = frozenset[Use]().union(*(example.uses for example in examples()))
    return [
        f"{use.object}.{use.key}" + (f": {use.choice}" if use.choice else "")
        for use in every_use()
        if use not in used
    ]


def _section(struct: Struct) -> str:
    rows = (_row(struct, field) for field in fields(struct))
    return f"## {name_of(struct)}\n\n{summary_of(struct)}\n\n{table(COLUMNS, rows)}"


def _row(struct: Struct, field: Field) -> tuple[str, ...]:
    default = "**required**" if field.required else _default(field)
    example = shown_in(Use(name_of(struct), field.key))
    link = "" if example is None else f"[{example.path.stem}](examples/{example.path.name})"
    return f"`{field.key}`", type_words(field.type), default, field.meaning, link


def _default(field: Field) -> str:
    return "none" if field.default is None else f"`{field.default.strip(chr(34))}`"
