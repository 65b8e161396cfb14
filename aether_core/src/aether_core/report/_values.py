"""Values of tasks and runs as HTML, within an allowance."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import msgspec

from aether_core.report._text import safe, shortened

if TYPE_CHECKING:
    from collections.abc import Mapping

    from aether_sdk import JsonValue

_MOST_VALUES: Final = 100
_MOST_CHARACTERS: Final = 4000
_INLINE: Final = 80
# What stands around a text; many short ones are much, too.
_AROUND: Final = 40


class Allowance:
    """How many characters of HTML a page may still have for values and lines.

    Args:
        characters: of the whole page.
    """

    def __init__(self, characters: int) -> None:
        self._left = characters

    def html(self, text: str, most: int = _MOST_CHARACTERS) -> str:
        """Return a text as HTML, as far as it may be shown."""
        shown = safe(shortened(text, min(most, self._left)))
        self._left = max(self._left - len(shown) - _AROUND, 0)
        return shown

    @property
    def is_spent(self) -> bool:
        """Whether nothing more may be shown."""
        return self._left == 0


def values_html(heading: str, values: Mapping[str, JsonValue], allowance: Allowance) -> str:
    """Return named values as a table below a heading, which is HTML; '' if there are none."""
    if not values:
        return ""
    rows = [
        f"<tr><th>{allowance.html(name, _INLINE)}</th>"
        f"<td><pre>{allowance.html(_value(value))}</pre></td></tr>"
        for name, value in list(values.items())[:_MOST_VALUES]
    ]
    if len(values) > _MOST_VALUES:
        rows.append(f'<tr><td colspan="2">and {len(values) - _MOST_VALUES:,} more</td></tr>')
    return f'{heading}\n<table class="values">{"".join(rows)}</table>\n'


def _value(value: JsonValue) -> str:
    """Return a value as JSON; text of several lines as it is, for it is read as lines."""
    if isinstance(value, str) and "\n" in value:
        return value
    data = msgspec.json.encode(value)
    return (data if len(data) <= _INLINE else msgspec.json.format(data, indent=2)).decode()
