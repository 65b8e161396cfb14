"""Docstrings of the code, as Markdown."""

from __future__ import annotations

import re
from inspect import cleandoc
from typing import Final

_SECTIONS: Final = ("Args", "Attributes", "Raises", "Returns", "Yields")
_HEADING: Final = re.compile(rf"^({'|'.join(_SECTIONS)}):$")
_ENTRY: Final = re.compile(r"^([\w*.]+): (.*)", re.DOTALL)


def markdown_of(docstring: str) -> str:
    """Return a docstring in Google style as Markdown; its sections become lists."""
    parts: list[str] = []
    section = ""
    for block in re.split(r"\n\s*\n", cleandoc(docstring)):
        head, _, rest = block.partition("\n")
        found = _HEADING.match(head)
        if found:
            section = found[1]
            parts.append(f"**{section}**\n\n{_items(rest)}\n")
        elif section and block.startswith(" "):
            parts.append(f"{_items(block)}\n")
        else:
            section = ""
            parts.append(f"{block}\n")
    return "\n".join(parts)


def _items(text: str) -> str:
    """Return the entries of a section, one per line that is indented least, as a list."""
    entries = re.split(r"\n(?=\S)", cleandoc(text))
    return "\n".join(f"- {_item(' '.join(entry.split()))}" for entry in entries)


def _item(entry: str) -> str:
    found = _ENTRY.match(entry)
    return f"`{found[1]}`: {found[2]}" if found else entry
