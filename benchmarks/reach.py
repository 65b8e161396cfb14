"""How soon `aether cancel` has ended a run that another process drives."""

from __future__ import annotations

import json
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

REPEATS = 5
BAR_SECONDS = 2.0
STARTED = "started"
DOCUMENT = {
    "apiVersion": "aether/v1",
    "kind": "Workflow",
    "metadata": {"name": "long"},
    "spec": {
        "entrypoint": "main",
        "templates": [
            {
                "task": {
                    "name": "main",
                    "executor": {"type": "shell"},
                    "inputs": {
                        "parameters": [
                            {"name": "script", "value": f"touch {STARTED}; sleep 60 & wait"},
                        ]
                    },
                }
            }
        ],
    },
}


def _seconds(folder: Path) -> float:
    """Start a run in a process of its own and cancel it from here."""
    (folder / "long.json").write_text(json.dumps(DOCUMENT), encoding="utf-8")
    aether = [str(Path(sys.executable).with_name("aether"))]
    store = ["--store", f"sqlite:///{folder}/runs.db"]
    command = [*aether, "run", "long.json", "--run-id", "r", *store]
    silent = subprocess.DEVNULL
    with subprocess.Popen(command, cwd=folder, stdout=silent, stderr=silent) as driving:
        while not (folder / STARTED).exists():
            if driving.poll() is not None:
                raise RuntimeError("the run ended by itself")
            time.sleep(0.01)
        begin = time.perf_counter()
        subprocess.run([*aether, "cancel", "r", *store], cwd=folder, check=True, stdout=silent)
        return time.perf_counter() - begin


def main() -> int:
    """Print the median and the longest; the longest counts."""
    times: list[float] = []
    for _ in range(REPEATS):
        with tempfile.TemporaryDirectory() as folder:
            times.append(_seconds(Path(folder)))
    print(
        f"aether cancel of another process's run: {statistics.median(times):.2f} s, "
        f"longest {max(times):.2f} s (bar {BAR_SECONDS:g})"
    )
    return 0 if max(times) < BAR_SECONDS else 1


if __name__ == "__main__":
    sys.exit(main())
