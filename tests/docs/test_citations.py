"""Whatever docstrings of the code cite is on the page docs/protocol/citations.md."""

from __future__ import annotations

import re
from pathlib import Path

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs/protocol/citations.md").read_text(encoding="utf-8")
SOURCES = [path.read_text(encoding="utf-8") for path in ROOT.glob("*/src/**/*.py")]

_PAGE_ROW = re.compile(r"^\| (\w+\.md) ?([\d, ]*)\|", re.MULTILINE)
_DECISION_ROW = re.compile(r"^\| ([\da, ]+) \|", re.MULTILINE)


def words(text: str) -> list[str]:
    """Return the words between commas."""
    return [word.strip() for word in text.split(",")]


def test_every_cited_section_has_a_row() -> None:
    """Sections by their first number, such as 2 for documents.md 2.6."""
    known = {f"{page} {word}" for page, listed in _PAGE_ROW.findall(PAGE) for word in words(listed)}

    cited = {
        f"{page} {section}"
        for text in SOURCES
        for page, section in re.findall(r"\b(documents|engine|executors|ports)\.md (\d+)", text)
    }

    assert [c for c in cited if c.replace(" ", ".md ", 1) not in known] == []
    assert cited


def test_every_cited_decision_has_a_row() -> None:
    """Also in lists such as "decisions 3, 4 and 15"."""
    known = {word for listed in _DECISION_ROW.findall(PAGE) for word in words(listed)}

    cited = {
        number
        for text in SOURCES
        for listed in re.findall(r"\bdecisions? (\d+a?(?:(?:, | and )\d+a?)*)", text)
        for number in re.findall(r"\d+a?", listed)
    }

    assert cited - known == set()
    assert cited
