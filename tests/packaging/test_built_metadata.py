"""The look at metadata notices each thing that users or installers would miss."""

from __future__ import annotations

from pathlib import Path
from runpy import run_path
from typing import Any

import pytest
from packaging.metadata import Metadata
from packaging.version import Version

SCRIPT: dict[str, Any] = run_path(str(Path(__file__).with_name("built_metadata.py")))
README = "# aether-shell\n\n[A guide](https://example.org/guide)\n"
TEXT = "\n".join([
    "Metadata-Version: 2.4",
    "Name: aether-shell",
    "Version: 0.1.0",
    "Summary: Shells.",
    "Author: Us",
    "License-Expression: Apache-2.0",
    "License-File: LICENSE",
    *(f"Classifier: {classifier}" for classifier in sorted(SCRIPT["CLASSIFIERS"])),
    "Requires-Python: >=3.11",
    "Requires-Dist: aether-workflow-sdk<0.2,>=0.1",
    "Description-Content-Type: text/markdown",
    "",
    README,
])  # fmt: skip
ENTRIES = {"aether.executors": {"shell": "aether_shell", "script": "aether_shell:ScriptExecutor"}}
FILES = ["aether_shell/__init__.py"]


def problems(
    text: str = TEXT,
    *,
    entries: dict[str, dict[str, str]] = ENTRIES,
    of_sdist: str | None = None,
    readme: str = README,
    folder: Path,
) -> list[str]:
    """Return what the script says about a wheel with such metadata."""
    (folder / "README.md").write_text(readme)
    same = text if of_sdist is None else of_sdist
    built = SCRIPT["Built"](folder, Metadata.from_email(text), same, text, entries, FILES)
    return [*SCRIPT["problems_of"](built, Version("0.1.0"))]


def test_good_metadata_pass(tmp_path: Path) -> None:
    assert problems(folder=tmp_path) == []


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("Version: 0.1.0", "Version: 0.1.1", "has the version 0.1.1, the SDK 0.1.0"),
        (">=3.11", ">=3.10", "requires Python >=3.10, expected >=3.11"),
        ("Apache-2.0", "MIT", "has the licence MIT in ['LICENSE']"),
        (
            "Classifier: Private :: Do Not Upload\n",
            "",
            "lacks the classifier Private :: Do Not Upload",
        ),
        ("Typing :: Typed", "Topic :: Games", "has the classifier Topic :: Games"),
        ("<0.2,>=0.1", ">=0.1", "expected a range with 0.1.0 and without 0.2"),
        ("<0.2,>=0.1", "<0.1,>=0.0.5", "expected a range with 0.1.0 and without 0.2"),
        ("aether-workflow-sdk<0.2,>=0.1", "httpx", "requires httpx without a lower bound"),
        ("aether-workflow-sdk<0.2,>=0.1", "httpx", "does not require aether-workflow-sdk"),
        ("Summary: Shells.\n", "", "has no summary or no author"),
        ("text/markdown", "text/plain", "does not describe itself with its README"),
        ("Author: Us", "Author: Us\nProvides-Extra: more", "has the extras ['more']"),
    ],
)
def test_a_fault_is_said(old: str, new: str, said: str, tmp_path: Path) -> None:
    assert old in TEXT

    found = problems(TEXT.replace(old, new), folder=tmp_path)

    assert any(said in problem for problem in found), found


def test_another_description_and_dead_links_are_said(tmp_path: Path) -> None:
    readme = README.replace("https://example.org/", "../docs/")

    assert problems(readme=readme, folder=tmp_path) == [
        "does not describe itself with its README",
        "its description links to ../docs/guide, which is only in the repository",
    ]


def test_an_sdist_that_says_something_else_is_noticed(tmp_path: Path) -> None:
    found = problems(of_sdist=TEXT.replace("Us", "Them"), folder=tmp_path)

    assert found == ["says something else in the sdist than in the wheel"]


def test_entry_points_are_as_promised_and_lead_to_the_package(tmp_path: Path) -> None:
    entries = {"aether.executors": {"shell": "aether_shell", "scripts": "aether_gone:Script"}}

    missing, dead = problems(entries=entries, folder=tmp_path)

    assert "has the entry points" in missing
    assert dead == "names aether_gone:Script as an entry point, which it does not hold"
