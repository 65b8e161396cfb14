"""`aether validate`."""

from __future__ import annotations

import io
import json
import os
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

Aether = Callable[..., Any]
Document = Callable[..., str]
Task = Callable[..., dict[str, Any]]

pytestmark = pytest.mark.usefixtures("probe")

_KEYS = [
    "code",
    "severity",
    "message",
    "file",
    "line",
    "column",
    "endLine",
    "endColumn",
    "path",
    "hint",
]
_BAD_YAML = """\
apiVersion: aether/v1
kind: Workflow
metadata: {name: Bad Name}
spec:
  entrypoint: nowhere
  templates:
    - dag:
        name: main
        tasks:
          - name: a
            dependencies: [z]
            executor: {type: prob}
---
apiVersion: aether/v1
kind: Workflow
metadata: {name: second}
"""


@pytest.fixture
def bad(work: Path) -> str:
    (work / "bad.yaml").write_text(_BAD_YAML)
    return "bad.yaml"


def test_a_good_document_is_ok(aether: Aether, document: Document, task: Task) -> None:
    file = document(task("only"))

    assert aether("validate", file) == (0, "1 document: no problems\n", "")
    assert aether("validate", file, "--output", "json").json == {"ok": True, "diagnostics": []}


def test_every_problem_of_every_document_is_reported_at_once(
    aether: Aether, bad: str, document: Document, task: Task
) -> None:
    other = document({**task("only"), "executor": {"type": "prob"}})

    outcome = aether("validate", bad, other, "--output", "json")

    report = outcome.json
    assert (outcome.status, outcome.err) == (1, "")
    assert report["ok"] is False
    assert all(list(each) == _KEYS for each in report["diagnostics"])
    found = [(each["code"], each["file"], each["line"]) for each in report["diagnostics"]]
    assert ("AE108", bad, 3) in found
    assert ("AE212", bad, 11) in found
    assert ("AE401", bad, 12) in found
    assert ("AE102", bad, 14) in found
    assert ("AE401", other, 20) in found


def test_diagnostics_for_people_show_the_line_and_count(
    aether: Aether, bad: str, snapshot: Callable[[str, str], None]
) -> None:
    outcome = aether("validate", bad)

    assert (outcome.status, outcome.err) == (1, "")
    snapshot("validate-bad.txt", outcome.out)


def test_github_gets_a_workflow_command_per_diagnostic(aether: Aether, bad: str) -> None:
    outcome = aether("validate", bad, "--output", "github")

    first, *others = outcome.out.splitlines()
    assert outcome.status == 1
    assert first.startswith("::error file=bad.yaml,line=3,endLine=3,col=18,endColumn=26,title=")
    assert all(line.startswith("::error ") for line in others)


def test_sarif_is_a_log_with_a_result_per_diagnostic(aether: Aether, bad: str) -> None:
    diagnostics = aether("validate", bad, "--output", "json").json["diagnostics"]

    log = aether("validate", bad, "--output", "sarif").json

    (run,) = log["runs"]
    assert log["version"] == "2.1.0"
    assert [each["ruleId"] for each in run["results"]] == [each["code"] for each in diagnostics]
    assert run["results"][0]["locations"][0]["physicalLocation"] == {
        "artifactLocation": {"uri": "bad.yaml"},
        "region": {"startLine": 3, "startColumn": 18, "endLine": 3, "endColumn": 26},
    }
    rules = [each["id"] for each in run["tool"]["driver"]["rules"]]
    assert rules == sorted({each["code"] for each in diagnostics})


def _with_warning(work: Path, file: str) -> str:
    document = json.loads((work / file).read_text())
    document["spec"]["templates"].append({"task": {"name": "x", "executor": {"type": "probe"}}})
    (work / file).write_text(json.dumps(document))
    return file


def test_warnings_fail_only_with_strict(
    aether: Aether, work: Path, document: Document, task: Task
) -> None:
    file = _with_warning(work, document(task("only")))

    lenient = aether("validate", file, "--output", "json")
    strict = aether("validate", file, "--strict", "--output", "json")

    assert (lenient.status, lenient.json["ok"]) == (0, True)
    assert (strict.status, strict.json["ok"]) == (1, False)
    assert [each["severity"] for each in strict.json["diagnostics"]] == ["warning"]
    assert aether("validate", file).out.endswith("1 document: 1 warning\n")


def test_a_file_that_can_t_be_read_is_status_2(
    aether: Aether, document: Document, task: Task, work: Path
) -> None:
    (work / "folder").mkdir()

    outcome = aether("validate", document(task("only")), "missing.json", "--output", "json")

    assert outcome.status == 2
    assert [each["code"] for each in outcome.json["diagnostics"]] == ["AE001"]
    assert aether("validate", "folder").status == 2
    assert aether("validate", "missing.json").out.endswith("no document: 1 error\n")


def test_a_file_that_is_no_document_is_status_1(aether: Aether, work: Path) -> None:
    (work / "syntax.json").write_text("{,}")
    (work / "bytes.json").write_bytes(b"\xff\xfe\xfd")

    assert aether("validate", "syntax.json").status == 1
    assert aether("validate", "bytes.json").status == 1


def test_a_file_given_twice_is_checked_once(aether: Aether, bad: str) -> None:
    once = aether("validate", bad, "--output", "json").json

    assert aether("validate", bad, bad, "--output", "json").json == once


def test_unknown_variables_are_errors_once_variables_are_given(
    aether: Aether, document: Document, task: Task
) -> None:
    file = document(task("only", {"x": "{{deploy.region}}"}))

    def severities(*options: str) -> list[str]:
        report = aether("validate", file, "--output", "json", *options).json
        return [each["severity"] for each in report["diagnostics"]]

    assert severities() == ["warning"]
    assert severities("--set", "deploy.region=eu") == []
    assert severities("--set", "deploy.zone=a") == ["error"]


def test_stdin_is_a_file_too(aether: Aether, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(b"[]")))

    report = aether("validate", "-", "--output", "json").json

    assert [each["file"] for each in report["diagnostics"]] == ["<stdin>"]


def test_a_missing_stdin_is_an_unreadable_file(
    aether: Aether, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys, "stdin", None)

    assert aether("validate", "-").status == 2


def test_a_file_name_that_is_not_utf8_is_shown_all_the_same(aether: Aether, work: Path) -> None:
    name = os.fsdecode(b"b\xffd.json")
    (work / name).write_text("{}")

    outcome = aether("validate", name, "--output", "json")

    assert outcome.json["diagnostics"][0]["file"] == "b\\xffd.json"
    assert "b\\xffd.json:1:1: error" in aether("validate", name).out
    assert aether("run", name).status == 2


def test_long_lines_are_cut_around_the_mark(aether: Aether, work: Path) -> None:
    filler = '"x": 1, ' * 60
    (work / "long.json").write_text(f'{{{filler}"kind": "What", {filler} "y": 2}}')

    lines = aether("validate", "long.json").out.splitlines()

    place = next(number for number, line in enumerate(lines) if "AE106" in line)
    line, mark = lines[place + 1 : place + 3]
    assert len(line) < 200
    assert line[mark.index("^") :].startswith('"What"')


def test_what_a_plugin_prints_at_import_stays_out_of_the_output(
    process: Aether, site: Any, document: Document, task: Task
) -> None:
    source = """
        import os
        from aether_sdk import Executor
        print("noise")
        os.write(1, b"noise below Python\\n")

        class Loud(Executor):
            type = "loud"
            async def execute(self, request):
                return {}
    """
    site.install("loud-plugin", source, executors=["loud"])
    file = document({**task("only"), "executor": {"type": "loud"}})

    outcome = process("validate", file, "--output", "json")

    assert outcome.json == {"ok": True, "diagnostics": []}
    assert "noise below Python" in outcome.err


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="POSIX only")
def test_what_is_no_file_is_not_read(aether: Aether, tmp_path: Path) -> None:
    """Neither for its documents nor to show its lines."""
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)

    outcome = aether("validate", str(pipe))

    assert outcome.status == 2
    assert "AE002" in outcome.out + outcome.err
