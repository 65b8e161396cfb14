"""Installed distributions made on the spot: real metadata in a folder on `sys.path`."""

from __future__ import annotations

import importlib
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

Install = Callable[..., None]


@pytest.fixture
def install(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Install]:
    """Install a distribution with entry points and, if given, a module."""
    monkeypatch.syspath_prepend(str(tmp_path))
    known = set(sys.modules)

    def make(
        distribution: str,
        entries: dict[str, str],
        module: str = "",
        source: str = "",
        *,
        group: str = "aether.executors",
    ) -> None:
        info = tmp_path / f"{distribution.replace('-', '_')}-1.0.dist-info"
        info.mkdir()
        (info / "METADATA").write_text(
            f"Metadata-Version: 2.1\nName: {distribution}\nVersion: 1.0\n"
        )
        lines = "".join(f"{name} = {target}\n" for name, target in entries.items())
        (info / "entry_points.txt").write_text(f"[{group}]\n{lines}")
        if module:
            (tmp_path / f"{module}.py").write_text(source)
        importlib.invalidate_caches()

    yield make
    for name in set(sys.modules) - known:
        if name.startswith("fake_"):
            del sys.modules[name]
