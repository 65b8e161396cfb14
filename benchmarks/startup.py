"""Start-up of the command, as whole processes, against an import that everybody knows."""

from __future__ import annotations

import json
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

REPEATS = 15
DOCUMENT = {
    "apiVersion": "aether/v1",
    "kind": "Workflow",
    "metadata": {"name": "one"},
    "spec": {
        "entrypoint": "only",
        "templates": [{"task": {"name": "only", "executor": {"type": "echo"}}}],
    },
}


def _seconds(command: list[str]) -> float:
    begin = time.perf_counter()
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    return time.perf_counter() - begin


def main() -> int:
    """Measure in turn, so that a drift of the machine meets all alike; print the ratios."""
    aether = str(Path(sys.executable).with_name("aether"))
    with tempfile.TemporaryDirectory() as folder:
        document = Path(folder) / "one.json"
        document.write_text(json.dumps(DOCUMENT), encoding="utf-8")
        store = f"sqlite:///{folder}/runs.db"
        commands = {
            "pydantic": [sys.executable, "-c", "import pydantic"],
            "help": [aether, "--help"],
            "run": [aether, "run", str(document), "--store", store],
        }
        for command in commands.values():
            _seconds(command)
        times: dict[str, list[float]] = {name: [] for name in commands}
        for _ in range(REPEATS):
            for name, command in commands.items():
                times[name].append(_seconds(command))
    base = statistics.median(times["pydantic"])
    print(f'python -c "import pydantic": {base * 1000:.0f} ms')
    held = True
    for name, bar in (("help", 1.2), ("run", 3.0)):
        ratios = [
            ours / theirs for ours, theirs in zip(times[name], times["pydantic"], strict=True)
        ]
        ratio = statistics.median(ratios)
        held = held and ratio <= bar
        seconds = statistics.median(times[name])
        print(f"aether {name}: {seconds * 1000:.0f} ms, {ratio:.2f} x (bar {bar})")
    return 0 if held else 1


if __name__ == "__main__":
    sys.exit(main())
