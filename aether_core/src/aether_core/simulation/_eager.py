"""Running a coroutine at once, as far as it goes without waiting."""

from __future__ import annotations

import asyncio
import types
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Coroutine, Generator


def run_eagerly(work: Coroutine[Any, Any, None]) -> asyncio.Task[None] | None:
    """Run a coroutine up to where it first waits, and let a task do the rest.

    Before that point there is no current task, so `asyncio.timeout` can't be used there.
    (From Python 3.12 on, asyncio has eager tasks.)

    Returns:
        The task, or None if nothing is left to do.
    """
    try:
        awaited = work.send(None)
    except StopIteration:
        return None
    return asyncio.get_running_loop().create_task(_rest(work, awaited))


async def _rest(work: Coroutine[Any, Any, None], awaited: object) -> None:
    await _as_awaitable(work, awaited)


@types.coroutine
def _as_awaitable(work: Coroutine[Any, Any, None], awaited: object) -> Generator[Any, Any, None]:
    yield from _continued(work, awaited)


def _continued(work: Coroutine[Any, Any, None], awaited: object) -> Generator[Any, Any, None]:
    """Wait for what the coroutine waits for, again and again, until it has ended."""
    while True:
        error: BaseException | None = None
        try:
            yield awaited
        except BaseException as thrown:  # noqa: BLE001  # a cancellation is meant for the coroutine
            error = thrown
        try:
            awaited = work.send(None) if error is None else work.throw(error)
        except StopIteration:
            return
