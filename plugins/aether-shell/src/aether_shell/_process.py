"""Runs one process to its end and leaves nothing behind, however the call ends."""

from __future__ import annotations

import asyncio
from contextlib import ExitStack
from dataclasses import dataclass
from typing import TYPE_CHECKING

from aether_shell._child import Child
from aether_shell._group import ProcessGroup
from aether_shell._lines import LineLog
from aether_shell._streams import Capture, Feed

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence


@dataclass(frozen=True, slots=True)
class Launch:
    """What to start, how much output to keep and how long to wait; times are in seconds.

    Without `env` it inherits all variables. `log` takes the lines of its output as they come.
    """

    argv: Sequence[str]
    env: Mapping[str, str] | None
    cwd: str | None
    stdin: bytes | None
    max_output_bytes: int
    drain_grace: float
    kill_grace: float
    log: Callable[[str], bool] | None = None


@dataclass(frozen=True, slots=True)
class Ended:
    """How a process ended: its code (-N for signal N) and its two streams, closed."""

    code: int
    stdout: Capture
    stderr: Capture


async def run_process(launch: Launch) -> Ended:
    """Start a process, wait for its end and collect its output.

    Whatever the process left running in its group is ended as well, also on cancellation. Output
    that a process outside the group still holds open is cut off after `drain_grace`.

    Raises:
        OSError: the process cannot be started.
        ValueError: an argument or a variable cannot be passed to a process.
    """
    with ExitStack() as stack:
        feed = None if launch.stdin is None else stack.enter_context(Feed(launch.stdin))
        stdout = stack.enter_context(_capture(launch))
        stderr = stack.enter_context(_capture(launch))
        child = Child.start(
            launch.argv,
            env=launch.env,
            cwd=launch.cwd,
            stdin=None if feed is None else feed.child_end,
            stdout=stdout.child_end,
            stderr=stderr.child_end,
        )
        try:
            for pipe in (feed, stdout, stderr):
                if pipe is not None:
                    pipe.close_child_end()
            code = await child.wait()
            await _drained(stdout, stderr, launch.drain_grace)
        finally:
            await ProcessGroup(child).end(launch.kill_grace)
        await _drained(stdout, stderr, launch.drain_grace)
        return Ended(code, stdout, stderr)


def _capture(launch: Launch) -> Capture:
    return Capture(launch.max_output_bytes, None if launch.log is None else LineLog(launch.log))


async def _drained(stdout: Capture, stderr: Capture, grace: float) -> None:
    """Wait until both streams have ended, at most `grace` seconds."""
    if not (stdout.closed.done() and stderr.closed.done()):
        await asyncio.wait((stdout.closed, stderr.closed), timeout=grace)
