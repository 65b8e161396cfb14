"""The JSON of each command, and the status it ends with, as other programs rely on them."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

Aether = Callable[..., Any]
Snapshot = Callable[[str, str], None]
Step = Callable[..., dict[str, Any]]
Workflow = Callable[..., str]


@pytest.fixture
def good(workflow: Workflow, step: Step) -> str:
    """A shell task and an echo task that uses its output."""
    return workflow(
        step("greet", "shell", {"command": ["printf", "hello"]}),
        step(
            "repeat",
            "echo",
            {"text": "{{tasks.greet.outputs.parameters.stdout}}", "list": [1, None]},
            after="greet",
        ),
        file="good.json",
    )


@pytest.fixture
def failing(workflow: Workflow, step: Step) -> str:
    """A task that fails and one behind it."""
    return workflow(
        step("fails", "shell", {"script": "echo out; echo err >&2; exit 3"}),
        step("waits", "echo", {}, after="fails"),
        file="failing.json",
    )


@pytest.fixture
def bad(workflow: Workflow, step: Step, work: Path) -> str:
    """A document with an unknown executor, an unknown input and a missing one."""
    return workflow(
        step("a", "ecoh", {}),
        step("b", "http", {"uri": "http://localhost/"}, after="z"),
        file="bad.json",
    )


def test_run_of_a_good_workflow(aether: Aether, good: str, snapshot: Snapshot) -> None:
    outcome = aether("run", good, "--output", "json")

    assert (outcome.status, outcome.err) == (0, "")
    snapshot("run-good.json", outcome.out)


def test_run_of_a_failing_workflow(aether: Aether, failing: str, snapshot: Snapshot) -> None:
    outcome = aether("run", failing, "--output", "json")

    assert (outcome.status, outcome.err) == (1, "")
    snapshot("run-failing.json", outcome.out)


def test_run_of_a_bad_document(aether: Aether, bad: str, snapshot: Snapshot, work: Path) -> None:
    outcome = aether("run", bad, "--output", "json")

    assert (outcome.status, outcome.out) == (2, "")
    snapshot("validate-bad.json", outcome.err)
    assert [each.name for each in work.iterdir()] == [bad]


def test_validate(aether: Aether, bad: str, good: str, snapshot: Snapshot) -> None:
    outcome = aether("validate", bad, "--output", "json")

    assert (outcome.status, outcome.err) == (1, "")
    snapshot("validate-bad.json", outcome.out)
    assert aether("validate", good, "--output", "json") == (
        0,
        '{\n  "ok": true,\n  "diagnostics": []\n}\n',
        "",
    )


def test_get_and_list(aether: Aether, good: str, failing: str, snapshot: Snapshot) -> None:
    run_id = aether("run", good, "--output", "json").json["runId"]
    aether("run", failing, "--quiet")

    got, listed = (
        aether("get", run_id, "--output", "json"),
        aether("list", "--output", "json"),
    )

    assert (got.status, got.err, listed.status, listed.err) == (0, "", 0, "")
    snapshot("run-good.json", got.out)
    snapshot("list.json", listed.out)


def _of_this_repository(listed: list[dict[str, Any]]) -> str:
    ours = [each for each in listed if each["distribution"].startswith("aether-")]
    return json.dumps(ours, indent=2) + "\n"


def test_plugins_list(aether: Aether, snapshot: Snapshot) -> None:
    outcome = aether("plugins", "list", "--output", "json")

    assert (outcome.status, outcome.err) == (0, "")
    listed = [{**each, "version": "<version>"} for each in outcome.json]
    snapshot("plugins-list.json", _of_this_repository(listed))


def test_executors_list(aether: Aether, snapshot: Snapshot) -> None:
    outcome = aether("executors", "list", "--output", "json")

    assert (outcome.status, outcome.err) == (0, "")
    snapshot("executors-list.json", _of_this_repository(outcome.json))


def test_first_party_plugins_pass_the_check(aether: Aether) -> None:
    assert aether("plugins", "check").status == 0


@pytest.mark.parametrize(
    ("executor", "distribution"),
    [
        ("await", "aether-workflow"),
        ("echo", "aether-echo"),
        ("function", "aether-workflow"),
        ("http", "aether-http"),
        ("script", "aether-shell"),
        ("shell", "aether-shell"),
    ],
)
def test_first_party_executors_are_described(
    aether: Aether, executor: str, distribution: str
) -> None:
    described = aether("executors", "describe", executor, "--output", "json")

    assert described.status == 0
    assert described.json["distribution"] == distribution
    assert aether("executors", "describe", executor).out.startswith(f"{executor} ")
    assert f"# `{executor}`" in aether("executors", "describe", executor, "--markdown").out
