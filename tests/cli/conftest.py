"""The command with the real plugins of this repository."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from aether_core.cli import main

SNAPSHOTS = Path(__file__).parent / "snapshots"
# Read now: tests run without any variable of the command.
UPDATE = os.environ.get("AETHER_UPDATE_SNAPSHOTS") == "1"

_ID = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[0-9a-f]{4}-[0-9a-f]{12}")
_MOMENT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z")


class Outcome(NamedTuple):
    """What a command did."""

    status: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        """The one JSON value on stdout."""
        return json.loads(self.out)


@pytest.fixture(autouse=True)
def work(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Give each test a folder, a store and an environment of its own."""
    for name in [name for name in os.environ if name.startswith("AETHER_")]:
        monkeypatch.delenv(name)
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("AETHER_STORE", "sqlite:///runs.db")
    ours = "aether-echo,aether-http,aether-shell,aether-workflow"
    monkeypatch.setenv("AETHER_PLUGINS_ALLOW", ours)
    return tmp_path


@pytest.fixture
def aether(capsys: pytest.CaptureFixture[str]) -> Callable[..., Outcome]:
    """Run the command in this process."""

    def run(*arguments: str) -> Outcome:
        capsys.readouterr()
        status = main(arguments)
        return Outcome(status, *capsys.readouterr())

    return run


@pytest.fixture
def workflow(work: Path) -> Callable[..., str]:
    """Write a workflow with one dag into a file and return the file's name."""

    def write(*tasks: Mapping[str, Any], file: str = "flow.json") -> str:
        templates = [{"dag": {"name": "main", "tasks": list(tasks)}}]
        head = {"apiVersion": "aether/v1", "kind": "Workflow", "metadata": {"name": "flow"}}
        spec = {"entrypoint": "main", "templates": templates}
        (work / file).write_text(json.dumps({**head, "spec": spec}, indent=2))
        return file

    return write


@pytest.fixture
def ran(aether: Callable[..., Outcome], work: Path) -> Callable[..., Any]:
    """Run a dag of echo tasks as run `r`; return the outcome."""

    def run(*nodes: Mapping[str, Any], templates: Any = (), **spec: Any) -> Any:
        tasks = [{"executor": {"type": "echo"}, **node} for node in nodes]
        for task in tasks:
            if "template" in task:
                del task["executor"]
        document = {
            "apiVersion": "aether/v1",
            "kind": "Workflow",
            "metadata": {"name": "flow"},
            "spec": {
                "entrypoint": "main",
                "templates": [{"dag": {"name": "main", "tasks": tasks}}, *templates],
                **spec,
            },
        }
        (work / "flow.json").write_text(json.dumps(document))
        return aether("run", "flow.json", "--run-id", "r", "--quiet", "--output", "json")

    return run


@pytest.fixture
def step() -> Callable[..., dict[str, Any]]:
    """Return a task of a dag with an executor and its inputs."""

    def make(
        name: str, executor: str, inputs: Mapping[str, Any], *, after: str = ""
    ) -> dict[str, Any]:
        parameters = [{"name": key, "value": value} for key, value in inputs.items()]
        return {
            "name": name,
            "executor": {"type": executor},
            "inputs": {"parameters": parameters},
            **({"dependencies": [after]} if after else {}),
        }

    return make


@pytest.fixture
def snapshot() -> Callable[[str, str], None]:
    """Compare JSON with a kept file, ids and times aside.

    AETHER_UPDATE_SNAPSHOTS=1 at start keeps what is there now instead.
    """

    def compare(name: str, text: str) -> None:
        ids: dict[str, str] = {}
        text = _ID.sub(lambda found: ids.setdefault(found[0], f"<id {len(ids) + 1}>"), text)
        text = _MOMENT.sub("<time>", text)
        path = SNAPSHOTS / name
        if UPDATE:
            path.parent.mkdir(exist_ok=True)
            path.write_text(text, encoding="utf-8")
        assert path.read_text(encoding="utf-8") == text

    return compare


@pytest.fixture
def start() -> Iterator[Callable[..., subprocess.Popen[str]]]:
    """Start the command in processes of its own, which end with the test."""
    processes: list[subprocess.Popen[str]] = []

    def begin(*words: str) -> subprocess.Popen[str]:
        process = subprocess.Popen(
            [sys.executable, "-m", "aether_core", *words],
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        processes.append(process)
        return process

    yield begin
    for process in processes:
        process.kill()
        process.communicate()
