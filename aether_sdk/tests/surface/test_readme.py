"""The README tells the truth."""

from __future__ import annotations

import re
from pathlib import Path

import aether_sdk

_README = (Path(__file__).parents[2] / "README.md").read_text()


def test_the_example_runs() -> None:
    [code] = re.findall(r"```python\n(.*?)```", _README, re.DOTALL)

    exec(compile(code, "README.md", "exec"), {"__name__": "readme"})  # noqa: S102 - our own text


def test_the_first_lines_name_the_distribution_and_the_package() -> None:
    opening = "\n".join(_README.splitlines()[:5])

    assert "aether-workflow-sdk" in opening
    assert "aether_sdk" in opening


def test_the_table_lists_every_public_name() -> None:
    table = "\n".join(line for line in _README.splitlines() if line.startswith("|"))
    listed = set(re.findall(r"`(\w+)`", table.replace("()", "")))

    assert set(aether_sdk.__all__) <= listed
