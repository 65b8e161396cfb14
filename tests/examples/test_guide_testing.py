"""What the page about testing an executor shows works as shown."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import tomllib
from pathlib import Path

from aether_sdk.testing import RULES

ROOT = Path(__file__).parents[2]
GUIDE = ROOT / "docs/guide"
PAGE = (GUIDE / "testing-an-executor.md").read_text(encoding="utf-8")


def blocks(text: str, language: str) -> list[str]:
    """Return the code blocks of a page in one language."""
    return re.findall(rf"^```{language}\n(.*?)^```$", text, re.MULTILINE | re.DOTALL)


def install_the_executor(folder: Path) -> None:
    """Put the executor of the other page, and the metadata that it shows, into a folder."""
    page = (GUIDE / "writing-an-executor.md").read_text(encoding="utf-8")
    project = tomllib.loads(blocks(page, "toml")[0])["project"]
    (folder / "acme_slug.py").write_text(blocks(page, "python")[0], encoding="utf-8")
    info = folder / "acme_slug-1.0.dist-info"
    info.mkdir()
    lines = [f"Requires-Dist: {line}" for line in project["dependencies"]]
    head = f"Metadata-Version: 2.1\nName: {project['name']}\nVersion: {project['version']}\n"
    (info / "METADATA").write_text(head + "\n".join(lines), encoding="utf-8")
    [(group, entries)] = project["entry-points"].items()
    listed = "".join(f"{name} = {target}\n" for name, target in entries.items())
    (info / "entry_points.txt").write_text(f"[{group}]\n{listed}", encoding="utf-8")


def test_the_tests_of_the_page_pass(tmp_path: Path) -> None:
    """Each file that the page shows, run by pytest beside the executor of the other page."""
    install_the_executor(tmp_path)
    files = blocks(PAGE, "python")
    for text in files:
        file = tmp_path / text.partition("\n")[0].removeprefix("# ")
        file.parent.mkdir(exist_ok=True)
        file.write_text(text, encoding="utf-8")

    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "tests"],
        cwd=tmp_path,
        env={**os.environ, "PYTHONPATH": os.pathsep.join([str(tmp_path), *sys.path])},
        capture_output=True,
        text=True,
        check=False,
    )

    assert len(files) == 4
    assert done.returncode == 0, done.stdout
    passed, skipped = re.findall(r"(\d+) (?:passed|skipped)", done.stdout)
    # Nothing waits in this executor, it has no secrets and no README: four rules have nothing to
    # look at.
    assert (int(passed), int(skipped)) == (len(RULES) + 1 + 4 - 4, 4)


def test_the_page_lists_every_rule_as_it_is() -> None:
    rows = dict(re.findall(r"^\| `([\w-]+)` \| (.*) \|$", PAGE, re.MULTILINE))

    assert {rule.code: rule.text for rule in RULES}.items() <= rows.items()


def test_the_extra_exists() -> None:
    [shown] = blocks(PAGE, "toml")
    sdk = tomllib.loads((ROOT / "aether_sdk/pyproject.toml").read_text(encoding="utf-8"))

    [requirement] = tomllib.loads(shown)["project"]["optional-dependencies"]["test"]

    assert requirement.startswith("aether-workflow-sdk[testing]")
    assert "testing" in sdk["project"]["optional-dependencies"]
