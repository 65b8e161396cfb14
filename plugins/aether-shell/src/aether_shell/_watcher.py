"""What ends the processes of tasks when the worker itself is killed.

One small process beside the worker waits for the end of a pipe that only the worker holds open.
Then it reads in a shared table which groups are left. Why not the parent-death signal of Linux:
docs/decisions, 18.
"""

from __future__ import annotations

import os
import signal
import sys
import threading
from pathlib import Path
from typing import TYPE_CHECKING, Final

from aether_shell._environment import inherited_environment

if TYPE_CHECKING:
    from collections.abc import Callable
    from subprocess import Popen

_PROGRAM: Final = str(Path(__file__).with_name("_watcher_program.py"))
_NONE: Final = -1


class Watcher:
    """The process that watches this one; it is started with the first group.

    Safe to use from several threads. If the watching process itself has been ended, the next start
    of a process starts another one, which finds all groups in the table.
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._pid = 0
        self._pipe = _NONE
        self._table = _NONE
        #: The places in the table: of running groups, and those that became free.
        self._places: dict[int, int] = {}
        self._free: list[int] = []

    def start(self, start: Callable[[], Popen[bytes]], stdout: int) -> Popen[bytes]:
        """Start a process in a group of its own, and watch the group.

        Args:
            start: starts the process.
            stdout: the descriptor of the pipe that becomes its standard output.

        Raises:
            OSError: the process, or the one that watches, can't be started.
            ValueError: an argument or a variable cannot be passed to a process.
        """
        mark = os.fstat(stdout).st_ino
        with self._lock:
            self._look_after_it()
            place = self._free.pop() if self._free else len(self._places)
            # Noted before and after: so nobody is missed, whenever this process is killed.
            self._note(place, 0, mark)
            try:
                process = start()
            except BaseException:
                self._clear(place)
                raise
            self._note(place, process.pid, 0)
            self._places[process.pid] = place
        return process

    def forget(self, group: int) -> None:
        """Watch a group no longer; it has ended."""
        with self._lock:
            place = self._places.pop(group, None)
            if place is not None:
                self._clear(place)

    def leave(self) -> None:
        """Let go of the groups and the watcher of another process, off which this one is forked."""
        # A thread that this process does not have may have held the old lock.
        self._lock = threading.Lock()
        for descriptor in (self._pipe, self._table):
            if descriptor != _NONE:
                os.close(descriptor)
        self._pid, self._pipe, self._table = 0, _NONE, _NONE
        self._places, self._free = {}, []

    def _clear(self, place: int) -> None:
        self._note(place, 0, 0)
        self._free.append(place)

    def _note(self, place: int, group: int, mark: int) -> None:
        # A file in memory that both share; unlike a message it does not wake the other process.
        record = f"{group:20} {mark:20}\n".encode()
        os.pwrite(self._table, record, place * len(record))

    def _look_after_it(self) -> None:
        if self._table == _NONE:
            self._table = _shared_file()
        if self._pipe != _NONE:
            if not _has_ended(self._pid):
                return
            os.close(self._pipe)
            self._pipe = _NONE
        theirs, ours = os.pipe()
        try:
            self._pid = _spawn(theirs, self._table)
        except BaseException:
            os.close(ours)
            raise
        finally:
            os.close(theirs)
        self._pipe = ours


def _has_ended(pid: int) -> bool:
    try:
        return os.waitpid(pid, os.WNOHANG)[0] == pid
    except ChildProcessError:
        # Somebody else in this process has waited for it.
        return True


def _shared_file() -> int:
    # Late: a run without processes does without.
    from fcntl import F_DUPFD_CLOEXEC, fcntl

    if hasattr(os, "memfd_create"):
        file = os.memfd_create("aether-shell")
    else:
        # Late: it is needed where there is no file in memory only.
        from tempfile import mkstemp

        file, path = mkstemp(prefix="aether-shell-")
        os.unlink(path)  # noqa: PTH108  # a text, as `mkstemp` gives it
    try:
        # Not 0 or 1, which may be free here: the other process has them for its own use.
        return fcntl(file, F_DUPFD_CLOEXEC, 3)
    finally:
        os.close(file)


def _spawn(pipe: int, table: int) -> int:
    # Not by `Popen`, which would insist on waiting for it; and in a group of its own, so that
    # Ctrl-C does not reach it.
    return os.posix_spawn(
        sys.executable,
        [sys.executable, "-I", "-S", _PROGRAM],
        inherited_environment(),
        file_actions=[
            (os.POSIX_SPAWN_DUP2, pipe, 0),
            (os.POSIX_SPAWN_DUP2, table, 1),
            (os.POSIX_SPAWN_OPEN, 2, os.devnull, os.O_WRONLY, 0),
        ],
        setpgroup=0,
        # What ends a worker shall leave its watcher alone, which has work to do then.
        setsigmask=(signal.SIGHUP, signal.SIGINT, signal.SIGTERM),
    )


WATCHER: Final = Watcher()
if hasattr(os, "register_at_fork"):
    # Else the fork would hold the pipe open, and nobody would see this process end.
    os.register_at_fork(after_in_child=WATCHER.leave)
