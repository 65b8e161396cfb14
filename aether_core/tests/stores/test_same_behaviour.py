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

from aether_core.kernel import CommandAnswer, EventRecord, RunChanges, RunRecord, TaskRecord
from aether_core.ports import CronRecord, RunQuery, SlotOutcome, Store, StoreError
from aether_core.stores import MemoryStore, SqliteStore
from aether_core.stores.conformance._samples import (
    a_command,
    a_cron,
    a_run,
    a_slot,
    a_task,
    a_template,
    an_event,
)
from aether_sdk import JsonValue, Phase

Batch: TypeAlias = list[RunChanges]
#: A batch to commit, or the name of another method with its arguments.
Step: TypeAlias = Batch | tuple[str, tuple[object, ...]]
Answers: TypeAlias = tuple[object, ...]

_RUN_IDS = ("a", "b", "c")
_TEXTS = st.sampled_from(("", "text", "\0 ü"))
_INTEGERS = st.sampled_from((None, 0, -1, 2**63 - 1))
_VALUES: st.SearchStrategy[dict[str, JsonValue] | None] = st.sampled_from(
    (None, {}, {"x": None}, {"x": [1, 1.0, True, {"y": float("nan")}]})
)
_ITEMS: st.SearchStrategy[list[JsonValue] | None] = st.sampled_from((None, [], [1, None]))
_PHASES = st.sampled_from(Phase)


@st.composite
def _tasks(draw: st.DrawFn) -> list[TaskRecord]:
    tasks: list[TaskRecord] = []
    for seq in draw(st.lists(st.integers(0, 4), max_size=3, unique=True)):
        task = a_task(seq, phase=draw(_PHASES))
        task.message, task.code = draw(_TEXTS), draw(_INTEGERS)
        task.inputs, task.outputs = draw(_VALUES), draw(_VALUES)
        task.started_at, task.finished_at = draw(_INTEGERS), draw(_INTEGERS)
        task.input_artifacts, task.artifacts = draw(_VALUES), draw(_VALUES)
        task.generation, task.items = draw(st.integers(0, 2)), draw(_ITEMS)
        tasks.append(task)
    return tasks


@st.composite
def _changes(draw: st.DrawFn) -> RunChanges:
    run = a_run(draw(st.sampled_from(_RUN_IDS)), phase=draw(_PHASES), created_at=0)
    run.created_at = _RUN_IDS.index(run.run_id) // 2
    run.cron_id, run.owner = draw(st.sampled_from(("", "cron"))), draw(st.sampled_from("xy"))
    run.message, run.outputs = draw(_TEXTS), draw(_VALUES)
    run.finished_at, run.tasks_done = draw(_INTEGERS), draw(st.integers(0, 9))
    created = draw(_tasks())
    taken = {task.seq for task in created}
    updated = [task for task in draw(_tasks()) if task.seq not in taken]
    numbers = draw(st.lists(st.integers(1, 20), max_size=2))
    # -1 stands for the right version, which is known only when the batch is committed.
    expected = draw(st.sampled_from([-1, -1, -1, -1, 0, 1, 2]))
    events = [an_event(seq) for seq in numbers]
    answers = [
        CommandAnswer(number, accepted=draw(st.booleans()), message=draw(_TEXTS))
        for number in draw(st.lists(st.integers(1, 4), max_size=2))
    ]
    return RunChanges(run, expected, created, updated, events, answers)


_BATCHES: st.SearchStrategy[Batch] = st.lists(_changes(), min_size=1, max_size=3)
_RUN_STEPS: st.SearchStrategy[Step] = st.one_of(
    _BATCHES,
    _BATCHES,
    st.tuples(st.just("send_command"), st.tuples(st.builds(a_command, st.sampled_from(_RUN_IDS)))),
    st.tuples(st.just("delete_run"), st.tuples(st.sampled_from(_RUN_IDS))),
    st.tuples(st.just("heartbeat"), st.tuples(st.sampled_from("xy"), st.sampled_from((None, 5)))),
)

_CRON_IDS = st.sampled_from(("c", "d"))
_OUTCOMES: st.SearchStrategy[SlotOutcome] = st.sampled_from(("claimed", "fired", "skipped"))
_CRONS = st.builds(a_cron, _CRON_IDS, st.sampled_from("mn"), created_at=st.integers(0, 1))
_SLOTS = st.builds(a_slot, st.integers(0, 6), _OUTCOMES, cron_id=_CRON_IDS)
_NAMES = st.tuples(st.sampled_from("mn"), st.sampled_from(("", "default")))
_CRON_STEPS: st.SearchStrategy[Step] = st.one_of(
    st.tuples(st.just("create_cron"), st.tuples(_CRONS)),
    st.tuples(st.just("update_cron"), st.tuples(_CRONS)),
    st.tuples(st.just("delete_cron"), st.tuples(_CRON_IDS)),
    st.tuples(st.sampled_from(("claim_slot", "claim_slot", "settle_slot")), st.tuples(_SLOTS)),
    st.tuples(st.just("prune_slots"), st.tuples(_CRON_IDS, st.integers(-1, 3))),
    st.tuples(st.just("put_template"), st.tuples(_NAMES.map(lambda names: a_template(*names)))),
    st.tuples(st.just("delete_template"), _NAMES),
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


async def _take(store: Store, step: Step) -> object:
    """Take a step with a copy of its records, and return what came of it."""
    if isinstance(step, list):
        return await _commit(store, step)
    name, arguments = step
    mine = copy.deepcopy(arguments)
    if name == "update_cron" and isinstance(mine[0], CronRecord):
        # Half of the changes know the stored version.
        stored = await store.get_cron(mine[0].cron_id)
        mine[0].version = 0 if stored is None else stored.version - mine[0].created_at % 2
    try:
        return await getattr(store, name)(*mine), mine
    except StoreError as error:
        return type(error).__name__


async def _read_schedules(store: Store) -> Answers:
    outcomes: tuple[SlotOutcome | None, ...] = (None, "claimed", "fired")
    slots = [
        await store.list_slots(cron_id, outcome=outcome, limit=4)
        for cron_id, outcome in itertools.product("cd", outcomes)
    ]
    found = [await store.find_cron(name, "default") for name in "mn"]
    return await store.list_crons(), found, slots, await store.list_templates()


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
    for cron_id, unfinished in itertools.product((None, "", "cron"), (False, True)):
        lists.append(await store.list_runs(RunQuery(cron_id=cron_id, unfinished=unfinished)))
    commands = [
        await store.list_commands(owner=owner, run_id=run_id)
        for owner, run_id in itertools.product((None, "x"), (None, "a"))
    ]
    answers = [await store.get_answer(number) for number in range(6)]
    owners = [await store.get_owner(run_id) for run_id in _RUN_IDS]
    return runs, tasks, events, lists, commands, answers, owners, await store.list_abandoned(3)


async def _compare(path: Path, steps: list[Step]) -> None:
    memory, sqlite = MemoryStore(), SqliteStore(path)
    await memory.open()
    await sqlite.open()
    try:
        for step in steps:
            assert repr(await _take(memory, step)) == repr(await _take(sqlite, step))
        assert repr(await _read(memory)) == repr(await _read(sqlite))
        assert repr(await _read_schedules(memory)) == repr(await _read_schedules(sqlite))
    finally:
        await memory.close()
        await sqlite.close()


@settings(max_examples=40, deadline=None, database=None)
@given(steps=st.lists(_RUN_STEPS, min_size=1, max_size=8))
def test_both_stores_answer_alike(
    steps: list[Step], tmp_path_factory: pytest.TempPathFactory
) -> None:
    asyncio.run(_compare(tmp_path_factory.mktemp("store") / "aether.db", steps))


@settings(max_examples=40, deadline=None, database=None)
@given(steps=st.lists(_CRON_STEPS, min_size=1, max_size=25))
def test_both_stores_keep_schedules_alike(
    steps: list[Step], tmp_path_factory: pytest.TempPathFactory
) -> None:
    asyncio.run(_compare(tmp_path_factory.mktemp("store") / "aether.db", steps))
