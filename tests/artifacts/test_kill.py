"""A process that is killed between keeping a file and saying so."""

from __future__ import annotations

import json
import os
import signal
import sqlite3
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from aether_core.cli import main

_DOCUMENT = {
    "apiVersion": "aether/v1",
    "kind": "Workflow",
    "metadata": {"name": "flow"},
    "spec": {
        "entrypoint": "main",
        "templates": [
            {
                "dag": {
                    "name": "main",
                    "tasks": [
                        {"name": "make", "template": "make"},
                        {
                            "name": "show",
                            "template": "show",
                            "dependencies": ["make"],
                            "arguments": {
                                "artifacts": [
                                    {"name": "x", "from": "tasks.make.outputs.artifacts.x"}
                                ]
                            },
                        },
                    ],
                }
            },
            {
                "task": {
                    "name": "make",
                    "outputs": {"artifacts": [{"name": "x"}]},
                    "executor": {
                        "type": "shell",
                        "config": {"script": 'date +%N > "$AETHER_OUTPUT_ARTIFACT_X"'},
                    },
                }
            },
            {
                "task": {
                    "name": "show",
                    "inputs": {"artifacts": [{"name": "x"}]},
                    "executor": {
                        "type": "shell",
                        "config": {"script": 'cat "$AETHER_INPUT_ARTIFACT_X"'},
                    },
                }
            },
        ],
    },
}

#: Runs the command and dies at the moment at which the first file is kept for good.
_KILLED = """
import os, signal, sys
from aether_core.artifacts import LocalRepository
from aether_core.cli import main

put = LocalRepository.put

async def put_and_die(repository, path, key):
    await put(repository, path, key)
    os.kill(os.getpid(), signal.SIGKILL)

LocalRepository.put = put_and_die
main(sys.argv[1:])
"""


def test_a_file_that_was_kept_but_not_reported_is_made_again(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """The next attempt has a file of its own; the first one goes with the run."""
    monkeypatch.chdir(tmp_path)
    store = ["--store", "sqlite:///runs.db"]
    Path("flow.json").write_text(json.dumps(_DOCUMENT), encoding="utf-8")
    command = [sys.executable, "-c", _KILLED, "run", "flow.json", "--run-id", "r", *store]
    # Nobody is left to remove the private folder of the attempt.
    surroundings = {**os.environ, "TMPDIR": str(tmp_path)}
    killed = subprocess.run(command, check=False, capture_output=True, env=surroundings)
    lost = [str(path) for path in sorted(Path("runs.db.artifacts").rglob("x"))]
    _let_time_pass()

    status = main(["recover", *store, "--output", "json"])

    [run] = json.loads(capsys.readouterr().out)
    tasks: dict[str, Any] = {task["name"]: task for task in run["tasks"]}
    kept = Path("runs.db.artifacts") / tasks["make"]["artifacts"]["x"]["config"]["key"]
    assert (killed.returncode, status) == (-signal.SIGKILL, 0)
    assert [path.endswith(".1/x") for path in lost] == [True]
    assert kept.parent.name.endswith(".2")
    assert tasks["show"]["outputs"]["stdout"] == kept.read_text()
    assert main(["delete", "r", *store, "--output", "json"]) == 0
    assert list(Path("runs.db.artifacts").iterdir()) == []


def _let_time_pass() -> None:
    """Make every sign of life an old one, as if nobody had worked on the store for long."""
    connection = sqlite3.connect("runs.db")
    try:
        connection.execute("UPDATE engines SET heartbeat_at = 0")
        connection.commit()
    finally:
        connection.close()
