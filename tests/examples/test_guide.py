"""What the README and the guide show works as shown."""

from __future__ import annotations

import asyncio
import json
import re
import tomllib
from importlib import import_module
from pathlib import Path
from textwrap import dedent
from types import ModuleType

import pytest

from aether_core.cli import main
from aether_core.plugins import InstalledExecutors, PluginPolicy
from aether_sdk import ExecuteRequest, Inputs, TaskFailed

ROOT = Path(__file__).parents[2]


def blocks(page: str, language: str) -> list[str]:
    """Return the code blocks of a page in one language."""
    text = (ROOT / page).read_text(encoding="utf-8")
    found = re.findall(r"^ *```(\w*)\n(.*?)^ *```$", text, re.MULTILINE | re.DOTALL)
    return [dedent(block) for name, block in found if name == language]


def test_the_first_document_of_the_readme_runs(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """The document does what the page says, for a folder of this repository."""
    (tmp_path / "pages.yaml").write_text(blocks("README.md", "yaml")[0], encoding="utf-8")
    folder = f"folder={ROOT / 'docs'}"

    status = main(
        [
            "run",
            str(tmp_path / "pages.yaml"),
            "-p",
            folder,
            "--store",
            "memory:",
            "--output",
            "json",
        ]
    )

    execution = json.loads(capsys.readouterr().out)
    assert status == 0
    assert execution["outputs"]["pages"] == len(list((ROOT / "docs").rglob("*.md")))
    assert {task["name"]: task["phase"] for task in execution["tasks"]}["praise"] == "Succeeded"


def test_the_program_in_the_engine_s_readme_runs(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Embedding the engine works as shown, on a store in the current folder."""
    (program,) = blocks("aether_core/README.md", "python")
    program = program.replace("examples/", f"{ROOT}/examples/")
    monkeypatch.chdir(tmp_path)

    exec(compile(program, "README.md", "exec"), {})  # noqa: S102  # the page's own program

    assert "Hello, Ada!" in capsys.readouterr().out
    assert (tmp_path / "runs.db").exists()


def test_the_readme_tells_what_the_checker_says(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """The diagnostics that the page shows are those of the document it names."""
    monkeypatch.chdir(ROOT)
    shown = next(block for block in blocks("README.md", "") if "aether validate" in block)

    main(["validate", "examples/mistakes.yaml"])

    printed = capsys.readouterr().out
    assert shown.split("\n", 1)[1].strip() == printed.strip()


def test_the_complete_documents_of_the_guide_are_valid(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """A block that has an envelope is a document without problems."""
    documents = [b for b in blocks("docs/guide/first-workflow.md", "yaml") if "apiVersion" in b]
    for number, text in enumerate(documents):
        (tmp_path / f"{number}.yaml").write_text(text, encoding="utf-8")

    status = main(["validate", *map(str, sorted(tmp_path.glob("*.yaml"))), "--strict"])

    assert documents
    assert status == 0, capsys.readouterr().out


@pytest.fixture
def plugin(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    """The plugin of the guide, installed as its metadata says."""
    source = blocks("docs/guide/writing-an-executor.md", "python")[0]
    project = tomllib.loads(blocks("docs/guide/writing-an-executor.md", "toml")[0])["project"]
    (tmp_path / "acme_slug.py").write_text(source, encoding="utf-8")
    info = tmp_path / "acme_slug-1.0.dist-info"
    info.mkdir()
    (info / "METADATA").write_text(
        f"Metadata-Version: 2.1\nName: {project['name']}\nVersion: {project['version']}\n"
    )
    [(group, entries)] = project["entry-points"].items()
    lines = [f"{name} = {target}" for name, target in entries.items()]
    (info / "entry_points.txt").write_text("\n".join([f"[{group}]", *lines]))
    monkeypatch.syspath_prepend(str(tmp_path))

    return import_module("acme_slug")


def test_the_executor_of_the_guide_works(plugin: ModuleType) -> None:
    """It loads, declares its inputs, answers, and refuses what it says it refuses."""
    executors = InstalledExecutors(PluginPolicy())

    executor = executors.get("slug")
    schema = executors.get_schema("slug")

    assert executor is not None
    assert schema is not None
    assert schema.inputs is not None
    assert schema.inputs["required"] == ["title"]
    answer = asyncio.run(plugin.SlugExecutor().execute(request(title="A Day in May!")))
    assert answer.slug == "a-day-in-may"
    with pytest.raises(TaskFailed, match="no letter"):
        asyncio.run(plugin.SlugExecutor().execute(request(title="…")))


def request(**inputs: str) -> ExecuteRequest:
    """Return a request with these inputs."""
    return ExecuteRequest("task", "run", "main", inputs=Inputs.of(inputs))


def test_links_of_the_pages_lead_somewhere() -> None:
    """Every relative link in the pages names a file or folder of the repository."""
    pages = [*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")]

    broken = [
        f"{page.relative_to(ROOT)}: {target}"
        for page in pages
        for target in re.findall(
            r"\]\((?!https?:)([^)#]+)[^)]*\)", page.read_text(encoding="utf-8")
        )
        if not (page.parent / target).exists()
    ]

    assert broken == []
