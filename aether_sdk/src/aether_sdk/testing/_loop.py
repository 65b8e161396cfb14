"""An event loop of the kit's own, which ends whatever is left in it."""

from __future__ import annotations

import asyncio
import contextlib
import threading
from typing import TYPE_CHECKING, Final, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable, Coroutine

_T = TypeVar("_T")

_PATIENCE: Final = 0.5


def on_own_loop(main: Callable[[], Coroutine[object, object, _T]]) -> _T:
    """Run a coroutine on a new loop and close that loop, whatever is still pending there.

    `asyncio.run` would wait for ever for a task that ignores its cancellation.
    """
    loop = asyncio.new_event_loop()
    # What an executor leaves behind is reported by the kit, not by the loop.
    loop.set_exception_handler(lambda _loop, _context: None)
    try:
        return loop.run_until_complete(main())
    finally:
        loop.run_until_complete(_wind_up())
        for task in asyncio.all_tasks(loop):
            _close(task)
        loop.close()


async def _wind_up() -> None:
    """End what `asyncio.run` ends too, each with a limit."""
    loop = asyncio.get_running_loop()
    rest = asyncio.all_tasks() - {asyncio.current_task()}
    for task in rest:
        task.cancel()
    if rest:
        await asyncio.wait(rest, timeout=_PATIENCE)
    await loop.shutdown_asyncgens()
    await asyncio.wait([loop.create_task(loop.shutdown_default_executor())], timeout=_PATIENCE)


def _close(task: asyncio.Task[object]) -> None:
    # It may raise anything on its way out; the task that it belonged to is given up.
    with contextlib.suppress(BaseException):
        task.get_coro().close()


async def in_thread(call: Callable[[], object]) -> object:
    """Run a plain function in a daemon thread, as the engine does."""
    loop = asyncio.get_running_loop()
    done: asyncio.Future[tuple[object, BaseException | None]] = loop.create_future()

    def settle(result: object, error: BaseException | None) -> None:
        if not done.done():
            done.set_result((result, error))

    def work() -> None:
        result: object = None
        failure: BaseException | None = None
        try:
            result = call()
        except BaseException as error:  # noqa: BLE001 - carried over to the loop, judged there
            failure = error
        # The loop is closed when the kit has given the call up.
        with contextlib.suppress(RuntimeError):
            loop.call_soon_threadsafe(settle, result, failure)

    threading.Thread(target=work, name="aether-executor", daemon=True).start()
    result, error = await done
    if error is not None:
        raise error
    return result
