"""`--report FILE.html` of `aether run` and `aether get`."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Mapping
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest

Aether = Callable[..., Any]
Step = Callable[..., dict[str, Any]]
Workflow = Callable[..., str]

SAY = {"script": "echo '<i>heat</i>'"}


@pytest.fixture
def bakery(workflow: Workflow, step: Step) -> Callable[[Mapping[str, Any]], str]:
    """Write a workflow of two tasks, the first of which runs a script."""

    def write(script: Mapping[str, Any] = SAY) -> str:
        return workflow(step("knead", "shell", script), step("bake", "echo", {}, after="knead"))

    return write


def tags_of(file: Path) -> list[str]:
    """Return the elements of a page, each of which has its end."""
    opened: list[str] = []
    seen: list[str] = []

    class Reader(HTMLParser):
        def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
            seen.append(tag)
            if tag != "meta":
                opened.append(tag)

        def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
            seen.append(tag)

        def handle_endtag(self, tag: str) -> None:
            assert opened.pop() == tag

    reader = Reader()
    reader.feed(file.read_text(encoding="utf-8"))
    reader.close()
    assert opened == []
    return seen


@pytest.mark.parametrize("store", ["memory:", "sqlite:///runs.db"])
def test_a_run_leaves_a_page_beside_its_usual_output(
    aether: Aether, bakery: Callable[..., str], work: Path, store: str
) -> None:
    """Also of a store that is gone with the command."""
    ran = aether(
        "run", bakery(), "--report", "r.html", "--store", store, "--output", "json", "--run-id", "r"
    )

    assert (ran.status, ran.json["phase"]) == (0, "Succeeded")
    page = (work / "r.html").read_text(encoding="utf-8")
    assert "svg" in tags_of(work / "r.html")
    assert '<pre class="log">&lt;i&gt;heat&lt;/i&gt;</pre>' in page
    assert not list(work.glob(".aether-report*"))


def test_runs_that_failed_or_wait_are_reported_too(
    aether: Aether, bakery: Callable[..., str], workflow: Workflow, step: Step, work: Path
) -> None:
    (work / "r.html").write_text("<!DOCTYPE html>old")

    failed = aether("run", bakery({"script": "exit 3"}), "--report", "r.html")
    page = (work / "r.html").read_text(encoding="utf-8")
    waiting = step("ask", "echo", {"suspend": True})
    suspended = aether("run", workflow(waiting), "--report", "s.html", "--run-id", "s")

    assert (failed.status, suspended.status) == (1, 3)
    assert "exit code 3, expected 0" in page
    assert "1 task was not reached: bake." in page
    assert "Suspended" in (work / "s.html").read_text(encoding="utf-8")


def test_get_writes_the_page_of_a_run_that_is_stored(
    aether: Aether, bakery: Callable[..., str], work: Path
) -> None:
    aether("run", bakery(), "--run-id", "r", "--quiet")

    text = aether("get", "r", "--report", "r.html")
    as_json = aether("get", "r", "--report", "j.html", "--output", "json")
    unknown = aether("get", "nobody", "--report", "n.html")

    assert (text.status, as_json.status, unknown.status) == (0, 0, 2)
    assert as_json.json["runId"] == "r"
    assert tags_of(work / "r.html") == tags_of(work / "j.html")
    assert not (work / "n.html").exists()


@pytest.mark.parametrize(
    ("place", "why"),
    [
        ("folder", "is a folder"),
        ("", "is a folder"),
        ("missing/r.html", "there is no folder"),
        ("runs.txt/r.html", "there is no folder"),
        (os.devnull, "is something else than a page"),
        ("flow.json", "is something else than a page"),
        ("x" * 300, "can't be used"),
        ("circle", "can't be used"),
    ],
)
def test_a_place_where_no_file_can_be_is_refused_before_anything_runs(
    aether: Aether, bakery: Callable[..., str], work: Path, place: str, why: str
) -> None:
    (work / "folder").mkdir()
    (work / "runs.txt").touch()
    (work / "circle").symlink_to("circle")
    flow = bakery({"script": "touch ran"})

    ran = aether("run", flow, "--report", place)

    assert (ran.status, ran.out) == (2, "")
    assert why in ran.err
    assert not (work / "ran").exists()
    assert not (work / "runs.db").exists()


def test_a_page_that_can_not_be_written_is_said_behind_a_run_that_is_shown(
    aether: Aether, bakery: Callable[..., str], work: Path
) -> None:
    """The run stays as it is; status 70 is about the command's own output."""
    (work / "there").mkdir()
    flow = bakery({"script": "rmdir there"})

    ran = aether("run", flow, "--report", "there/r.html", "--output", "json", "--run-id", "r")

    assert (ran.status, ran.json["phase"]) == (70, "Succeeded")
    assert "cannot write the report" in ran.err
    (work / "there").mkdir()
    assert aether("get", "r", "--report", "there/r.html").status == 0


def test_a_link_is_kept_and_what_it_leads_to_is_replaced(
    aether: Aether, bakery: Callable[..., str], work: Path
) -> None:
    (work / "real.html").touch()
    (work / "link.html").symlink_to("real.html")

    aether("run", bakery(), "--report", "link.html")

    assert (work / "link.html").is_symlink()
    assert (work / "real.html").read_text(encoding="utf-8").startswith("<!DOCTYPE html>")


def test_only_a_run_with_a_report_loads_what_makes_one(
    aether: Aether, bakery: Callable[..., str], monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in [name for name in sys.modules if name.startswith("aether_core.report")]:
        monkeypatch.delitem(sys.modules, name)

    aether("run", bakery())

    assert "aether_core.report" not in sys.modules
