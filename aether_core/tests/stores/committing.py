"""A process whose children commit until they are killed; the tests of crashes talk to it.

It reads one JSON list per line: `["commit", file, name, count]`, `["create", folder]` and
`["claim", file, name, count]` fork a child, `["wait"]` waits until all children have ended. Forking
saves each child the start of Python. To stdout go lines of JSON too: `["started", pid]`,
`["committed", version]`, `["created", 1]` (once) and `["claimed", [slot, ...]]` from a child,
`["ended", [status, ...]]` after a wait.

A commit writes two runs, NAME-a and NAME-b: version N of a run has N * TASKS tasks, of which the
last TASKS are Created and all others Succeeded, and N events. With count 0 it never ends.

Who claims waits until the file has a schedule, tries every slot of it below count, and says which
it got.
"""

from __future__ import annotations

import asyncio
import itertools
import json
import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from aether_core.kernel import EventRecord, RunChanges, RunRecord, TaskRecord
from aether_core.ports import SlotRecord
from aether_core.stores import SqliteStore
from aether_sdk import Phase

if TYPE_CHECKING:
    from aether_core.ports import Store

TASKS = 4


def _say(*words: object) -> None:
    # One write: lines of several children don't mix.
    os.write(1, f"{json.dumps(words)}\n".encode())


def _task(seq: int, phase: Phase) -> TaskRecord:
    return TaskRecord(
        seq=seq,
        task_id=f"t{seq}",
        parent_seq=-1,
        parent_id="",
        depth=0,
        scope="",
        name=f"t{seq}",
        template="work",
        template_type="task",
        phase=phase,
        created_at=seq,
        outputs={"text": "x" * 100} if phase is Phase.SUCCEEDED else None,
    )


def _changes(run: RunRecord) -> RunChanges:
    first = run.version * TASKS
    run.last_event = run.version + 1
    return RunChanges(
        run=run,
        expected_version=run.version,
        created=[_task(seq, Phase.CREATED) for seq in range(first, first + TASKS)],
        updated=[_task(seq, Phase.SUCCEEDED) for seq in range(max(first - TASKS, 0), first)],
        events=[EventRecord(seq=run.last_event, at=0, kind="note", message="m" * 50)],
    )


async def _run(store: Store, run_id: str) -> RunRecord:
    return await store.get_run(run_id) or RunRecord(
        run_id=run_id,
        workflow="w",
        namespace="default",
        document="{}",
        phase=Phase.RUNNING,
        created_at=0,
    )


async def _commit(path: str, name: str, count: int) -> None:
    """Commit to the two runs of a name, and go on where an earlier process stopped."""
    store = SqliteStore(path)
    await store.open()
    runs = [await _run(store, f"{name}-{letter}") for letter in "ab"]
    for number in itertools.count(1):
        await store.commit([_changes(run) for run in runs])
        _say("committed", runs[0].version)
        if number == count:
            break
    await store.close()


async def _create(folder: str) -> None:
    """Create one store after another."""
    for number in itertools.count():
        store = SqliteStore(Path(folder) / f"{number:06}.db")
        await store.open()
        await store.close()
        if not number:
            _say("created", 1)


async def _claim(path: str, name: str, count: int) -> None:
    """Claim every slot of a schedule that is not claimed yet."""
    store = SqliteStore(path)
    await store.open()
    while not await store.list_crons():
        await asyncio.sleep(0)
    slots = [SlotRecord("cron", slot, "claimed", engine_id=name, at=0) for slot in range(count)]
    _say("claimed", [slot.slot for slot in slots if await store.claim_slot(slot)])
    await store.close()


def _child(command: str, *arguments: str) -> None:
    _say("started", os.getpid())
    if command == "commit":
        path, name, count = arguments
        asyncio.run(_commit(path, name, int(count)))
    elif command == "claim":
        path, name, count = arguments
        asyncio.run(_claim(path, name, int(count)))
    else:
        asyncio.run(_create(*arguments))


def _fork(words: list[str]) -> int:
    pid = os.fork()
    if pid:
        return pid
    status = 1
    try:
        _child(*words)
        status = 0
    finally:
        os._exit(status)


def main() -> None:
    """Obey until stdin ends."""
    children: list[int] = []
    for line in sys.stdin:
        words = json.loads(line)
        if words == ["wait"]:
            _say("ended", [os.waitpid(pid, 0)[1] for pid in children])
            children.clear()
        else:
            children.append(_fork(words))


if __name__ == "__main__":
    main()
