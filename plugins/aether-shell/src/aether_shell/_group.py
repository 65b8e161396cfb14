"""The process group of one task: the program and all that it started and left in its session."""

from __future__ import annotations

import asyncio
import os
import signal
import sys
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from asyncio.subprocess import Process

_FIRST_PAUSE: Final = 0.005
_LONGEST_PAUSE: Final = 0.05
_ENDED: Final = (b"Z", b"X")


class ProcessGroup:
    """A group whose leader is `leader`, a process that was started in a session of its own.

    The group's id stays taken as long as one member lives, so it names no stranger's group while
    there is something left to end.
    """

    def __init__(self, leader: Process) -> None:
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
            await self._leader.wait()

    async def _vanished(self, grace: float) -> None:
        # The kernel tells nobody when a group becomes empty, so this has to look.
        loop = asyncio.get_running_loop()
        deadline = loop.time() + grace
        pause = _FIRST_PAUSE
        while self._runs() and loop.time() < deadline:
            await asyncio.sleep(pause)
            pause = min(2 * pause, _LONGEST_PAUSE)

    def _runs(self) -> bool:
        """Tell whether a member has not ended yet."""
        try:
            os.killpg(self._leader.pid, 0)
        except ProcessLookupError:
            return False
        except PermissionError:
            # There is a member, though one that changed its user.
            return True
        return _has_running_member(self._leader.pid)

    def _signal(self, number: signal.Signals) -> None:
        with suppress(ProcessLookupError, PermissionError):
            os.killpg(self._leader.pid, number)


def _has_running_member(group: int) -> bool:
    """Tell whether a group that exists has a member that is no zombie; True if unknown.

    A background process that has ended stays in the group until the machine's first process reaps
    it. In many containers that is late or never, and the task must not wait for it.
    """
    if not sys.platform.startswith("linux"):
        return True
    for entry in Path("/proc").glob("[0-9]*/stat"):
        try:
            # The name in front may contain anything, a parenthesis too.
            state, _, its_group = entry.read_bytes().rpartition(b")")[2].split()[:3]
        except OSError:
            continue
        if int(its_group) == group and state not in _ENDED:
            return True
    return False
