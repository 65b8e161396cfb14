"""Durable throughput of the engine, and how its time grows with the number of tasks."""

from __future__ import annotations

import asyncio
import gc
import math
import statistics
import sys
import tempfile
import time
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import floor

from aether_core.brokers import InProcessBroker
from aether_core.engine import Engine
from aether_core.plugins import InstalledExecutors
from aether_core.stores import open_store

REPEATS = 5
SIZES = (250, 500, 1000, 2000, 4000)
LARGEST_EXPONENT = 1.15
# Shares of the floor, since machines differ. What waits for the disk waits as the floor does.
LEAST_SHARE = 0.03
LEAST_SHARE_FULL = 0.30
FAN = 2000
CHAIN = 500
FLOWS = 100
FLOW = 10


def _document(tasks: list[dict[str, Any]]) -> dict[str, Any]:
    work = {
        "name": "work",
        "executor": {"type": "echo"},
        "inputs": {"parameters": [{"name": "n", "type": "int"}]},
    }
    return {
        "apiVersion": "aether/v1",
        "kind": "Workflow",
        "metadata": {"name": "benchmark"},
        "spec": {
            "entrypoint": "main",
            "templates": [{"dag": {"name": "main", "tasks": tasks}}, {"task": work}],
        },
    }


def _task(number: int, dependencies: list[str]) -> dict[str, Any]:
    return {
        "name": f"t{number}",
        "template": "work",
        "dependencies": dependencies,
        "arguments": {"parameters": [{"name": "n", "value": number}]},
    }


def fan_out_document(size: int) -> dict[str, Any]:
    """Return a dag of `size` independent tasks and a join."""
    tasks = [_task(number, []) for number in range(size)]
    return _document([*tasks, _task(size, [task["name"] for task in tasks])])


def chain_document(size: int) -> dict[str, Any]:
    """Return a dag of `size` tasks one after the other; each takes a value from the one before."""
    tasks = [_task(number, [f"t{number - 1}"] if number else []) for number in range(size)]
    for number, task in enumerate(tasks[1:]):
        task["arguments"]["parameters"] = [
            {"name": "n", "valueFrom": {"parameter": f"tasks.t{number}.outputs.parameters.n"}}
        ]
    return _document(tasks)


async def run_once(
    path: Path, document: dict[str, Any], *, times: int = 1, synchronous: str = "normal"
) -> float:
    """Return the seconds from submission to the end of the run, both durable.

    Args:
        path: the file of the store.
        document: what to run.
        times: how many runs of it there are at the same time.
        synchronous: how far a commit goes: `normal` to the system, `full` to the disk.
    """
    executors = InstalledExecutors()
    engine = Engine(
        store=open_store(f"sqlite:///{path}?synchronous={synchronous}"),
        broker=InProcessBroker(executors),
        registry=executors,
    )
    async with engine:
        begin = time.perf_counter()
        await asyncio.gather(*(_run(engine, document) for _ in range(times)))
        return time.perf_counter() - begin


async def _run(engine: Engine, document: dict[str, Any]) -> None:
    run = await engine.wait(await engine.submit(document))
    if run.phase != "Succeeded":
        message = f"the benchmark's run ended {run.phase}: {run.message}"
        raise RuntimeError(message)


def median(measure: Callable[[Path], Awaitable[float]], repeats: int = REPEATS) -> float:
    """Return the median of several measurements, each in a folder of its own."""
    seconds: list[float] = []
    for _ in range(repeats):
        with tempfile.TemporaryDirectory() as folder:
            gc.collect()
            seconds.append(asyncio.run(measure(Path(folder) / "bench.db")))  # type: ignore[arg-type]
    return statistics.median(seconds)


def exponent(sizes: tuple[int, ...], seconds: list[float]) -> float:
    """Return k of the least-squares fit of seconds = c * size ** k."""
    xs, ys = [math.log(n) for n in sizes], [math.log(s) for s in seconds]
    mean_x, mean_y = statistics.fmean(xs), statistics.fmean(ys)
    return sum((x - mean_x) * (y - mean_y) for x, y in zip(xs, ys, strict=True)) / sum(
        (x - mean_x) ** 2 for x in xs
    )


def measure_share(
    name: str,
    size: int,
    ours: Callable[[Path], Awaitable[float]],
    bare: Callable[[Path], Awaitable[float]],
    least: float = LEAST_SHARE,
) -> bool:
    """Print the rate of `size` tasks and its share of the floor; return whether the bar holds."""
    # In turn, so that a drift of the machine meets both alike.
    pairs = [(median(ours, 1), median(bare, 1)) for _ in range(REPEATS)]
    rate = size / statistics.median(seconds for seconds, _ in pairs)
    share = statistics.median(floors / seconds for seconds, floors in pairs)
    print(f"{name}: {rate:,.0f} tasks/s, {share:.1%} of the floor (bar {least:.0%})")
    return share >= least


def measure_growth(name: str, document: Callable[[int], dict[str, Any]]) -> bool:
    """Print how the time grows with the number of tasks; return whether the bar holds."""
    seconds = [median(lambda path, n=n: run_once(path, document(n)), 3) for n in SIZES]  # type: ignore[misc]
    k = exponent(SIZES, seconds)
    steps = ", ".join(f"{n}: {s * 1000:.0f} ms" for n, s in zip(SIZES, seconds, strict=True))
    print(f"{name} growth: exponent {k:.3f} (bar {LARGEST_EXPONENT}); {steps}")
    return k <= LARGEST_EXPONENT


def main() -> int:
    """Measure all shapes."""
    fan, chain, flow = fan_out_document(FAN), chain_document(CHAIN), chain_document(FLOW)
    holds = [
        measure_share(
            f"fan-out of {FAN}",
            FAN,
            lambda path: run_once(path, fan),
            lambda path: floor.fan_out(path, FAN),
        ),
        measure_share(
            f"chain of {CHAIN}",
            CHAIN,
            lambda path: run_once(path, chain),
            lambda path: floor.chain(path, CHAIN),
        ),
        measure_share(
            f"chain of {CHAIN}, each commit on the disk",
            CHAIN,
            lambda path: run_once(path, chain, synchronous="full"),
            lambda path: floor.chain(path, CHAIN, "full"),
            LEAST_SHARE_FULL,
        ),
        measure_share(
            f"{FLOWS} runs of {FLOW} at once",
            FLOWS * FLOW,
            lambda path: run_once(path, flow, times=FLOWS),
            lambda path: floor.flows(path, FLOWS, FLOW),
        ),
        measure_growth("fan-out", fan_out_document),
        measure_growth("chain", chain_document),
    ]
    return 0 if all(holds) else 1


if __name__ == "__main__":
    sys.exit(main())
