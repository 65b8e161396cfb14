"""docs/protocol/errors.md: every code with something that has the error."""

from __future__ import annotations

import inspect
from functools import cache
from itertools import groupby, starmap
from typing import TYPE_CHECKING, Final

from generator._catalogue import FAMILIES, error_classes, first_line, home, titles
from generator._markdown import alternatives, fenced
from generator._mistakes import mistakes
from generator._programs import SHARED, programs

if TYPE_CHECKING:
    from aether_sdk import AetherError

HEAD: Final = """\
# Errors

Written by `docs/generate.py`: it runs what is shown and writes down what comes out.

Every code of a diagnostic with a document that has the problem, and what the command says about
it: the place, the code, the line with a mark below the part that is meant, and a hint. Codes are
stable; the words are not. A diagnostic points at the value that is wrong; at the key, if the key is
wrong; if something is missing, at the object that lacks it, which begins at its first key; in an
expression, at the part that is meant. With `--output json` the same comes as JSON, with line and
column of beginning and end, and with the path of the value.

A few diagnostics come up in programs only; there a function returns what is shown. The error
classes are [further down](#error-classes). All codes in one line each:
[diagnostics.md](../reference/diagnostics.md).
"""

CLASSES: Final = """\
## Error classes

What the packages raise in programs. All derive from `aether_sdk.AetherError` and have `code`,
`message` and `hint`. The programs of the engine use these functions:
"""

#: Classes that only stand above others.
ROOTS: Final = frozenset({"AetherError", "CronError", "EngineError", "PluginError", "TaskOutcome"})

_shown_mistakes = cache(mistakes)
_shown_programs = cache(programs)


def errors_page() -> str:
    """Return the whole page."""
    parts = [HEAD]
    for family, codes in groupby(titles().items(), key=lambda item: item[0][:3]):
        parts.append(f"## {FAMILIES[family]}\n")
        parts += starmap(_diagnostic, codes)
    shared = "\n\n".join(inspect.getsource(function) for function in SHARED)
    parts += [CLASSES, fenced(shared, "python")]
    parts += map(_class, error_classes())
    return "\n".join(parts)


def codes_without_example() -> list[str]:
    """Return what is wrong with the examples of errors, one line each."""
    return [*_of_diagnostics(), *_of_classes()]


def _of_diagnostics() -> list[str]:
    shown, known = _shown_mistakes(), titles()
    return [
        *(
            f"{code} has no file in docs/protocol/mistakes, nor an entry in _unusual.py"
            for code in known
            if code not in shown and code not in _shown_programs()
        ),
        *(
            f"docs/protocol/mistakes: {code} is no code"
            for code in shown
            if code not in known and code not in _codes_of_classes()
        ),
        *(
            f"docs/protocol/mistakes: {code} is not what its document gives: {mistake.codes}"
            for code, mistake in shown.items()
            if code in known and set(mistake.codes) != {code}
        ),
    ]


def _of_classes() -> list[str]:
    shown = _shown_programs()
    return [
        *(
            f"the error {error.__name__} has no program in docs/generator/_raising.py"
            for error in error_classes()
            if not {error.__name__, error.code} & (shown.keys() | _shown_mistakes().keys() | ROOTS)
        ),
        *(
            f"docs/generator/_raising.py: {name} gives {program.subjects}"
            for name, program in shown.items()
            if set(program.subjects) != {name}
        ),
    ]


def _codes_of_classes() -> set[str]:
    return {error.code for error in error_classes()}


def _diagnostic(code: str, title: str) -> str:
    parts = [f"### {code}\n", f"{title}\n"]
    if code in _shown_mistakes():
        parts += _mistake(code)
    if code in _shown_programs():
        parts += _program(code)
    return "\n".join(parts)


def _mistake(code: str) -> list[str]:
    mistake = _shown_mistakes()[code]
    source = mistake.source
    shown = fenced(source, mistake.language) if mistake.language else f"{source}\n"
    return [shown, fenced(f"$ {mistake.command}\n{mistake.printed}")]


def _program(subject: str) -> list[str]:
    shown = _shown_programs()[subject]
    return [fenced(shown.program, "python"), fenced(shown.said)]


def _class(error: type[AetherError]) -> str:
    parts = [f"### {error.code}\n", f"`{home(error)}.{error.__name__}`: {first_line(error)}\n"]
    if error.__name__ in ROOTS:
        below = alternatives(sorted(each.__name__ for each in error.__subclasses__()))
        return "\n".join([*parts, f"It stands above {below}.\n"])
    if error.__name__ in _shown_programs():
        parts += _program(error.__name__)
    elif error.code in _shown_mistakes():
        parts += _mistake(error.code)
    return "\n".join(parts)
