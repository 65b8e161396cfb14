"""The installed command in a process of its own."""

from __future__ import annotations

import json
import os
import shutil
import signal
import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

Aether = Callable[..., Any]
Step = Callable[..., dict[str, Any]]
Workflow = Callable[..., str]

# Each costs more than a one-task run may wait for.
_HEAVY = ("httpx", "jsonschema", "pydantic", "re2", "sqlite3", "yaml", "rich")


def test_the_console_script_is_the_command(workflow: Workflow, step: Step) -> None:
    script = shutil.which("aether", path=str(Path(sys.executable).parent))
    if script is None:
        pytest.skip("the command is not installed beside this interpreter")
    file = workflow(step("only", "echo", {"x": 1}))

    done = subprocess.run(
        [script, "run", file, "--output", "json", "--store", "memory:"],
        capture_output=True,
        text=True,
        check=False,
    )

    assert (done.returncode, done.stderr) == (0, "")
    assert json.loads(done.stdout)["tasks"][1]["outputs"] == {"x": 1}


def test_a_run_of_one_task_imports_nothing_that_it_does_not_need(
    workflow: Workflow, step: Step
) -> None:
    file = workflow(step("only", "echo", {"x": 1}))
    snippet = f"""
import sys
import time
from aether_core.cli import main
status = main(["run", {file!r}, "--store", "memory:", "--output", "json"])
print(status, *[name for name in {_HEAVY!r} if name in sys.modules], file=sys.stderr)
"""

    done = subprocess.run(
        [sys.executable, "-c", snippet], capture_output=True, text=True, check=False
    )

    assert done.stderr == "0\n"


@pytest.mark.skipif(sys.platform == "win32", reason="signals of POSIX")
def test_an_interrupt_takes_the_child_processes_along(
    aether: Aether, workflow: Workflow, step: Step, work: Path
) -> None:
    # The pipe hands the child's id over: reading it waits for exactly that.
    os.mkfifo(work / "pid")
    file = workflow(step("sleeps", "shell", {"script": "echo $$ > pid; exec sleep 1000"}))
    process = subprocess.Popen(
        [sys.executable, "-m", "aether_core", "run", file, "--run-id", "r"],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    child = int((work / "pid").read_text())

    process.send_signal(signal.SIGINT)

    out, _ = process.communicate(timeout=30)
    assert process.returncode == 130
    assert out.startswith("Cancelled  flow  r")
    with pytest.raises(ProcessLookupError):
        os.kill(child, 0)
    run = aether("get", "r", "--output", "json").json
    assert [each["phase"] for each in run["tasks"]] == ["Cancelled", "Cancelled"]


def test_a_run_that_nobody_drives_any_more_is_told_when_it_is_asked_for_again(
    work: Path, workflow: Workflow, step: Step
) -> None:
    """The command that waits for it would wait for ever without a word."""
    flow = workflow(step("long", "shell", {"script": "touch begun; sleep 60"}))
    words = [sys.executable, "-m", "aether_core", "run", flow, "--run-id", "r"]
    first = subprocess.Popen(words, stderr=subprocess.DEVNULL)
    while not (work / "begun").exists():
        assert first.poll() is None
        time.sleep(0.01)

    again = subprocess.Popen(words, stderr=subprocess.PIPE, text=True)
    assert again.stderr is not None
    assert "is in the store already" in again.stderr.readline()
    first.kill()
    first.wait()
    with sqlite3.connect(work / "runs.db") as connection:
        connection.execute("UPDATE engines SET heartbeat_at = 0 WHERE heartbeat_at IS NOT NULL")
    connection.close()

    lines = iter(again.stderr.readline, "")
    assert any("nobody drives run r; `aether recover` goes on with it" in line for line in lines)
    again.kill()
    again.communicate()
