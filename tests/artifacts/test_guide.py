"""What docs/guide/artifacts.md shows works as shown."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest
import yaml

from aether_core.artifacts import Limits
from aether_core.cli import main

PAGE = (Path(__file__).parents[2] / "docs/guide/artifacts.md").read_text(encoding="utf-8")


def blocks(language: str) -> list[str]:
    return re.findall(rf"^```{language}\n(.*?)^```$", PAGE, re.MULTILINE | re.DOTALL)


def test_the_document_runs(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    Path("build.yaml").write_text(blocks("yaml")[0], encoding="utf-8")

    status = main(["run", "build.yaml", "--store", "memory:", "--output", "json"])

    tasks = json.loads(capsys.readouterr().out)["tasks"]
    assert status == 0
    assert {task["name"]: task["outputs"].get("stdout") for task in tasks}["test"] == "fine\n"


def test_the_pieces_are_part_of_a_valid_document(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """The workflow's artifacts and the declared input with a secret, in one document."""
    document = yaml.safe_load(blocks("yaml")[0])
    arguments = yaml.safe_load(blocks("yaml")[1])["spec"]["arguments"]
    inputs = yaml.safe_load(blocks("yaml")[2])["inputs"]
    inputs["artifacts"] += [{"name": "prices"}, {"name": "rules"}]
    executor = {"type": "shell", "config": {"command": "true"}}
    given = [{"name": n, "from": f"workflow.artifacts.{n}"} for n in ("prices", "rules")]
    task: dict[str, Any] = {"name": "t", "executor": executor, "inputs": inputs}
    node = {"name": "t", "template": "t", "arguments": {"artifacts": given}}
    document["spec"] |= {
        "arguments": arguments,
        "templates": [{"dag": {"name": "main", "tasks": [node]}}, {"task": task}],
    }
    (tmp_path / "flow.json").write_text(json.dumps(document), encoding="utf-8")

    status = main(["validate", str(tmp_path / "flow.json"), "--strict"])

    assert status == 0, capsys.readouterr().out


def test_the_program_is_correct(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    (program,) = blocks("python")

    exec(compile(program, "artifacts.md", "exec"), {})  # noqa: S102  # the page's own program

    assert list(tmp_path.iterdir()) == []


def test_the_limits_are_those_of_the_page() -> None:
    assert Limits().max_bytes == 16 * 1024**3
    assert "16 GiB" in PAGE
    assert f"{Limits().max_members:,} files" in PAGE
    assert Limits().patience == 60
