"""What an executor reports (a code) and what the engine makes of it (a phase)."""

from __future__ import annotations

from enum import IntEnum, StrEnum


class ExecCode(IntEnum):
    """The codes that mean something to the engine; any other number counts as an error."""

    SUCCEEDED = 0
    SUSPENDED = 1
    FAILED = 2
    ERROR = 3
    TIMEOUT = 4


class Phase(StrEnum):
    """The states of a run and of a task. Only the engine writes them."""

    CREATED = "Created"
    READY = "Ready"
    RUNNING = "Running"
    SUSPENDED = "Suspended"
    SUCCEEDED = "Succeeded"
    FAILED = "Failed"
    ERROR = "Error"
    TIMEOUT = "Timeout"
    SKIPPED = "Skipped"
    CANCELLED = "Cancelled"

    @property
    def is_terminal(self) -> bool:
        """Whether nothing can follow this phase."""
        return self in _TERMINAL


_TERMINAL = frozenset(
    {
        Phase.SUCCEEDED,
        Phase.FAILED,
        Phase.ERROR,
        Phase.TIMEOUT,
        Phase.SKIPPED,
        Phase.CANCELLED,
    }
)

_PHASE_OF_CODE: dict[int, Phase] = {
    ExecCode.SUCCEEDED: Phase.SUCCEEDED,
    ExecCode.SUSPENDED: Phase.SUSPENDED,
    ExecCode.FAILED: Phase.FAILED,
    ExecCode.ERROR: Phase.ERROR,
    ExecCode.TIMEOUT: Phase.TIMEOUT,
}


def phase_of_code(code: int) -> Phase:
    """Return the phase that a reported code stands for; unknown codes are `Phase.ERROR`.

    Source: executors.md 4.
    """
    return _PHASE_OF_CODE.get(code, Phase.ERROR)
