"""Cancel, retry, delete and submit as users meet them, across processes."""

from __future__ import annotations

import json
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

Aether = Callable[..., Any]
Step = Callable[..., dict[str, Any]]
Workflow = Callable[..., str]


@pytest.fixture
def driven(work: Path, workflow: Workflow, step: Step) -> Iterator[subprocess.Popen[str]]:
    """Start a run in a process of its own whose shell task has a child, and wait for the child."""
    script = "sleep 60 & echo $! > child.pid; wait"
    file = workflow(
        step("long", "shell", {"script": script}), step("next", "echo", {}, after="long")
    )
    process = subprocess.Popen(
        [sys.executable, "-m", "aether_core", "run", file, "--run-id", "r", "--output", "json"],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    while not (work / "child.pid").exists() or not (work / "child.pid").read_text().strip():
        assert process.poll() is None, process.communicate()
        time.sleep(0.02)
    yield process
    process.kill()
    process.communicate()


def is_alive(pid: int) -> bool:
    """Return whether a process exists and is no zombie."""
    try:
        state = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
    except FileNotFoundError:
        return False
    return state != "Z"


@pytest.mark.skipif(not Path("/proc/self/stat").exists(), reason="looks at processes in /proc")
def test_a_cancel_reaches_another_process_and_ends_its_children(
    aether: Aether, driven: subprocess.Popen[str], work: Path
) -> None:
    """The run ends, and so do the shell and what it started; benchmarks/reach.py has the time."""
    child = int((work / "child.pid").read_text())
    assert is_alive(child)

    outcome = aether("cancel", "r", "--reason", "wrong input", "--output", "json")

    assert outcome.status == 0, outcome.err
    assert (outcome.json["phase"], outcome.json["message"]) == ("Cancelled", "wrong input")
    out, _ = driven.communicate(timeout=20)
    assert driven.returncode == 1
    assert json.loads(out)["phase"] == "Cancelled"
    assert [task["phase"] for task in json.loads(out)["tasks"]] == ["Cancelled", "Cancelled"]
    assert not is_alive(child)


def test_cancel_of_an_ended_run_says_so(aether: Aether, workflow: Workflow, step: Step) -> None:
    """Nothing is changed, and the status is that of wrong usage."""
    aether("run", workflow(step("a", "echo", {})), "--run-id", "r")
    before = aether("get", "r", "--output", "json").out

    refused = aether("cancel", "r")

    assert refused.status == 2
    assert "run r has already ended (Succeeded)" in refused.err
    assert aether("get", "r", "--output", "json").out == before
    assert aether("cancel", "ghost").status == 2


def test_retry_goes_on_where_the_run_failed(
    aether: Aether, workflow: Workflow, step: Step, work: Path
) -> None:
    """What had succeeded is not executed again; times and outputs of it stay."""
    count = "echo x >> {}.log; test -e {}"
    file = workflow(
        step("first", "shell", {"script": count.format("first", ".")}),
        step("second", "shell", {"script": count.format("second", "mended")}, after="first"),
        step("third", "echo", {"v": "{{ tasks.first.phase }}"}, after="second"),
    )
    failed = aether("run", file, "--run-id", "r", "--output", "json")
    assert failed.status == 1
    (work / "mended").touch()

    retried = aether("retry", "r", "--output", "json")

    assert retried.status == 0, retried.err
    assert retried.json["phase"] == "Succeeded"
    assert retried.json["progress"] == "4/4"
    assert (work / "first.log").read_text() == "x\n"
    assert (work / "second.log").read_text() == "x\nx\n"
    first = [next(t for t in o.json["tasks"] if t["name"] == "first") for o in (failed, retried)]
    assert first[0] == first[1]
    assert aether("retry", "r").status == 2


def test_a_run_that_another_process_retried_and_lost_is_recovered(
    aether: Aether, workflow: Workflow, step: Step, work: Path
) -> None:
    """Kill -9 in the middle of a retry: `aether recover` brings it to its end."""
    script = "test -e ok || exit 1; echo y > b.started; until test -e go; do sleep 0.05; done"
    file = workflow(
        step("a", "shell", {"script": "echo x >> a.log"}),
        step("b", "shell", {"script": script}, after="a"),
    )
    assert aether("run", file, "--run-id", "r").status == 1
    (work / "ok").touch()
    process = subprocess.Popen([sys.executable, "-m", "aether_core", "retry", "r", "-q"])
    while not (work / "b.started").exists():
        assert process.poll() is None
        time.sleep(0.02)
    process.kill()
    process.wait()
    (work / "go").touch()
    # The dead process may be silent for 5 seconds before it counts as gone.
    while not (recovered := aether("recover", "--output", "json")).json:
        time.sleep(0.2)

    assert recovered.json[0]["phase"] == "Succeeded"
    assert (work / "a.log").read_text() == "x\n"


def test_a_submitted_run_waits_for_whoever_recovers_it(
    aether: Aether, workflow: Workflow, step: Step
) -> None:
    """Nothing of it is executed by `submit` itself."""
    file = workflow(step("a", "shell", {"script": "touch done"}))

    kept = aether("submit", file, "--run-id", "r")

    assert (kept.status, kept.out) == (0, "r\n")
    assert aether("get", "r", "--output", "json").json["phase"] == "Created"
    assert not Path("done").exists()
    assert aether("recover", "-q").status == 0
    assert Path("done").exists()
    assert aether("get", "r", "--output", "json").json["phase"] == "Succeeded"


def test_a_document_with_errors_is_not_submitted(aether: Aether, work: Path) -> None:
    """It is refused as `aether run` refuses it, and nothing is written."""
    (work / "bad.yaml").write_text("apiVersion: aether/v1\nkind: Workflow\n")

    refused = aether("submit", "bad.yaml", "--output", "json")

    assert refused.status == 2
    assert json.loads(refused.err)["ok"] is False
    assert not (work / "runs.db").exists()


def test_a_deleted_run_is_not_found_any_more(
    aether: Aether, workflow: Workflow, step: Step
) -> None:
    """Only runs that have ended can be deleted."""
    aether("run", workflow(step("ask", "echo", {"suspend": True})), "--run-id", "r")
    assert aether("delete", "r").status == 2
    aether("cancel", "r")

    assert aether("delete", "r", "--output", "json").json == {"runId": "r", "deleted": True}

    assert aether("get", "r").status == 2
    assert aether("delete", "r").status == 2


def test_the_timeout_of_the_command_line_replaces_the_document_s(
    aether: Aether, workflow: Workflow, step: Step
) -> None:
    """It is part of the run: a run that is recovered later keeps it."""
    file = workflow(step("slow", "echo", {"sleep": "30s"}))

    outcome = aether("run", file, "--timeout", "100ms", "--output", "json", "--run-id", "r")

    assert outcome.status == 1
    assert outcome.json["phase"] == "Timeout"
    assert "100ms" in outcome.json["message"]
    assert aether("run", file, "--timeout", "soon").status == 2
