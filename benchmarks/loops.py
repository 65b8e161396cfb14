"""Durable iterations per second of large loops, their growth, and the memory of the process."""

from __future__ import annotations

import asyncio
import resource
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

from throughput import LARGEST_EXPONENT, exponent, median, run_once

ITERATIONS = 10_000
SIDE = 100
CONCURRENCY = 64
LEAST_RATE = 2500
MOST_MEGABYTES = 250
SIZES = (1250, 2500, 5000, 10_000)
# Linux counts the largest size in kilobytes, macOS in bytes.
_UNITS_PER_MEGABYTE = 1024 * 1024 if sys.platform == "darwin" else 1024


def _document(entrypoint: str, loops: list[dict[str, Any]]) -> dict[str, Any]:
    work = {"task": {"name": "work", "executor": {"type": "echo"}}}
    return {
        "apiVersion": "aether/v1",
        "kind": "Workflow",
        "metadata": {"name": "benchmark"},
        "spec": {"entrypoint": entrypoint, "templates": [*({"loop": x} for x in loops), work]},
    }


def _loop(name: str, body: str, size: int, concurrency: int) -> dict[str, Any]:
    return {
        "name": name,
        "body": body,
        "items": list(range(size)),
        "maxIterations": size,
        "concurrency": concurrency,
        "aggregate": {"strategy": "last"},
    }


def flat_document(size: int) -> dict[str, Any]:
    """Return a loop of `size` echo iterations."""
    return _document("each", [_loop("each", "work", size, CONCURRENCY)])


def nested_document(side: int) -> dict[str, Any]:
    """Return a loop of `side` loops of `side` echo iterations."""
    # Eight loops of eight iterations each are open at a time: 64 tasks.
    outer = _loop("outer", "inner", side, 8)
    return _document("outer", [outer, _loop("inner", "work", side, 8)])


DOCUMENTS = {"loop": flat_document(ITERATIONS), "nested loop": nested_document(SIDE)}


def _megabytes(name: str) -> float:
    """Return the largest size of a process of its own that executes one of the documents."""
    command = [sys.executable, __file__, name]
    answer = subprocess.run(command, check=True, capture_output=True, text=True)
    return float(answer.stdout)


def _run_alone(name: str) -> None:
    with tempfile.TemporaryDirectory() as folder:
        asyncio.run(run_once(Path(folder) / "bench.db", DOCUMENTS[name]))
    print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / _UNITS_PER_MEGABYTE)


def _measure(name: str) -> bool:
    document = DOCUMENTS[name]
    rate = ITERATIONS / median(lambda path: run_once(path, document), 3)
    size = _megabytes(name)
    print(
        f"{name} of {ITERATIONS} iterations: {rate:,.0f}/s (bar {LEAST_RATE:,}), "
        f"{size:.0f} MB (bar {MOST_MEGABYTES})"
    )
    return rate >= LEAST_RATE and size <= MOST_MEGABYTES


def main() -> int:
    """Measure both loops and the growth of the flat one."""
    holds = [_measure(name) for name in DOCUMENTS]
    seconds = [median(lambda path, n=n: run_once(path, flat_document(n)), 3) for n in SIZES]  # type: ignore[misc]
    k = exponent(SIZES, seconds)
    steps = ", ".join(f"{n}: {s * 1000:.0f} ms" for n, s in zip(SIZES, seconds, strict=True))
    print(f"loop growth: exponent {k:.3f} (bar {LARGEST_EXPONENT}); {steps}")
    return 0 if all(holds) and k <= LARGEST_EXPONENT else 1


if __name__ == "__main__":
    if len(sys.argv) > 1:
        _run_alone(sys.argv[1])
    else:
        sys.exit(main())
