"""Every code in the packages: those of diagnostics, and those of error classes."""

from __future__ import annotations

import inspect
import pkgutil
import re
from collections import Counter
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Final

import aether_core
import aether_sdk
from aether_core.check import problem_titles as titles_of_check
from aether_core.document import problem_titles as titles_of_document
from aether_core.engine import problem_titles as titles_of_engine
from aether_sdk import AetherError

if TYPE_CHECKING:
    from collections.abc import Iterator

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

# The command has no table of its own for its diagnostics.
TITLES_OF_COMMAND: Final = {
    "AE821": "A file to run holds no workflow, or more than one.",
    "AE822": "A file to keep as a schedule holds no CronWorkflow, or more than one.",
}


def titles() -> dict[str, str]:
    """Return the title of every diagnostic, in the order of codes."""
    rooms = {**titles_of_document(), **titles_of_check(), **titles_of_engine()}
    every = {**rooms, **TITLES_OF_COMMAND}
    return dict(sorted(every.items()))


def error_classes() -> list[type[AetherError]]:
    """Return every error class with a code of its own, in the order of homes and codes."""
    for name in _modules():
        import_module(name)
    found: list[type[AetherError]] = []
    waiting: list[type[AetherError]] = [AetherError]
    while waiting:
        current = waiting.pop()
        waiting += current.__subclasses__()
        if "code" in vars(current) and current.__module__.startswith(("aether_core", "aether_sdk")):
            found.append(current)
    return sorted(found, key=lambda error: (home(error) != "aether_sdk", error.code))


def _modules() -> Iterator[str]:
    """Yield the full names of all modules of the SDK and the engine."""
    for package in PACKAGES:
        for found in pkgutil.walk_packages(package.__path__, f"{package.__name__}."):
            # The tests for authors import pytest, which is not there where pages are made.
            if not found.name.endswith(("__main__", "testing._contract")):
                yield found.name


def home(error: type) -> str:
    """Return the public package of a class: its module without the private part."""
    return ".".join(part for part in error.__module__.split(".") if not part.startswith("_"))


def first_line(documented: object) -> str:
    """Return the first line of a docstring."""
    return (inspect.getdoc(documented) or "").partition("\n")[0]


def repeated_codes() -> list[str]:
    """Return the codes that more than one error class has."""
    counts = Counter(error.code for error in error_classes())
    return [code for code, count in counts.items() if count > 1]


def untitled_codes() -> list[str]:
    """Return the codes in the packages' sources that have neither a title nor a class."""
    known = {*titles(), *(error.code for error in error_classes())}
    used = {
        code
        for package in PACKAGES
        for file in Path(package.__path__[0]).rglob("*.py")
        for code in re.findall(r'"(AE\d{3})"', file.read_text(encoding="utf-8"))
    }
    return sorted(used - known)
