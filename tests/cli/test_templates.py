"""WorkflowTemplates: from files and from the store (decision 16)."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

Aether = Callable[..., Any]

TEMPLATE = """\
apiVersion: aether/v1
kind: WorkflowTemplate
metadata: {name: greeting}
spec:
  entrypoint: main
  arguments:
    parameters:
      - {name: who, type: string, default: world}
  templates:
    - dag:
        name: main
        tasks:
          - name: hi
            executor: {type: echo}
            inputs:
              parameters:
                - {name: text, value: "hello {{ workflow.parameters.who }}"}
        outputs:
          parameters:
            - {name: text, valueFrom: {parameter: tasks.hi.outputs.parameters.text}}
"""
WORKFLOW = """\
apiVersion: aether/v1
kind: Workflow
metadata: {name: greets}
spec:
  workflowTemplateRef: {name: greeting}
"""


@pytest.fixture(autouse=True)
def files(work: Path) -> Path:
    """Write the template and the workflow that refers to it."""
    (work / "template.yaml").write_text(TEMPLATE)
    (work / "workflow.yaml").write_text(WORKFLOW)
    return work


def run(aether: Aether, *words: str) -> Any:
    return aether("run", *words, "--output", "json", "-q")


def test_a_template_comes_from_a_file_beside_the_workflow(aether: Aether) -> None:
    """Arguments of the template keep their types: 007 stays text."""
    outcome = run(aether, "workflow.yaml", "template.yaml", "-p", "who=007")

    assert outcome.json["outputs"] == {"text": "hello 007"}
    assert outcome.json["workflow"] == "greets"


def test_a_template_comes_from_the_same_file(aether: Aether, files: Path) -> None:
    """One file may hold both."""
    (files / "both.yaml").write_text(f"{WORKFLOW}---\n{TEMPLATE}")

    assert run(aether, "both.yaml").json["outputs"] == {"text": "hello world"}


def test_a_template_comes_from_the_store(aether: Aether, files: Path) -> None:
    """`submit` keeps it; a later one of its name takes its place, and runs keep their own."""
    assert aether("submit", "template.yaml").status == 0
    assert run(aether, "workflow.yaml", "--run-id", "a").json["outputs"] == {"text": "hello world"}
    (files / "template.yaml").write_text(TEMPLATE.replace("hello", "good day,"))
    kept = aether("submit", "template.yaml", "--output", "json")

    later = run(aether, "workflow.yaml")

    assert kept.json == {"templates": ["greeting"]}
    assert later.json["outputs"] == {"text": "good day, world"}
    assert aether("get", "a", "--output", "json").json["outputs"] == {"text": "hello world"}


@pytest.mark.parametrize("content", [None, "kind: ["])
def test_a_file_of_templates_that_can_t_be_read_is_refused(
    aether: Aether, files: Path, content: str | None
) -> None:
    """It was given for a reason, whether the workflow needs it or not."""
    (files / "both.yaml").write_text(f"{WORKFLOW}---\n{TEMPLATE}")
    if content is not None:
        (files / "more.yaml").write_text(content)

    assert run(aether, "both.yaml", "more.yaml").status == 2


def test_a_template_that_is_nowhere_is_an_error_with_its_place(aether: Aether) -> None:
    """Before anything runs; `validate` can't know the store and warns."""
    refused = run(aether, "workflow.yaml")
    validated = aether("validate", "workflow.yaml", "--output", "json")

    assert refused.status == 2
    (problem,) = json.loads(refused.err)["diagnostics"]
    assert (problem["code"], problem["line"]) == ("AE505", 5)
    assert problem["path"] == "/spec/workflowTemplateRef/name"
    assert "aether submit" in problem["hint"]
    assert validated.status == 0
    (warning,) = validated.json["diagnostics"]
    assert warning["severity"] == "warning"
    assert "--store" in warning["hint"]


def test_validate_sees_the_templates_of_a_store_that_is_named(aether: Aether, files: Path) -> None:
    """By an option or by the environment; with the option, one that is nowhere is an error."""
    store = ("--store", "sqlite:///other.db", "--output", "json")

    nowhere = aether("validate", "workflow.yaml", *store)
    assert not (files / "other.db").exists()
    aether("submit", "template.yaml", *store)
    aether("submit", "template.yaml")

    assert nowhere.status == 1
    assert [d["severity"] for d in nowhere.json["diagnostics"]] == ["error"]
    for options in (store, store[2:]):
        assert aether("validate", "workflow.yaml", *options).json["diagnostics"] == []


def test_a_graph_shows_what_a_template_of_another_file_supplies(
    aether: Aether, files: Path
) -> None:
    """As `run` and `validate` do; a mistake in that file is shown."""
    assert "template from elsewhere" in aether("graph", "workflow.yaml").out
    assert '"hi<br/>echo"' in aether("graph", "workflow.yaml", "template.yaml").out

    (files / "template.yaml").write_text(TEMPLATE.replace("tasks.hi.", "tasks.ho."))
    refused = aether("graph", "workflow.yaml", "template.yaml")

    assert refused.status == 2
    assert refused.err.startswith("template.yaml:20:")


def test_a_mistake_in_the_template_is_shown_in_the_template(aether: Aether, files: Path) -> None:
    """Once, with the template's own file, line and column."""
    (files / "template.yaml").write_text(TEMPLATE.replace("tasks.hi.", "tasks.ho."))

    validated = aether("validate", "workflow.yaml", "template.yaml", "--output", "json")
    refused = run(aether, "workflow.yaml", "template.yaml")

    for found in (validated.json["diagnostics"], json.loads(refused.err)["diagnostics"]):
        (problem,) = found
        assert (problem["file"], problem["line"], problem["code"]) == (
            "template.yaml",
            20,
            "AE221",
        )


def test_a_template_can_neither_run_nor_refer_to_another(aether: Aether, files: Path) -> None:
    """Both are refused with a place and a hint."""
    (files / "chain.yaml").write_text(WORKFLOW.replace("kind: Workflow", "kind: WorkflowTemplate"))

    alone = run(aether, "template.yaml")
    chain = aether("validate", "chain.yaml", "--output", "json")

    assert alone.status == 2
    assert json.loads(alone.err)["diagnostics"][0]["code"] == "AE821"
    assert "AE231" in [d["code"] for d in chain.json["diagnostics"]]


def test_a_template_with_errors_is_not_kept(aether: Aether, files: Path) -> None:
    """The store never has a template that no workflow could use."""
    (files / "template.yaml").write_text(TEMPLATE.replace("tasks.hi.", "tasks.ho."))

    assert aether("submit", "template.yaml").status == 2
    assert run(aether, "workflow.yaml").status == 2
