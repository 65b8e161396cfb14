"""What executors-on-the-wire.md shows is what the code has and what the command prints."""

from __future__ import annotations

import dataclasses
import json
import re
from pathlib import Path
from typing import Any

import pytest

from aether_core.cli import main
from aether_sdk import ExecCode, ExecOutputs, ExecuteRequest, phase_of_code

GUIDE = Path(__file__).parents[2] / "docs/protocol"
PAGE = (GUIDE / "executors-on-the-wire.md").read_text(encoding="utf-8")
RUN, DIAGNOSTICS = map(json.loads, re.findall(r"```json\n(.*?)```", PAGE, re.DOTALL))
MOMENT = "2026-01-31T06:00:00.000000Z"


def rows(text: str) -> list[list[str]]:
    """Return the cells of all rows of tables."""
    return [line.strip("| ").split(" | ") for line in text.splitlines() if line.startswith("| ")]


def test_the_request_has_the_attributes_of_the_page() -> None:
    """All of them, in their order."""
    table = PAGE.partition("## The request")[2].partition("## The answer")[0]

    shown = [row[0].strip("`") for row in rows(table) if row[0].startswith("`")]

    assert shown == [field.name for field in dataclasses.fields(ExecuteRequest)]


def test_the_answer_has_the_attributes_of_the_page() -> None:
    """The sentence names each attribute of `ExecOutputs`."""
    sentence = PAGE.partition("`ExecOutputs` has ")[2].partition(". ")[0]

    assert [f.name for f in dataclasses.fields(ExecOutputs) if f"`{f.name}`" not in sentence] == []


def test_the_codes_give_the_phases_of_the_page() -> None:
    """Number, name and phase of each code."""
    table = PAGE.partition("## Codes")[2]

    shown = [row[:3] for row in rows(table) if row[0].isdecimal()]

    assert shown == [[str(int(c)), f"`{c.name}`", str(phase_of_code(c))] for c in ExecCode]


def test_a_run_looks_as_shown(capsys: pytest.CaptureFixture[str]) -> None:
    """The JSON of the smallest run, but for times and the id of the task."""
    example = str(GUIDE / "examples/smallest.yaml")

    main(["run", example, "--run-id", "first", "--store", "memory:", "--output", "json"])

    assert timeless(json.loads(capsys.readouterr().out)) == timeless(RUN)


def timeless(execution: dict[str, Any]) -> dict[str, Any]:
    """Return an execution with the same times and task ids as any other."""
    for each in (execution, *execution["tasks"]):
        each |= {key: MOMENT for key, value in each.items() if key.endswith("At") and value}
    execution["tasks"] = [task | {"runId": "id"} for task in execution["tasks"]]
    return execution


def test_diagnostics_look_as_shown(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """The JSON of a document with one problem."""
    monkeypatch.chdir(GUIDE / "mistakes")

    main(["validate", "AE101.yaml", "--output", "json"])

    assert json.loads(capsys.readouterr().out) == DIAGNOSTICS
