"""The command in this process and in others, with plugins that tests install."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
import textwrap
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from aether_core.cli import main

#: A plugin with one executor that does as its inputs say.
PROBE = """
import asyncio
import signal
import time
from pathlib import Path
from aether_sdk import ExecOutputs, Executor, TaskFailed

class Probe(Executor):
    type = "probe"
    version = "2.1"
    description = "Does as its inputs say"

    async def execute(self, request):
        given = request.inputs.as_dict() if request.inputs else {}
        if "print" in given:
            print(given["print"])
        if "fail" in given:
            raise TaskFailed(given["fail"])
        if "pause" in given:
            await asyncio.sleep(given["pause"])
        if "hangup" in given:
            signal.raise_signal(signal.SIGHUP)
        if "signal" in given:
            signal.raise_signal(given["signal"])
            await asyncio.sleep(60)
        if "started" in given:
            Path(given["started"]).write_text("started")
            try:
                await asyncio.sleep(60)
            finally:
                Path(given["ended"]).write_text("ended")
                time.sleep(given.get("block", 0))
        return ExecOutputs.of(given)
"""
SNAPSHOTS = Path(__file__).parent / "snapshots"


class Outcome(NamedTuple):
    """What a command did."""

    status: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        """The one JSON value on stdout."""
        return json.loads(self.out)


class Site:
    """A folder on the path into which distributions are installed, with real metadata."""

    def __init__(self, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        self.folder = folder
        self._monkeypatch = monkeypatch
        self._names: list[str] = []

    def install(
        self,
        name: str,
        source: str,
        *,
        executors: Sequence[str] = (),
        files: Mapping[str, str] | None = None,
        folder: Path | None = None,
    ) -> None:
        """Install a distribution with one module that provides these executor types."""
        where = folder or self.folder
        module = name.replace("-", "_")
        info = where / f"{module}-1.5.dist-info"
        info.mkdir(parents=True)
        entries = "".join(f"{each} = {module}:{each.title()}\n" for each in executors)
        contents = {
            "METADATA": f"Metadata-Version: 2.1\nName: {name}\nVersion: 1.5\n",
            "entry_points.txt": f"[aether.executors]\n{entries}",
            **(files or {}),
        }
        for file, content in contents.items():
            (info / file).write_text(content)
        (where / f"{module}.py").write_text(textwrap.dedent(source))
        self._names.append(name)
        self._monkeypatch.setenv("AETHER_PLUGINS_ALLOW", ",".join(self._names))


@pytest.fixture(autouse=True)
def work(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Give each test a folder, a store and an environment of its own."""
    for name in [name for name in os.environ if name.startswith("AETHER_")]:
        monkeypatch.delenv(name)
    folder = tmp_path / "work"
    folder.mkdir()
    monkeypatch.chdir(folder)
    monkeypatch.setenv("AETHER_STORE", "sqlite:///runs.db")
    monkeypatch.setenv("AETHER_PLUGINS_ALLOW", "none-but-the-test's-own")
    monkeypatch.setenv("COLUMNS", "80")
    return folder


@pytest.fixture
def aether(capsys: pytest.CaptureFixture[str]) -> Callable[..., Outcome]:
    """Run the command in this process."""

    def run(*arguments: str) -> Outcome:
        capsys.readouterr()
        status = main(arguments)
        return Outcome(status, *capsys.readouterr())

    return run


@pytest.fixture
def process() -> Callable[..., Outcome]:
    """Run the command, or a snippet of Python after `-c`, in a process of its own."""

    def run(*arguments: str, **options: Any) -> Outcome:
        before = () if arguments[0] == "-c" else ("-m", "aether_core")
        done = subprocess.run(
            [sys.executable, *before, *arguments],
            capture_output=True,
            text=True,
            check=False,
            timeout=50,
            **options,
        )
        return Outcome(done.returncode, done.stdout, done.stderr)

    return run


@pytest.fixture
def site(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Site]:
    """Offer a folder for plugins; only what is installed there may load."""
    folder = tmp_path / "site"
    before = set(sys.modules)
    monkeypatch.syspath_prepend(str(folder))
    monkeypatch.setenv("PYTHONPATH", str(folder))
    yield Site(folder, monkeypatch)
    for name in set(sys.modules) - before:
        if (getattr(sys.modules[name], "__file__", None) or "").startswith(str(tmp_path)):
            del sys.modules[name]


@pytest.fixture
def probe(site: Site) -> Site:
    """Install a plugin with the executor `probe`."""
    site.install("probe-plugin", PROBE, executors=["probe"])
    return site


@pytest.fixture
def document(work: Path) -> Callable[..., str]:
    """Write a workflow with one dag into a file and return the file's name."""

    def write(
        *tasks: Mapping[str, Any],
        arguments: Sequence[Mapping[str, Any]] = (),
        name: str = "demo",
        file: str = "demo.json",
    ) -> str:
        spec = {
            "entrypoint": "main",
            "arguments": {"parameters": list(arguments)},
            "templates": [{"dag": {"name": "main", "tasks": list(tasks)}}],
        }
        head = {"apiVersion": "aether/v1", "kind": "Workflow", "metadata": {"name": name}}
        (work / file).write_text(json.dumps({**head, "spec": spec}, indent=1))
        return file

    return write


@pytest.fixture
def task() -> Callable[..., dict[str, Any]]:
    """Return a task that gives its inputs to the executor `probe`."""

    def make(
        name: str, inputs: Mapping[str, Any] | None = None, *, after: Sequence[str] = ()
    ) -> dict[str, Any]:
        parameters = [{"name": key, "value": value} for key, value in (inputs or {}).items()]
        made = {"name": name, "executor": {"type": "probe"}, "inputs": {"parameters": parameters}}
        return {**made, "dependencies": list(after)} if after else made

    return make


@pytest.fixture
def snapshot() -> Callable[[str, str], None]:
    """Compare a text with a kept one; AETHER_UPDATE_SNAPSHOTS=1 at start keeps it instead."""

    def compare(name: str, text: str) -> None:
        path = SNAPSHOTS / name
        if UPDATE:
            path.parent.mkdir(exist_ok=True)
            path.write_text(text)
        assert path.read_text() == text

    return compare


# Read now: tests run without any variable of the command.
UPDATE = os.environ.get("AETHER_UPDATE_SNAPSHOTS") == "1"


@pytest.fixture
def normal() -> Callable[[str], str]:
    """Replace what differs from run to run: durations, times and generated ids."""

    def replace(text: str) -> str:
        text = re.sub(r"\b\d+(\.\d+)? (ms|s)\b", "TIME", text)
        text = re.sub(r"\d{4}-\d\d-\d\dT[\d:.]+Z", "MOMENT", text)
        return re.sub(r"[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f-]{22}", "ID", text)

    return replace
