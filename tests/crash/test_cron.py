"""Schedules of one store in several processes: each slot has one run, also after a kill."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from datetime import datetime
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest

from aether_core.cli import main


def document(schedule: str, inputs: dict[str, Any], **spec: Any) -> dict[str, Any]:
    """Return a schedule of one echo."""
    parameters = [{"name": name, "value": value} for name, value in inputs.items()]
    task = {"name": "say", "executor": {"type": "echo"}, "inputs": {"parameters": parameters}}
    return {
        "apiVersion": "aether/v1",
        "kind": "CronWorkflow",
        "metadata": {"name": "tick"},
        "spec": {
            "schedule": schedule,
            "workflowSpec": {"entrypoint": "say", "templates": [{"task": task}]},
            **spec,
        },
    }


class Site:
    """A store, and commands in this process and in others that use it."""

    def __init__(self, folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
        self._store = f"sqlite:///{folder}/runs.db"
        self._file = folder / "tick.json"
        self._capsys = capsys
        self.processes: list[subprocess.Popen[str]] = []

    def create(self, schedule: str, inputs: dict[str, Any], **spec: Any) -> None:
        """Keep a schedule."""
        self._file.write_text(json.dumps(document(schedule, inputs, **spec)))
        assert main(["cron", "create", str(self._file), "--store", self._store]) == 0

    def start(self, *arguments: str) -> subprocess.Popen[str]:
        """Start a command in a process of its own."""
        process = subprocess.Popen(
            [sys.executable, "-m", "aether_core", *arguments, "--store", self._store],
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        self.processes.append(process)
        return process

    def shown(self) -> dict[str, Any]:
        """Return the schedule as the command shows it."""
        self._capsys.readouterr()
        assert main(["cron", "get", "tick", "--output", "json", "--store", self._store]) == 0
        shown: dict[str, Any] = json.loads(self._capsys.readouterr().out)
        return shown

    def wait_for(self, slots: int) -> list[dict[str, Any]]:
        """Return the fired slots, oldest first, when there are so many and none is undecided.

        What was due before the servers were there is not among them.
        """
        end = time.monotonic() + 40
        while True:
            found = self.shown()["slots"][::-1]
            fired = [slot for slot in found if slot["outcome"] == "fired"]
            if len(fired) >= slots and all(slot["outcome"] != "claimed" for slot in found):
                return fired
            assert time.monotonic() < end, found
            time.sleep(0.1)

    def stop(self) -> None:
        """End the processes that are left."""
        for process in self.processes:
            if process.poll() is None:
                process.kill()
            process.communicate()


@pytest.fixture
def site(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Iterator[Site]:
    place = Site(tmp_path, capsys)
    yield place
    place.stop()


def test_two_servers_fire_each_slot_once_and_one_goes_on_alone(site: Site) -> None:
    """No second is left out and none has two runs, before and after a kill (decision 26)."""
    site.create("* * * * * *", {"x": 1}, successfulJobsHistoryLimit=1000)
    one, two = site.start("serve"), site.start("serve")
    before = site.wait_for(3)
    one.send_signal(signal.SIGKILL)

    slots = site.wait_for(len(before) + 3)
    two.send_signal(signal.SIGTERM)
    assert two.wait(20) == 0

    shown = site.shown()
    moments = [datetime.fromisoformat(slot["scheduledAt"]) for slot in slots]
    assert {(later - earlier).total_seconds() for earlier, later in pairwise(moments)} == {1}
    runs = [run["scheduledAt"] for run in shown["runs"]]
    assert len(set(runs)) == len(runs)
    assert {slot["scheduledAt"] for slot in slots} <= set(runs)


def test_of_two_triggers_at_once_forbid_lets_one_start(site: Site) -> None:
    """Two processes decide at the same time, and one finds the other's run in its way."""
    site.create("0 0 1 1 *", {"suspend": True}, concurrencyPolicy="Forbid")
    triggers = [site.start("cron", "trigger", "tick") for _ in range(2)]

    said = [trigger.communicate(timeout=40)[0] for trigger in triggers]

    assert sorted(trigger.returncode for trigger in triggers) == [0, 3], said
    assert sum("has not ended (Forbid)" in text for text in said) == 1
    assert len(site.shown()["runs"]) == 1
