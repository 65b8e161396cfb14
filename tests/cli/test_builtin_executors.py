"""`await`, `function` and `script` through the command, as documents name them."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from textwrap import dedent
from typing import Any

import pytest

Aether = Callable[..., Any]
Step = Callable[..., dict[str, Any]]
Workflow = Callable[..., str]
Package = Callable[..., None]


@pytest.fixture
def package(work: Path, monkeypatch: pytest.MonkeyPatch) -> Package:
    """Return a function that installs a package the way an installer does."""
    monkeypatch.syspath_prepend(str(work))
    monkeypatch.delenv("AETHER_PLUGINS_ALLOW")

    def put(module: str, source: str, group: str, **entries: str) -> None:
        (work / f"{module}.py").write_text(dedent(source), encoding="utf-8")
        info = work / f"{module}-1.0.dist-info"
        info.mkdir()
        (info / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {module}\nVersion: 1.0\n")
        lines = "".join(f"{name} = {target}\n" for name, target in entries.items())
        (info / "entry_points.txt").write_text(f"[{group}]\n{lines}")

    return put


def test_await_shows_its_message_and_hands_on_the_answer(
    aether: Aether, workflow: Workflow, step: Step
) -> None:
    """A resume without the key leaves the run waiting."""
    file = workflow(
        step("ask", "await", {"message": "may I?", "resume-key": "by"}),
        step("tell", "echo", {"text": "{{tasks.ask.outputs.parameters.by}}"}, after="ask"),
    )

    asked = aether("run", file, "--run-id", "r", "--quiet")
    again = aether("resume", "r", "-p", "to=Bob", "--quiet")
    ended = aether("resume", "r", "-p", "by=Ada", "--output", "json")

    assert (asked.status, again.status, ended.status) == (3, 3, 0)
    assert "may I?" in asked.out
    tasks = {task["name"]: task["outputs"] for task in ended.json["tasks"]}
    assert tasks["ask"] == {"to": "Bob", "by": "Ada"}
    assert tasks["tell"] == {"text": "Ada"}


def test_function_calls_what_an_installed_package_names(
    aether: Aether, workflow: Workflow, step: Step, package: Package
) -> None:
    package(
        "cli_tools",
        """
        async def add(a, b):
            return a + b
        """,
        "aether.functions",
        add="cli_tools:add",
    )
    file = workflow(
        step("sum", "function", {"function": "add", "a": 1, "b": 2}),
        step("bad", "function", {"function": "addd"}),
    )

    tasks = {t["name"]: t for t in aether("run", file, "--output", "json").json["tasks"]}

    assert tasks["sum"]["outputs"] == {"result": 3}
    assert tasks["bad"]["phase"] == "Error"
    assert "did you mean 'add'" in tasks["bad"]["message"]


def test_function_needs_the_name_of_one(aether: Aether, workflow: Workflow, step: Step) -> None:
    """The checker knows what every call needs."""
    outcome = aether("validate", workflow(step("a", "function", {"b": 1})), "--output", "json")

    assert outcome.status == 1
    assert [d["code"] for d in outcome.json["diagnostics"]] == ["AE403"]


def test_script_runs_what_the_environment_allows(
    aether: Aether, workflow: Workflow, step: Step, monkeypatch: pytest.MonkeyPatch
) -> None:
    source = 'echo "$AETHER_INPUT_WHO"; exit 4'
    file = workflow(step("a", "script", {"runtime": "sh", "source": source, "who": "Ada"}))

    refused = aether("run", file, "--output", "json").json["tasks"][1]
    monkeypatch.setenv("AETHER_SCRIPT_RUNTIMES", "sh")
    done = aether("run", file, "--output", "json").json["tasks"][1]

    assert refused["phase"] == "Error"
    assert "set AETHER_SCRIPT_RUNTIMES=sh" in refused["message"]
    assert (done["phase"], done["outputs"]["stdout"]) == ("Failed", "Ada\n")


def test_variable_sources_of_installed_packages(
    aether: Aether, workflow: Workflow, step: Step, package: Package
) -> None:
    """`run` and `validate` know them, `--set` wins over them, and `doctor` lists them."""
    package(
        "cli_vars",
        """
        class Deploy:
            def namespace(self):
                return "deploy"

            def variables(self):
                return {"deploy.region": "eu", "deploy.size": 3}
        """,
        "aether.variables",
        deploy="cli_vars:Deploy",
        worse="cli_vars:Worse",
    )
    text = "{{deploy.region}}-{{deploy.size}}"
    good = workflow(step("a", "echo", {"text": text}))
    bad = workflow(step("a", "echo", {"text": "{{worse.x}}{{deploy.reion}}"}), file="bad.json")

    def shown(*arguments: str) -> Any:
        return aether("run", good, "--output", "json", *arguments).json["tasks"][1]["outputs"]

    assert shown() == {"text": "eu-3"}
    assert shown("--set", "deploy.size=9") == {"text": "eu-9"}
    assert aether("validate", good, "--strict").status == 0
    for command, printed in (("validate", "out"), ("run", "err")):
        outcome = aether(command, bad)
        assert "variable source 'worse' of cli_vars 1.0 can't be used" in getattr(outcome, printed)
        assert 'Did you mean "deploy.region"?' in getattr(outcome, printed)
        assert "Traceback" not in outcome.out + outcome.err
    report = aether("doctor", "--output", "json").json
    assert {s["name"]: s["state"] for s in report["variableSources"]} == {
        "deploy": "loaded",
        "worse": "failed",
    }
    assert any("variable source worse is failed" in problem for problem in report["problems"])
    assert "Variable sources" in aether("doctor").out
