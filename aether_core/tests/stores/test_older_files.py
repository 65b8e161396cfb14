"""Files that older versions of the program wrote are read and written like new ones."""

from __future__ import annotations

import asyncio
import contextlib
import sqlite3
from pathlib import Path

import msgspec
import pytest

from aether_core.kernel import CommandAnswer, EventRecord, RunChanges, RunRecord, TaskRecord
from aether_core.ports import Owner, RunQuery
from aether_core.stores import SqliteStore
from aether_core.stores._migrations import MIGRATIONS, migrate
from aether_core.stores.conformance._samples import a_command, a_cron, a_slot, a_template
from aether_sdk import Phase

#: A run as the first version of the program wrote it; the ids are 1 and 1 * 2**32 + number.
_FIRST_VERSION = """
    INSERT INTO runs VALUES(1, 'run-1', 'nightly', 'default', 5, 'Succeeded', 'well', '{"v":[1]}',
        6, 9, 2, 2, 1, 3);
    INSERT INTO submissions VALUES(1, '{"kind": "Workflow"}', '{"region":"eu"}', '{"a.b":1}');
    INSERT INTO tasks VALUES(4294967296, 'task-0', -1, '', 0, '', 'main', 'main', 'dag', 5,
        'Succeeded', '', NULL, 0, 0, NULL, '{"v":[1]}', 6, 9);
    INSERT INTO tasks VALUES(4294967297, 'task-1', 0, 'task-0', 1, 'main/', 'a', 'work', 'task', 5,
        'Succeeded', 'done', 0, 2, 1, '{"n":null}', '{"v":[1]}', 6, 8);
    INSERT INTO events VALUES(4294967297, 5, 'run', 'Created', -1, 'nightly', '');
"""


#: What the second version added, in a run of its own.
_SECOND_VERSION = """
    INSERT INTO runs VALUES(2, 'run-2', 'nightly', 'default', 7, 'Running', '', NULL,
        8, NULL, 1, 0, 1, 4, 99, 1);
    INSERT INTO submissions VALUES(2, '{}', '{}', '{}');
    INSERT INTO tasks VALUES(8589934592, 'task-0', -1, '', 0, '', 'main', 'main', 'loop', 7,
        'Running', '', NULL, 0, 0, NULL, NULL, 8, NULL, NULL, '[1,"x"]', 88, NULL);
    INSERT INTO tasks VALUES(8589934593, 'task-1', 0, 'task-0', 1, 'main/', '0', 'work', 'task', 7,
        'Ready', '', NULL, 1, 1, NULL, NULL, 8, NULL, 0, NULL, NULL, 77);
    INSERT INTO events VALUES(8589934593, 7, 'run', 'Created', -1, 'nightly', '');
"""
#: What the third version added: who drives the run.
_THIRD_VERSION = """
    UPDATE runs SET owner = 'engine' WHERE id = 2;
    INSERT INTO engines VALUES('engine', 55);
"""
#: What the fourth version added to runs: marks of secrets, schedules.
_FOURTH_VERSION = """
    UPDATE submissions SET seal = 'seal' WHERE run = 2;
    UPDATE runs SET cron_id = 'cron', scheduled_at = 6 WHERE id = 2;
"""
#: The fifth version added executors to submissions; one of its runs waits for a resume.
_FIFTH_VERSION = """
    UPDATE tasks SET phase = 'Suspended' WHERE id = 8589934593;
"""
_SCRIPTS = ("", _FIRST_VERSION, _SECOND_VERSION, _THIRD_VERSION, _FOURTH_VERSION, _FIFTH_VERSION)


def _write(path: Path, version: int, script: str) -> None:
    """Add to a file, or make one, as that version of the program would have."""
    with contextlib.closing(sqlite3.connect(path, isolation_level=None)) as connection:
        migrate(connection, MIGRATIONS[:version])
        connection.executescript(script)


def _write_all(path: Path, version: int) -> None:
    """Let each version of the program up to this one write what it can."""
    for number in range(1, version + 1):
        _write(path, number, _SCRIPTS[number])


def test_a_run_of_the_first_version_is_read_as_it_was_written(tmp_path: Path) -> None:
    """What later versions added has its default."""
    _write(tmp_path / "x.db", 1, _FIRST_VERSION)

    async def story() -> None:
        store = SqliteStore(tmp_path / "x.db")
        await store.open()
        (summary,) = await store.list_runs(RunQuery())
        run, tasks = await store.get_run("run-1"), await store.get_tasks("run-1")
        events = await store.get_events("run-1")
        await store.close()

        assert (summary.run_id, summary.phase) == ("run-1", Phase.SUCCEEDED)
        assert run == RunRecord(
            run_id="run-1",
            workflow="nightly",
            namespace="default",
            document='{"kind": "Workflow"}',
            phase=Phase.SUCCEEDED,
            created_at=5,
            arguments={"region": "eu"},
            variables={"a.b": 1},
            message="well",
            outputs={"v": [1]},
            started_at=6,
            finished_at=9,
            tasks_total=2,
            tasks_done=2,
            last_event=1,
            version=3,
        )
        assert tasks[1] == TaskRecord(
            seq=1,
            task_id="task-1",
            parent_seq=0,
            parent_id="task-0",
            depth=1,
            scope="main/",
            name="a",
            template="work",
            template_type="task",
            phase=Phase.SUCCEEDED,
            created_at=5,
            message="done",
            code=0,
            attempt=2,
            retry_count=1,
            inputs={"n": None},
            outputs={"v": [1]},
            started_at=6,
            finished_at=8,
        )
        assert (tasks[0].name, tasks[0].seq, tasks[0].inputs) == ("main", 0, None)
        assert events == [EventRecord(1, 5, "run", Phase.CREATED, name="nightly")]

    asyncio.run(story())


def test_a_run_of_the_third_version_is_read_as_it_was_written(tmp_path: Path) -> None:
    """What the second and the third version added is there; what came later has its default."""
    _write_all(tmp_path / "x.db", 3)

    async def story() -> None:
        store = SqliteStore(tmp_path / "x.db")
        await store.open()
        run, (loop, body) = await store.get_run("run-2"), await store.get_tasks("run-2")
        summaries = await store.list_runs(RunQuery(unfinished=True))
        owners = [await store.get_owner(run_id) for run_id in ("run-1", "run-2")]
        await store.close()

        assert run is not None
        assert (run.deadline, run.generation, run.owner, run.version) == (99, 1, "engine", 4)
        assert (run.seal, run.cron_id, run.scheduled_at) == ("", "", None)
        assert (loop.items, loop.deadline, loop.generation) == ([1, "x"], 88, 0)
        assert (body.iteration, body.next_attempt_at) == (0, 77)
        assert (body.input_artifacts, body.artifacts) == (None, None)
        assert [(found.run_id, found.cron_id) for found in summaries] == [("run-2", "")]
        assert owners == [Owner("", None, Phase.SUCCEEDED), Owner("engine", 55, Phase.RUNNING)]

    asyncio.run(story())


def test_a_run_of_the_fourth_version_knows_no_executors(tmp_path: Path) -> None:
    """What the fourth version added is there; nothing tells which executors it was checked with."""
    _write_all(tmp_path / "x.db", 4)

    async def story() -> None:
        store = SqliteStore(tmp_path / "x.db")
        await store.open()
        run = await store.get_run("run-2")
        await store.close()

        assert run is not None
        assert (run.seal, run.cron_id, run.scheduled_at) == ("seal", "cron", 6)
        assert run.executors == {}

    asyncio.run(story())


def test_runs_of_an_older_version_that_wait_for_a_resume_are_found(tmp_path: Path) -> None:
    """Their suspended tasks are counted when the file is migrated."""
    _write_all(tmp_path / "x.db", 5)

    async def story() -> None:
        store = SqliteStore(tmp_path / "x.db")
        await store.open()
        found = await store.list_runs(RunQuery(suspended=True))
        run = await store.get_run("run-2")
        await store.close()

        assert [(each.run_id, each.suspended) for each in found] == [("run-2", 1)]
        assert run is not None
        assert run.suspended == 1

    asyncio.run(story())


@pytest.mark.parametrize("version", range(1, len(MIGRATIONS)))
def test_a_run_of_an_older_version_can_be_changed(tmp_path: Path, version: int) -> None:
    """Once its file is migrated, what later versions added is kept as well."""
    _write_all(tmp_path / "x.db", version)

    async def story() -> None:
        store = SqliteStore(tmp_path / "x.db")
        await store.open()
        run, (first, second) = await store.get_run("run-1"), await store.get_tasks("run-1")
        assert run is not None
        run.deadline, run.generation, run.owner, run.suspended = 77, 1, "engine", 1
        second.deadline, second.next_attempt_at, second.generation = 55, 66, 1
        second.input_artifacts, second.artifacts = {"a": {"type": "local"}}, {"b": None}
        fresh = msgspec.structs.replace(second, seq=2, iteration=0, items=[1, "x"])
        await store.commit([RunChanges(run, run.version, [fresh], [second], [])])
        await store.close()

        again = SqliteStore(tmp_path / "x.db", read_only=True)
        await again.open()
        assert await again.get_run("run-1") == run
        assert await again.get_tasks("run-1") == [first, second, fresh]
        await again.close()

    asyncio.run(story())


@pytest.mark.parametrize("version", range(1, len(MIGRATIONS)))
def test_an_older_file_has_an_inbox_schedules_and_templates(tmp_path: Path, version: int) -> None:
    """What came with the fourth version works for runs that were there before."""
    _write_all(tmp_path / "x.db", version)

    async def story() -> None:
        store = SqliteStore(tmp_path / "x.db")
        await store.open()
        run = await store.get_run("run-1")
        assert run is not None
        sent = await store.send_command(a_command("run-1"))
        assert [command.command_id for command in await store.list_commands(owner="")] == [sent]
        answer = CommandAnswer(sent, accepted=True)
        await store.commit([RunChanges(run, run.version, [], [], [], [answer])])
        assert await store.get_answer(sent) == answer
        assert await store.create_cron(a_cron())
        assert await store.claim_slot(a_slot(1))
        await store.put_template(a_template())
        assert await store.list_templates() == [a_template()]

        assert await store.delete_run("run-1")
        assert await store.get_answer(sent) is None
        await store.close()

    asyncio.run(story())
