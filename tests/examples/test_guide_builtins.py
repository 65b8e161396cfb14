"""What the pages about built-in executors and custom variables show works as shown."""

from __future__ import annotations

import json
import re
import textwrap
import tomllib
from pathlib import Path
from typing import Any

import pytest

from aether_core.cli import main

GUIDE = Path(__file__).parents[2] / "docs/guide"


def blocks(page: str, language: str) -> list[str]:
    """Return the code blocks of a page in one language."""
    text = (GUIDE / page).read_text(encoding="utf-8")
    return re.findall(rf"^```{language}\n(.*?)^```$", text, re.MULTILINE | re.DOTALL)


@pytest.fixture(autouse=True)
def work(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Give each test a folder and a store of its own."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("AETHER_STORE", "sqlite:///runs.db")
    return tmp_path


def run_task(folder: Path, executor: str) -> int:
    """Run a document of one task with the executor that a page shows."""
    head = "apiVersion: aether/v1\nkind: Workflow\nmetadata: {name: w}\nspec:\n  entrypoint: a\n"
    task = f"  templates:\n  - task:\n      name: a\n{textwrap.indent(executor, '      ')}"
    (folder / "task.yaml").write_text(head + task, encoding="utf-8")
    return main(["run", "task.yaml", "--output", "json"])


def install(folder: Path, project: dict[str, Any], monkeypatch: pytest.MonkeyPatch) -> None:
    """Put metadata with the entry points of a `pyproject.toml` into a folder on the path."""
    monkeypatch.syspath_prepend(str(folder))
    info = folder / "acme-1.0.dist-info"
    info.mkdir()
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: acme\nVersion: 1.0\n")
    text = "".join(
        f"[{group}]\n" + "".join(f"{name} = {target}\n" for name, target in entries.items())
        for group, entries in project["entry-points"].items()
    )
    (info / "entry_points.txt").write_text(text)


def test_the_approval_waits_and_goes_on(work: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (work / "order.yaml").write_text(blocks("built-in-executors.md", "yaml")[0], encoding="utf-8")

    waiting = main(["run", "order.yaml", "--run-id", "order-1", "--quiet"])
    capsys.readouterr()
    status = main(["resume", "order-1", "-p", "approver=Ada", "--output", "json"])

    assert (waiting, status) == (3, 0)
    tasks = {t["name"]: t["outputs"] for t in json.loads(capsys.readouterr().out)["tasks"]}
    assert tasks["order"] == {"text": "ordered by Ada"}


def test_the_function_of_a_package_is_called(
    work: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    (toml,) = blocks("built-in-executors.md", "toml")
    install(work, tomllib.loads(toml)["project"], monkeypatch)
    (work / "acme_prices.py").write_text("def price(amount, discount): return amount - discount\n")

    status = run_task(work, blocks("built-in-executors.md", "yaml")[1])

    assert status == 0
    assert json.loads(capsys.readouterr().out)["outputs"] == {"result": 70}


def test_the_program_with_a_function_of_its_own_prints_what_the_page_says(
    capsys: pytest.CaptureFixture[str],
) -> None:
    (program,) = blocks("built-in-executors.md", "python")

    exec(compile(program, "built-in-executors.md", "exec"), {})  # noqa: S102  # the page's own program

    printed = capsys.readouterr().out.strip()
    assert f"It prints `{printed}`." in (GUIDE / "built-in-executors.md").read_text("utf-8")


def test_the_script_runs_where_it_is_allowed(
    work: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AETHER_SCRIPT_RUNTIMES", "python3,bash")

    status = run_task(work, blocks("built-in-executors.md", "yaml")[2])

    assert status == 0
    assert json.loads(capsys.readouterr().out)["outputs"]["stdout"] == "200\n"


def test_the_source_of_the_page_gives_variables(
    work: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    (toml,) = blocks("custom-variables.md", "toml")
    (source,) = blocks("custom-variables.md", "python")
    install(work, tomllib.loads(toml)["project"], monkeypatch)
    (work / "acme_deploy.py").write_text(source, encoding="utf-8")
    text = "{{ deploy.region }}/{{ deploy.size.nodes }}"

    status = run_task(work, f"executor: {{type: echo, config: {{text: '{text}'}}}}\n")

    assert status == 0
    assert json.loads(capsys.readouterr().out)["outputs"] == {"text": "eu/3"}
