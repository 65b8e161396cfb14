"""Each row of the page of decisions is named by a test, here or elsewhere in the repository."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).parents[2]
FOLDERS = ("aether_sdk/tests", "aether_core/tests", "plugins/*/tests", "tests")
#: The rows of the page, by number.
DECISIONS = {*(str(number) for number in range(1, 30)), "17a"}
# "decision 26", "decisions 19, 20 and 22".
_NAMED = re.compile(r"\bdecisions?((?:(?:,| and|, and)? ?\b\d+a?\b)+)", re.IGNORECASE)


def docstrings() -> Iterator[str]:
    """Yield the docstring of each test of the repository."""
    for folder in FOLDERS:
        for path in ROOT.glob(f"{folder}/**/test_*.py"):
            for node in ast.parse(path.read_text(encoding="utf-8")).body:
                if isinstance(node, ast.FunctionDef) and node.name.startswith("test_"):
                    yield ast.get_docstring(node) or ""


def test_every_decision_has_a_test() -> None:
    """A test that proves a decision names it in its docstring."""
    named = {
        number
        for docstring in docstrings()
        for rows in _NAMED.findall(docstring)
        for number in re.findall(r"\d+a?", rows)
    }

    assert named == DECISIONS
