"""`aether watch`, beside the processes that drive what it follows."""

from __future__ import annotations

import signal
import subprocess
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

Aether = Callable[..., Any]
Step = Callable[..., dict[str, Any]]
Workflow = Callable[..., str]
Start = Callable[..., "subprocess.Popen[str]"]


@pytest.fixture
def open_gate(work: Path, workflow: Workflow, step: Step) -> Callable[[], None]:
    """Write a workflow that waits for a file; return what makes the file."""
    wait = "until [ -e gate ]; do sleep 0.02; done"
    workflow(step("long", "shell", {"script": wait}), step("next", "echo", {}, after="long"))
    return (work / "gate").touch


def until(condition: Callable[[], bool]) -> None:
    """Wait until something has become true."""
    end = time.monotonic() + 30
    while not condition():
        assert time.monotonic() < end
        time.sleep(0.02)


def is_running(aether: Aether) -> bool:
    got = aether("get", "r", "--output", "json")
    return bool(got.status == 0 and got.json["phase"] == "Running")


def line(process: subprocess.Popen[str], beginning: str) -> str:
    """Return the next line of stderr that begins so."""
    assert process.stderr is not None
    for found in process.stderr:
        if found.startswith(beginning):
            return found
    raise AssertionError(f"no line begins with {beginning!r}")


def test_a_run_of_another_process_is_followed_to_its_end(
    aether: Aether, start: Start, open_gate: Callable[[], None]
) -> None:
    """Its events are shown as `aether run` shows them, and its end is the answer."""
    runner = start("run", "flow.json", "--run-id", "r", "--output", "json")
    until(lambda: is_running(aether))
    watcher = start("watch", "r")
    line(watcher, "run r of workflow flow")

    open_gate()

    out, err = watcher.communicate(timeout=30)
    assert watcher.returncode == 0
    assert [each.split()[:2] for each in err.splitlines()] == [
        ["Succeeded", "long"],
        ["Succeeded", "next"],
        ["Succeeded", "main"],
    ]
    assert out == aether("get", "r").out
    assert runner.communicate(timeout=30)[0]


def test_an_interrupt_ends_the_watching_only(
    aether: Aether, start: Start, open_gate: Callable[[], None]
) -> None:
    start("run", "flow.json", "--run-id", "r")
    until(lambda: is_running(aether))
    watcher = start("watch", "r", "--output", "json", "--progress")
    line(watcher, "run r of workflow flow")

    watcher.send_signal(signal.SIGINT)

    out, err = watcher.communicate(timeout=30)
    assert watcher.returncode == 130
    assert "stopped watching run r" in err
    assert '"phase": "Running"' in out
    assert is_running(aether)
    open_gate()
    assert aether("watch", "r", "-q").status == 0


def test_a_run_that_nobody_drives_is_waited_for(
    aether: Aether, start: Start, workflow: Workflow, step: Step
) -> None:
    """Whoever takes it on is watched from then on."""
    aether("submit", workflow(step("only", "echo", {})), "--run-id", "r", "-q")
    watcher = start("watch", "r")
    assert "`aether recover` goes on with it" in line(watcher, "nobody drives run r")

    aether("recover", "-q")

    assert watcher.wait(timeout=30) == 0


def test_an_ended_run_is_told_again(aether: Aether, workflow: Workflow, step: Step) -> None:
    """Text and JSON are those of `get`; the status is that of the run."""
    aether("run", workflow(step("bad", "echo", {"code": 2})), "--run-id", "r", "-q")

    text = aether("watch", "r")
    as_json = aether("watch", "r", "--output", "json")

    assert (text.status, as_json.status) == (1, 1)
    assert text.out == aether("get", "r").out
    assert (as_json.out, as_json.err) == (aether("get", "r", "--output", "json").out, "")
    assert "Failed     bad" in text.err
    assert aether("watch", "r", "--output", "json", "--progress").err == text.err


def test_a_suspended_run_without_a_driver_is_not_waited_for(
    aether: Aether, workflow: Workflow, step: Step
) -> None:
    aether("run", workflow(step("ask", "echo", {"suspend": True})), "--run-id", "r", "-q")

    outcome = aether("watch", "r")

    assert outcome.status == 3
    assert "`aether resume r --task ask`" in outcome.out


def test_unknown_runs(aether: Aether, workflow: Workflow, step: Step) -> None:
    aether("run", workflow(step("a", "echo", {})), "--run-id", "run-1", "-q")

    outcome = aether("watch", "run")

    assert (outcome.status, outcome.out) == (2, "")
    assert 'Did you mean "run-1"?' in outcome.err


def test_a_run_that_is_deleted_meanwhile(
    aether: Aether, start: Start, workflow: Workflow, step: Step
) -> None:
    aether("submit", workflow(step("only", "echo", {})), "--run-id", "r", "-q")
    watcher = start("watch", "r")
    line(watcher, "nobody drives run r")

    aether("cancel", "r")
    aether("delete", "r")

    # It may still have seen the end.
    assert watcher.wait(timeout=30) in {1, 2}
