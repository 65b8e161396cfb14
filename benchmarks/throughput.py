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


async def run_once(path: Path, document: dict[str, Any]) -> float:
    """Return the seconds from submission to the end of the run, both durable."""
    executors = InstalledExecutors()
    engine = Engine(
        store=open_store(f"sqlite:///{path}"),
        broker=InProcessBroker(executors),
        registry=executors,
    )
    async with engine:
        begin = time.perf_counter()
        run = await engine.wait(await engine.submit(document))
        elapsed = time.perf_counter() - begin
    if run.phase != "Succeeded":
        message = f"the benchmark's run ended {run.phase}: {run.message}"
        raise RuntimeError(message)
    return elapsed


def median(measure: Callable[[Path], Awaitable[float]], repeats: int = REPEATS) -> float:
    """Return the median of several measurements, each in a folder of its own."""
    seconds = []
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


def measure_shape(
    name: str,
    document: Callable[[int], dict[str, Any]],
    bare: Callable[[Path, int], Awaitable[float]],
    size: int,
    least_rate: float,
) -> bool:
    """Print one shape's rate, share of the floor and growth; return whether its bars hold."""
    ours = median(lambda path: run_once(path, document(size)))
    floors = median(lambda path: bare(path, size))
    rate, share = size / ours, floors / ours
    print(
        f"{name} of {size}: {rate:,.0f} tasks/s (bar {least_rate:,.0f}), {share:.1%} of the floor"
    )
    seconds = [median(lambda path, n=n: run_once(path, document(n)), 3) for n in SIZES]  # type: ignore[misc]
    k = exponent(SIZES, seconds)
    steps = ", ".join(f"{n}: {s * 1000:.0f} ms" for n, s in zip(SIZES, seconds, strict=True))
    print(f"{name} growth: exponent {k:.3f} (bar {LARGEST_EXPONENT}); {steps}")
    return rate >= least_rate and k <= LARGEST_EXPONENT


def main() -> int:
    """Measure both shapes."""
    fan = measure_shape("fan-out", fan_out_document, floor.fan_out, 2000, 2500)
    chain = measure_shape("chain", chain_document, floor.chain, 500, 2000)
    return 0 if fan and chain else 1


if __name__ == "__main__":
    sys.exit(main())
