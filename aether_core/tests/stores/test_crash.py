"""Processes that are killed, or that write to one file at once, lose and damage nothing."""

from __future__ import annotations

import asyncio
import contextlib
import json
import os
import random
import signal
import sqlite3
import subprocess
import sys
import time
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any

import pytest

from aether_core.ports import CronRecord, RunQuery
from aether_core.stores import SqliteStore
from aether_sdk import Phase

if TYPE_CHECKING:
    from collections.abc import Iterator

    from aether_core.kernel import EventRecord, RunRecord, TaskRecord
    from aether_core.ports import SlotRecord

_TASKS = 4
_ROUNDS = 8


class Processes:
    """The process of `committing.py`; it forks, says what its children do, and waits for them."""

    def __init__(self, stdin: IO[bytes], stdout: IO[bytes]) -> None:
        self._stdin = stdin
        self._stdout = stdout

    def start(self, *words: object) -> None:
        """Let a child begin to commit or to create."""
        self._stdin.write(f"{json.dumps([str(word) for word in words])}\n".encode())
        self._stdin.flush()

    def hear(self, word: str) -> Any:
        """Wait until a child says the word and return what comes with it."""
        while True:
            said, value = json.loads(self._stdout.readline())
            if said == word:
                return value

    def wait(self) -> tuple[list[int], int]:
        """Wait for all children; return how they ended, and the last version said till then."""
        self.start("wait")
        last = 0
        while True:
            said, value = json.loads(self._stdout.readline())
            if said == "ended":
                return value, last
            if said == "committed":
                last = value


@pytest.fixture(scope="module")
def processes() -> Iterator[Processes]:
    program = Path(__file__).with_name("committing.py")
    with subprocess.Popen(
        [sys.executable, str(program)], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    ) as process:
        assert process.stdin is not None
        assert process.stdout is not None
        yield Processes(process.stdin, process.stdout)
        process.stdin.close()


async def _read(path: Path, run_id: str) -> tuple[RunRecord, list[TaskRecord], list[EventRecord]]:
    store = SqliteStore(path, must_exist=True)
    await store.open()
    try:
        run = await store.get_run(run_id)
        assert run is not None
        tasks = await store.get_tasks(run_id)
        return run, tasks, await store.get_events(run_id, limit=1_000_000)
    finally:
        await store.close()


def _assert_whole(path: Path, run_id: str) -> int:
    """Assert that the run is exactly as some commit left it, and return its version."""
    run, tasks, events = asyncio.run(_read(path, run_id))
    version = run.version
    assert run.last_event == version
    assert [event.seq for event in events] == list(range(1, version + 1))
    assert [task.seq for task in tasks] == list(range(version * _TASKS))
    done = [task.phase is Phase.SUCCEEDED for task in tasks]
    assert done == [True] * ((version - 1) * _TASKS) + [False] * _TASKS
    return version


async def _runs(path: Path) -> list[str]:
    store = SqliteStore(path)
    await store.open()
    try:
        return [run.run_id for run in await store.list_runs(RunQuery())]
    finally:
        await store.close()


def _integrity(path: Path) -> str:
    with contextlib.closing(sqlite3.connect(path)) as connection:
        return str(connection.execute("PRAGMA integrity_check").fetchone()[0])


def test_killed_process_loses_no_commit_and_leaves_no_half_batch(
    processes: Processes, tmp_path: Path
) -> None:
    path, log = tmp_path / "aether.db", tmp_path / "aether.db-wal"
    chance = random.Random(20250601)
    for _ in range(_ROUNDS):
        processes.start("commit", path, "w", 0)
        pid = processes.hear("started")
        first = processes.hear("committed")
        time.sleep(chance.uniform(0.0, 0.05))
        os.kill(pid, signal.SIGKILL)
        ended, last = processes.wait()
        reported = last or first

        assert ended == [signal.SIGKILL]
        assert log.stat().st_size > 0
        version = _assert_whole(path, "w-a")
        assert _assert_whole(path, "w-b") == version
        # A commit that was made but not reported yet is the only other possibility.
        assert version in {reported, reported + 1}
        assert not log.exists()
        assert _integrity(path) == "ok"


def test_process_killed_while_it_creates_a_store_leaves_one_that_opens(
    processes: Processes, tmp_path: Path
) -> None:
    chance = random.Random(20250602)
    for number in range(_ROUNDS):
        folder = tmp_path / str(number)
        processes.start("create", folder)
        pid = processes.hear("started")
        processes.hear("created")
        time.sleep(chance.uniform(0.0, 0.03))
        os.kill(pid, signal.SIGKILL)
        processes.wait()

        # The last one was in the making, or closing.
        path = max(folder.glob("*.db"))
        assert asyncio.run(_runs(path)) == []
        assert _integrity(path) == "ok"


def test_two_processes_write_to_one_file_at_once(processes: Processes, tmp_path: Path) -> None:
    path, commits = tmp_path / "aether.db", 150
    for name in ("left", "right"):
        processes.start("commit", path, name, commits)
    ended, _ = processes.wait()

    assert ended == [0, 0]
    for run_id in ("left-a", "left-b", "right-a", "right-b"):
        assert _assert_whole(path, run_id) == commits
    assert _integrity(path) == "ok"


async def _add_schedule(path: Path) -> None:
    store = SqliteStore(path)
    await store.open()
    await store.create_cron(CronRecord("cron", "nightly", "default", "{}", 0, 0))
    await store.close()


async def _slots(path: Path) -> list[SlotRecord]:
    store = SqliteStore(path)
    await store.open()
    try:
        return await store.list_slots("cron", limit=1000)
    finally:
        await store.close()


def test_each_slot_is_claimed_by_one_process(processes: Processes, tmp_path: Path) -> None:
    """Of processes that claim the same slots at once, one gets each of them: decision 26."""
    path, names, count = tmp_path / "aether.db", ("left", "middle", "right"), 200
    for name in names:
        processes.start("claim", path, name, count)
    for _ in names:
        processes.hear("started")
    # They wait for it, so that they begin together.
    asyncio.run(_add_schedule(path))
    won = [processes.hear("claimed") for _ in names]
    ended, _ = processes.wait()

    assert ended == [0] * len(names)
    assert sorted(slot for slots in won for slot in slots) == list(range(count))
    slots = asyncio.run(_slots(path))
    assert [slot.slot for slot in slots] == list(range(count))[::-1]
    assert sorted(sum(slot.engine_id == name for slot in slots) for name in names) == sorted(
        map(len, won)
    )


def test_processes_create_one_store_at_once(processes: Processes, tmp_path: Path) -> None:
    for round_ in range(5):
        path = tmp_path / f"new-{round_}" / "folder" / "aether.db"
        for number in range(6):
            processes.start("commit", path, f"w{number}", 1)
        ended, _ = processes.wait()

        assert ended == [0] * 6
        assert len(asyncio.run(_runs(path))) == 12
