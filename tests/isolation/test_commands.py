"""What commands say of plugins that are broken, slow or never done."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

PutPlugin = Callable[..., Path]

DOCUMENT = """
apiVersion: aether/v1
kind: Workflow
metadata: {name: w}
spec:
  entrypoint: main
  templates:
    - task: {name: main, executor: {type: TYPE}}
"""


def command(folder: Path, *words: str) -> subprocess.Popen[str]:
    """Start the command where the plugins of the folder are installed."""
    path = os.pathsep.join([str(folder), *filter(None, [os.environ.get("PYTHONPATH")])])
    return subprocess.Popen(
        [sys.executable, "-m", "aether_core", *words],
        env={**os.environ, "PYTHONPATH": path, "AETHER_STORE": "memory:"},
        cwd=folder,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


@pytest.mark.parametrize("words", [("plugins", "check"), ("doctor",)])
def test_a_plugin_that_is_never_done_is_named_and_can_be_interrupted(
    put_plugin: PutPlugin, words: tuple[str, ...]
) -> None:
    """With what to do about it."""
    folder = put_plugin("endless", "import time\nwhile True: time.sleep(0.1)")
    process = command(folder, *words)
    assert process.stderr is not None

    told = process.stderr.readline()

    process.send_signal(signal.SIGINT)
    process.communicate()
    assert told == (
        "still loading plugin endless of endless; AETHER_PLUGINS_DENY=endless does without it\n"
    )
    assert process.returncode == 130


@pytest.mark.parametrize("word", ["run", "validate"])
def test_run_and_validate_name_the_broken_package_behind_a_type(
    put_plugin: PutPlugin, word: str
) -> None:
    """Also when two packages want one type."""
    folder = put_plugin("lame", "import no_such_library")
    put_plugin("one-twin", "answer = 42", entry="twin")
    put_plugin("two-twins", "answer = 42", entry="twin")
    for name in ("lame", "twin"):
        (folder / f"{name}.yaml").write_text(DOCUMENT.replace("TYPE", name), encoding="utf-8")

    told = {name: command(folder, word, f"{name}.yaml") for name in ("lame", "twin")}
    texts = {name: "".join(process.communicate()) for name, process in told.items()}

    assert (
        "error AE401: executor type 'lame' can't be used: plugin lame (failed): import failed"
        in texts["lame"]
    )
    assert "No module named 'no_such_library'" in texts["lame"]
    assert "`aether plugins show lame --traceback`" in texts["lame"]
    assert "executor type 'twin' can't be used: plugin one-twin (conflict): " in texts["twin"]
    assert {process.returncode for process in told.values()} == {2 if word == "run" else 1}
