"""`aether get` and `aether list`."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

Aether = Callable[..., Any]
Document = Callable[..., str]
Task = Callable[..., dict[str, Any]]

pytestmark = pytest.mark.usefixtures("probe")


@pytest.fixture
def runs(aether: Aether, document: Document, task: Task, probe: object) -> None:
    """Three runs: one of another workflow, one that failed."""
    aether("run", document(task("only")), "--run-id", "r-1", "-q")
    aether("run", document(task("only", {"fail": "no"})), "--run-id", "r-2", "-q")
    aether("run", document(task("only"), name="other"), "--run-id", "r-3", "-q")


@pytest.mark.usefixtures("runs")
def test_list_shows_the_newest_first(aether: Aether) -> None:
    outcome = aether("list", "--output", "json")

    assert (outcome.status, outcome.err) == (0, "")
    assert [each["runId"] for each in outcome.json] == ["r-3", "r-2", "r-1"]
    assert list(outcome.json[0]) == [
        "runId",
        "workflow",
        "namespace",
        "phase",
        "progress",
        "createdAt",
        "finishedAt",
    ]


@pytest.mark.usefixtures("runs")
@pytest.mark.parametrize(
    ("options", "expected"),
    [
        (["--phase", "Failed"], ["r-2"]),
        (["--phase", "failed"], ["r-2"]),
        (["--name", "other"], ["r-3"]),
        (["--limit", "2"], ["r-3", "r-2"]),
        (["--phase", "Succeeded", "--name", "demo"], ["r-1"]),
        (["--name", "nobody"], []),
    ],
)
def test_list_filters(aether: Aether, options: list[str], expected: list[str]) -> None:
    listed = aether("list", "--output", "json", *options).json

    assert [each["runId"] for each in listed] == expected


@pytest.mark.usefixtures("runs")
@pytest.mark.parametrize("phase", ["Skipped", "nonsense"])
def test_list_refuses_phases_that_no_run_is_ever_in(aether: Aether, phase: str) -> None:
    outcome = aether("list", "--phase", phase)

    assert (outcome.status, outcome.out) == (2, "")
    assert "Succeeded" in outcome.err


@pytest.mark.usefixtures("runs")
def test_list_for_people_is_a_table(aether: Aether, normal: Callable[[str], str]) -> None:
    lines = normal(aether("list").out).splitlines()

    assert lines[0].split() == ["RUN", "WORKFLOW", "PHASE", "TASKS", "CREATED", "TOOK"]
    assert lines[2].split() == ["r-2", "demo", "Failed", "2/2", "MOMENT", "TIME"]


@pytest.mark.usefixtures("runs")
def test_list_says_that_there_are_more(aether: Aether) -> None:
    assert aether("list", "--limit", "3").err == ""
    assert aether("list", "--limit", "2").err == ("these are the newest 2; --limit N shows more\n")


def test_a_store_that_does_not_exist_is_empty_and_stays_away(aether: Aether, work: Path) -> None:
    absent = (
        f"there is no store at {work / 'runs.db'} yet; `aether run` creates it "
        "(--store or AETHER_STORE name another)\n"
    )
    assert aether("list", "--output", "json") == (0, "[]\n", absent)
    assert aether("list") == (0, "", f"{absent}no runs\n")
    for command in ("get", "why", "watch", "artifacts"):
        outcome = aether(command, "r-1")
        assert outcome.status == 2
        assert f"there is no store at {work / 'runs.db'}\n" in outcome.err
    assert list(work.iterdir()) == []


@pytest.mark.usefixtures("runs")
def test_an_unknown_run_is_wrong_usage_and_ids_are_whole(aether: Aether) -> None:
    outcome = aether("get", "r-", "--output", "json")

    assert (outcome.status, outcome.out) == (2, "")
    assert "no run 'r-' in this store" in outcome.err


@pytest.mark.usefixtures("runs")
def test_get_for_people_is_what_run_printed(aether: Aether, document: Document, task: Task) -> None:
    file = document(task("only", {"fail": "no"}))

    ran = aether("run", file, "--run-id", "r-2")

    assert aether("get", "r-2").out == ran.out


@pytest.mark.usefixtures("runs")
def test_a_store_given_as_option_wins_over_the_environment(
    aether: Aether, document: Document, task: Task
) -> None:
    url = "sqlite:///other.db"

    aether("run", document(task("only", {"fail": "x"})), "--store", url, "--run-id", "r-9", "-q")

    assert [each["runId"] for each in aether("list", "--store", url, "--output", "json").json] == [
        "r-9"
    ]
    shown = aether("get", "r-9", "--store", url).out
    assert "`aether get r-9 --store sqlite:///other.db --output json`" in shown


def test_without_any_store_the_state_folder_is_used(
    aether: Aether, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("AETHER_STORE", "")
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))

    assert aether("list", "--output", "json").json == []
    assert not (tmp_path / "state").exists()


def test_a_file_that_is_no_store_is_wrong_usage(aether: Aether, work: Path) -> None:
    (work / "runs.db").write_text("this is no database, but long enough to be mistaken for one")

    for command in (["list"], ["get", "x"]):
        outcome = aether(*command)

        assert (outcome.status, outcome.out) == (2, "")
        assert "runs.db" in outcome.err
