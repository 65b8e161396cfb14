"""The shell executor: how fast it starts processes, and what their output costs in memory."""

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

EXECUTOR = ShellExecutor()


def _request(*command: str) -> ExecuteRequest:
    return ExecuteRequest("task", "run", "name", inputs=Inputs.of({"command": list(command)}))


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


def _large_output() -> bool:
    before = _peak_mb()
    begin = time.perf_counter()
    outcome = asyncio.run(EXECUTOR.execute(_request("head", "-c", str(GIGABYTE), "/dev/zero")))
    seconds = time.perf_counter() - begin
    growth = _peak_mb() - before
    print(
        f"1 GB of output: {seconds:.2f} s, {growth:.1f} MB more memory (bar {LARGEST_GROWTH_MB}); "
        f"{outcome.message}"
    )
    return growth <= LARGEST_GROWTH_MB


def main() -> int:
    """Print the figures; return 1 if a bar is missed."""
    asyncio.run(_executor())
    held = [_large_output(), *map(_spawns, AT_ONCE)]
    return 0 if all(held) else 1


if __name__ == "__main__":
    sys.exit(main())
