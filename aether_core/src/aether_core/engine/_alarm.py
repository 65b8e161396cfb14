"""One timer for all runs: rings for each run at the time it asked for."""

from __future__ import annotations

import heapq
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

    from aether_core.ports import Clock


_SPARE_ENTRIES = 64


class Alarm:
    """Keeps the next time of each run, and one request at the clock for the earliest.

    Args:
        clock: calls back.
        ring: is called with a run's id and the time it is, in microseconds.
    """

    def __init__(self, clock: Clock, ring: Callable[[str, int], None]) -> None:
        self._clock = clock
        self._ring = ring
        self._times: dict[str, int] = {}
        self._heap: list[tuple[int, str]] = []
        self._requested: int | None = None
        self._withdraw: Callable[[], None] | None = None

    def set(self, run_id: str, at: int | None) -> None:
        """Ring for the run at that time instead of any other; None: not at all."""
        if at is None:
            self._times.pop(run_id, None)
            return
        if self._times.get(run_id) == at:
            return
        self._times[run_id] = at
        heapq.heappush(self._heap, (at, run_id))
        if len(self._heap) > 2 * len(self._times) + _SPARE_ENTRIES:
            # Ended runs leave entries behind, which would stay until their deadlines.
            self._heap = [(at, run_id) for run_id, at in self._times.items()]
            heapq.heapify(self._heap)
        self._request()

    def forget(self, run_id: str) -> None:
        """Ring for the run no more."""
        self._times.pop(run_id, None)

    def stop(self) -> None:
        """Ring for nobody any more."""
        self._times.clear()
        self._heap.clear()
        if self._withdraw is not None:
            self._withdraw()
            self._withdraw = None
        self._requested = None

    def _request(self) -> None:
        """Have the clock call for the earliest time, unless it will anyway."""
        if not self._heap:
            return
        earliest = self._heap[0][0]
        if self._requested is not None and self._requested <= earliest:
            return
        if self._withdraw is not None:
            self._withdraw()
        self._requested = earliest
        self._withdraw = self._clock.call_at(earliest, self._called)

    def _called(self) -> None:
        self._requested = self._withdraw = None
        now = self._clock.now()
        while self._heap and self._heap[0][0] <= now:
            at, run_id = heapq.heappop(self._heap)
            # An entry that a later `set` replaced is only dropped.
            if self._times.get(run_id) == at:
                del self._times[run_id]
                self._ring(run_id, now)
        self._request()
