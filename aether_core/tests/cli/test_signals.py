"""`aether run` under signals: a clean end first, an end at once after that.

Executors write to named pipes, so each step waits for a fact and never for a time.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import os
import signal
import subprocess
import sys
import threading
from collections.abc import Callable, Coroutine, Iterator
from pathlib import Path
from typing import Any

import pytest

from aether_core.cli._interrupts import wait_for

Aether = Callable[..., Any]
Start = Callable[..., "subprocess.Popen[str]"]

pytestmark = [
    pytest.mark.usefixtures("probe"),
    pytest.mark.skipif(sys.platform == "win32", reason="signals and named pipes of POSIX"),
]


@pytest.fixture(autouse=True)
def _signals_count() -> Iterator[None]:
    """Undo what a suite inherits that was started in the background: ignored signals."""
    hangup = signal.signal(signal.SIGHUP, signal.SIG_DFL)
    interrupt = signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    signal.signal(signal.SIGHUP, hangup)
    signal.signal(signal.SIGINT, interrupt)


@pytest.fixture
def start() -> Iterator[Start]:
    """Start the command and make sure that it does not outlive the test."""
    started: list[subprocess.Popen[str]] = []

    def run(*arguments: str) -> subprocess.Popen[str]:
        process = subprocess.Popen(
            [sys.executable, "-m", "aether_core", "run", *arguments],
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        started.append(process)
        return process

    yield run
    for process in started:
        process.kill()
        process.communicate()


@pytest.fixture
def pipes(work: Path) -> dict[str, str]:
    """Make the pipes that tell when an executor has started and when it has been cancelled."""
    for name in ("started", "ended"):
        os.mkfifo(work / name)
    return {"started": "started", "ended": "ended"}


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_each_signal_ends_the_run_as_cancelled(
    aether: Aether,
    document: Callable[..., str],
    task: Callable[..., dict[str, Any]],
    number: signal.Signals,
) -> None:
    before = signal.getsignal(number)

    outcome = aether("run", document(task("raises", {"signal": number.value})))

    assert outcome.status == 130
    assert outcome.out.startswith("Cancelled  demo  ")
    assert "cancelling the run; interrupt again to stop at once\n" in outcome.err
    assert signal.getsignal(number) is before


def test_a_signal_that_comes_twice_in_a_moment_counts_once(
    aether: Aether,
    document: Callable[..., str],
    task: Callable[..., dict[str, Any]],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    # A machine under load must not turn the moment into two.
    monkeypatch.setattr("aether_core.cli._interrupts._SAME_SIGNAL", 1000.0)
    file = document(
        task("one", {"signal": signal.SIGTERM.value}), task("two", {"signal": signal.SIGTERM.value})
    )

    assert aether("run", file, "--output", "json").json["phase"] == "Cancelled"


def test_a_hang_up_that_is_ignored_stays_ignored(
    aether: Aether, document: Callable[..., str], task: Callable[..., dict[str, Any]]
) -> None:
    before = signal.signal(signal.SIGHUP, signal.SIG_IGN)
    try:
        outcome = aether(
            "run", document(task("raises", {"hangup": True}), task("other")), "--quiet"
        )
    finally:
        signal.signal(signal.SIGHUP, before)

    assert outcome.status == 0


def test_a_run_outside_the_main_thread_needs_no_signals(
    aether: Aether, document: Callable[..., str], task: Callable[..., dict[str, Any]]
) -> None:
    statuses: list[int] = []
    file = document(task("only"))
    thread = threading.Thread(target=lambda: statuses.append(aether("run", file).status))

    thread.start()
    thread.join()

    assert statuses == [0]


def test_an_interrupt_cancels_the_run_cleanly(
    aether: Aether,
    start: Start,
    pipes: dict[str, str],
    work: Path,
    document: Callable[..., str],
    task: Callable[..., dict[str, Any]],
) -> None:
    file = document(task("slow", pipes), task("later", after=["slow"]))
    process = start(file, "--run-id", "r", "--output", "json")
    (work / "started").read_text()

    process.send_signal(signal.SIGINT)

    assert (work / "ended").read_text() == "ended"
    out, err = process.communicate(timeout=30)
    assert process.returncode == 130
    assert err == "cancelling the run; interrupt again to stop at once\n"
    run = json.loads(out)
    assert (run["phase"], run["message"]) == ("Cancelled", "cancelled: the command was interrupted")
    assert {each["phase"] for each in run["tasks"]} == {"Cancelled"}
    assert aether("get", "r", "--output", "json").json == run


def test_a_later_signal_ends_the_process_at_once(
    aether: Aether,
    start: Start,
    pipes: dict[str, str],
    work: Path,
    document: Callable[..., str],
    task: Callable[..., dict[str, Any]],
) -> None:
    # Once cancelled, the executor blocks the event loop: only a signal handler still runs.
    file = document(task("slow", {**pipes, "block": 600}))
    process = start(file, "--run-id", "r")
    (work / "started").read_text()
    process.send_signal(signal.SIGINT)
    (work / "ended").read_text()

    # Signals that come in quick succession count as one, so more than one is needed.
    while process.poll() is None:
        process.send_signal(signal.SIGINT)
        with contextlib.suppress(subprocess.TimeoutExpired):
            process.wait(0.1)

    out, err = process.communicate(timeout=30)
    assert (process.returncode, out) == (130, "")
    assert "aether: stopped at once" in err
    assert aether("get", "r", "--output", "json").json["phase"] == "Cancelled"


def test_waiting_for_a_run_of_another_process_can_be_interrupted(
    aether: Aether,
    start: Start,
    pipes: dict[str, str],
    work: Path,
    document: Callable[..., str],
    task: Callable[..., dict[str, Any]],
) -> None:
    file = document(task("slow", pipes))
    first = start(file, "--run-id", "r", "--quiet")
    (work / "started").read_text()
    second = start(file, "--run-id", "r")
    assert second.stderr is not None
    assert "is in the store already" in second.stderr.readline()

    second.send_signal(signal.SIGINT)

    out, err = second.communicate(timeout=30)
    assert second.returncode == 130
    assert out.startswith("Running  demo  r")
    assert "run r is not driven here; if a process drives it, it goes on there\n" in err
    assert aether("get", "r", "--output", "json").json["phase"] == "Running"
    first.send_signal(signal.SIGINT)
    (work / "ended").read_text()
    first.communicate(timeout=30)
    assert first.returncode == 130


def test_a_recover_that_waits_for_a_silent_process_can_be_interrupted(
    aether: Aether,
    start: Start,
    pipes: dict[str, str],
    work: Path,
    document: Callable[..., str],
    task: Callable[..., dict[str, Any]],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """At once: a process that died just now counts as alive for seconds."""
    process = start(document(task("slow", pipes)), "--run-id", "r", "--quiet")
    (work / "started").read_text()
    process.kill()
    process.wait()

    def wait(stop: asyncio.Event, seconds: float) -> Coroutine[Any, Any, None]:
        signal.raise_signal(signal.SIGINT)
        return wait_for(stop, 600.0)

    monkeypatch.setattr("aether_core.cli._running.wait_for", wait)
    outcome = aether("recover")

    assert (outcome.status, outcome.out) == (130, "")
    assert outcome.err == "interrupted\n"
    assert aether("get", "r", "--output", "json").json["finishedAt"] is None


def test_a_repeated_run_id_waits_for_the_end_of_the_first_run(
    start: Start,
    pipes: dict[str, str],
    work: Path,
    document: Callable[..., str],
    task: Callable[..., dict[str, Any]],
) -> None:
    file = document(task("slow", pipes))
    first = start(file, "--run-id", "r", "--quiet")
    (work / "started").read_text()
    second = start(file, "--run-id", "r", "--output", "json")
    assert second.stderr is not None
    assert "is in the store already" in second.stderr.readline()

    first.send_signal(signal.SIGTERM)

    (work / "ended").read_text()
    out, _ = second.communicate(timeout=30)
    assert second.returncode == 1
    assert json.loads(out)["phase"] == "Cancelled"
