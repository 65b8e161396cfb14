"""Ctrl-C and its like while a run is under way."""

from __future__ import annotations

import asyncio
import contextlib
import os
import signal
import time
from typing import TYPE_CHECKING, Final

from aether_core.cli import _exits

if TYPE_CHECKING:
    from types import FrameType, TracebackType
    from typing import Any, Self

# Seconds in which signals count as one: `timeout` and shells that pass a signal on send it to the
# process and to its group, so that it comes twice.
_SAME_SIGNAL: Final = 0.3
_LAST_WORDS: Final = (
    b"aether: stopped at once; the run may have no end in its store, "
    b"and processes that its tasks started may still be there\n"
)


class Interrupts:
    """Turns the first signal into an event and lets a later one end the process.

    Inside its `with` block, SIGINT, SIGTERM and SIGHUP no longer raise or kill. Handlers run
    between two instructions of the main thread and not on the event loop, so that a later
    signal works even while a plugin blocks the loop. Outside the main thread nothing is
    installed.

    Attributes:
        first: set when the first signal has come.
        number: which one that was; None before.
    """

    def __init__(self) -> None:
        self.first = asyncio.Event()
        self.number: int | None = None
        self._loop = asyncio.get_running_loop()
        self._since: float | None = None
        self._before: dict[signal.Signals, Any] = {}

    def __enter__(self) -> Self:
        # ValueError: only the main thread may install handlers.
        with contextlib.suppress(ValueError):
            for number in _signals():
                self._before[number] = signal.signal(number, self._received)
        return self

    def __exit__(
        self,
        exc_type: type[BaseException] | None,
        exc: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        for number, handler in self._before.items():
            signal.signal(number, handler)

    def _received(self, number: int, frame: FrameType | None) -> None:
        now = time.monotonic()
        if self._since is None:
            self._since = now
            self.number = number
            self._loop.call_soon_threadsafe(self.first.set)
        elif now - self._since > _SAME_SIGNAL:
            # Nothing may wait any more, neither for executors nor for threads.
            os.write(2, _LAST_WORDS)
            os._exit(_exits.INTERRUPTED)


async def wait_for(event: asyncio.Event, seconds: float) -> None:
    """Wait until an event is set, for so many seconds at most."""
    try:
        async with asyncio.timeout(seconds):
            await event.wait()
    except TimeoutError:
        return


def _signals() -> list[signal.Signals]:
    """Return the signals to take; a hang-up that the parent ignores (nohup) stays ignored."""
    signals = [signal.SIGINT, signal.SIGTERM]
    hangup: signal.Signals | None = getattr(signal, "SIGHUP", None)
    if hangup is not None and signal.getsignal(hangup) is not signal.SIG_IGN:
        signals.append(hangup)
    return signals
