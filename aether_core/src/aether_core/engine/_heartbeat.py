"""What an engine does every second: it gives a sign of life, and looks into its inbox."""

from __future__ import annotations

import asyncio
import contextlib
from typing import TYPE_CHECKING, Final

from aether_core.ports import StoreError

if TYPE_CHECKING:
    from aether_core.engine._inbox import Inbox
    from aether_core.ports import Clock, Store

_SECOND: Final = 1_000_000
#: How long an engine may be silent before its runs count as abandoned, in microseconds.
LEASE: Final = 5 * _SECOND
_INTERVAL_SECONDS: Final = 1.0
#: Looks into the inbox per sign of life, while there are runs; one timer serves both. Well below
#: the 2 seconds within which a request must arrive.
_LOOKS: Final = 2


class Heartbeat:
    """Tells the store every second that its engine is alive, from the first run on.

    Other processes can so tell an engine that is gone from one that works.

    Args:
        store: is told.
        clock: gives the time.
        engine_id: the engine.
        inbox: is looked into as well.
    """

    def __init__(self, store: Store, clock: Clock, engine_id: str, inbox: Inbox) -> None:
        self._store = store
        self._clock = clock
        self._engine_id = engine_id
        self._inbox = inbox
        self._task: asyncio.Task[None] | None = None

    async def start(self) -> None:
        """Give the first sign of life, and go on by itself.

        Raises:
            StoreError: the store can't be written.
        """
        if self._task is None:
            await self._store.heartbeat(self._engine_id, self._clock.now())
            self._task = asyncio.get_running_loop().create_task(self._beat())

    async def stop(self) -> None:
        """Say that the engine has ended, so that nobody need wait to take over its runs."""
        if self._task is None:
            return
        self._task.cancel()
        await asyncio.wait([self._task])
        self._task = None
        # A store that can't be told will find out by the silence.
        with contextlib.suppress(StoreError):
            await self._store.heartbeat(self._engine_id, None)

    async def _beat(self) -> None:
        while True:
            looks = _LOOKS if self._inbox.is_needed else 1
            for _ in range(looks):
                await asyncio.sleep(_INTERVAL_SECONDS / looks)
                # The next look may succeed, as the next beat may; a store that is lost is noticed
                # by the driver.
                with contextlib.suppress(StoreError):
                    await self._inbox.look()
            with contextlib.suppress(StoreError):
                await self._store.heartbeat(self._engine_id, self._clock.now())
