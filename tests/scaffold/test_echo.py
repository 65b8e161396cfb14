"""The plugin aether-echo is what the template makes for its answers, marked regions aside.

A region begins at a line with `region:` and a reason, and ends at one with `endregion`. It stands
for any text of the template, none included; blank lines around it belong to it.
"""

from __future__ import annotations

import re
from pathlib import Path

import pytest

ECHO = Path(__file__).parents[2] / "plugins/aether-echo"
ANSWERS = {
    "type": "echo",
    "distribution": "aether-echo",
    "description": "Echoes inputs and produces declared outputs",
    "license": "Apache-2.0",
    "execute": "async",
    "outputs": "dynamic",
    "secrets": "no",
}
#: What echo has beside the files of the template.
OWN = {
    "src/aether_echo/_controls.py",
    "src/aether_echo/_declared.py",
    "tests/test_own_controls.py",
    "tests/test_package.py",
    "tests/test_protocol_controls.py",
}
#: What this repository has once, for all of its packages.
SHARED = {".github/workflows/checks.yml", ".gitignore", "CHANGELOG.md", "noxfile.py"}
REGION = re.compile(
    r"\n*^[ \t]*(?:#|<!--) region: [^\n]+\n(?:.*?\n)??[ \t]*(?:#|<!--) endregion[^\n]*\n+",
    re.MULTILINE | re.DOTALL,
)


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """What the template makes; echo itself may be installed here, so the command would refuse."""
    from aether_core.cli._new_template import Template

    folder = tmp_path_factory.mktemp("made") / "aether-echo"
    Template.of_executors().render(ANSWERS, folder)
    for name in SHARED:
        folder.joinpath(name).unlink()
    return folder


def files_of(folder: Path) -> set[str]:
    found = (path.relative_to(folder) for path in folder.rglob("*") if path.is_file())
    return {
        str(path)
        for path in found
        if not any(part.startswith((".", "__pycache__")) for part in path.parts)
    }


def differs(ours: str, rendered: str) -> str:
    """Return the first line of ours outside regions that the template does not make, "" if none."""
    pieces = REGION.split(ours)
    pattern = "(?s:.*?)".join(re.escape(piece) for piece in pieces)
    if re.fullmatch(pattern, rendered):
        return ""
    lines = [line for piece in pieces for line in piece.splitlines()]
    return next((line for line in lines if line not in rendered.splitlines()), "the order")


def test_echo_has_the_files_of_the_template_and_its_own(made: Path) -> None:
    assert files_of(ECHO) == files_of(made) | OWN


def test_each_file_is_the_template_s_outside_marked_regions(made: Path) -> None:
    different = {
        name: differs((ECHO / name).read_text("utf-8"), (made / name).read_text("utf-8"))
        for name in sorted(files_of(made))
    }

    assert {name: line for name, line in different.items() if line} == {}


def test_most_of_what_the_template_makes_is_in_echo_unmarked(made: Path) -> None:
    """Regions that stood for everything would make the comparison worthless."""
    names = files_of(made) - {"LICENSE"}
    rendered = sum(len((made / name).read_text("utf-8").splitlines()) for name in names)
    pieces = [REGION.split((ECHO / name).read_text("utf-8")) for name in names]
    kept = sum(len("\n".join(texts).splitlines()) for texts in pieces)

    assert kept >= 0.65 * rendered


@pytest.mark.parametrize(
    ("ours", "line"),
    [
        ("a\nb\nc\n", ""),
        ("a\n# region: why\nB\n# endregion\nc\n", ""),
        ("a\nb\n\n# region: why\n# endregion\n\nc\n", ""),
        ("a\nb\nC\n", "C"),
        ("a\n# region: why\nB\n# endregion\nC\n", "C"),
        ("a\nc\nb\n", "the order"),
        ("a\nb\n", "the order"),
        ("a\n# region:\nB\n# endregion\nc\n", "# region:"),
    ],
)
def test_only_a_region_with_a_reason_may_differ(ours: str, line: str) -> None:
    assert differs(ours, "a\nb\nc\n") == line


def test_a_change_of_the_template_shows(made: Path) -> None:
    ours = (ECHO / "pyproject.toml").read_text("utf-8")
    rendered = (made / "pyproject.toml").read_text("utf-8")

    assert differs(ours, rendered.replace("hatchling>=1.26", "hatchling>=1.27"))
