"""Runs the executor the way a worker does, and watches what it leaves behind."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from aether_sdk import ExecuteRequest, Inputs, outcome_of, outcome_of_error
from aether_shell import ShellExecutor

if TYPE_CHECKING:
    from aether_sdk import ExecOutputs, JsonValue

Shell = Callable[..., "ExecOutputs"]


class QuickShell(ShellExecutor):
    """The executor with patience that suits a test."""

    kill_grace = 0.3
    drain_grace = 0.2


@pytest.fixture
def executor() -> ShellExecutor:
    return QuickShell()


@pytest.fixture
def request_of() -> Callable[[Mapping[str, JsonValue]], ExecuteRequest]:
    def make(given: Mapping[str, JsonValue]) -> ExecuteRequest:
        return ExecuteRequest("task-1", "run-1", "build", inputs=Inputs.of(given))

    return make


@pytest.fixture
def shell(
    executor: ShellExecutor, request_of: Callable[[Mapping[str, JsonValue]], ExecuteRequest]
) -> Shell:
    """Executes one call with the inputs given by keyword; returns what a worker would report."""

    def call(**given: JsonValue) -> ExecOutputs:
        try:
            return outcome_of(asyncio.run(executor.execute(request_of(given))))
        except Exception as error:  # noqa: BLE001 - a worker reports whatever an executor raises
            return outcome_of_error(error)

    return call


@pytest.fixture(autouse=True, scope="session")
def watcher_runs() -> None:
    """The watcher belongs to the worker, not to the first test that runs something."""
    request = ExecuteRequest("task-1", "run-1", "a", inputs=Inputs.of({"command": ["true"]}))
    asyncio.run(QuickShell().execute(request))


@pytest.fixture(autouse=True)
def no_open_files_left() -> Iterator[None]:
    """Every test leaves as many open files as it found."""
    before = _open_files()
    yield
    assert _open_files() <= before


def _open_files() -> int:
    return len(list(Path("/proc/self/fd").iterdir())) if Path("/proc/self/fd").is_dir() else 0


@pytest.fixture
def is_gone() -> Callable[[int], bool]:
    """Tells whether a process has ended, waiting a moment for the system to notice."""

    def check(pid: int) -> bool:
        deadline = time.monotonic() + 5
        while _runs(pid):
            if time.monotonic() > deadline:
                return False
            time.sleep(0.005)
        return True

    return check


def _runs(pid: int) -> bool:
    try:
        # A zombie has ended; whether somebody reaps it is up to the machine's first process.
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] not in "ZX"
    except (FileNotFoundError, ProcessLookupError):
        return False
