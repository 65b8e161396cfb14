"""`aether serve`: a process that executes what others put into the store."""

from __future__ import annotations

import signal
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


class Server:
    """`aether serve` in a process of its own; its lines are read as they come."""

    def __init__(self) -> None:
        self.process = subprocess.Popen(
            [sys.executable, "-m", "aether_core", "serve"],
            stderr=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        self.lines: list[str] = []
        self.read_until("serving")

    def read_until(self, text: str) -> None:
        assert self.process.stderr is not None
        for line in self.process.stderr:
            self.lines.append(line)
            if text in line:
                return
        raise AssertionError(f"{text!r} did not come: {self.lines}")

    def stop(self, number: int = signal.SIGTERM) -> int:
        self.process.send_signal(number)
        self.process.communicate(timeout=20)
        return self.process.returncode


@pytest.fixture
def serve() -> Iterator[Callable[[], Server]]:
    servers: list[Server] = []

    def start() -> Server:
        servers.append(Server())
        return servers[-1]

    yield start
    for server in servers:
        server.process.kill()
        server.process.communicate()


def test_a_submitted_run_is_executed_by_the_server(
    aether: Aether, workflow: Workflow, step: Step, serve: Callable[[], Server]
) -> None:
    """`submit` returns at once; the server ends the run and goes on serving."""
    server = serve()
    file = workflow(step("a", "shell", {"script": "echo $PPID"}))

    aether("submit", file, "--run-id", "r")
    server.read_until("run r of workflow flow: Succeeded")

    run = aether("get", "r", "--output", "json").json
    assert run["tasks"][1]["outputs"]["stdout"].strip() == str(server.process.pid)
    assert server.stop() == 0


def test_ctrl_c_is_an_interruption_and_sigterm_is_not(serve: Callable[[], Server]) -> None:
    """A service that somebody stops on purpose has done its work; see the other tests."""
    assert serve().stop(signal.SIGINT) == 130


def test_a_stopped_server_leaves_its_runs_to_the_next(
    aether: Aether, workflow: Workflow, step: Step, serve: Callable[[], Server], work: Path
) -> None:
    """A signal ends the process, not the run; the next server begins the task anew."""
    script = "echo x >> log; until test -e go; do sleep 0.05; done"
    first = serve()
    aether("submit", workflow(step("a", "shell", {"script": script})), "--run-id", "r")
    while not (work / "log").exists():
        time.sleep(0.02)

    assert first.stop() == 0
    assert not aether("get", "r", "--output", "json").json["finishedAt"]
    (work / "go").touch()
    second = serve()
    second.read_until("run r of workflow flow: Succeeded")

    assert (work / "log").read_text() == "x\nx\n"


def test_a_suspended_run_of_the_server_is_resumed_from_another_process(
    aether: Aether, workflow: Workflow, step: Step, serve: Callable[[], Server]
) -> None:
    """The request travels through the store, and the server goes on with the run."""
    server = serve()
    file = workflow(step("ask", "echo", {"suspend": True}))
    aether("submit", file, "--run-id", "r")
    while "Suspended" not in aether("get", "r", "--output", "json").out:
        time.sleep(0.02)

    resumed = aether("resume", "r", "-p", "answer=42", "--output", "json")

    assert resumed.status == 0
    assert resumed.json["tasks"][1]["outputs"] == {"answer": 42}
    server.read_until("run r of workflow flow: Succeeded")
