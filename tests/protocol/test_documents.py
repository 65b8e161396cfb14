"""What documents may say, and how: decisions 1, 2, 16 and 17a."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

GOOD = {
    "apiVersion": "aether/v1",
    "kind": "Workflow",
    "metadata": {"name": "flow"},
    "spec": {"entrypoint": "main", "templates": [{"task": {"name": "main"}}]},
}


def document(**executor: Any) -> dict[str, Any]:
    """Return a document of one task with an executor."""
    task = {"name": "main", "executor": {"type": "echo", **executor}}
    return {**GOOD, "spec": {"entrypoint": "main", "templates": [{"task": task}]}}


def test_json_and_yaml_say_the_same(aether: Any, work: Path, write: Any) -> None:
    """Decision 1: both formats run, and give the same outputs."""
    (work / "flow.json").write_text(json.dumps(document(config={"v": [1, None, "no"]})))
    text = """
    entrypoint: main
    templates:
    - task: {name: main, executor: {type: echo, config: {v: [1, null, no]}}}
    """

    runs = [aether("run", file, "--output", "json").json for file in ("flow.json", write(text))]

    assert [run["outputs"] for run in runs] == [{"v": [1, None, "no"]}] * 2


@pytest.mark.parametrize("word", ["no", "off", "y", "0o7x", "1_000", "12:30:45", "2026-01-01"])
def test_yaml_is_that_of_1_2(play: Any, word: str) -> None:
    """Decision 1: what older YAML took for a boolean, a number or a time is text."""
    done = play(f"""
    entrypoint: main
    templates:
    - task: {{name: main, executor: {{type: echo, config: {{v: {word}}}}}}}
    """)

    assert done.run.outputs == {"v": word}


@pytest.mark.parametrize("suffix", ["json", "yaml"])
def test_a_diagnostic_has_its_place_in_both_formats(aether: Any, work: Path, suffix: str) -> None:
    """Decision 1: file, line and column."""
    (work / f"flow.{suffix}").write_text(json.dumps(document(typo=1), indent=1))

    (problem,) = aether("validate", f"flow.{suffix}", "--output", "json").json["diagnostics"]

    line = json.dumps(document(typo=1), indent=1).splitlines()[problem["line"] - 1]
    assert problem["file"] == f"flow.{suffix}"
    assert line[problem["column"] - 1 : problem["endColumn"] - 1] == '"typo"'


def test_a_file_holds_many_documents(aether: Any, work: Path) -> None:
    """Decision 1: the problems of each of them are reported, at their own lines."""
    text = "\n---\n".join(json.dumps(document(**{f"typo{n}": 1})) for n in range(3))
    (work / "flow.yaml").write_text(text)

    problems = aether("validate", "flow.yaml", "--output", "json").json["diagnostics"]

    assert [problem["line"] for problem in problems] == [1, 3, 5]


@pytest.mark.parametrize(
    ("key", "meant"),
    [("entrypont: main", "entrypoint"), ("tempates: []", "templates"), ("timeOut: 1h", "timeout")],
)
def test_an_unknown_key_is_refused_with_the_known_one(found: Any, key: str, meant: str) -> None:
    """Decision 2: and the hint names what may have been meant."""
    spec = f"""
    entrypoint: main
    templates: [{{task: {{name: main, executor: {{type: echo}}}}}}]
    {key}
    """

    (problem,) = found(spec)

    assert (problem["code"], problem["line"], problem["column"]) == ("AE101", 7, 3)
    assert meant in problem["hint"]


def test_some_places_are_free(aether: Any, work: Path) -> None:
    """Decision 2: labels, annotations, config, and keys that begin with x-."""
    free = document(config={"anything": 1, "x y": {"z": 2}})
    free["metadata"] = {"name": "flow", "labels": {"a": "b"}, "annotations": {"any/key": "c"}}
    free["x-top"] = free["spec"]["x-note"] = {"of": ["anything"]}
    free["spec"]["templates"][0]["task"]["x-owner"] = "me"
    (work / "flow.json").write_text(json.dumps(free))

    outcome = aether("validate", "flow.json", "--strict", "--output", "json")

    assert outcome.json == {"ok": True, "diagnostics": []}


TEMPLATE = """
apiVersion: aether/v1
kind: WorkflowTemplate
metadata: {name: shared}
spec:
  entrypoint: main
  arguments: {parameters: [{name: a, value: theirs}, {name: b, value: theirs}]}
  templates:
  - task:
      name: main
      executor: {type: echo, config: {a: "{{ workflow.parameters.a }}",
                                      b: "{{ workflow.parameters.b }}"}}
"""
USES = """
workflowTemplateRef: {name: shared}
arguments: {parameters: [{name: b, value: ours}]}
"""


@pytest.mark.parametrize("place", ["files", "store"])
def test_a_workflow_takes_what_it_leaves_out_from_a_template(
    aether: Any, work: Path, write: Any, place: str
) -> None:
    """Decision 16: from the files of the command, or from the store."""
    (work / "shared.yaml").write_text(TEMPLATE)
    if place == "store":
        assert aether("submit", "shared.yaml").status == 0
    files = [write(USES), *(["shared.yaml"] if place == "files" else [])]

    done = aether("run", *files, "--output", "json")

    assert done.status == 0, done.err
    assert done.json["outputs"] == {"a": "theirs", "b": "ours"}


def test_an_unknown_template_is_a_refusal(aether: Any, write: Any) -> None:
    """Decision 16: nothing runs without it."""
    outcome = aether("run", write(USES))

    assert outcome.status == 2
    assert "AE505" in outcome.err
    assert aether("list", "--output", "json").json == []


@pytest.mark.parametrize("name", ["Main", "ma_in", "-main", "main-", "ma.in", "m" * 64, "ma in"])
@pytest.mark.parametrize("place", ["template", "task", "workflow"])
def test_names_are_dns_labels(aether: Any, work: Path, name: str, place: str) -> None:
    """Decision 17a: of templates, tasks and workflows."""
    told: dict[str, Any] = json.loads(json.dumps(document()))
    task = {"name": "main", "executor": {"type": "echo"}}
    match place:
        case "template":
            told["spec"]["entrypoint"] = name
            told["spec"]["templates"][0]["task"]["name"] = name
        case "task":
            told["spec"]["templates"] = [
                {"dag": {"name": "main", "tasks": [task | {"name": name}]}}
            ]
        case _:
            told["metadata"]["name"] = name
    (work / "flow.json").write_text(json.dumps(told))

    problems = aether("validate", "flow.json", "--output", "json").json["diagnostics"]

    assert "AE108" in {problem["code"] for problem in problems}
    assert all(problem["hint"] for problem in problems if problem["code"] == "AE108")


@pytest.mark.parametrize(("name", "good"), [("a_b", True), ("a" * 63, True), ("a" * 64, False)])
def test_parameters_may_have_underscores(found: Any, name: str, good: bool) -> None:
    """Decision 17a: and up to 63 characters."""
    problems = found(f"""
    entrypoint: main
    templates:
    - task:
        name: main
        inputs: {{parameters: [{{name: {name}, value: 1}}]}}
        executor: {{type: echo}}
    """)

    assert [problem["code"] for problem in problems] == ([] if good else ["AE108"])


def test_a_name_that_differs_by_a_dash_gets_a_hint(found: Any) -> None:
    """Decision 17a: status-code for status_code."""
    (problem,) = found("""
    entrypoint: main
    arguments: {parameters: [{name: status_code, value: 1}]}
    templates:
    - task:
        name: main
        executor: {type: echo, config: {v: "{{ workflow.parameters.status-code }}"}}
    """)

    assert problem["code"] == "AE226"
    assert "status_code" in problem["hint"]
