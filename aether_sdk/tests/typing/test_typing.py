"""What type checkers see."""

from __future__ import annotations

import importlib.util
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

_HERE = Path(__file__).parent
_MARK = re.compile(r"  # type: ignore\[([a-z-]+)\]$")
_ERROR = re.compile(r"^wrong\.py:(\d+): error: .*\[([a-z-]+)\]$", re.MULTILINE)

needs_mypy = pytest.mark.skipif(
    importlib.util.find_spec("mypy") is None, reason="mypy is not installed"
)


@pytest.fixture
def cache_dir(request: pytest.FixtureRequest, tmp_path: Path) -> Path:
    """Return mypy's cache, kept between runs if pytest keeps anything."""
    kept: pytest.Cache | None = getattr(request.config, "cache", None)
    return tmp_path / "cache" if kept is None else Path(kept.mkdir("aether_sdk_mypy"))


@needs_mypy
def test_correct_use_is_inferred_and_every_wrong_use_is_refused(
    tmp_path: Path, cache_dir: Path
) -> None:
    shutil.copy(_HERE / "correct.py", tmp_path)
    wrong_lines = (_HERE / "wrong.py").read_text().splitlines()
    (tmp_path / "wrong.py").write_text("\n".join(_MARK.sub("", line) for line in wrong_lines))
    expected = {
        (number, mark[1])
        for number, line in enumerate(wrong_lines, start=1)
        if (mark := _MARK.search(line))
    }

    report = _mypy(tmp_path, cache_dir)

    assert "correct.py" not in report
    assert {(int(line), code) for line, code in _ERROR.findall(report)} == expected


def _mypy(folder: Path, cache_dir: Path) -> str:
    """Run mypy where no configuration and no folder of this repository can change the answer."""
    script = "import sys, mypy.api; print(mypy.api.run(sys.argv[1:])[0])"
    options = ["--strict", "--config-file=", f"--cache-dir={cache_dir}"]
    done = subprocess.run(
        [sys.executable, "-c", script, *options, "correct.py", "wrong.py"],
        cwd=folder,
        capture_output=True,
        text=True,
        check=True,
    )
    return done.stdout
