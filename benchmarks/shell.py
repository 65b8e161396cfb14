"""The shell executor: how fast it starts processes, and what their output costs."""

from __future__ import annotations

import asyncio
import resource
import statistics
import sys
import time
from asyncio.subprocess import DEVNULL, PIPE
from collections.abc import Awaitable, Callable

from aether_sdk import ExecuteRequest, Inputs
from aether_shell import ShellExecutor

REPEATS = 7
PROCESSES = 200
AT_ONCE = (1, 16)
LEAST_RATIO = 0.8
GIGABYTE = 10**9
LARGEST_GROWTH_MB = 50
MOST_LINES = 1_000
#: Output without a line end, and with little else; ends by itself.
OUTPUTS = {
    "zeros": ("head", "-c", str(GIGABYTE), "/dev/zero"),
    "lines": ("sh", "-c", f"yes | head -c {GIGABYTE}"),
}

EXECUTOR = ShellExecutor()


class _Listener:
    """Takes as many lines as an engine does."""

    def __init__(self) -> None:
        self.lines = 0

    def __call__(self, line: str) -> bool:
        self.lines += 1
        return self.lines <= MOST_LINES


def _request(*command: str, log: bool = True) -> ExecuteRequest:
    inputs = Inputs.of({"command": list(command), "log": log})
    return ExecuteRequest("task", "run", "name", inputs=inputs, on_log=_Listener())


async def _bare() -> None:
    process = await asyncio.create_subprocess_exec(
        "/bin/true", stdin=DEVNULL, stdout=PIPE, stderr=PIPE
    )
    await process.communicate()


async def _executor() -> None:
    await EXECUTOR.execute(_request("/bin/true"))


async def _rate(call: Callable[[], Awaitable[None]], at_once: int) -> float:
    """Return how many processes end per second."""

    async def work() -> None:
        for _ in range(PROCESSES // at_once):
            await call()

    begin = time.perf_counter()
    await asyncio.gather(*(work() for _ in range(at_once)))
    return PROCESSES // at_once * at_once / (time.perf_counter() - begin)


def _spawns(at_once: int) -> bool:
    """Measure in turn, so that a drift of the machine meets both alike."""
    pairs: list[tuple[float, float]] = []
    for _ in range(REPEATS):
        bare = asyncio.run(_rate(_bare, at_once))
        pairs.append((bare, asyncio.run(_rate(_executor, at_once))))
    bare, ours = (statistics.median(rates) for rates in zip(*pairs, strict=True))
    ratio = statistics.median(ours / bare for bare, ours in pairs)
    print(
        f"processes, {at_once} at once: {ours:.0f}/s, bare asyncio {bare:.0f}/s, "
        f"{ratio:.0%} (bar {LEAST_RATIO:.0%})"
    )
    return ratio >= LEAST_RATIO


def _peak_mb() -> float:
    unit = 1 if sys.platform == "darwin" else 1024
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * unit / 2**20


def _large_output(kind: str) -> bool:
    before = _peak_mb()
    seconds: dict[bool, float] = {}
    for log in (False, True):
        begin = time.perf_counter()
        asyncio.run(EXECUTOR.execute(_request(*OUTPUTS[kind], log=log)))
        seconds[log] = time.perf_counter() - begin
    growth = _peak_mb() - before
    print(
        f"1 GB of {kind}: {seconds[True]:.2f} s, {seconds[False]:.2f} s without a log; "
        f"{growth:.1f} MB more memory (bar {LARGEST_GROWTH_MB})"
    )
    return growth <= LARGEST_GROWTH_MB


def main() -> int:
    """Print the figures; return 1 if a bar is missed."""
    asyncio.run(_executor())
    held = [*map(_large_output, OUTPUTS), *map(_spawns, AT_ONCE)]
    return 0 if all(held) else 1


if __name__ == "__main__":
    sys.exit(main())
