"""Where a command keeps artifacts, and what it shows of them."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Any

import pytest

from aether_core.cli._artifacts import Artifacts
from aether_core.cli._execution_text import ExecutionText
from aether_core.cli._style import Style
from aether_core.engine import WorkflowExecution
from aether_core.ports import ArtifactKey
from aether_core.stores import open_store
from aether_sdk import Phase


def folder(url: str, given: str | None = None) -> Path:
    return Artifacts(given, url, open_store(url)).repository().folder


def test_files_are_beside_the_file_of_the_store(tmp_path: Path) -> None:
    assert folder(f"sqlite:///{tmp_path}/runs.db") == tmp_path / "runs.db.artifacts"


def test_an_option_wins_over_the_environment(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AETHER_ARTIFACTS", "/of/the/environment")
    url = f"sqlite:///{tmp_path}/runs.db"

    assert folder(url) == Path("/of/the/environment")
    assert folder(url, "/given") == Path("/given")


def test_files_of_a_store_of_somebody_else_are_in_the_state_folder(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path))
    foreign: Any = object()

    assert Artifacts(None, "pg://x", foreign).repository().folder.name == "artifacts"


def test_the_carrier_and_the_repository_are_the_same_place(tmp_path: Path) -> None:
    """What a task has made can be had directly, and goes with its run."""
    url = f"sqlite:///{tmp_path}/runs.db"
    artifacts = Artifacts(None, url, open_store(url))
    (tmp_path / "made").write_text("made", encoding="utf-8")
    key = ArtifactKey("run", "task", 1, "x")

    async def use() -> str:
        place = await artifacts.keep(str(tmp_path / "made"), key, "", str(tmp_path / "scratch"))
        assert place is not None
        await artifacts.fetch(place, str(tmp_path / "fetched"))
        await artifacts.get(place, str(tmp_path / "got"))
        again = await artifacts.put(str(tmp_path / "made"), key)
        assert again["sha256"] == place["sha256"]
        await artifacts.delete_run("run")
        return (tmp_path / "fetched").read_text() + (tmp_path / "got").read_text()

    assert asyncio.run(use()) == "mademade"
    assert list((tmp_path / "runs.db.artifacts").iterdir()) == []


def test_a_run_shows_its_artifacts() -> None:
    artifacts: dict[str, Any] = {
        "report": {"type": "repository", "config": {"key": "r/t.1/report"}, "size": 12345},
        "list": {"type": "local", "config": {"path": "/data/list"}, "archive": "none"},
        "page": {"type": "http", "config": {"url": "http://h/p", "headers": {"A": "b"}}},
        "odd": "elsewhere",
    }
    run = WorkflowExecution(
        run_id="r",
        workflow="w",
        namespace="default",
        phase=Phase.SUCCEEDED,
        message="",
        progress="1/1",
        created_at=None,
        started_at=None,
        finished_at=None,
        outputs={"n": 1},
        tasks=(),
        artifacts=artifacts,
    )

    text = ExecutionText(run, Style()).render()

    assert text.endswith(
        "Outputs\n"
        "  n = 1\n"
        "Artifacts\n"
        "  report: r/t.1/report (12,345 bytes)\n"
        "  list: /data/list\n"
        "  page: http://h/p\n"
        '  odd: "elsewhere"\n'
    )
