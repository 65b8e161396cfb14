"""Values pasted into program text, where a quote in a value becomes part of the program."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, cast

from aether_core.check import _codes
from aether_core.check._references import look_up
from aether_core.document import Severity
from aether_core.expression import BOOL, NUMBER

if TYPE_CHECKING:
    from aether_core.check._command import Word
    from aether_core.check._executors import Work
    from aether_core.check._report import Report
    from aether_core.check._scope import Scope
    from aether_core.check._sources import Source, Use
    from aether_core.expression import Type

#: In the schema of an input that is read as code: what to do instead of pasting values into it.
KEYWORD: Final = "x-aether-instead-of-pasting"
#: In the schema of an input that holds words of a command: the inputs that make up all of it.
LINE: Final = "x-aether-command-line"
_HARMLESS: Final = BOOL.kinds | NUMBER.kinds


def warn_of_pasting(work: Work, name: str, source: Source, scope: Scope, report: Report) -> None:
    """Warn of placeholders inside a text that is read as code, by the executor or by its command.

    A text that is one placeholder is somebody else's program and no paste; numbers, booleans and
    values of an enum can't do harm.

    Args:
        work: whose executor it is.
        name: the input.
        source: the value.
        scope: where it is evaluated.
        report: takes the problem.
    """
    contract = work.contract
    if contract is None or contract.inputs is None or not source.uses or source.expression:
        return
    schema = contract.inputs.properties.get(name, {})
    hints = _hints(source, schema.get(KEYWORD))
    hints |= _hints_of_line(work, name, source, schema.get(LINE))
    for use, hint in hints.items():
        if not _is_harmless(look_up(use, scope, report).type):
            message = f'a value pasted into "{name}" can change what {contract.words} runs'
            report.add(
                _codes.PASTED_VALUE,
                message,
                use.path,
                severity=Severity.WARNING,
                hint=hint,
                span=use.span,
            )


def _hints(source: Source, hint: object) -> dict[Use, str]:
    # Placeholders in a list or an object have a path of their own, below that of the whole value.
    is_text = all(use.path == source.path for use in source.uses)
    if not isinstance(hint, str) or not is_text or source.known is None:
        return {}
    return dict.fromkeys(source.uses, hint)


def _hints_of_line(work: Work, name: str, source: Source, line: object) -> dict[Use, str]:
    """Return a hint for each placeholder in the text of a program that a command is given."""
    if not isinstance(line, list):
        return {}
    # Late: few documents paste values into words of a command.
    from aether_core.check._command import words_of
    from aether_core.check._programs import program_words

    words: list[Word] = []
    for part in cast("list[str]", line):
        given = source if part == name else _given(work, part)
        if given is None and not words:
            # Without a program in front, these are arguments of something else.
            return {}
        words += () if given is None else words_of(given)
    return {
        use: f"Add the value as an item behind the program, which finds it in "
        f"{reader.argument}; or set it in env, and the program finds it in {reader.variable}."
        for place, reader in program_words([word.text for word in words])
        for use in words[place].pasted
        if use in source.uses
    }


def _given(work: Work, name: str) -> Source | None:
    """Return what a task gives its executor, as far as its template says it."""
    declared = work.inputs.get(name)
    return (declared.source or declared.default) if declared is not None else work.config.get(name)


def _is_harmless(found: Type) -> bool:
    return bool(found.choices) or found.kinds <= _HARMLESS
