"""An event loop with a time of its own, which jumps to the next timer instead of waiting.

Everything that asyncio offers works on it: `sleep`, `timeout`, `call_later`, tasks, sockets
and threads. A week of timers takes as long as what they do.
"""

from __future__ import annotations

import asyncio
import selectors
from typing import TYPE_CHECKING, Any, Final, TypeVar, TypeVarTuple, Unpack

from aether_sdk import AetherError

if TYPE_CHECKING:
    from collections.abc import Callable, Coroutine, Mapping
    from concurrent.futures import Executor

#: 2026-01-01T00:00:00Z, in microseconds since 1970-01-01 UTC.
NEW_YEAR: Final = 1_767_225_600_000_000

_MICROSECONDS = 1_000_000
# What sockets and threads get of real time before each jump, in seconds.
_PATIENCE = 0.05
# What unknown threads get before a loop without timers counts as stalled, in seconds.
_LAST_CHANCE = 1.0
# The loop's own way to be woken by threads.
_OWN_FILES = 1

_Result = TypeVar("_Result")
_Arguments = TypeVarTuple("_Arguments")


class Stalled(AetherError):
    """Nothing can ever happen any more: no callback is ready, and no timer is set."""

    code = "AE890"


class VirtualLoop(asyncio.SelectorEventLoop):
    """Keeps time by itself: it stands still while callbacks run, and jumps when none is ready.

    While sockets, pipes or threads of the loop's executor are at work, each jump waits for
    them, up to 50 ms of real time. Threads that the loop does not know of hold no time up.

    Args:
        start: the time at which it begins, in microseconds since 1970-01-01 UTC.
    """

    def __init__(self, start: int = NEW_YEAR) -> None:
        self.start: Final = start
        #: Called before each jump, when everything that can happen at this time has happened.
        self.before_jump: Callable[[], None] | None = None
        self._elapsed = 0
        self._jobs = 0
        super().__init__(_JumpingSelector(self))
        # Times are whole microseconds. With the default, of a nanosecond, a timer would never be
        # due after some months, when floats have become coarser than that.
        self._clock_resolution = 1 / _MICROSECONDS

    def time(self) -> float:
        """Return the seconds since the loop's beginning."""
        return self._elapsed / _MICROSECONDS

    def now(self) -> int:
        """Return microseconds since 1970-01-01 UTC."""
        return self.start + self._elapsed

    @property
    def has_jobs(self) -> bool:
        """Whether threads of the loop's executor are at work."""
        return self._jobs > 0

    def run_in_executor(
        self,
        executor: Executor | None,
        func: Callable[[Unpack[_Arguments]], _Result],
        *args: *_Arguments,
    ) -> asyncio.Future[_Result]:
        """Run a function in a thread, and let the time wait for it."""
        future = super().run_in_executor(executor, func, *args)
        self._jobs += 1
        future.add_done_callback(self._job_ended)
        return future

    async def shutdown_default_executor(self, *_: Any) -> None:
        """Wait for the threads of the loop's executor to end, however long it takes."""
        self._jobs += 1
        try:
            # Without a timeout: it would be a virtual one, and over at once.
            await super().shutdown_default_executor()
        finally:
            self._jobs -= 1

    def jump(self, seconds: float) -> None:
        """Move the time on, by at least a microsecond."""
        if self.before_jump is not None:
            self.before_jump()
        self._elapsed += max(round(seconds * _MICROSECONDS), 1)

    def _job_ended(self, _: asyncio.Future[Any]) -> None:
        self._jobs -= 1


class _JumpingSelector(selectors.BaseSelector):
    """Watches files as ever, but has the loop's time move on where it would wait."""

    def __init__(self, loop: VirtualLoop) -> None:
        self._loop = loop
        self._files = selectors.DefaultSelector()
        self._watched = 0

    def select(self, timeout: float | None = None) -> list[tuple[selectors.SelectorKey, int]]:
        """Return the files that are ready; move the time on by the timeout if there is none."""
        is_real = self._watched > _OWN_FILES or self._loop.has_jobs
        if timeout is None:
            return self._forever(is_real=is_real)
        if not is_real:
            if timeout > 0:
                self._loop.jump(timeout)
            return []
        ready = self._files.select(min(timeout, _PATIENCE))
        if not ready and timeout > 0:
            self._loop.jump(timeout)
        return ready

    def _forever(self, *, is_real: bool) -> list[tuple[selectors.SelectorKey, int]]:
        """Wait without a timer; for a while also where only an unknown thread can help."""
        ready = self._files.select(None if is_real else _LAST_CHANCE)
        if not ready:
            raise Stalled("nothing is ready and no timer is set: what is awaited never comes")
        return ready

    def register(self, fileobj: Any, events: int, data: Any = None) -> selectors.SelectorKey:
        """Watch a file."""
        key = self._files.register(fileobj, events, data)
        self._watched += 1
        return key

    def unregister(self, fileobj: Any) -> selectors.SelectorKey:
        """Watch a file no more."""
        key = self._files.unregister(fileobj)
        self._watched -= 1
        return key

    def modify(self, fileobj: Any, events: int, data: Any = None) -> selectors.SelectorKey:
        """Watch a file for other events."""
        return self._files.modify(fileobj, events, data)

    def get_map(self) -> Mapping[Any, selectors.SelectorKey]:
        """Return the files that are watched."""
        return self._files.get_map()

    def close(self) -> None:
        """Release the selector below."""
        self._files.close()


class VirtualClock:
    """The clock port on the time of a virtual loop.

    Args:
        loop: the loop; by default the running one.
    """

    def __init__(self, loop: VirtualLoop | None = None) -> None:
        self._loop = loop or running_loop()

    def now(self) -> int:
        """Return microseconds since 1970-01-01 UTC."""
        return self._loop.now()

    def call_at(self, at: int, callback: Callable[[], None]) -> Callable[[], None]:
        """Call back when the loop's time has come there."""
        return self._loop.call_at((at - self._loop.start) / _MICROSECONDS, callback).cancel


def running_loop() -> VirtualLoop:
    """Return the running loop.

    Raises:
        TypeError: it is not a virtual one.
    """
    loop = asyncio.get_running_loop()
    if not isinstance(loop, VirtualLoop):
        raise TypeError("the running event loop is not virtual; start with run_simulated")
    return loop


def run_simulated(main: Coroutine[Any, Any, _Result], *, start: int = NEW_YEAR) -> _Result:
    """Run a coroutine to its end in virtual time, as `asyncio.run` does in real time.

    Tasks that are left over are cancelled.

    Args:
        main: what is run.
        start: the time at which it begins, in microseconds since 1970-01-01 UTC.

    Raises:
        Stalled: it waits for something that can't come.
    """
    with asyncio.Runner(loop_factory=lambda: VirtualLoop(start)) as runner:
        return runner.run(main)
