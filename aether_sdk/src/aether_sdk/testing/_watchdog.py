"""Whether a call gives the event loop back in time."""

from __future__ import annotations

import asyncio
import os
import sys
import threading
import time
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from types import FrameType, TracebackType
    from typing import Self

_TICK: Final = 0.01
_STANDARD_LIBRARY: Final = str(Path(os.__file__).parent)


@dataclass(frozen=True, slots=True)
class Blocked:
    """The longest time that the loop had to wait for the call.

    Attributes:
        seconds: How long.
        place: File and line of the executor's code at that time; empty when it was not seen.
    """

    seconds: float = 0.0
    place: str = ""


class Watchdog:
    """Watches the loop of the thread that enters it; `pulse` must run on that loop.

    A busy machine delays everything, so that the clock on the wall would accuse the innocent. Two
    measures are used that such a machine does not raise: how often in a row a second thread found
    the loop where it was, and the processor time of the loop's thread between two beats.
    """

    def __init__(self) -> None:
        self.blocked = Blocked()
        self._beats = 0
        self._is_over = threading.Event()
        self._loop_thread = threading.get_ident()
        self._thread = threading.Thread(target=self._watch, name="aether-watchdog", daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self,
        exc_type: type[BaseException] | None,
        exc: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self._is_over.set()
        self._thread.join()

    async def pulse(self) -> None:
        """Beat until cancelled."""
        last = time.thread_time()
        while True:
            self._beats += 1
            await asyncio.sleep(_TICK)
            now = time.thread_time()
            self._note(now - last, self.blocked.place)
            last = now

    def _watch(self) -> None:
        seen, misses = 0, 0
        while not self._is_over.wait(_TICK):
            misses = misses + 1 if seen == self._beats else 0
            seen = self._beats
            self._note(misses * _TICK, self._place() if misses else "")

    def _note(self, seconds: float, place: str) -> None:
        if seconds > self.blocked.seconds:
            self.blocked = Blocked(seconds, place)

    def _place(self) -> str:
        # Its name looks private; it is a documented function.
        frame = sys._current_frames().get(self._loop_thread)  # pyright: ignore[reportPrivateUsage]
        while frame is not None and _is_library(frame):
            frame = frame.f_back
        return "" if frame is None else f"{frame.f_code.co_filename}, line {frame.f_lineno}"


def _is_library(frame: FrameType) -> bool:
    file = frame.f_code.co_filename
    return file.startswith(_STANDARD_LIBRARY) and "site-packages" not in file
