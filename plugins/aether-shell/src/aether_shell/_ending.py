"""How the end of a process is put into words."""

from __future__ import annotations

import signal
from typing import TYPE_CHECKING, Final

from aether_shell._lines import visible

if TYPE_CHECKING:
    from collections.abc import Sequence

    from aether_shell._streams import Capture

_LINES: Final = 3
_LENGTH: Final = 500
#: What the system sends at a limit.
_CAUSES: Final = {
    "SIGXCPU": ", its limit of processor time",
    "SIGXFSZ": ", its limit of the size of a file",
}


def describe(
    code: int, expected: Sequence[int], failures: Sequence[int] | None, stderr: str
) -> str:
    """Return e.g. `exit code 2, expected 0: no such table`, with the last lines of `stderr`.

    Args:
        code: the exit code.
        expected: the codes of success.
        failures: the codes that mean Failed, if others mean Error.
        stderr: the end of standard error.
    """
    ending = f"killed by {_signal_name(-code)}" if code < 0 else f"exit code {code}"
    text = f"{ending}, expected {_listed(expected)}"
    if failures and code not in failures:
        text = f"{text}, or {_listed(failures)} for Failed"
    said = _last_lines(stderr)
    return f"{text}: {said}" if said else text


def describe_cut(**streams: Capture) -> str:
    """Return which streams lost their end, and how much of them is kept; empty if none did."""
    cuts = [
        f"{name} is cut: {stream.kept} of {stream.seen} bytes are kept"
        for name, stream in streams.items()
        if stream.truncated
    ]
    return "; ".join(cuts)


def _listed(codes: Sequence[int]) -> str:
    return " or ".join(str(code) for code in codes)


def _signal_name(number: int) -> str:
    try:
        name = signal.Signals(number).name
    except ValueError:
        return f"signal {number}"
    return f"signal {number} ({name}{_CAUSES.get(name, '')})"


def _last_lines(text: str) -> str:
    lines = (visible(line).expandtabs(1).strip() for line in text.splitlines())
    said = " | ".join([line for line in lines if line][-_LINES:])
    return said if len(said) <= _LENGTH else f"…{said[-_LENGTH:]}"
