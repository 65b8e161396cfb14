"""`aether artifacts`: what a run has made, listed and copied out."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

Aether = Callable[..., Any]
Ran = Callable[..., Any]


def makes(name: str, script: str, *artifacts: str) -> dict[str, Any]:
    return {
        "name": name,
        "executor": {"type": "shell"},
        "inputs": {"parameters": [{"name": "script", "value": script}]},
        "outputs": {"artifacts": [{"name": each} for each in artifacts]},
    }


@pytest.fixture(autouse=True)
def made(ran: Ran) -> None:
    """Run `r`: two tasks that make a file `report` each, one of them a folder `lists` too."""
    folder = "mkdir $AETHER_OUTPUT_ARTIFACT_LISTS; echo x > $AETHER_OUTPUT_ARTIFACT_LISTS/x"
    outcome = ran(
        makes("one", "echo one > $AETHER_OUTPUT_ARTIFACT_REPORT", "report"),
        makes("two", f"echo two > $AETHER_OUTPUT_ARTIFACT_REPORT; {folder}", "report", "lists"),
    )
    assert outcome.status == 0, outcome


def test_artifacts_are_listed_with_their_tasks(aether: Aether) -> None:
    outcome = aether("artifacts", "r")
    as_json = aether("artifacts", "r", "--task", "two", "--output", "json").json

    rows = [line.split()[:2] for line in outcome.out.splitlines()]
    assert rows == [["NAME", "TASK"], ["report", "one"], ["report", "two"], ["lists", "two"]]
    assert [(each["name"], each["task"]) for each in as_json] == [
        ("report", "two"),
        ("lists", "two"),
    ]
    assert as_json[0]["place"]["size"] == 4


def test_a_copy_is_what_the_task_made(aether: Aether, work: Path) -> None:
    """A file is a file and a folder a folder, under its own name or the one that is given."""
    (work / "here").mkdir()

    as_json = aether(
        "artifacts", "r", "report", "--task", "one", "--to", "a.txt", "--output", "json"
    )
    into = aether("artifacts", "r", "report", "--task", "two", "--to", "here")
    folder = aether("artifacts", "r", "lists")

    assert (as_json.status, as_json.json["path"]) == (0, "a.txt")
    assert (work / "a.txt").read_text() == "one\n"
    assert (into.status, into.out) == (0, f"{Path('here/report')}\n")
    assert (work / "here" / "report").read_text() == "two\n"
    assert (folder.status, (work / "lists" / "x").read_text()) == (0, "x\n")


def test_what_is_there_is_replaced_only_when_asked_and_never_a_folder(
    aether: Aether, work: Path
) -> None:
    (work / "a.txt").write_text("mine")
    copy = ("artifacts", "r", "report", "--task", "one", "--to", "a.txt")

    refused = aether(*copy)
    assert (refused.status, (work / "a.txt").read_text()) == (2, "mine")
    assert "--force" in refused.err
    assert aether(*copy, "--force").status == 0
    assert (work / "a.txt").read_text() == "one\n"

    aether("artifacts", "r", "lists")
    again = aether("artifacts", "r", "lists", "--force")
    assert again.status == 2
    assert "Folders are never replaced." in again.err


@pytest.mark.parametrize(
    ("words", "complaint"),
    [
        (["r", "report"], "Say which one with --task: one, two."),
        (["r", "nothing"], "Its artifacts are: lists, report."),
        (["r", "report", "--task", "three"], "run r has no task 'three'"),
        (["r", "lists", "--to", "no/such/folder"], "can't write no/such/folder"),
        (["r", "--to", "x"], "need the NAME of an artifact"),
        (["q", "report"], "no run 'q' in this store"),
    ],
)
def test_a_mistake_copies_nothing(
    aether: Aether, work: Path, words: list[str], complaint: str
) -> None:
    before = set(work.iterdir())

    outcome = aether("artifacts", *words)

    assert (outcome.status, outcome.out) == (2, "")
    assert complaint in outcome.err
    assert set(work.iterdir()) == before


def test_a_file_that_is_gone_says_so_and_leaves_nothing_behind(aether: Aether, work: Path) -> None:
    outcome = aether("artifacts", "r", "report", "--task", "one", "--artifacts", "elsewhere")

    assert outcome.status == 2
    assert "artifact 'report' of task one is gone" in outcome.err
    assert not (work / "report").exists()
    assert not list(work.glob(".aether-*"))


def test_a_run_without_artifacts_says_so(aether: Aether, ran: Ran) -> None:
    aether("delete", "r")
    ran({"name": "only"})

    assert aether("artifacts", "r") == (0, "", "no artifacts\n")
    assert aether("artifacts", "r", "--output", "json").json == []
