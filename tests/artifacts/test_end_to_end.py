"""Files between real programs: the command, the shell executor, a store and a folder on disk."""

from __future__ import annotations

import gc
import json
import os
import tempfile
import threading
from collections.abc import Callable, Iterator
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
import yaml

from aether_core.cli import main

Aether = Callable[..., dict[str, Any]]


@pytest.fixture(autouse=True)
def work(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Give each test a folder, a store and an environment of its own."""
    for name in [name for name in os.environ if name.startswith("AETHER_")]:
        monkeypatch.delenv(name)
    folder = tmp_path / "work"
    folder.mkdir()
    monkeypatch.chdir(folder)
    monkeypatch.setenv("AETHER_STORE", f"sqlite:///{tmp_path}/runs.db")
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    return folder


@pytest.fixture
def aether(capsys: pytest.CaptureFixture[str]) -> Aether:
    """Run the command and return what it prints; check its status."""

    def run(*arguments: str, status: int = 0) -> dict[str, Any]:
        capsys.readouterr()
        found = main([*arguments, "--output", "json"])
        out, err = capsys.readouterr()
        assert found == status, err or out
        answer: dict[str, Any] = json.loads(out or err)
        return answer

    return run


def write(text: str, name: str = "flow.yaml") -> str:
    """Write a workflow whose templates are given, the dag first; return the file's name."""
    templates = yaml.safe_load(text)
    spec = templates.pop("spec", {})
    document = {
        "apiVersion": "aether/v1",
        "kind": "Workflow",
        "metadata": {"name": "flow"},
        "spec": {
            "entrypoint": "main",
            "templates": [
                {kind: {"name": key, **body}}
                for key, value in templates.items()
                for kind, body in value.items()
            ],
            **spec,
        },
    }
    Path(name).write_text(json.dumps(document), encoding="utf-8")
    return name


def outputs(execution: dict[str, Any]) -> dict[str, Any]:
    """Return the standard output of each task by its name."""
    return {t["name"]: t["outputs"].get("stdout") for t in execution["tasks"]}


def config(script: str) -> str:
    return json.dumps({"type": "shell", "config": {"script": script}})


PAIR = """
main:
  dag:
    outputs: {artifacts: [{name: result, from: tasks.build.outputs.artifacts.package}]}
    tasks:
    - {name: build, template: build}
    - name: show
      template: show
      dependencies: [build]
      arguments: {artifacts: [{name: data-in, from: tasks.build.outputs.artifacts.package}]}
build:
  task:
    executor: BUILD
    outputs: {artifacts: [{name: package, archive: ARCHIVE}]}
show:
  task:
    executor: SHOW
    inputs: {artifacts: [{name: data-in}]}
"""


def pair(build: str, show: str, archive: str = "null") -> str:
    """Write a workflow of two programs of which the second gets what the first has made."""
    text = PAIR.replace("BUILD", config(build)).replace("SHOW", config(show))
    return write(text.replace("ARCHIVE", archive))


def test_a_file_goes_from_one_program_to_the_next(
    aether: Aether, work: Path, tmp_path: Path
) -> None:
    document = pair(
        'echo hello > "$AETHER_OUTPUT_ARTIFACT_PACKAGE"', 'cat "$AETHER_INPUT_ARTIFACT_DATA_IN"'
    )

    execution = aether("run", document)

    assert outputs(execution)["show"] == "hello\n"
    key = execution["artifacts"]["result"]["config"]["key"]
    assert (tmp_path / "runs.db.artifacts" / key).read_text() == "hello\n"
    assert [path.name for path in tmp_path.iterdir() if path.name.startswith("aether-")] == []
    assert aether("get", execution["runId"]) == execution


@pytest.mark.parametrize("archive", ["null", "{}", "{type: tar}", "{type: zip}"])
def test_a_folder_goes_from_one_program_to_the_next(archive: str, aether: Aether) -> None:
    document = pair(
        'mkdir -p "$AETHER_OUTPUT_ARTIFACT_PACKAGE/bin"; cd "$AETHER_OUTPUT_ARTIFACT_PACKAGE"; '
        "printf '#!/bin/sh\\necho run: $1' > bin/tool; chmod +x bin/tool; ln bin/tool twin",
        'cd "$AETHER_INPUT_ARTIFACT_DATA_IN"; find . | sort; ./twin me',
        archive,
    )

    execution = aether("run", document)

    assert outputs(execution)["show"] == ".\n./bin\n./bin/tool\n./twin\nrun: me\n"


def test_a_program_that_makes_nothing_ends_in_error_and_a_retry_mends_it(
    aether: Aether, work: Path
) -> None:
    """What comes next does not run; a new attempt begins with an empty folder."""
    document = pair(
        'ls "$(dirname "$AETHER_OUTPUT_ARTIFACT_PACKAGE")"; test -e now && '
        'echo hello > "$AETHER_OUTPUT_ARTIFACT_PACKAGE"; touch now; true',
        'cat "$AETHER_INPUT_ARTIFACT_DATA_IN"',
    )

    failed = aether("run", document, status=1)
    mended = aether("retry", failed["runId"])

    message = "output artifact \"package\": the executor 'shell' has not made it"
    assert {t["name"]: t["message"] for t in failed["tasks"]}["build"] == message
    assert outputs(mended) == {"main": None, "build": "", "show": "hello\n"}


def test_a_report_of_a_failure_is_handed_on(aether: Aether) -> None:
    document = write(
        f"""
main:
  dag:
    tasks:
    - {{name: check, template: check, continueOn: {{failed: true}}}}
    - name: publish
      template: publish
      dependencies: [check]
      arguments: {{artifacts: [{{name: report, from: tasks.check.outputs.artifacts.report}}]}}
check:
  task:
    executor: {config('echo 2 errors > "$AETHER_OUTPUT_ARTIFACT_REPORT"; exit 1')}
    outputs: {{artifacts: [{{name: report}}]}}
publish:
  task:
    executor: {config('cat "$AETHER_INPUT_ARTIFACT_REPORT"')}
    inputs: {{artifacts: [{{name: report}}]}}
"""
    )

    execution = aether("run", document)

    assert outputs(execution)["publish"] == "2 errors\n"


def test_each_iteration_of_a_loop_gets_its_file_and_one_comes_out(
    aether: Aether, work: Path
) -> None:
    (work / "a.txt").write_text("ay", encoding="utf-8")
    (work / "b.txt").write_text("bee", encoding="utf-8")
    document = write(
        f"""
main:
  dag:
    tasks:
    - {{name: each, template: each}}
    - name: show
      template: show
      dependencies: [each]
      arguments: {{artifacts: [{{name: x, from: tasks.each.outputs.artifacts.size}}]}}
each:
  loop:
    items: [a, b]
    body: measure
    arguments:
      artifacts:
      - {{name: text, source: {{type: local, config: {{path: "{{{{iterator.item}}}}.txt"}}}}}}
    outputs: {{artifacts: [{{name: size}}]}}
measure:
  task:
    executor: {config('wc -c < "$AETHER_INPUT_ARTIFACT_TEXT" > "$AETHER_OUTPUT_ARTIFACT_SIZE"')}
    inputs: {{artifacts: [{{name: text}}]}}
    outputs: {{artifacts: [{{name: size}}]}}
show:
  task:
    executor: {config('cat "$AETHER_INPUT_ARTIFACT_X"')}
    inputs: {{artifacts: [{{name: x}}]}}
"""
    )

    execution = aether("run", document)

    assert outputs(execution)["show"].strip() == "3"


@pytest.fixture
def server(work: Path) -> Iterator[str]:
    """Serve a folder of this test, to those who bring the key; return its address."""
    (work / "site").mkdir()
    (work / "site" / "data.csv").write_text("1,2\n", encoding="utf-8")

    class Handler(SimpleHTTPRequestHandler):
        def __init__(self, *arguments: Any) -> None:
            super().__init__(*arguments, directory=str(work / "site"))

        def do_GET(self) -> None:
            if self.headers.get("Authorization") == "Bearer s3cret-value":
                super().do_GET()
            else:
                self.send_error(401)

        def log_message(self, *_: Any) -> None:
            """Say nothing."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as running:
        thread = threading.Thread(target=running.serve_forever, args=(0.01,), daemon=True)
        thread.start()
        yield f"http://127.0.0.1:{running.server_port}"
        running.shutdown()
        thread.join()


DOWNLOAD = f"""
spec:
  arguments:
    parameters: [{{name: base, type: string}}]
main:
  dag:
    tasks:
    - name: show
      template: show
      arguments:
        parameters:
        - {{name: token, valueFrom: {{secretKeyRef: {{name: api, key: token}}}}}}
show:
  task:
    executor: {config('cat "$AETHER_INPUT_ARTIFACT_DATA"')}
    inputs:
      parameters: [{{name: token, type: string}}]
      artifacts:
      - name: data
        source:
          type: http
          config:
            url: "{{{{workflow.parameters.base}}}}/data.csv"
            headers: {{Authorization: "Bearer {{{{inputs.parameters.token}}}}"}}
"""


def test_a_file_comes_from_a_server_with_a_secret_in_its_headers(
    aether: Aether, server: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """Decision 18: the value is there when the file is fetched, and nowhere else."""
    monkeypatch.setenv("AETHER_SECRET_API_TOKEN", "s3cret-value")

    execution = aether("run", write(DOWNLOAD), "-p", f"base={server}")

    assert outputs(execution)["show"] == "1,2\n"
    assert "s3cret-value" not in json.dumps(execution)
    stored = b"".join(path.read_bytes() for path in tmp_path.glob("runs.db*") if path.is_file())
    assert b"s3cret-value" not in stored


def test_a_file_that_a_server_refuses_ends_the_task_in_error(
    aether: Aether, server: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AETHER_SECRET_API_TOKEN", "wrong-value")

    execution = aether("run", write(DOWNLOAD), "-p", f"base={server}", status=1)

    [task] = [task for task in execution["tasks"] if task["name"] == "show"]
    assert task["phase"] == "Error"
    assert task["message"] == (
        f'input artifact "data": GET {server}/data.csv: the server answered 401 Unauthorized'
    )


def test_a_document_that_hands_over_nothing_is_refused_before_it_runs(aether: Aether) -> None:
    document = write(
        f"""
main:
  dag:
    tasks: [{{name: show, template: show}}]
show:
  task:
    executor: {config("true")}
    inputs: {{artifacts: [{{name: data}}]}}
"""
    )

    refused = aether("run", document, status=2)

    assert [d["code"] for d in refused["diagnostics"]] == ["AE244"]


def test_the_files_of_a_run_go_with_it(aether: Aether, tmp_path: Path) -> None:
    run_id = aether("run", pair('echo a > "$AETHER_OUTPUT_ARTIFACT_PACKAGE"', "true"))["runId"]
    kept = tmp_path / "runs.db.artifacts"
    before = [path.name for path in kept.iterdir()]

    aether("delete", run_id)

    assert before == [run_id]
    assert list(kept.iterdir()) == []


@pytest.mark.parametrize("how", ["option", "variable"])
def test_the_folder_can_be_chosen(
    how: str, aether: Aether, work: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    document = pair('echo a > "$AETHER_OUTPUT_ARTIFACT_PACKAGE"', "true")
    options: list[str] = []
    if how == "option":
        options = ["--artifacts", "files"]
    else:
        monkeypatch.setenv("AETHER_ARTIFACTS", "files")

    run_id = aether("run", document, *options)["runId"]
    assert [path.name for path in (work / "files").iterdir()] == [run_id]
    aether("delete", run_id, *options)

    assert list((work / "files").iterdir()) == []


def test_a_store_in_memory_keeps_its_files_as_long(aether: Aether, tmp_path: Path) -> None:
    document = pair(
        'echo hello > "$AETHER_OUTPUT_ARTIFACT_PACKAGE"', 'cat "$AETHER_INPUT_ARTIFACT_DATA_IN"'
    )

    execution = aether("run", document, "--store", "memory:")

    assert outputs(execution)["show"] == "hello\n"
    gc.collect()
    assert [path.name for path in tmp_path.iterdir()] == ["work"]


def test_the_echo_executor_hands_its_files_on(aether: Aether, work: Path) -> None:
    """What it gets under a name that it shall give, it gives."""
    (work / "in.txt").write_text("same", encoding="utf-8")
    document = write(
        f"""
main:
  dag:
    tasks:
    - name: echo
      executor: {{type: echo}}
      inputs: {{artifacts: [{{name: x, source: {{type: local, config: {{path: in.txt}}}}}}]}}
      outputs: {{artifacts: [{{name: x}}]}}
    - name: show
      template: show
      dependencies: [echo]
      arguments: {{artifacts: [{{name: x, from: tasks.echo.outputs.artifacts.x}}]}}
show:
  task:
    executor: {config('cat "$AETHER_INPUT_ARTIFACT_X"')}
    inputs: {{artifacts: [{{name: x}}]}}
"""
    )

    assert outputs(aether("run", document))["show"] == "same"
