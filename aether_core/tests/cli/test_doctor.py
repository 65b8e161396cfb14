"""`aether doctor`."""

from __future__ import annotations

import json
import os
import sys
import sysconfig
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

Aether = Callable[..., Any]


@pytest.fixture(autouse=True)
def own_command_first(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let PATH begin with the scripts of this interpreter."""
    monkeypatch.setenv("PATH", f"{sysconfig.get_path('scripts')}{os.pathsep}{os.environ['PATH']}")


def _doctor(aether: Aether, *options: str) -> Any:
    return aether("doctor", "--output", "json", *options)


def test_a_healthy_installation_is_described(aether: Aether, probe: Any, work: Path) -> None:
    outcome = _doctor(aether)

    report = outcome.json
    assert (outcome.status, outcome.err, report["problems"]) == (0, "", [])
    assert report["ok"] is True
    assert report["python"]["executable"] == sys.executable
    assert report["store"]["state"] == "absent"
    assert {"aether-workflow", "aether-workflow-sdk", "probe-plugin"} <= {
        each["name"] for each in report["distributions"]
    }
    assert "msgspec" in report["foundations"]
    states = {each["name"]: each["state"] for each in report["plugins"]}
    assert states["probe"] == "loaded"
    assert list(work.iterdir()) == []


@pytest.mark.usefixtures("probe")
def test_the_text_names_everything(aether: Aether) -> None:
    outcome = aether("doctor")

    assert outcome.status == 0
    for title in ("Python", "Distributions", "Command", "Store", "Plugins"):
        assert f"{title}\n  " in outcome.out
    assert "  probe  probe-plugin  loaded\n" in outcome.out
    assert outcome.out.endswith("\nEverything is in order.\n")


def test_a_broken_plugin_is_a_problem_and_no_failure(aether: Aether, site: Any) -> None:
    site.install("broken-plugin", "raise SystemExit(3)", executors=["broken"])

    outcome = _doctor(aether)

    assert (outcome.status, outcome.json["ok"]) == (1, False)
    (problem,) = outcome.json["problems"]
    assert problem.startswith("plugin broken is failed: import failed: SystemExit: 3 (")
    assert problem.endswith("broken_plugin.py, line 1)")
    assert "Something is wrong:\n  plugin broken is failed" in aether("doctor").out


def test_the_store_is_opened(aether: Aether, work: Path) -> None:
    (work / "runs.db").write_text("this is no database, but long enough to be mistaken for one")

    outcome = _doctor(aether)

    assert outcome.status == 1
    assert outcome.json["store"]["state"] == "broken"
    assert "runs.db" in outcome.json["problems"][0]
    assert _doctor(aether, "--store", "memory:").json["store"]["state"] == "ok"


def test_a_password_in_the_store_s_url_is_not_shown(aether: Aether) -> None:
    outcome = _doctor(aether, "--store", "postgresql://me:secret@host/db")

    assert outcome.json["store"]["url"] == "postgresql://me:******@host/db"
    assert "secret" not in outcome.out


def test_where_a_distribution_came_from_is_shown(aether: Aether, site: Any) -> None:
    direct = {"url": "https://me:secret@example.org/x.whl", "archive_info": {}}
    site.install("a-plugin", "", executors=["a"], files={"direct_url.json": json.dumps(direct)})
    direct = {"url": "file:///checkout", "dir_info": {"editable": True}}
    site.install("b-plugin", "", executors=["b"], files={"direct_url.json": json.dumps(direct)})
    site.install("c-plugin", "", executors=["c"], files={"direct_url.json": "not JSON"})

    found = {each["name"]: each for each in _doctor(aether).json["distributions"]}

    assert found["a-plugin"]["origin"] == "https://me:******@example.org/x.whl"
    assert (found["b-plugin"]["origin"], found["b-plugin"]["editable"]) == (
        "file:///checkout",
        True,
    )
    assert (found["c-plugin"]["origin"], found["c-plugin"]["editable"]) == (None, False)
    assert found["c-plugin"]["location"] == str(site.folder)


def test_a_distribution_that_is_on_the_path_twice_is_a_problem(
    aether: Aether, site: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    second = tmp_path / "second"
    site.install("probe-plugin", "", executors=["probe"])
    site.install("Probe_Plugin", "", executors=["probe"], folder=second)
    monkeypatch.syspath_prepend(str(second))

    outcome = _doctor(aether)

    assert outcome.status == 1
    (problem,) = [each for each in outcome.json["problems"] if "on the path 2 times" in each]
    assert str(second) in problem


@pytest.mark.parametrize(
    ("script", "state"),
    [
        ("#!/usr/bin/perl\nprint 'hello'\n", "foreign"),
        ("#!/other/python\nfrom aether_core.cli import main\n", "other"),
        (f"#!{sys.executable}\nfrom aether_core.cli import main\n", "ours"),
    ],
)
def test_whose_command_is_on_the_path_is_found_out(
    aether: Aether, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, script: str, state: str
) -> None:
    folder = tmp_path / "bin"
    folder.mkdir()
    (folder / "aether").write_text(script)
    (folder / "aether").chmod(0o755)
    monkeypatch.setenv("PATH", str(folder))

    outcome = _doctor(aether)

    assert outcome.json["command"] == {"path": str(folder / "aether"), "state": state}
    assert outcome.status == (1 if state == "foreign" else 0)


def test_no_command_on_the_path_is_fine(
    aether: Aether, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))

    outcome = _doctor(aether)

    assert (outcome.status, outcome.json["command"]["state"]) == (0, "absent")
    assert "python -m aether_core" in aether("doctor").out


def test_code_that_is_not_installed_is_a_problem(
    aether: Aether, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("aether_core.cli._installation.distributions", list)

    outcome = _doctor(aether)

    assert outcome.status == 1
    assert "aether-workflow is not installed" in outcome.json["problems"][0]
