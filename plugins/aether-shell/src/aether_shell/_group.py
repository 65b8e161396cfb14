"""The process group of one task: the program and all that it started and left in its session."""

from __future__ import annotations

import asyncio
import os
import signal
from contextlib import suppress
from typing import TYPE_CHECKING, Final

from aether_shell._watcher import WATCHER
from aether_shell._watcher_program import running

if TYPE_CHECKING:
    from aether_shell._child import Child

_FIRST_PAUSE: Final = 0.005
_LONGEST_PAUSE: Final = 0.05


class ProcessGroup:
    """A group whose leader is `leader`, a process that was started in a session of its own.

    The group's id stays taken as long as one member lives, so it names no stranger's group while
    there is something left to end.
    """

    def __init__(self, leader: Child) -> None:
        self._leader = leader

    async def end(self, grace: float) -> None:
        """End every member: SIGTERM, then SIGKILL after `grace` seconds; reap the leader.

        Cancelling this shortens the grace to nothing; the leader is reaped nevertheless.
        """
        try:
            if self._runs():
                self._signal(signal.SIGTERM)
                await self._vanished(grace)
        finally:
            self._signal(signal.SIGKILL)
            WATCHER.forget(self._leader.pid)
            await self._leader.gone()

    async def _vanished(self, grace: float) -> None:
        loop = asyncio.get_running_loop()
        deadline = loop.time() + grace
        await self._leader.gone(grace)
        # The kernel tells nobody when a group becomes empty, so this has to look.
        pause = _FIRST_PAUSE
        while self._runs() and loop.time() < deadline:
            await asyncio.sleep(pause)
            pause = min(2 * pause, _LONGEST_PAUSE)

    def _runs(self) -> bool:
        """Tell whether a member has not ended yet."""
        if not self._leader.has_ended:
            return True
        try:
            os.killpg(self._leader.pid, 0)
        except ProcessLookupError:
            return False
        except PermissionError:
            # There is a member, though one that changed its user.
            return True
        return bool(running({self._leader.pid}))

    def _signal(self, number: signal.Signals) -> None:
        with suppress(ProcessLookupError, PermissionError):
            os.killpg(self._leader.pid, number)
