"""Whatever is committed, the store in memory and the SQLite store answer alike."""

from __future__ import annotations

import asyncio
import copy
import itertools
from pathlib import Path
from typing import TypeAlias

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from aether_core.kernel import EventRecord, RunChanges, RunRecord, TaskRecord
from aether_core.ports import RunQuery, Store, StoreError
from aether_core.stores import MemoryStore, SqliteStore
from aether_core.stores.conformance._samples import a_run, a_task, an_event
from aether_sdk import JsonValue, Phase

Batch: TypeAlias = list[RunChanges]
Answers: TypeAlias = tuple[object, ...]

_RUN_IDS = ("a", "b", "c")
_TEXTS = st.sampled_from(("", "text", "\0 ü"))
_INTEGERS = st.sampled_from((None, 0, -1, 2**63 - 1))
_VALUES: st.SearchStrategy[dict[str, JsonValue] | None] = st.sampled_from(
    (None, {}, {"x": None}, {"x": [1, 1.0, True, {"y": float("nan")}]})
)
_PHASES = st.sampled_from(Phase)


@st.composite
def _tasks(draw: st.DrawFn) -> list[TaskRecord]:
    tasks: list[TaskRecord] = []
    for seq in draw(st.lists(st.integers(0, 4), max_size=3, unique=True)):
        task = a_task(seq, phase=draw(_PHASES))
        task.message, task.code = draw(_TEXTS), draw(_INTEGERS)
        task.inputs, task.outputs = draw(_VALUES), draw(_VALUES)
        task.started_at, task.finished_at = draw(_INTEGERS), draw(_INTEGERS)
        tasks.append(task)
    return tasks


@st.composite
def _changes(draw: st.DrawFn) -> RunChanges:
    run = a_run(draw(st.sampled_from(_RUN_IDS)), phase=draw(_PHASES), created_at=0)
    run.created_at = _RUN_IDS.index(run.run_id) // 2
    run.message, run.outputs = draw(_TEXTS), draw(_VALUES)
    run.finished_at, run.tasks_done = draw(_INTEGERS), draw(st.integers(0, 9))
    created = draw(_tasks())
    taken = {task.seq for task in created}
    updated = [task for task in draw(_tasks()) if task.seq not in taken]
    numbers = draw(st.lists(st.integers(1, 20), max_size=2))
    # -1 stands for the right version, which is known only when the batch is committed.
    expected = draw(st.sampled_from([-1, -1, -1, -1, 0, 1, 2]))
    return RunChanges(run, expected, created, updated, [an_event(seq) for seq in numbers])


_BATCHES: st.SearchStrategy[list[Batch]] = st.lists(
    st.lists(_changes(), min_size=1, max_size=3), min_size=1, max_size=6
)


async def _commit(store: Store, batch: Batch) -> tuple[str, list[int]]:
    """Commit a copy of the batch, and return how that went and the records' versions."""
    mine = copy.deepcopy(batch)
    for changes in mine:
        stored = await store.get_run(changes.run.run_id)
        version = 0 if stored is None else stored.version
        if changes.expected_version < 0:
            changes.expected_version = version
        changes.run.version = changes.expected_version
    try:
        await store.commit(mine)
    except StoreError as error:
        return type(error).__name__, [changes.run.version for changes in mine]
    return "done", [changes.run.version for changes in mine]


async def _read(store: Store) -> Answers:
    runs: list[RunRecord | None] = [await store.get_run(run_id) for run_id in _RUN_IDS]
    tasks: list[list[TaskRecord]] = [await store.get_tasks(run_id) for run_id in _RUN_IDS]
    events: list[list[EventRecord]] = [
        await store.get_events(run_id, after=after, limit=3)
        for run_id, after in itertools.product(_RUN_IDS, (0, 5))
    ]
    lists = [
        await store.list_runs(RunQuery(phase=phase, limit=limit))
        for phase, limit in itertools.product((None, Phase.RUNNING), (2, 50))
    ]
    return runs, tasks, events, lists


async def _compare(path: Path, batches: list[Batch]) -> None:
    memory, sqlite = MemoryStore(), SqliteStore(path)
    await memory.open()
    await sqlite.open()
    try:
        for batch in batches:
            assert await _commit(memory, batch) == await _commit(sqlite, batch)
        assert repr(await _read(memory)) == repr(await _read(sqlite))
    finally:
        await memory.close()
        await sqlite.close()


@settings(max_examples=30, deadline=None, database=None)
@given(batches=_BATCHES)
def test_both_stores_answer_alike(
    batches: list[Batch], tmp_path_factory: pytest.TempPathFactory
) -> None:
    asyncio.run(_compare(tmp_path_factory.mktemp("store") / "aether.db", batches))
