"""All problems at once (decision 14): no mistake hides another, and none makes one up.

`nox -s campaign -- --mistakes --documents 20000` does the same with as many documents as one likes.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from aether_core.document import load_file
from aether_core.plugins import InstalledExecutors
from aether_core.simulation import run_planting

EXECUTORS = InstalledExecutors()
PARTS = 2
DOCUMENTS = 64
# These have mistakes on purpose.
BROKEN = {"mistakes.yaml"}


def _examples() -> list[Any]:
    folder = Path(__file__).parents[2] / "examples"
    files = [each for each in sorted(folder.glob("*.*")) if each.name not in BROKEN]
    documents = [each.value for file in files for each in load_file(file).documents]
    return [each for each in documents if each["kind"] == "Workflow"]


@pytest.mark.parametrize("part", range(PARTS))
def test_each_of_several_mistakes_is_reported_and_nothing_else(part: int) -> None:
    """Two to four mistakes of 78 kinds, in generated documents and in the examples."""
    seeds = range(part * DOCUMENTS, (part + 1) * DOCUMENTS)

    report = run_planting(seeds, EXECUTORS, _examples())

    assert report.findings == [], report.text()
    assert report.found >= 0.95 * report.planted
    assert len(report.kinds) > 60
