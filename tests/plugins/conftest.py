"""Plugins for one test: a module and its metadata in a folder on the path."""

from __future__ import annotations

import importlib
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from textwrap import dedent

import pytest

from aether_core.cli import main

Put = Callable[..., None]


class Cli:
    """The command in this process; each call sees plugins as a new process would."""

    def __init__(self, capsys: pytest.CaptureFixture[str]) -> None:
        self._capsys = capsys
        self.err = ""

    def __call__(self, *arguments: str, status: int = 0) -> str:
        found = main(list(arguments))
        out, self.err = self._capsys.readouterr()
        assert found == status, self.err
        return out


@pytest.fixture
def cli(capsys: pytest.CaptureFixture[str]) -> Cli:
    """Return a function that runs the command and returns its stdout."""
    return Cli(capsys)


@pytest.fixture
def put(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Put]:
    """Return a function that installs a version of the plugin `acme-job`, in place of any other."""
    monkeypatch.syspath_prepend(str(tmp_path))
    # Two versions may have the same size and be written within one second.
    monkeypatch.setattr(sys, "dont_write_bytecode", True)

    def install(version: str, source: str) -> None:
        for old in tmp_path.glob("acme_job-*.dist-info/*"):
            old.unlink()
        for folder in tmp_path.glob("acme_job-*.dist-info"):
            folder.rmdir()
        (tmp_path / "acme_job.py").write_text(dedent(source), encoding="utf-8")
        info = tmp_path / f"acme_job-{version}.dist-info"
        info.mkdir()
        (info / "METADATA").write_text(
            f"Metadata-Version: 2.1\nName: acme-job\nVersion: {version}\n"
        )
        (info / "entry_points.txt").write_text("[aether.executors]\njob = acme_job:Job\n")
        sys.modules.pop("acme_job", None)
        importlib.invalidate_caches()

    yield install
    sys.modules.pop("acme_job", None)
