"""Plugins for one test: a module and its metadata in a folder on the path."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from textwrap import dedent

import pytest

#: Distribution name, source of its module, entry name (else the distribution's name).
PutPlugin = Callable[..., Path]


@pytest.fixture
def put_plugin(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> PutPlugin:
    """Return a function that installs a plugin the way an installer does, and tells where."""
    monkeypatch.syspath_prepend(str(tmp_path))

    def put(name: str, source: str, *, entry: str = "", target: str = "") -> Path:
        module = f"plugin_{name.replace('-', '_')}"
        (tmp_path / f"{module}.py").write_text(dedent(source), encoding="utf-8")
        info = tmp_path / f"{name.replace('-', '_')}-1.0.dist-info"
        info.mkdir()
        (info / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {name}\nVersion: 1.0\n")
        (info / "entry_points.txt").write_text(
            f"[aether.executors]\n{entry or name} = {target or module}\n"
        )
        return tmp_path

    return put
