"""Writes docs/reference/diagnostics.md from the tables in the code.

python docs/generate.py            write the page
python docs/generate.py --check    fail if the page is not what would be written
"""

from __future__ import annotations

import inspect
import pkgutil
import re
import sys
from importlib import import_module
from itertools import groupby
from pathlib import Path
from typing import TYPE_CHECKING, Final

import aether_core
import aether_sdk
from aether_core.check import problem_titles as titles_of_check
from aether_core.document import problem_titles as titles_of_document
from aether_core.engine import problem_titles as titles_of_engine
from aether_sdk import AetherError

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

PAGE: Final = Path(__file__).parent / "reference/diagnostics.md"
PACKAGES: Final = (aether_sdk, aether_core)

FAMILIES: Final = {
    "AE0": "Reading: the file, its encoding, JSON and YAML",
    "AE1": "Structure: keys, types of values, names, durations",
    "AE2": "References and graph: templates, tasks, dependencies",
    "AE3": "Expressions, placeholders and values",
    "AE4": "Executors: types and their inputs",
    "AE5": "Admission: what is given with a document that is to run",
    "AE8": "The command",
    "AE9": "Not supported yet",
}

# The command has no table of its own for its one diagnostic.
TITLES_OF_COMMAND: Final = {"AE821": "A file to run holds no workflow, or more than one."}

HEAD: Final = """\
# Diagnostics and errors

Written by `docs/generate.py` from the tables in the code; change it there.

## Diagnostics of documents

`aether validate` reports all problems of a document at once, each with one of these codes, its
place in the file and, where there is one, a hint. `aether run` refuses a document with errors
before anything is stored, and says the same. Codes keep their meaning; a code that goes out of use
is not given to anything else.
"""

ERRORS: Final = """\
## Error classes

What the packages raise. All of them derive from `aether_sdk.AetherError` and have `code`, `message`
and `hint`.
"""


def modules() -> Iterator[str]:
    """Yield the full names of all modules of the SDK and the engine."""
    for package in PACKAGES:
        for found in pkgutil.walk_packages(package.__path__, f"{package.__name__}."):
            if not found.name.endswith("__main__"):
                yield found.name


def error_classes() -> list[type[AetherError]]:
    """Return every error class with a code of its own, in the order of homes and codes."""
    for name in modules():
        import_module(name)
    found: list[type[AetherError]] = []
    waiting: list[type[AetherError]] = [AetherError]
    while waiting:
        current = waiting.pop()
        waiting += current.__subclasses__()
        if "code" in vars(current) and current.__module__.startswith(("aether_core", "aether_sdk")):
            found.append(current)
    return sorted(found, key=lambda error: (home(error) != "aether_sdk", error.code))


def home(error: type) -> str:
    """Return the public package of a class: its module without the private part."""
    return ".".join(part for part in error.__module__.split(".") if not part.startswith("_"))


def titles() -> dict[str, str]:
    """Return the title of every diagnostic, in the order of codes."""
    rooms = {**titles_of_document(), **titles_of_check(), **titles_of_engine()}
    every = {**rooms, **TITLES_OF_COMMAND}
    return dict(sorted(every.items()))


def page() -> str:
    """Return the whole page."""
    parts = [HEAD]
    for family, codes in groupby(titles().items(), key=lambda item: item[0][:3]):
        parts.append(f"### {FAMILIES[family]}\n\n{table(('Code', 'Meaning'), codes)}")
    errors = [
        (f"`{error.code}`", f"`{home(error)}.{error.__name__}`", first_line(error))
        for error in error_classes()
    ]
    parts += [ERRORS, table(("Code", "Class", "Meaning"), errors)]
    return "\n".join(parts)


def first_line(documented: object) -> str:
    """Return the first line of a docstring."""
    return (inspect.getdoc(documented) or "").partition("\n")[0]


def table(head: tuple[str, ...], rows: Iterable[tuple[str, ...]]) -> str:
    """Return a table in Markdown."""
    lines = [head, tuple("---" for _ in head), *rows]
    return "".join(f"| {' | '.join(line)} |\n" for line in lines)


def unlisted(text: str) -> list[str]:
    """Return the codes that occur in the packages' sources but not on the page."""
    used = {
        code
        for package in PACKAGES
        for file in Path(package.__path__[0]).rglob("*.py")
        for code in re.findall(r'"(AE\d{3})"', file.read_text(encoding="utf-8"))
    }
    return sorted(code for code in used if code not in text)


def main() -> int:
    """Write the page, or compare it; return 1 if something is wrong."""
    text = page()
    problems = [f"{code} has no title" for code in unlisted(text)]
    if "--check" not in sys.argv[1:]:
        PAGE.write_text(text, encoding="utf-8")
    elif not PAGE.exists() or PAGE.read_text(encoding="utf-8") != text:
        problems.append(f"{PAGE.name} is not current; run python docs/generate.py")
    for problem in problems:
        sys.stderr.write(f"docs/generate.py: {problem}\n")
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main())
