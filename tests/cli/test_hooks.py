"""Commands that drive a run stay until its hooks have ended too."""

from __future__ import annotations

import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

Aether = Callable[..., Any]

DOCUMENT = """
apiVersion: aether/v1
kind: Workflow
metadata: {name: hooked}
spec:
  entrypoint: main
  hooks: {onExit: {template: bye}, onCancel: {template: stop}}
  templates:
    - task: {name: main, executor: EXECUTOR}
    - task: {name: bye, executor: {type: shell, config: {script: "sleep 0.3; echo x >> bye"}}}
    - task: {name: stop, executor: {type: shell, config: {script: "sleep 0.3; echo x > stopped"}}}
"""


def write(work: Path, executor: str) -> str:
    """Write the document with what its task executes, and return its name."""
    (work / "hooked.yaml").write_text(DOCUMENT.replace("EXECUTOR", executor), encoding="utf-8")
    return "hooked.yaml"


@pytest.mark.parametrize("store", ["memory:", "sqlite:///runs.db"])
def test_run_waits_for_hooks(work: Path, aether: Aether, store: str) -> None:
    """Their lines come while they work, and they are shown as they ended."""
    ran = aether("run", write(work, "{type: echo}"), "--store", store)

    assert ran.status == 0
    assert (work / "bye").exists()
    assert "hooks/bye  Succeeded" in ran.out
    assert "hooks/bye" in ran.err


def test_resume_and_retry_wait_for_hooks(work: Path, aether: Aether) -> None:
    flow = write(work, "{type: echo, config: {suspend: true}}")
    assert aether("run", flow, "--run-id", "r").status == 3

    assert aether("resume", "r").status == 0

    assert (work / "bye").read_text() == "x\n"
    flow = write(work, '{type: shell, config: {script: "test -e mended"}}')
    assert aether("run", flow, "--run-id", "s").status == 1
    (work / "mended").touch()
    assert aether("retry", "s").status == 0
    assert (work / "bye").read_text() == "x\n" * 3


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_an_interrupted_run_waits_for_the_hooks_of_its_cancellation(
    work: Path, number: signal.Signals
) -> None:
    flow = write(work, '{type: shell, config: {script: "touch begun; sleep 60"}}')
    process = subprocess.Popen(
        [sys.executable, "-m", "aether_core", "run", flow, "--run-id", "r"],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    )
    while not (work / "begun").exists():
        assert process.poll() is None
        time.sleep(0.01)

    process.send_signal(number)
    process.communicate(timeout=30)

    assert process.returncode == 130
    assert (work / "stopped").read_text() == "x\n"
