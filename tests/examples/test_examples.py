"""Every document in examples/ does what its comments say."""

from __future__ import annotations

import json
import runpy
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from aether_core.cli import main

EXAMPLES = Path(__file__).parents[2] / "examples"

# Document, further arguments, and the outputs of its run.
RUNS: dict[str, tuple[str, list[str], dict[str, Any]]] = {
    "hello": ("hello.yaml", [], {"stdout": "Hello, world!\n", "exit_code": 0}),
    "hello-name": ("hello.yaml", ["-p", "name=Ada"], {"stdout": "Hello, Ada!\n"}),
    "chain": ("chain.json", [], {"price": 72}),
    "chain-price": ("chain.json", ["-p", "price=100"], {"price": 90}),
    "branches": ("branches.yaml", [], {"place": "/tmp", "clean_up": "Failed"}),  # noqa: S108  # a text
    "parallel": ("parallel.yaml", ["-p", "pause=1ms"], {"mixed": "red, green, blue"}),
    "loop": ("loop.yaml", [], {"loaves": ["0: rye", "1: oat"], "number": 2}),
    "artifacts": ("artifacts.yaml", [], {"most": "be: 2"}),
    "artifacts-words": ("artifacts.yaml", ["-p", "words=c a c b c a"], {"most": "c: 3"}),
    "release": (
        "release.yaml",
        ["--set", "deploy.region=eu-west"],
        {"target": "bakery-v2.production.eu-west", "replicas": 4},
    ),
}

Run = Callable[..., dict[str, Any]]


@pytest.fixture
def run(capsys: pytest.CaptureFixture[str]) -> Run:
    """Return a function that runs an example and returns its execution."""

    def run_example(document: str, *arguments: str) -> dict[str, Any]:
        path = str(EXAMPLES / document)
        status = main(["run", path, "--output", "json", "--store", "memory:", *arguments])
        out, err = capsys.readouterr()
        assert status == 0, err or out
        execution: dict[str, Any] = json.loads(out)
        return execution

    return run_example


@pytest.mark.parametrize("name", RUNS)
def test_an_example_gives_the_outputs_it_promises(name: str, run: Run) -> None:
    """The run succeeds, with these outputs among its outputs."""
    document, arguments, expected = RUNS[name]

    outputs = run(document, *arguments)["outputs"]

    assert {key: outputs.get(key) for key in expected} == expected


def test_the_approval_waits_and_goes_on(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """The two commands of its comment, one after the other."""
    store = ["--store", f"sqlite:///{tmp_path}/runs.db", "--output", "json"]

    waiting = main(["run", str(EXAMPLES / "approval.yaml"), "--run-id", "order-1", *store])
    capsys.readouterr()
    status = main(["resume", "order-1", "-p", "approver=Ada", *store])

    assert (waiting, status) == (3, 0)
    assert json.loads(capsys.readouterr().out)["outputs"] == {"text": "ordered by Ada"}


def test_the_password_reaches_the_program_alone(
    tmp_path: Path, run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    """From the environment and from a file; a user's name that is not given has a default."""
    secrets = {"mail": {"password": "from-a-file", "user": "Grace"}}
    (tmp_path / "secrets.json").write_text(json.dumps(secrets))
    (tmp_path / "secrets.json").chmod(0o600)
    monkeypatch.setenv("AETHER_SECRET_MAIL_PASSWORD", "open-sesame")

    from_environment = run("secret.yaml")
    from_file = run("secret.yaml", "--secrets", str(tmp_path / "secrets.json"))

    assert from_environment["outputs"] == {"said": "Ada logs in with ******, 11 characters"}
    assert from_file["outputs"] == {"said": "****** logs in with ******, 11 characters"}


def test_the_approval_can_be_refused(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A rejection ends the run, and what waited for the approval does not run."""
    store = ["--store", f"sqlite:///{tmp_path}/runs.db", "--output", "json"]

    main(["run", str(EXAMPLES / "approval.yaml"), "--run-id", "order-2", *store])
    asked = json.loads(capsys.readouterr().out)
    status = main(["resume", "order-2", "-p", "decision=reject", *store])

    ended = json.loads(capsys.readouterr().out)
    assert asked["tasks"][1]["message"] == "12 chairs for 600 EUR: who approves?"
    assert (status, ended["phase"], ended["outputs"]) == (1, "Failed", {})
    assert [task["name"] for task in ended["tasks"]] == ["main", "ask"]


def test_the_nightly_report_is_kept_and_made_once_now(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """The first two commands of its comment."""
    store = ["--store", f"sqlite:///{tmp_path}/runs.db", "--output", "json"]

    created = main(["cron", "create", str(EXAMPLES / "nightly.yaml"), *store])
    next_at = json.loads(capsys.readouterr().out)["nextAt"]
    status = main(["cron", "trigger", "nightly", *store])

    execution = json.loads(capsys.readouterr().out)
    assert (created, status) == (0, 0)
    assert next_at[11:16] in {"00:30", "01:00", "01:30"}
    assert execution["outputs"]["stdout"] == "in stock: rye, oat, wheat\n"


def test_parallel_branches_overlap(run: Run) -> None:
    """Three branches of 200 ms side by side take much less than 600 ms."""
    tasks = {task["name"]: task for task in run("parallel.yaml", "-p", "pause=200ms")["tasks"]}

    starts = [tasks[name]["startedAt"] for name in ("red", "green", "blue")]
    ends = [tasks[name]["finishedAt"] for name in ("red", "green", "blue")]

    assert max(starts) < min(ends)


@pytest.mark.parametrize(("most_words", "skipped"), [(60, "complain"), (30, "praise")])
def test_the_site_check_judges_the_pages(most_words: int, skipped: str, run: Run) -> None:
    """All executors together, against a server of the example's own; one branch is skipped."""
    demo = runpy.run_path(str(EXAMPLES / "site-check/demo.py"))

    with demo["serve"](EXAMPLES / "site-check/site") as address:
        execution = run(
            "site-check/workflow.yaml",
            "-p",
            f"base_url={address}",
            "-p",
            f"most_words={most_words}",
        )

    assert execution["outputs"]["pages"]["prices.html"] == 46
    assert execution["outputs"]["index_is_complete"] is True
    assert [t["name"] for t in execution["tasks"] if t["phase"] == "Skipped"] == [skipped]


def test_the_document_with_mistakes_is_refused_with_all_of_them(
    capsys: pytest.CaptureFixture[str],
) -> None:
    """Each mistake is found in one go, at its place."""
    path = str(EXAMPLES / "mistakes.yaml")

    status = main(["validate", path, "--output", "json"])

    found = json.loads(capsys.readouterr().out)["diagnostics"]
    assert status == 1
    assert [(d["code"], d["line"]) for d in found] == [("AE201", 20), ("AE101", 21), ("AE401", 25)]


def test_every_example_is_run_by_a_test() -> None:
    """A document that is added to examples/ gets its test here."""
    documents = {path.name for path in EXAMPLES.glob("*.[jy]*")}

    others = {"mistakes.yaml", "approval.yaml", "secret.yaml", "nightly.yaml"}
    assert documents == {document for document, *_ in RUNS.values()} | others
