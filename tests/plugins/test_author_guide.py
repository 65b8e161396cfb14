"""docs/guide/writing-an-executor.md, block after block, as a reader goes through it."""

from __future__ import annotations

import importlib
import re
import shlex
import sys
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest

from aether_core.cli import main
from aether_core.plugins.compatibility import RULES

PAGE = Path(__file__).parents[2] / "docs/guide/writing-an-executor.md"
TEXT = PAGE.read_text(encoding="utf-8")
MODULE = "acme_slug"
#: Commands of the page that end badly, since they are there to show a fault.
BAD = ("aether validate mistake.yaml", "aether plugins diff slug-1.0.json")


def blocks() -> list[tuple[str, str]]:
    """Return the language and the text of every block, in the order of the page."""
    return re.findall(r"^```(\w*)\n(.*?)^```$", TEXT, re.MULTILINE | re.DOTALL)


class Reader:
    """Does what the page says, in a folder of its own."""

    def __init__(self, folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
        self._folder = folder
        self._capsys = capsys
        self._module = folder / f"{MODULE}.py"

    def python(self, text: str) -> None:
        """Write the plugin, or put a class in the place of the one of the same name."""
        if self._module.exists():
            old = self._module.read_text(encoding="utf-8")
            (name,) = re.findall(r"^class \w+", text, re.MULTILINE)
            text, count = re.subn(rf"^{name}\(.*?(?=^\S)", f"{text}\n\n", old, flags=re.M | re.S)
            assert count == 1
        self._module.write_text(text, encoding="utf-8")
        sys.modules.pop(MODULE, None)
        importlib.invalidate_caches()

    def toml(self, text: str) -> None:
        """Install the package as its metadata says."""
        project = tomllib.loads(text)["project"]
        info = self._folder / f"{MODULE}-{project['version']}.dist-info"
        info.mkdir()
        header = f"Name: {project['name']}\nVersion: {project['version']}\n"
        (info / "METADATA").write_text(f"Metadata-Version: 2.1\n{header}", encoding="utf-8")
        [(group, entries)] = project["entry-points"].items()
        lines = [f"[{group}]", *(f"{name} = {target}" for name, target in entries.items())]
        (info / "entry_points.txt").write_text("\n".join(lines), encoding="utf-8")

    def yaml(self, text: str) -> None:
        """Keep the document, and the one with the mistake that the page speaks of."""
        name = text.partition("\n")[0].removeprefix("# ")
        (self._folder / name).write_text(text, encoding="utf-8")
        wrong = text.replace("value: 5", "value: 0")
        assert wrong != text
        (self._folder / "mistake.yaml").write_text(wrong, encoding="utf-8")

    def console(self, text: str) -> None:
        """Type each command and compare what it prints with what the page shows."""
        for command, shown in re.findall(r"^\$ (.*)\n((?:(?!\$ ).*\n)*)", text, re.MULTILINE):
            line, _, file = command.partition(" > ")
            status = main(shlex.split(line)[1:])
            printed = self._capsys.readouterr().out
            assert status == (1 if line in BAD and "no changes" not in shown else 0), command
            if file:
                (self._folder / file).write_text(printed, encoding="utf-8")
            elif shown:
                assert _trimmed(printed) == _trimmed(shown), command


def _trimmed(text: str) -> list[str]:
    return [line.rstrip() for line in text.strip().splitlines()]


@pytest.fixture
def reader(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Iterator[Reader]:
    """Return a reader in an empty folder that Python imports from."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.syspath_prepend(str(tmp_path))
    monkeypatch.setattr(sys, "dont_write_bytecode", True)
    sys.modules.pop(MODULE, None)
    yield Reader(tmp_path, capsys)
    sys.modules.pop(MODULE, None)


def test_every_block_of_the_page_works_as_shown(reader: Reader) -> None:
    """In this order; a block in a language that nobody tries is a mistake of the page."""
    found = blocks()

    for language, text in found:
        getattr(reader, language)(text)

    assert len(found) >= 8


def test_the_page_names_every_rule() -> None:
    """With what it means, and whether it breaks documents."""
    for name, rule in RULES.items():
        kind = "breaking" if rule.breaking else "compatible"
        assert f"| `{name}` | {kind} | {rule.meaning} |" in TEXT
