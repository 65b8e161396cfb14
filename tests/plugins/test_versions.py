"""A plugin gets a new version: what the command says of it, and of runs that meet both."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

Put = Callable[..., None]
Cli = Callable[..., str]

JOB = """
    from aether_sdk import ExecCode, ExecOutputs, Executor, ExecutorSchema

    class Job(Executor):
        type = "job"

        def schema(self):
            properties = {properties}
            inputs = {{"type": "object", "properties": properties, "required": {required}}}
            return ExecutorSchema("job", "1.0", inputs=inputs, outputs={outputs})

        def execute(self, request):
            inputs = request.inputs.as_dict() if request.inputs else {{}}
            return None if "__resumed" in inputs else ExecOutputs(code=ExecCode.SUSPENDED)
"""


def job(properties: Any = None, required: Any = (), outputs: Any = None) -> str:
    """Return the source of a plugin that waits for a resume."""
    return JOB.format(properties=properties or {}, required=list(required), outputs=outputs)


def describe(cli: Cli, file: Path) -> str:
    """Keep the schemas of the installed version and return the file's name."""
    file.write_text(cli("executors", "describe", "job", "--output", "json"), encoding="utf-8")
    return str(file)


def test_a_new_version_is_compared_with_a_kept_one(cli: Cli, put: Put, tmp_path: Path) -> None:
    """With a name for each change; what breaks documents is a bad status."""
    put("1.0", job({"size": {"type": "number"}, "mode": {"type": "string"}}))
    old = describe(cli, tmp_path / "old.json")
    assert cli("plugins", "diff", old) == "no changes\n"

    put("2.0", job({"size": {"type": "integer"}, "unit": {"type": "string"}}))
    found = json.loads(cli("plugins", "diff", old, "--output", "json", status=1))

    assert not found["ok"]
    assert [(c["rule"], c["breaking"], c["place"]) for c in found["changes"]] == [
        ("removed-input", True, "inputs.mode"),
        ("narrowed-input", True, "inputs.size"),
        ("added-input", False, "inputs.unit"),
    ]


def test_two_kept_versions_are_compared_without_a_plugin(
    cli: Cli, put: Put, tmp_path: Path
) -> None:
    """The table says for people what the JSON says for programs."""
    put("1.0", job({"size": {"type": "integer"}}))
    old = describe(cli, tmp_path / "old.json")
    put("1.1", job({"size": {"type": "number"}}, outputs={"type": "object"}))
    new = describe(cli, tmp_path / "new.json")
    put("1.2", "raise RuntimeError('broken')")

    assert cli("plugins", "diff", old, new, status=1) == (
        "CHANGE      RULE            WHERE            WHAT\n"
        "breaking    closed-outputs  job outputs      "
        "outputs of any name came, now they are fixed\n"
        "compatible  widened-input   job inputs.size  "
        'was {"type":"integer"}, is {"type":"number"}\n'
        "1 breaking, 1 compatible\n"
    )


@pytest.mark.parametrize("name", ["missing.json", "wrong.json"])
def test_a_file_without_schemas_is_wrong_usage(cli: Any, tmp_path: Path, name: str) -> None:
    (tmp_path / "wrong.json").write_text("{}", encoding="utf-8")

    cli("plugins", "diff", str(tmp_path / name), status=2)

    assert name in cli.err


def test_an_executor_that_can_not_be_used_any_more_is_a_breaking_change(
    cli: Any, put: Put, tmp_path: Path
) -> None:
    """It says why there is none."""
    put("1.0", job())
    old = describe(cli, tmp_path / "old.json")
    put("2.0", "raise RuntimeError('no licence')")

    assert "removed-executor" in cli("plugins", "diff", old, status=1)
    assert "no licence" in cli.err


def test_a_suspended_run_goes_on_with_a_new_version_and_says_so(
    cli: Any, put: Put, tmp_path: Path
) -> None:
    """`why` shows with which version it began, and from what to what the executor changed."""
    store = ("--store", f"sqlite:///{tmp_path}/runs.db")
    document = {
        "apiVersion": "aether/v1",
        "kind": "Workflow",
        "metadata": {"name": "flow"},
        "spec": {
            "entrypoint": "main",
            "templates": [{"task": {"name": "main", "executor": {"type": "job"}}}],
        },
    }
    (tmp_path / "flow.json").write_text(json.dumps(document), encoding="utf-8")
    put("1.0", job())
    cli("run", str(tmp_path / "flow.json"), "--run-id", "r", *store, status=3)
    began = json.loads(cli("executors", "describe", "job", "--output", "json"))["digest"]
    put("2.0", job({"size": {"type": "integer"}}))

    cli("resume", "r", *store)

    why = json.loads(cli("why", "r", *store, "--output", "json"))
    assert why["executors"] == {
        "job": {"distribution": "acme-job", "version": "1.0", "digest": began}
    }
    noted = [reason["text"] for reason in why["reasons"] if reason["kind"] == "note"]
    assert any("acme-job 1.0" in text and "acme-job 2.0" in text for text in noted)
    assert "Executors: job (acme-job 1.0)" in cli("why", "r", *store)
