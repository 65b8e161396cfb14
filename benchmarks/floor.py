"""The least that a durable scheduler can do: one row per task, one update per transition.

No documents, no conditions, no plugins, no events: nothing real can be faster, so figures are
given as a share of it.
"""

from __future__ import annotations

import asyncio
import sqlite3
import time
from pathlib import Path


async def _nothing() -> None:
    """Stand for a task that does no work."""


def _open(path: Path, synchronous: str = "normal") -> sqlite3.Connection:
    connection = sqlite3.connect(path, isolation_level=None)
    connection.execute("PRAGMA journal_mode=WAL")
    connection.execute(f"PRAGMA synchronous={synchronous}")
    connection.execute("CREATE TABLE tasks (id INTEGER PRIMARY KEY, phase TEXT)")
    return connection


async def fan_out(path: Path, size: int) -> float:
    """Return the seconds for `size` independent tasks."""
    connection = _open(path)
    begin = time.perf_counter()
    connection.execute("BEGIN")
    connection.executemany("INSERT INTO tasks VALUES (?, 'Ready')", ((n,) for n in range(size)))
    connection.execute("COMMIT")
    for first in range(0, size, 64):
        batch = range(first, min(first + 64, size))
        await asyncio.gather(*(asyncio.create_task(_nothing()) for _ in batch))
        connection.execute("BEGIN")
        connection.executemany("UPDATE tasks SET phase='Done' WHERE id=?", ((n,) for n in batch))
        connection.execute("COMMIT")
    elapsed = time.perf_counter() - begin
    connection.close()
    return elapsed


async def chain(path: Path, size: int, synchronous: str = "normal") -> float:
    """Return the seconds for `size` tasks one after the other, a commit for each."""
    return await flows(path, 1, size, synchronous)


async def flows(path: Path, count: int, size: int, synchronous: str = "normal") -> float:
    """Return the seconds for `count` chains of `size` tasks at the same time."""
    connection = _open(path, synchronous)
    begin = time.perf_counter()
    await asyncio.gather(*(_chain(connection, number * size, size) for number in range(count)))
    elapsed = time.perf_counter() - begin
    connection.close()
    return elapsed


async def _chain(connection: sqlite3.Connection, first: int, size: int) -> None:
    for number in range(first, first + size):
        connection.execute("BEGIN")
        connection.execute("UPDATE tasks SET phase='Done' WHERE id=?", (number - 1,))
        connection.execute("INSERT INTO tasks VALUES (?, 'Ready')", (number,))
        connection.execute("COMMIT")
        await asyncio.create_task(_nothing())
