"""How an unexpected end of a process is put into words."""

from __future__ import annotations

import re
import signal
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Sequence

_LINES: Final = 3
_LENGTH: Final = 500
#: Colours and other sequences for terminals, and control characters.
_INVISIBLE: Final = r"\x1b\[[0-9;?]*[A-Za-z]|[\x00-\x1f\x7f]"


def describe(code: int, expected: Sequence[int], stderr: str) -> str:
    """Return e.g. `exit code 2, expected 0: no such table`, with the last lines of `stderr`."""
    ending = f"killed by {_signal_name(-code)}" if code < 0 else f"exit code {code}"
    text = f"{ending}, expected {' or '.join(str(one) for one in expected)}"
    said = _last_lines(stderr)
    return f"{text}: {said}" if said else text


def _signal_name(number: int) -> str:
    try:
        return f"signal {number} ({signal.Signals(number).name})"
    except ValueError:
        return f"signal {number}"


def _last_lines(text: str) -> str:
    lines = (re.sub(_INVISIBLE, "", line).strip() for line in text.splitlines())
    said = " | ".join([line for line in lines if line][-_LINES:])
    return said if len(said) <= _LENGTH else f"…{said[-_LENGTH:]}"
