"""`aether run`, in this process."""

from __future__ import annotations

import io
import json
import sys
from collections.abc import Callable
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest

Aether = Callable[..., Any]
Document = Callable[..., str]
Task = Callable[..., dict[str, Any]]

pytestmark = pytest.mark.usefixtures("probe")

_TIMES = ("createdAt", "startedAt", "finishedAt")


def test_a_run_that_succeeds_prints_its_execution(
    aether: Aether, document: Document, task: Task
) -> None:
    file = document(task("first", {"x": 1}), task("second", {"y": "two"}, after=["first"]))

    outcome = aether("run", file, "--output", "json", "--run-id", "r-1")

    run = outcome.json
    assert (outcome.status, outcome.err) == (0, "")
    assert list(run) == [
        "runId",
        "workflow",
        "namespace",
        "phase",
        "message",
        "progress",
        "createdAt",
        "startedAt",
        "finishedAt",
        "outputs",
        "tasks",
    ]
    assert (run["runId"], run["phase"], run["progress"]) == ("r-1", "Succeeded", "3/3")
    assert [each["name"] for each in run["tasks"]] == ["main", "first", "second"]
    assert run["tasks"][2]["outputs"] == {"y": "two"}
    assert all(run[key].endswith("Z") for key in _TIMES)


def test_the_same_json_comes_from_get(aether: Aether, document: Document, task: Task) -> None:
    file = document(task("only", {"x": 1}))

    ran = aether("run", file, "--output", "json", "--run-id", "r-1")

    assert aether("get", "r-1", "--output", "json").json == ran.json


def test_progress_is_a_line_per_ended_task_and_the_result_a_tree(
    aether: Aether, document: Document, task: Task, normal: Callable[[str], str]
) -> None:
    file = document(
        task("first", {"text": "one\ntwo", "number": 5}), task("second", after=["first"])
    )

    outcome = aether("run", file, "--run-id", "r-1")

    assert outcome.status == 0
    assert normal(outcome.err) == (
        "run r-1 of workflow demo\n"
        "Succeeded  first  TIME\n"
        "Succeeded  second  TIME\n"
        "Succeeded  main  TIME\n"
    )
    assert normal(outcome.out) == (
        "Succeeded  demo  r-1  TIME\n"
        "\n"
        "  main      Succeeded  TIME\n"
        "    first   Succeeded  TIME\n"
        '        text = "one\\ntwo"\n'
        "        number = 5\n"
        "    second  Succeeded  TIME\n"
    )


def test_a_failure_shows_its_whole_message_and_what_to_do(
    aether: Aether, document: Document, task: Task, normal: Callable[[str], str]
) -> None:
    file = document(
        task("good", {"x": 1}),
        task("bad", {"fail": "it broke\nfor a \x1b[31mreason"}),
        task("never", after=["bad"]),
    )

    outcome = aether("run", file, "--run-id", "r 1")

    assert outcome.status == 1
    assert "Failed     bad  TIME  it broke\n" in normal(outcome.err)
    text = normal(outcome.out)
    assert text.startswith("Failed  demo  r 1  TIME\n")
    assert (
        "What went wrong\n"
        "  bad: Failed\n"
        "    it broke\n"
        "    for a \\x1b[31mreason\n"
        "\n"
        "The executor did its work and said no: its message and outputs say why. "
        "`aether get 'r 1' --output json` shows every input and output.\n"
    ) in text


def test_with_json_and_with_quiet_nothing_is_written_to_stderr(
    aether: Aether, document: Document, task: Task
) -> None:
    file = document(task("only", {"x": 1}))

    assert aether("run", file, "--output", "json").err == ""
    assert aether("run", file, "--quiet").err == ""
    assert "Succeeded" in aether("run", file, "--quiet").out
    assert "only" in aether("run", file, "--output", "json", "--progress").err


def test_what_an_executor_prints_stays_out_of_the_output(
    aether: Aether, process: Aether, document: Document, task: Task
) -> None:
    file = document(task("only", {"print": "hello from a plugin"}))

    for run in (aether, process):
        outcome = run("run", file, "--output", "json", "--store", "memory:")

        assert outcome.json["phase"] == "Succeeded"
        assert "hello from a plugin" in outcome.err


@pytest.mark.parametrize(
    ("given", "declared", "value"),
    [
        ("5", "int", 5),
        ("5", None, 5),
        ("true", "bool", True),
        ('{"a": [1, null]}', "object", {"a": [1, None]}),
        ("plain text", None, "plain text"),
        ("plain text", "string", "plain text"),
        ("007", "string", "007"),
        ("5", "string", "5"),
        ("null", "string", "null"),
        ('"5"', "string", "5"),
        ('"5"', None, "5"),
        ("", None, ""),
        ("a=b", "string", "a=b"),
        ("NaN", "string", "NaN"),
        ("[" * 5000, None, "[" * 5000),
    ],
)
def test_arguments_are_json_else_text(
    aether: Aether,
    document: Document,
    task: Task,
    given: str,
    declared: str | None,
    value: object,
) -> None:
    kind = {} if declared is None else {"type": declared}
    file = document(
        task("only", {"got": "{{workflow.parameters.a}}"}), arguments=[{"name": "a", **kind}]
    )

    outcome = aether("run", file, "-p", f"a={given}", "--output", "json")

    assert outcome.err == ""
    assert outcome.json["tasks"][1]["outputs"] == {"got": value}


def test_variables_are_always_text_and_the_last_of_a_name_counts(
    aether: Aether, document: Document, task: Task
) -> None:
    file = document(task("only", {"got": "{{deploy.level}}"}))

    outcome = aether(
        "run", file, "--set", "deploy.level=1", "--set", "deploy.level=2", "--output", "json"
    )

    assert outcome.json["tasks"][1]["outputs"] == {"got": "2"}


def test_a_document_from_stdin_is_run(
    aether: Aether,
    document: Document,
    task: Task,
    work: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    text = (work / document(task("only"))).read_bytes()
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(text)))

    assert aether("run", "-", "--quiet").status == 0


def test_yaml_is_run_too(aether: Aether, work: Path) -> None:
    (work / "a.yaml").write_text(
        "apiVersion: aether/v1\nkind: Workflow\nmetadata: {name: a}\n"
        "spec:\n  entrypoint: main\n  templates:\n"
        "    - task: {name: main, executor: {type: probe}}\n"
    )

    assert aether("run", "a.yaml", "--quiet").status == 0


def test_a_repeated_run_id_with_another_document_or_arguments_says_what_differs(
    aether: Aether, document: Document, task: Task
) -> None:
    """The first run is shown all the same; the very same document is no reason to warn."""
    arguments = [{"name": "n", "default": 1}, {"name": "m", "default": 1}]
    first = document(task("only"), arguments=arguments)
    other = document(task("other"), arguments=arguments, file="other.json")
    named = document(task("only"), arguments=arguments, name="third", file="third.json")
    aether("run", first, "--run-id", "r", "-p", "n=2", "-q")

    def warned(command: str, file: str, *more: str) -> str:
        outcome = aether(command, file, "--run-id", "r", *more)
        assert outcome.status == 0
        return "\n".join(line for line in outcome.err.splitlines() if "warning" in line)

    assert warned("run", first, "-p", "n=2") == ""
    assert warned("submit", first, "-p", "n=2") == ""
    assert "r was started with other arguments (n);" in warned("run", first, "-p", "n=3")
    assert "with other arguments (m, n);" in warned("submit", first, "-p", "m=3")
    assert "with another document and other variables (deploy.x);" in warned(
        "run", other, "-p", "n=2", "--set", "deploy.x=1"
    )
    assert "with another document (workflow demo);" in warned("run", named, "-p", "n=2")
    assert warned("run", other, "-q") == ""


def test_a_repeated_run_id_with_secrets_is_the_same_run(
    aether: Aether, work: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each admission marks secrets in its own way, which is no difference."""
    monkeypatch.setenv("AETHER_SECRET_DB_PW", "hidden")
    secret = {"name": "pw", "valueFrom": {"secretKeyRef": {"name": "db", "key": "pw"}}}
    spec = {
        "entrypoint": "main",
        "arguments": {"parameters": [secret]},
        "templates": [{"task": {"name": "main", "executor": {"type": "probe"}}}],
    }
    head = {"apiVersion": "aether/v1", "kind": "Workflow", "metadata": {"name": "demo"}}
    (work / "demo.json").write_text(json.dumps({**head, "spec": spec}))

    aether("run", "demo.json", "--run-id", "r")
    again = aether("run", "demo.json", "--run-id", "r")

    assert again.status == 0
    assert "warning" not in again.err


def test_a_repeated_run_id_shows_the_first_run_and_starts_nothing(
    aether: Aether, document: Document, task: Task
) -> None:
    first = aether(
        "run", document(task("bad", {"fail": "no"})), "--run-id", "r", "--output", "json"
    )

    again = aether("run", document(task("good")), "--run-id", "r", "--output", "json")

    assert (first.status, again.status) == (1, 1)
    assert again.json == first.json
    shown, warning = again.err.splitlines()
    assert shown == "run r is in the store already; it is shown, nothing was started"
    assert warning.startswith("warning: run r was started with another document;")
    assert len(aether("list", "--output", "json").json) == 1


def test_a_store_in_memory_keeps_nothing(
    aether: Aether, document: Document, task: Task, work: Path
) -> None:
    outcome = aether("run", document(task("only", {"fail": "x"})), "--store", "memory:")

    assert outcome.status == 1
    assert "aether get" not in outcome.out
    assert not (work / "runs.db").exists()


def test_concurrency_one_runs_one_task_at_a_time(
    aether: Aether, document: Document, task: Task
) -> None:
    file = document(*(task(f"t{number}") for number in range(4)))

    run = aether("run", file, "--concurrency", "1", "--output", "json").json

    spans = sorted((each["startedAt"], each["finishedAt"]) for each in run["tasks"][1:])
    assert all(end <= start for (_, end), (start, _) in pairwise(spans))


def test_warnings_are_shown_before_the_run(
    aether: Aether, document: Document, task: Task, work: Path
) -> None:
    spec = json.loads((work / document(task("only"))).read_text())
    spec["spec"]["templates"].append({"task": {"name": "idle", "executor": {"type": "probe"}}})
    (work / "demo.json").write_text(json.dumps(spec))

    outcome = aether("run", "demo.json")

    assert outcome.status == 0
    assert ": warning AE207: " in outcome.err
    assert aether("run", "demo.json", "--quiet").err == ""


def _second_workflow(work: Path, file: str) -> str:
    text = (work / file).read_text()
    (work / "two.yaml").write_text(f"{text}\n---\n{text}\n")
    return "two.yaml"


class TestRefusal:
    """A document that is refused leaves no trace and says everything that is wrong."""

    def test_prints_diagnostics_for_people(
        self, aether: Aether, work: Path, document: Document, task: Task
    ) -> None:
        file = document({**task("only"), "executor": {"type": "prob"}})

        outcome = aether("run", file)

        assert (outcome.status, outcome.out) == (2, "")
        assert outcome.err == (
            "demo.json:20:17: error AE401: unknown executor type 'prob'\n"
            '  20 |         "type": "prob"\n'
            "     |                 ^^^^^^\n"
            '  hint: Did you mean "probe"?\n'
        )
        assert [each.name for each in work.iterdir()] == [file]

    def test_prints_the_object_of_validate_on_request(
        self, aether: Aether, document: Document, task: Task
    ) -> None:
        file = document({**task("only", {"a": "{{tasks.x.outputs.parameters.p}}"}), "when": "=="})

        outcome = aether("run", file, "--output", "json")

        assert (outcome.status, outcome.out) == (2, "")
        assert json.loads(outcome.err) == aether("validate", file, "--output", "json").json

    def test_warnings_are_an_object_on_stderr_too(
        self, aether: Aether, document: Document, task: Task
    ) -> None:
        """The run goes on; `--quiet` leaves them out."""
        file = document({**task("only"), "when": "'a' == 'b'"})

        outcome = aether("run", file, "--output", "json")

        assert outcome.status == 0
        told = json.loads(outcome.err)
        assert told == aether("validate", file, "--output", "json").json
        assert [each["severity"] for each in told["diagnostics"]] == ["warning"]
        assert aether("run", file, "--output", "json", "-q").err == ""

    def test_creates_no_store(self, aether: Aether, work: Path) -> None:
        (work / "a.json").write_text("{}")

        outcome = aether("run", "a.json", "--store", "sqlite:///deep/er/runs.db")

        assert outcome.status == 2
        assert not (work / "deep").exists()

    @pytest.mark.parametrize(
        ("arguments", "message"),
        [
            (["-p", "b=1"], "the workflow declares no argument 'b'"),
            (["-p", "a=text"], "argument a: expected an integer"),
            (["--set", "workflow.x=1"], "custom variable 'workflow.x' can't be set"),
        ],
    )
    def test_covers_arguments_and_variables(
        self,
        aether: Aether,
        document: Document,
        task: Task,
        arguments: list[str],
        message: str,
    ) -> None:
        file = document(task("only"), arguments=[{"name": "a", "type": "int", "value": 1}])

        outcome = aether("run", file, *arguments)

        assert outcome.status == 2
        assert message in outcome.err

    def test_covers_a_required_argument_without_value(
        self, aether: Aether, document: Document, task: Task
    ) -> None:
        outcome = aether("run", document(task("only"), arguments=[{"name": "a"}]))

        assert outcome.status == 2
        assert "Give a value with -p a=VALUE." in outcome.err

    def test_covers_a_missing_file(self, aether: Aether) -> None:
        outcome = aether("run", "missing.json")

        assert outcome.status == 2
        assert outcome.err.startswith("missing.json:1:1: error AE001: ")

    def test_covers_a_second_workflow(
        self, aether: Aether, work: Path, document: Document, task: Task
    ) -> None:
        outcome = aether("run", _second_workflow(work, document(task("only"))))

        assert outcome.status == 2
        assert "error AE821: the file holds 2 workflows ('demo', 'demo')" in outcome.err

    def test_covers_a_file_without_workflow(
        self, aether: Aether, work: Path, document: Document, task: Task
    ) -> None:
        text = (work / document(task("only"))).read_text()
        (work / "demo.json").write_text(text.replace('"Workflow"', '"WorkflowTemplate"'))

        outcome = aether("run", "demo.json")

        assert outcome.status == 2
        assert "error AE821: the file holds no document of kind Workflow" in outcome.err

    def test_covers_an_executor_whose_plugin_is_broken(
        self, aether: Aether, site: Any, document: Document, task: Task
    ) -> None:
        site.install("broken-plugin", "raise RuntimeError('no luck')", executors=["broken"])

        outcome = aether("run", document({**task("only"), "executor": {"type": "broken"}}))

        assert outcome.status == 2
        assert "RuntimeError: no luck" in outcome.err

    def test_shows_lines_of_stdin(self, aether: Aether, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(b"kind: What\n")))

        outcome = aether("run", "-")

        assert outcome.status == 2
        assert "<stdin>:1:7: error" in outcome.err
        assert "  1 | kind: What\n" in outcome.err


@pytest.mark.parametrize(
    ("url", "message"),
    [
        ("nowhere", "it has no scheme"),
        ("mysql://host/db", 'unknown scheme "mysql"'),
        ("sqlite:///.", "it is a folder"),
    ],
)
def test_a_store_that_can_t_be_opened_is_wrong_usage(
    aether: Aether, document: Document, task: Task, url: str, message: str
) -> None:
    outcome = aether("run", document(task("only")), "--store", url)

    assert (outcome.status, outcome.out) == (2, "")
    assert message in outcome.err


def test_a_store_that_fails_on_the_way_is_a_failure_of_the_command(
    aether: Aether,
    document: Document,
    task: Task,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    from aether_core.ports import StoreError
    from aether_core.stores import MemoryStore

    class Failing(MemoryStore):
        commits = 0

        async def commit(self, batch: Any) -> None:
            self.commits += 1
            if self.commits > 2:
                raise StoreError("the disk is full")
            await super().commit(batch)

    monkeypatch.setattr("aether_core.stores.open_store", lambda _, **__: Failing())
    monkeypatch.setattr("aether_core.engine._driver._COMMIT_RETRIES", ())

    outcome = aether("run", document(task("only", {"pause": 0.05})))

    assert (outcome.status, outcome.out) == (70, "")
    assert "the store can't be written: the disk is full" in outcome.err
