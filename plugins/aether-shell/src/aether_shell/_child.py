"""One child process: starting it, and waiting for its end without a thread."""

from __future__ import annotations

import asyncio
import os
import threading
from contextlib import suppress
from subprocess import DEVNULL, Popen
from typing import TYPE_CHECKING, Final

from aether_sdk import TaskError
from aether_shell._watcher import WATCHER

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence


class Child:
    """A process that leads a session and a group of its own, known to the watcher.

    Must be made inside a running event loop. asyncio's own processes are not used: in the older
    Python versions that we support they take a thread each, and starting one awaits, so that a
    cancellation may come between the start and whoever looks after the process.
    """

    def __init__(self, process: Popen[bytes]) -> None:
        self.pid: Final = process.pid
        self._process = process
        self._loop: Final = asyncio.get_running_loop()
        self._ended: Final[asyncio.Future[int | None]] = self._loop.create_future()
        try:
            self._pidfd = os.pidfd_open(self.pid)
        except (AttributeError, OSError):
            # Not on this system, or forbidden by a sandbox.
            threading.Thread(target=self._reap_in_thread, daemon=True).start()
        else:
            self._loop.add_reader(self._pidfd, self._reap)

    @classmethod
    def start(
        cls,
        argv: Sequence[str],
        *,
        env: Mapping[str, str] | None,
        cwd: str | None,
        stdin: int | None,
        stdout: int,
        stderr: int,
    ) -> Child:
        """Start a program; without `env` it inherits all variables, without `stdin` gets no input.

        Raises:
            OSError: the process cannot be started.
            ValueError: an argument or a variable cannot be passed to a process.
        """

        def start() -> Popen[bytes]:
            return Popen(  # noqa: S603  # running what the document says is what this is for
                argv,
                stdin=DEVNULL if stdin is None else stdin,
                stdout=stdout,
                stderr=stderr,
                cwd=cwd,
                env=env,
                start_new_session=True,
            )

        return cls(WATCHER.start(start, stdout))

    async def wait(self) -> int:
        """Return the exit code, -N for death by signal N; the process is reaped.

        Raises:
            TaskError: something else in the worker has reaped it, so that its code is lost.
        """
        await self.gone()
        code = self._ended.result()
        if code is None:
            message = "the exit code is lost: something else in the worker waits for its children"
            raise TaskError(message, hint="SIGCHLD must not be ignored where tasks run.")
        return code

    @property
    def has_ended(self) -> bool:
        """Whether the process has ended and is reaped."""
        return self._ended.done()

    async def gone(self, seconds: float | None = None) -> None:
        """Return when the process has ended and is reaped, or after some seconds."""
        if not self.has_ended:
            await asyncio.wait((self._ended,), timeout=seconds)

    def _reap(self) -> None:
        self._loop.remove_reader(self._pidfd)
        os.close(self._pidfd)
        self._settle(_reaped(self.pid))

    def _reap_in_thread(self) -> None:
        code = _reaped(self.pid)
        with suppress(RuntimeError):
            # The loop may be closed by now.
            self._loop.call_soon_threadsafe(self._settle, code)

    def _settle(self, code: int | None) -> None:
        # `Popen` would complain about a process that it was not asked about.
        self._process.returncode = code or 0
        self._ended.set_result(code)


def _reaped(pid: int) -> int | None:
    """Wait for the end of a child and return its code, None when that is lost."""
    try:
        return os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])
    except ChildProcessError:
        return None
