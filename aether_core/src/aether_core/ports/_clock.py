"""The clock port: where the engine gets its time from."""

from __future__ import annotations

import asyncio
import time
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Callable

_MICROSECONDS = 1_000_000


class Clock(Protocol):
    """Tells the time and calls back when a time has come; tests inject one they move by hand."""

    def now(self) -> int:
        """Return microseconds since 1970-01-01 UTC."""
        ...

    def call_at(self, at: int, callback: Callable[[], None]) -> Callable[[], None]:
        """Call back on the event loop at that time, or soon if it has passed.

        Args:
            at: microseconds since 1970-01-01 UTC.
            callback: called once.

        Returns:
            A function that withdraws the request.
        """
        ...


class SystemClock:
    """The machine's wall clock."""

    def now(self) -> int:
        """Return microseconds since 1970-01-01 UTC."""
        return time.time_ns() // 1000

    def call_at(self, at: int, callback: Callable[[], None]) -> Callable[[], None]:
        """Call back on the running event loop; a clock that is set later is not followed."""
        delay = max(at - self.now(), 0) / _MICROSECONDS
        return asyncio.get_running_loop().call_later(delay, callback).cancel
