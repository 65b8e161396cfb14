"""The protocol guide shows nothing that is not run somewhere.

That its generated pages are current and complete is what `docs/generate.py --check` says.
"""

from __future__ import annotations

import re
from pathlib import Path
from textwrap import dedent

import pytest

from aether_core.cli._commands import COMMANDS
from aether_core.document import DEFAULT_MAX_ITERATIONS
from aether_core.document._limits import (
    MAX_DEPTH,
    MAX_DIGITS,
    MAX_DOCUMENTS,
    MAX_FILE_BYTES,
    MAX_VALUES,
)
from aether_core.document._models import MAX_NESTED_DEPTH
from aether_core.expression._parser import MAX_TEXT
from generator import DOCS, PAGES

GUIDE = DOCS / "protocol"
WRITTEN = [page for page in sorted(GUIDE.glob("*.md")) if f"protocol/{page.name}" not in PAGES]
EXAMPLES = {path.name: path.read_text(encoding="utf-8") for path in GUIDE.glob("examples/*.yaml")}


def text_of(page: Path) -> str:
    """Return the text of a page."""
    return page.read_text(encoding="utf-8")


def blocks(page: Path) -> list[str]:
    """Return the blocks of YAML on a page, without their common indentation."""
    found = re.findall(r"^```yaml\n(.*?)^```$", text_of(page), re.MULTILINE | re.DOTALL)
    return [dedent(block) for block in found]


def is_part(block: str, document: str) -> bool:
    """Return whether lines of a document are those of a block, whatever their indentation."""
    wanted, lines = block.splitlines(), document.splitlines()
    windows = (lines[at : at + len(wanted)] for at in range(len(lines) - len(wanted) + 1))
    return any(dedent("\n".join(window)).splitlines() == wanted for window in windows)


@pytest.mark.parametrize("page", WRITTEN, ids=lambda page: page.stem)
def test_a_block_of_yaml_is_part_of_an_example(page: Path) -> None:
    """What the pages show is run, since the examples are; the page names the example."""
    shown = {
        block: [n for n, text in EXAMPLES.items() if is_part(block, text)] for block in blocks(page)
    }

    assert [block for block, names in shown.items() if not names] == []
    assert [
        names
        for names in shown.values()
        if not any(f"examples/{n}" in text_of(page) for n in names)
    ] == []


@pytest.mark.parametrize("page", sorted(DOCS.rglob("*.md")), ids=lambda page: page.stem)
def test_links_lead_to_a_heading_or_a_file(page: Path) -> None:
    """Relative links, those to a part of a page too."""
    for target in re.findall(r"\]\((?!https?:)([^)\s]+)\)", text_of(page)):
        name, _, anchor = target.partition("#")
        found = (page.parent / name).resolve() if name else page
        assert found.exists(), target
        assert not anchor or anchor in anchors(found), target


def anchors(page: Path) -> set[str]:
    """Return the anchors of a page's headings, as code hosts make them."""
    headings = re.findall(r"^#+ (.+)$", text_of(page), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}


def test_the_commands_of_the_pages_exist() -> None:
    """What is written as `aether …` on a page can be typed."""
    named = {
        (command, page.name)
        for page in WRITTEN
        for command in re.findall(r"(?:`|^ {4})aether ([a-z]+(?: [a-z]+\b)?)", text_of(page), re.M)
    }

    assert [each for each in named if not {each[0], each[0].partition(" ")[0]} & {*COMMANDS}] == []
    assert named


def test_every_example_is_named_on_a_page() -> None:
    """A reader who does not look into the folder finds them too."""
    text = "".join(text_of(page) for page in WRITTEN)

    assert [name for name in EXAMPLES if f"examples/{name}" not in text] == []


@pytest.mark.parametrize(
    ("row", "limit"),
    [
        ("| size of a file |", f"{MAX_FILE_BYTES >> 20} MiB"),
        ("| documents in a file |", str(MAX_DOCUMENTS)),
        ("| values in a file;", f"{MAX_VALUES:,}"),
        ("| objects and lists inside each other |", str(MAX_DEPTH)),
        ("| digits of a whole number |", str(MAX_DIGITS)),
        ("| iterations of a loop without `maxIterations` |", f"{DEFAULT_MAX_ITERATIONS:,}"),
        ("| levels of nesting |", str(MAX_NESTED_DEPTH)),
        ("| text of an expression |", f"{MAX_TEXT:,} characters"),
    ],
)
def test_a_limit_on_the_page_is_the_limit_of_the_code(row: str, limit: str) -> None:
    """The table in documents.md has the numbers that the code has."""
    (line,) = (x for x in text_of(GUIDE / "documents.md").splitlines() if x.startswith(row))

    assert line.endswith(f"| {limit} |")
