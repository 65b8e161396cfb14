"""What is left after `aether run` was killed without warning.

A run is started in a process of its own and killed, at moments spread over its life. Whatever it
had told the world before must be in the store, and what is in the store must be of one piece.
"""

from __future__ import annotations

import json
import random
import re
import signal
import sqlite3
import subprocess
import sys
import time
from pathlib import Path
from typing import IO, Any

import pytest

from aether_core.cli import main

TERMINAL = {"Succeeded", "Failed", "Error", "Timeout", "Skipped", "Cancelled"}
ROWS, COLUMNS = 8, 6
TASKS = ROWS * COLUMNS + 1
# A whole line: the kill may have cut the last one.
LINE_OF_AN_END = re.compile(r"^(Succeeded|Skipped|Failed|Error)\s+(\S+).*\n")


def grid() -> dict[str, Any]:
    """Return a workflow of chains side by side; each task passes on its own name."""
    tasks = [
        {
            "name": f"r{row}c{column}",
            "template": "step",
            "dependencies": [f"r{row}c{column - 1}"] if column else [],
            "arguments": {
                "parameters": [
                    {"name": "me", "value": f"r{row}c{column}"},
                    {"name": "sleep", "value": f"{5 + 7 * (row + column) % 20}ms"},
                ]
            },
        }
        for row in range(ROWS)
        for column in range(COLUMNS)
    ]
    return {
        "apiVersion": "aether/v1",
        "kind": "Workflow",
        "metadata": {"name": "grid"},
        "spec": {
            "entrypoint": "main",
            "templates": [
                {"dag": {"name": "main", "tasks": tasks}},
                {"task": {"name": "step", "executor": {"type": "echo"}}},
            ],
        },
    }


class Workplace:
    """A folder with the document and the store that all runs of a test share."""

    def __init__(self, folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
        self.database = folder / "runs.db"
        self.document = folder / "grid.json"
        self.document.write_text(json.dumps(grid()), encoding="utf-8")
        self._capsys = capsys

    def start(self, run_id: str) -> subprocess.Popen[str]:
        """Start a run in a process of its own, with progress on stderr."""
        return subprocess.Popen(
            [
                sys.executable, "-m", "aether_core", "run", str(self.document),
                "--run-id", run_id, "--store", f"sqlite:///{self.database}",
                "--output", "json", "--progress",
            ],
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )  # fmt: skip

    def ask(self, *arguments: str) -> Any:
        """Return what a command prints as JSON; None if it knows no such run."""
        status = main([*arguments, "--output", "json", "--store", f"sqlite:///{self.database}"])
        out, err = self._capsys.readouterr()
        if status == 2:
            assert "no run" in err
            return None
        return json.loads(out)

    def check_file(self) -> None:
        """The database is sound and opens without help."""
        connection = sqlite3.connect(self.database)
        try:
            assert connection.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
        finally:
            connection.close()


@pytest.fixture
def workplace(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Workplace:
    return Workplace(tmp_path, capsys)


def ends_in(stream: IO[str] | list[str]) -> dict[str, str]:
    """Return the phases of the tasks whose end a run reported on stderr."""
    found = (LINE_OF_AN_END.match(line) for line in stream)
    return {match[2]: match[1] for match in found if match}


def kill_after(process: subprocess.Popen[str], ends: int, pause: float) -> list[str]:
    """Kill a run when it has reported so many ends, and a moment more; return what it said."""
    assert process.stderr is not None
    lines: list[str] = []
    while len(ends_in(lines)) < ends:
        line = process.stderr.readline()
        assert line, f"the run ended early: {lines}"
        lines.append(line)
    time.sleep(pause)
    process.send_signal(signal.SIGKILL)
    lines += process.stderr.readlines()
    finish(process)
    return lines


def finish(process: subprocess.Popen[str]) -> str:
    """Wait for the end of a process; return what is left of its stdout."""
    assert process.stdout is not None
    assert process.stderr is not None
    with process.stdout, process.stderr:
        rest = process.stdout.read()
        process.wait()
    return rest


def assert_of_one_piece(execution: dict[str, Any]) -> None:
    """The parts of a stored run agree with each other."""
    tasks = {task["name"]: task for task in execution["tasks"]}
    ended = [task for task in execution["tasks"] if task["phase"] in TERMINAL]

    assert len(tasks) == len(execution["tasks"]) <= TASKS
    assert execution["progress"] == f"{len(ended)}/{len(tasks)}"
    if execution["phase"] in TERMINAL:
        assert len(ended) == len(tasks)
    for name, task in tasks.items():
        is_leaf = task["templateType"] == "task"
        assert (task["finishedAt"] is not None) == (task["phase"] in TERMINAL)
        if is_leaf and task["phase"] == "Succeeded":
            assert task["outputs"] == {"me": name}
        if is_leaf and not name.endswith("c0"):
            before = f"{name[:-1]}{int(name[-1]) - 1}"
            assert tasks[before]["phase"] == "Succeeded", f"{name} exists before {before} ended"


def test_a_killed_run_leaves_a_store_of_one_piece(workplace: Workplace) -> None:
    """After a kill at any moment, everything that was reported is stored and nothing is torn."""
    seed = random.randrange(10**6)
    moments = random.Random(seed)  # not a secret
    for number, share in enumerate((0.02, 0.3, 0.6, 0.9)):
        ends = max(1, int(share * (TASKS - 1)))
        run_id = f"run-{number}"

        said = kill_after(workplace.start(run_id), ends, moments.uniform(0, 0.02))

        workplace.check_file()
        execution = workplace.ask("get", run_id)
        assert execution is not None, f"seed {seed}"
        assert_of_one_piece(execution)
        stored = {task["name"]: task["phase"] for task in execution["tasks"]}
        reported = ends_in(said)
        assert len(reported) >= ends
        assert {name: stored[name] for name in reported} == reported, f"seed {seed}"
    listed = workplace.ask("list")
    assert [run["runId"] for run in listed] == ["run-3", "run-2", "run-1", "run-0"]
    assert {run["phase"] for run in listed} <= {"Running", "Succeeded"}


def test_a_run_killed_before_its_first_task_is_whole_or_absent(workplace: Workplace) -> None:
    """A kill around the submission leaves no half of a run."""
    moments = random.Random()  # not a secret
    for number in range(3):
        run_id = f"run-{number}"
        process = workplace.start(run_id)
        time.sleep(moments.uniform(0.05, 0.3))

        process.kill()

        finish(process)
        if workplace.database.exists() and workplace.database.stat().st_size:
            workplace.check_file()
        if workplace.database.exists():
            execution = workplace.ask("get", run_id)
            if execution is not None:
                assert_of_one_piece(execution)


def test_a_run_that_printed_its_end_is_stored_as_ended(workplace: Workplace) -> None:
    """Killed right after it printed the result, the run is stored exactly as printed."""
    process = workplace.start("run-0")
    assert process.stdout is not None
    first = process.stdout.read(1)

    process.kill()

    text = first + finish(process)
    execution = workplace.ask("get", "run-0")
    assert execution["phase"] == "Succeeded"
    assert execution["progress"] == f"{TASKS}/{TASKS}"
    if text.endswith("}\n"):
        assert json.loads(text) == execution


def test_a_store_that_saw_kills_takes_new_runs(workplace: Workplace) -> None:
    """The next command on the store works as if nothing had happened."""
    kill_after(workplace.start("run-0"), 3, 0.0)

    execution = workplace.ask("run", str(workplace.document), "--run-id", "run-1", "--quiet")

    assert execution["phase"] == "Succeeded"
    assert_of_one_piece(execution)


def test_recover_goes_on_with_what_was_killed(workplace: Workplace) -> None:
    """Every killed run ends Succeeded, with what had ended before kept as it was."""
    before: dict[str, Any] = {}
    for number, ends in enumerate((1, 17, 40)):
        kill_after(workplace.start(f"run-{number}"), ends, 0.0)
        before[f"run-{number}"] = workplace.ask("get", f"run-{number}")

    # Their engines were alive just now; the command waits until it is sure that they are gone.
    recovered = workplace.ask("recover")

    assert sorted(run["runId"] for run in recovered) == sorted(before)
    for run in recovered:
        assert (run["phase"], run["progress"]) == ("Succeeded", f"{TASKS}/{TASKS}")
        assert_of_one_piece(run)
        kept = {task["runId"]: task for task in run["tasks"]}
        for task in before[run["runId"]]["tasks"]:
            if task["phase"] in TERMINAL:
                assert kept[task["runId"]] == task
    assert workplace.ask("recover") == []
