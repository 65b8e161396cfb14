"""Ends process groups once the process that started them is gone. A program of its own.

Standard input is a pipe whose other end the worker holds open as long as it lives; the end of the
input means that the worker has ended, however that came about. Standard output is a file that the
worker writes and this program reads. Each line of it has two numbers:

    GROUP 0     the process group GROUP runs
    0 MARK      a process was about to start, with the pipe MARK as its standard output
    0 0         nothing

This runs without site packages and imports little (not even pathlib), so that it is there within
milliseconds.
"""

from __future__ import annotations

import os
import time

# As numbers: the module `signal` takes longer to import than everything else here.
SIGTERM = 15
SIGKILL = 9
GRACE = 2.0
_PAUSE = 0.02
_ENDED = (b"Z", b"X")


def main() -> None:
    """Wait for the end of standard input, then end what is left."""
    # Whatever else the worker has inherited shall not be held open here.
    os.closerange(3, 1024)
    os.read(0, 1)
    groups, marks = left_in(os.pread(1, os.fstat(1).st_size, 0))
    end(groups | groups_writing_to(marks), GRACE)


def left_in(table: bytes) -> tuple[set[int], set[int]]:
    """Return the groups that run, and the marks of processes that may have started."""
    groups: set[int] = set()
    marks: set[int] = set()
    for line in table.splitlines():
        group, mark = map(int, line.split())
        groups.add(group)
        marks.add(mark)
    return groups - {0}, marks - {0}


def groups_writing_to(marks: set[int]) -> set[int]:
    """Return the groups of processes whose standard output is one of these pipes.

    The worker may be killed between the start of a process and its next line. Where there is no
    `/proc` as on Linux, nothing is found.
    """
    pipes = {f"pipe:[{mark}]" for mark in marks}
    groups: set[int] = set()
    for pid in _processes() if pipes else ():
        try:
            if os.readlink(f"/proc/{pid}/fd/1") in pipes:  # noqa: PTH115  # as above
                groups.add(os.getpgid(pid))
        except OSError:
            continue
    return groups


def running(groups: set[int]) -> set[int]:
    """Return those of the existing groups that have a member which has not ended.

    A process whose parent does not ask for its end stays in its group after it. In many containers
    the first process asks late or never, and nobody must wait for that. Where there is no `/proc`
    as on Linux, all groups are returned.
    """
    pids = _processes()
    if not pids or not groups:
        return groups
    found: set[int] = set()
    for pid in pids:
        try:
            with open(f"/proc/{pid}/stat", "rb") as file:  # noqa: PTH123  # as above
                # The name in front may contain anything, a parenthesis too.
                state, _, group = file.read().rpartition(b")")[2].split()[:3]
        except OSError:
            continue
        if int(group) in groups and state not in _ENDED:
            found.add(int(group))
    return found


def _processes() -> list[int]:
    if not os.path.exists("/proc/self/stat"):  # noqa: PTH110  # as above
        return []
    return [int(name) for name in os.listdir("/proc") if name.isdigit()]  # noqa: PTH208  # as above


def end(groups: set[int], grace: float) -> None:
    """End groups: SIGTERM, then SIGKILL after `grace` seconds to those that are still there."""
    left = signalled(groups, SIGTERM)
    deadline = time.monotonic() + grace
    while left and time.monotonic() < deadline:
        time.sleep(_PAUSE)
        left = running(signalled(left, 0))
    signalled(left, SIGKILL)


def signalled(groups: set[int], number: int) -> set[int]:
    """Send a signal to groups; return those that exist."""
    left: set[int] = set()
    for group in groups:
        try:
            os.killpg(group, number)
        except ProcessLookupError:
            continue
        except PermissionError:
            # It is there, though all its members have changed their user.
            pass
        left.add(group)
    return left


if __name__ == "__main__":
    main()
