"""Values pasted into program text, where a quote in a value becomes part of the program."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from aether_core.check import _codes
from aether_core.check._references import look_up
from aether_core.document import Severity
from aether_core.expression import BOOL, NUMBER

if TYPE_CHECKING:
    from aether_core.check._executors import Work
    from aether_core.check._report import Report
    from aether_core.check._scope import Scope
    from aether_core.check._sources import Source
    from aether_core.expression import Type

#: In the schema of an input that is read as code: what to do instead of pasting values into it.
KEYWORD: Final = "x-aether-instead-of-pasting"
_HARMLESS: Final = BOOL.kinds | NUMBER.kinds


def warn_of_pasting(work: Work, name: str, source: Source, scope: Scope, report: Report) -> None:
    """Warn of placeholders inside a text that the executor reads as code.

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
    if contract is None or contract.inputs is None or not _is_pasted(source):
        return
    hint = contract.inputs.properties.get(name, {}).get(KEYWORD)
    if not isinstance(hint, str):
        return
    for use in source.uses:
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


def _is_pasted(source: Source) -> bool:
    # Placeholders in a list or an object have a path of their own, below that of the whole value.
    is_text = all(use.path == source.path for use in source.uses)
    return is_text and source.known is not None and source.expression is None


def _is_harmless(found: Type) -> bool:
    return bool(found.choices) or found.kinds <= _HARMLESS
