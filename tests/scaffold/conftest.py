"""`aether new executor` in this process, in a folder of its own."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

import pytest

from aether_core.cli import main


class Outcome(NamedTuple):
    """What the command did."""

    status: int
    out: str
    err: str


@pytest.fixture(autouse=True)
def work(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Give each test a folder, and an environment without variables of the command."""
    for name in [name for name in os.environ if name.startswith("AETHER_")]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.fixture
def new(capsys: pytest.CaptureFixture[str]) -> Callable[..., Outcome]:
    """Run `aether new executor`."""

    def run(*arguments: str) -> Outcome:
        capsys.readouterr()
        status = main(["new", "executor", *arguments])
        return Outcome(status, *capsys.readouterr())

    return run
