"""Blocking file work, away from the event loop."""

from __future__ import annotations

import asyncio
import threading
from typing import TYPE_CHECKING, Final, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable

_Result = TypeVar("_Result")

#: Seconds to wait for work that was told to stop; only a silent server takes longer.
_GRACE: Final = 2.0


class Stopped(Exception):  # a signal to the thread's own end, never an error that anybody catches
    """Nobody waits for this work any more."""


class Stop:
    """Tells work in a thread that nobody waits for it any more."""

    def __init__(self) -> None:
        self._is_set = False

    def set(self) -> None:
        """Ask the work to end."""
        self._is_set = True

    def check(self) -> None:
        """Go on, or not.

        Raises:
            Stopped: the work has to end.
        """
        if self._is_set:
            raise Stopped


async def in_thread(work: Callable[[Stop], _Result]) -> _Result:
    """Do work in a daemon thread of its own and return its result.

    When this is cancelled, the work is told to stop and waited for, so that it writes nothing
    into a folder which is removed next. Not a thread pool: a pool's threads are joined when the
    interpreter exits, and a silent server would hold that up.
    """
    loop = asyncio.get_running_loop()
    done: asyncio.Future[_Result] = loop.create_future()
    stop = Stop()

    def run() -> None:
        try:
            result = work(stop)
        except BaseException as error:  # noqa: BLE001  # carried over to the loop, where it is raised
            settle(done.set_exception, error)
        else:
            settle(done.set_result, result)

    def settle(setter: Callable[..., None], value: object) -> None:
        if not loop.is_closed():
            loop.call_soon_threadsafe(setter, value)

    threading.Thread(target=run, name="aether-artifact", daemon=True).start()
    try:
        return await asyncio.shield(done)
    except asyncio.CancelledError:
        stop.set()
        # Whatever comes of it now is of no interest; asking for it keeps asyncio from complaining.
        done.add_done_callback(lambda future: future.exception())
        await asyncio.wait([done], timeout=_GRACE)
        raise
