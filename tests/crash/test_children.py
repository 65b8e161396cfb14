"""What becomes of the programs of shell tasks when `aether run` is killed without warning."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from uuid import uuid4

import pytest

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="looks for processes in /proc")

#: It and its child take no notice of SIGTERM.
STUBBORN = "trap '' TERM; sleep 60 & touch begun; wait"
#: It has left its group.
AWAY = "setsid sh -c 'touch begun; exec sleep 60' & sleep 60"


class Marked:
    """The processes that have a text in their environment, the command and all that it starts."""

    def __init__(self) -> None:
        self.value = str(uuid4())

    def pids(self) -> dict[int, bytes]:
        """Return those that have not ended, with their command lines."""
        found: dict[int, bytes] = {}
        for process in Path("/proc").glob("[0-9]*"):
            with suppress(OSError):
                # What has ended has no environment any more.
                if self.value.encode() in (process / "environ").read_bytes():
                    found[int(process.name)] = (process / "cmdline").read_bytes()
        return found

    def wait_until_left(self, number: int) -> list[int]:
        """Wait until no more than so many processes are left, and return them."""
        deadline = time.monotonic() + 15
        while len(self.pids()) > number:
            assert time.monotonic() < deadline, self.pids()
            time.sleep(0.05)
        return list(self.pids())


@pytest.fixture
def marked() -> Iterator[Marked]:
    marked = Marked()
    yield marked
    for pid in marked.pids():
        with suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)


def begun(folder: Path, marked: Marked, script: str) -> subprocess.Popen[bytes]:
    """Start a run of a script; return when the script has begun."""
    task = {
        "name": "work",
        "executor": {"type": "shell"},
        "inputs": {"parameters": [{"name": "script", "value": script}]},
    }
    document = {
        "apiVersion": "aether/v1",
        "kind": "Workflow",
        "metadata": {"name": "flow"},
        "spec": {"entrypoint": "work", "templates": [{"task": task}]},
    }
    (folder / "flow.json").write_text(json.dumps(document), encoding="utf-8")
    process = subprocess.Popen(
        [sys.executable, "-m", "aether_core", "run", "flow.json", "--store", "memory:"],
        cwd=folder,
        env={**os.environ, "AETHER_TEST": marked.value},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    while not (folder / "begun").exists():
        assert process.poll() is None
        time.sleep(0.02)
    return process


def test_a_program_that_ignores_sigterm_does_not_outlive_a_killed_run(
    tmp_path: Path, marked: Marked
) -> None:
    process = begun(tmp_path, marked, STUBBORN)

    process.kill()
    process.wait()

    assert marked.wait_until_left(0) == []


def test_a_program_that_left_its_group_outlives_a_killed_run(
    tmp_path: Path, marked: Marked
) -> None:
    """As decision 18 says; the others of its task are ended."""
    process = begun(tmp_path, marked, AWAY)

    process.kill()
    process.wait()

    (survivor,) = marked.wait_until_left(1)
    assert os.getsid(survivor) == survivor


def test_programs_outlive_a_run_that_was_killed_with_its_watcher(
    tmp_path: Path, marked: Marked
) -> None:
    """As decision 18 says: nobody is left to end them."""
    process = begun(tmp_path, marked, STUBBORN)
    (watcher,) = (pid for pid, line in marked.pids().items() if b"_watcher_program" in line)

    os.kill(watcher, signal.SIGKILL)
    process.kill()
    process.wait()

    # The shell and its child.
    assert len(marked.wait_until_left(2)) == 2
