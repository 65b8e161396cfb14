"""`aether graph`."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pytest

Aether = Callable[..., Any]
Document = Callable[..., str]
Task = Callable[..., dict[str, Any]]


@pytest.fixture
def two(document: Document, task: Task) -> str:
    """A document with two tasks, of a type that no plugin here has."""
    return document(task("one"), task("two", after=["one"]))


def test_mermaid_is_the_default(aether: Aether, two: str) -> None:
    outcome = aether("graph", two)

    assert (outcome.status, outcome.err) == (0, "")
    assert outcome.out == (
        "flowchart TB\n"
        '  subgraph n0["main<br/>dag"]\n'
        '    n1["one<br/>probe"]\n'
        '    n2["two<br/>probe"]\n'
        "  end\n"
        "  n1 --> n2\n"
    )


def test_the_other_formats(aether: Aether, two: str) -> None:
    dot, svg = aether("graph", two, "--format", "dot"), aether("graph", two, "--format", "svg")

    assert (dot.status, svg.status) == (0, 0)
    assert dot.out.startswith("digraph workflow {\n")
    assert "n1 -> n2" in dot.out
    ElementTree.fromstring(svg.out)  # noqa: S314  # our own picture


def test_json_has_nodes_and_edges(aether: Aether, two: str) -> None:
    outcome = aether("graph", two, "--output", "json")

    assert list(outcome.json) == ["nodes", "edges"]
    assert [node["id"] for node in outcome.json["nodes"]] == ["main", "main/one", "main/two"]
    assert outcome.json["edges"] == [{"from": "main/one", "to": "main/two", "kind": "dependency"}]


def test_errors_are_those_of_validate(aether: Aether, document: Document, task: Task) -> None:
    """All of them, executors included, on stderr and with status 2."""
    bad = document({**task("one"), "x": 1}, task("two", after=["ghost"]))

    text, as_json = aether("graph", bad), aether("graph", bad, "--output", "json")

    assert (text.status, text.out, as_json.status, as_json.out) == (2, "", 2, "")
    validated = aether("validate", bad, "--output", "json").json["diagnostics"]
    assert json.loads(as_json.err)["diagnostics"] == validated
    assert {"AE101", "AE212", "AE401"} <= {each["code"] for each in validated}
    assert "AE212" in text.err


def test_a_file_that_does_not_exist(aether: Aether) -> None:
    outcome = aether("graph", "nothing.yaml")

    assert (outcome.status, outcome.out) == (2, "")
    assert "nothing.yaml" in outcome.err


def test_schedules_and_shared_templates_are_drawn(aether: Aether, two: str, work: Path) -> None:
    """A template is joined with the workflow that refers to it, if that is in the file."""
    plain = json.loads((work / two).read_text())
    schedule = {"schedule": "@daily", "workflowSpec": plain["spec"]}
    shared = {**plain, "kind": "WorkflowTemplate", "metadata": {"name": "shared"}}
    user = {**plain, "spec": {"workflowTemplateRef": {"name": "shared"}}}
    (work / "cron.json").write_text(json.dumps({**plain, "kind": "CronWorkflow", "spec": schedule}))
    (work / "shared.json").write_text(json.dumps(shared))
    (work / "both.yaml").write_text(f"{json.dumps(user)}\n---\n{json.dumps(shared)}\n")

    drawn = aether("graph", two).out

    assert aether("graph", "cron.json").out == drawn
    assert aether("graph", "shared.json").out == drawn
    assert aether("graph", "both.yaml").out == drawn


def test_what_the_picture_can_not_tell_is_said(
    aether: Aether, document: Document, task: Task, work: Path
) -> None:
    """A warning for Mermaid's limit of edges, and for what is not drawn."""
    names = [f"t{number}" for number in range(25)]
    many = document(
        *(task(n, after=[f"x{m}" for m in range(25)]) for n in names),
        *(task(f"x{m}") for m in range(25)),
    )
    calls = [{"name": f"c{number}", "template": "inner"} for number in range(60)]
    wide = json.loads((work / document(*calls, file="wide.json")).read_text())
    inner = [task(f"i{number}") for number in range(30)]
    wide["spec"]["templates"].append({"dag": {"name": "inner", "tasks": inner}})
    (work / "wide.json").write_text(json.dumps(wide))

    assert "625 edges; Mermaid draws 500" in aether("graph", many).err
    assert aether("graph", many, "--format", "dot").err == ""
    assert "dags or loops are drawn without" in aether("graph", "wide.json", "--format", "svg").err
