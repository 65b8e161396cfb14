"""How long things may take."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Limits:
    """How long things may take, in seconds.

    Attributes:
        call: A call that is not cancelled.
        cancel: The end of a call after its cancellation.
        block: How long a call may keep the event loop from everything else.
        settle: Until threads, processes and files of a call that has ended are gone.
        load: Processor time of an import in a fresh interpreter.
    """

    call: float = 10.0
    cancel: float = 5.0
    block: float = 0.25
    settle: float = 0.5
    load: float = 2.0
