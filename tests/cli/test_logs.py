"""`aether logs`, and lines of logs in the progress of a run."""

from __future__ import annotations

import signal
import sqlite3
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

Aether = Callable[..., Any]
Step = Callable[..., dict[str, Any]]
Workflow = Callable[..., str]
Start = Callable[..., "subprocess.Popen[str]"]

WAITING = """
echo begun
until [ -e gate ]; do sleep 0.02; done
echo 'a	tab' >&2; printf 'no end'
"""


@pytest.fixture
def waiting(workflow: Workflow, step: Step) -> str:
    """Write a workflow with a task that says something and then waits for a file."""
    return workflow(step("long", "shell", {"script": WAITING}), step("next", "echo", {}))


def next_line(lines: Any, beginning: str) -> str:
    """Return the next line that begins so."""
    return str(next(line for line in lines if line.startswith(beginning)))


def test_lines_are_shown_while_the_task_that_says_them_goes_on(
    start: Start, waiting: str, work: Path, aether: Aether
) -> None:
    """By the process that runs it, and by those that follow; the gate opens only after that.

    Whoever stops following changes nothing.
    """
    runner = start("run", waiting, "--run-id", "r")
    assert next_line(runner.stderr, "long |") == "long | begun\n"
    watcher = start("watch", "r")
    follower, interrupted = (start("logs", "r", "long", "--follow") for _ in range(2))
    assert aether("logs", "r").out == "long | begun\n"
    assert next_line(watcher.stderr, "long |") == "long | begun\n"
    assert next_line(follower.stdout, "long |") == "long | begun\n"
    assert next_line(interrupted.stdout, "long |") == "long | begun\n"
    interrupted.send_signal(signal.SIGINT)
    assert interrupted.wait(30) == 130

    (work / "gate").touch()

    assert follower.communicate(timeout=30)[0].splitlines() == [
        "long | a       tab",
        "long | no end",
    ]
    assert (follower.returncode, runner.wait(30), watcher.wait(30)) == (0, 0, 0)
    for process in (runner, watcher):
        _, err = process.communicate()
        said = [line for line in err.splitlines() if "long" in line]
        assert said[:2] == ["long | a       tab", "long | no end"]
        assert said[2].startswith("Succeeded  long")


def test_lines_that_were_recorded_before_a_kill_are_there(
    start: Start, waiting: str, work: Path, aether: Aether
) -> None:
    """And the next attempt says its own."""
    runner = start("run", waiting, "--run-id", "r")
    next_line(runner.stderr, "long |")

    runner.send_signal(signal.SIGKILL)
    runner.wait(30)

    # It has been silent for long.
    with sqlite3.connect(work / "runs.db") as connection:
        connection.execute("UPDATE engines SET heartbeat_at = 0")
    connection.close()
    assert aether("logs", "r").out == "long | begun\n"
    (work / "gate").touch()
    recovered = aether("recover", "--output", "json")
    assert recovered.status == 0, recovered.err
    lines = aether("logs", "r", "--output", "json").json
    assert [(line["attempt"], line["message"]) for line in lines] == [
        (1, "begun"),
        (2, "begun"),
        (2, "a\ttab"),
        (2, "no end"),
    ]


@pytest.fixture
def talked(aether: Aether, workflow: Workflow, step: Step) -> Any:
    """Run two tasks that talk as run `r`."""
    wild = step("wild", "shell", {"script": r"printf '\033[31mred\033[0m\n\n1\r2\r3\n'"})
    flow = workflow(step("a", "shell", {"command": ["echo", "one"]}), wild)
    ran = aether("run", flow, "--run-id", "r")
    assert ran.status == 0, ran.err
    return ran


def test_lines_are_text_for_people_and_json_for_programs(talked: Any, aether: Aether) -> None:
    assert "a | one\n" in talked.err
    assert aether("logs", "r", "wild").out == "wild | red\nwild |\nwild | 3\n"
    (line,) = aether("logs", "r", "a", "--output", "json").json
    (task,) = [t for t in aether("get", "r", "--output", "json").json["tasks"] if t["name"] == "a"]
    assert line == {
        "at": line["at"],
        "task": "a",
        "taskRunId": task["runId"],
        "attempt": 1,
        "message": "one",
    }
    assert task["startedAt"] <= line["at"] <= task["finishedAt"]


def test_a_run_that_has_ended_can_be_followed(talked: Any, aether: Aether) -> None:
    followed = aether("logs", "r", "a", "--follow", "--output", "json")

    assert followed.status == 0
    assert followed.json == aether("logs", "r", "a", "--output", "json").json


def test_a_run_without_lines_has_none(aether: Aether, workflow: Workflow, step: Step) -> None:
    """People are told so, but not where the lines go."""
    quiet = step("quiet", "shell", {"command": ["echo", "one"], "log": False})
    aether("run", workflow(quiet, step("say", "echo", {})), "--run-id", "r")

    assert aether("logs", "r") == (0, "", "this run has said nothing\n")
    assert aether("logs", "r", "say") == (0, "", "this task has said nothing\n")
    assert aether("logs", "r", "quiet", "--output", "json").json == []


def test_unknown_runs_and_tasks_are_wrong_usage(talked: Any, aether: Aether) -> None:
    for words, message in (
        (("r", "wilt"), 'Did you mean "wild"?'),
        (("rr",), 'Did you mean "r"?'),
    ):
        outcome = aether("logs", *words)

        assert (outcome.status, outcome.out) == (2, "")
        assert message in outcome.err


def test_an_unknown_store_has_no_run(aether: Aether) -> None:
    assert aether("logs", "r", "--store", "sqlite:///nowhere.db").status == 2


def test_quiet_shows_no_lines(aether: Aether, workflow: Workflow, step: Step) -> None:
    flow = workflow(step("a", "shell", {"command": ["echo", "one"]}))

    assert "a | one" not in aether("run", flow, "--quiet").err
    assert aether("run", flow, "--output", "json").err == ""
    assert "a | one\n" in aether("run", flow, "--output", "json", "--progress").err
