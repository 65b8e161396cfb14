"""`aether plugins list` with many installed distributions, as whole processes."""

from __future__ import annotations

import os
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

REPEATS = 15
DISTRIBUTIONS = 50
#: Milliseconds above `aether --help`.
BAR = 200.0
# A module that is imported says so beside itself.
SOURCE = "from pathlib import Path\nPath(__file__).with_suffix('.imported').touch()\n"


def _install(folder: Path) -> None:
    """Write distributions as an installer leaves them, each with a plugin of one module."""
    for number in range(DISTRIBUTIONS):
        name = f"bench_{number}"
        (folder / f"{name}.py").write_text(SOURCE, encoding="utf-8")
        info = folder / f"{name}-1.0.dist-info"
        info.mkdir()
        header = f"Metadata-Version: 2.1\nName: {name}\nVersion: 1.0\n"
        (info / "METADATA").write_text(f"{header}Summary: x\n\n{'text ' * 2000}", encoding="utf-8")
        (info / "entry_points.txt").write_text(
            f"[console_scripts]\n{name} = {name}\n\n[aether.executors]\n{name} = {name}\n",
            encoding="utf-8",
        )


def _seconds(command: list[str], environ: dict[str, str]) -> float:
    begin = time.perf_counter()
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL, env=environ)
    return time.perf_counter() - begin


def main() -> int:
    """Measure in turn, so that a drift of the machine meets both alike; print the difference."""
    aether = str(Path(sys.executable).with_name("aether"))
    commands = ([aether, "--help"], [aether, "plugins", "list"])
    with tempfile.TemporaryDirectory() as folder:
        _install(Path(folder))
        environ = {**os.environ, "PYTHONPATH": folder}
        for command in commands:
            _seconds(command, environ)
        times = [[_seconds(command, environ) for command in commands] for _ in range(REPEATS)]
        imported = len(list(Path(folder).glob("*.imported")))
    overview, listing = (statistics.median(each) * 1000 for each in zip(*times, strict=True))
    more = statistics.median((late - early) * 1000 for early, late in times)
    print(f"aether --help: {overview:.0f} ms")
    print(
        f"aether plugins list, {DISTRIBUTIONS} distributions: {listing:.0f} ms, "
        f"{more:.0f} ms more (bar {BAR:.0f})"
    )
    print(f"plugin modules imported: {imported} (bar 0)")
    return 0 if more <= BAR and not imported else 1


if __name__ == "__main__":
    sys.exit(main())
