"""Who closes an executor: the last broker of its event loop that has called it."""

from __future__ import annotations

import asyncio
from collections import Counter
from typing import TYPE_CHECKING, Final
from weakref import WeakKeyDictionary

from aether_sdk import Executor

if TYPE_CHECKING:
    from collections.abc import Iterable

_CLOSE_SECONDS: Final = 5.0

#: How many open brokers of a loop have called an executor, by its identity. They share what
#: their registry holds, and the first to close must not take connections from the others.
_callers: WeakKeyDictionary[asyncio.AbstractEventLoop, Counter[int]] = WeakKeyDictionary()


class Called:
    """The executors that one broker has called and that have something to close."""

    def __init__(self) -> None:
        self._executors: list[Executor] = []

    def add(self, executor: Executor) -> None:
        """Remember an executor at its first call."""
        if type(executor).aclose is not Executor.aclose:
            self._executors.append(executor)
            _callers_here()[id(executor)] += 1

    async def aclose(self) -> None:
        """Close the executors that no other broker of this loop has called.

        They get 5 seconds, all at once. One that fails or takes longer is reported to the event
        loop's exception handler, which writes a line to stderr unless the program has set another.
        """
        executors, self._executors = self._executors, []
        counts = _callers_here()
        counts.subtract(map(id, executors))
        ended = [executor for executor in executors if not counts[id(executor)]]
        for executor in ended:
            # Another object may get the same identity one day.
            del counts[id(executor)]
        await _close(ended)


def _callers_here() -> Counter[int]:
    return _callers.setdefault(asyncio.get_running_loop(), Counter())


async def _close(executors: Iterable[Executor]) -> None:
    loop = asyncio.get_running_loop()
    closing = {loop.create_task(_closed(executor)): executor for executor in executors}
    if closing:
        await asyncio.wait(closing, timeout=_CLOSE_SECONDS)
    for task, executor in closing.items():
        reason = f"it took longer than {_CLOSE_SECONDS:g} s" if task.cancel() else task.result()
        if reason:
            message = f"executor {executor.type!r} could not be closed: {reason}"
            loop.call_exception_handler({"message": message})


async def _closed(executor: Executor) -> str:
    """Close an executor; return what went wrong, empty if nothing did."""
    try:
        await executor.aclose()
    except (Exception, SystemExit) as error:  # noqa: BLE001  # whatever a plugin raises
        return f"{type(error).__name__}: {error}"
    return ""
