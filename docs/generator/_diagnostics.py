"""docs/reference/diagnostics.md: every code in one line."""

from __future__ import annotations

from itertools import groupby
from typing import Final

from generator._catalogue import FAMILIES, error_classes, first_line, home, titles
from generator._markdown import table

HEAD: Final = """\
# Diagnostics and errors

Written by `docs/generate.py` from the tables in the code; change it there.

## Diagnostics of documents

`aether validate` reports all problems of a document at once, each with one of these codes, its
place in the file and, where there is one, a hint. `aether run` refuses a document with errors
before anything is stored, and says the same. Codes keep their meaning; a code that goes out of use
is not given to anything else. Each code leads to a document that has the problem.
"""

ERRORS: Final = """\
## Error classes

What the packages raise. All of them derive from `aether_sdk.AetherError` and have `code`, `message`
and `hint`.
"""


def diagnostics_page() -> str:
    """Return the whole page."""
    parts = [HEAD]
    for family, codes in groupby(titles().items(), key=lambda item: item[0][:3]):
        rows = ((_linked(code), title) for code, title in codes)
        parts.append(f"### {FAMILIES[family]}\n\n{table(('Code', 'Meaning'), rows)}")
    errors = (
        (_linked(error.code, "`"), f"`{home(error)}.{error.__name__}`", first_line(error))
        for error in error_classes()
    )
    parts += [ERRORS, table(("Code", "Class", "Meaning"), errors)]
    return "\n".join(parts)


def _linked(code: str, quote: str = "") -> str:
    return f"[{quote}{code}{quote}](../protocol/errors.md#{code.lower()})"
