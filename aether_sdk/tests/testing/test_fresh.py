"""The program of the fresh interpreter, in this one."""

from __future__ import annotations

import os
import signal
import sys
import threading
from pathlib import Path

import pytest

from aether_sdk.testing import _fresh


def test_digests_of_a_module_are_those_of_its_executors() -> None:
    found = _fresh.examine("hostile_executors")
    decent = _fresh.examine("decent_executor")

    assert (found["error"], found["acts"]) == ("", [])
    assert {"Prints", "Decent"} <= set(found["digests"])  # type: ignore[call-overload]  # a dict
    assert "NeedsAnArgument" not in found["digests"]  # type: ignore[operator]  # a dict
    assert set(decent["digests"]) == {"Decent", "Plain"}  # type: ignore[call-overload]  # a dict


def test_a_failed_import_is_reported() -> None:
    found = _fresh.examine("no_such_module")

    assert found["error"] == "ModuleNotFoundError: No module named 'no_such_module'"
    assert found["digests"] == {}


def test_a_watch_notes_events_threads_and_handlers_while_it_is_on() -> None:
    watch = _fresh.Watch()
    over = threading.Event()
    kept = signal.getsignal(signal.SIGUSR2)

    watch.hook("socket.connect", ("a", "b"))
    watch.hook("open", ("file",))
    thread = threading.Thread(target=over.wait, name="watched")
    thread.start()
    signal.signal(signal.SIGUSR2, lambda *_: None)
    try:
        acts = watch.end()
    finally:
        signal.signal(signal.SIGUSR2, kept)
        over.set()
        thread.join()
    watch.hook("socket.connect", ("a", "b"))

    assert acts == [
        "connects to the network (socket.connect 'a')",
        "starts the thread 'watched'",
        "sets a handler for SIGUSR2",
    ]


def test_the_report_is_a_file_and_the_interpreter_ends_at_once(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    ended: list[int] = []
    monkeypatch.setattr(os, "_exit", ended.append)

    _fresh.main(str(tmp_path / "report.json"), "decent_executor")

    assert ended == [0]
    assert '"error": ""' in (tmp_path / "report.json").read_text(encoding="utf-8")
    assert "decent_executor" in sys.modules
