"""The programs of the page about embedding run as shown, and print what it says."""

from __future__ import annotations

import re
import runpy
from pathlib import Path

import pytest

PAGE = Path(__file__).parents[2] / "docs/guide/embedding.md"
#: Each program, with the output that the page shows behind it.
PROGRAMS = re.findall(
    r"^```python\n(.*?)^```$(?:\n+```text\n(.*?)^```$)?",
    PAGE.read_text("utf-8"),
    re.MULTILINE | re.DOTALL,
)


@pytest.mark.parametrize("number", range(len(PROGRAMS)))
def test_a_program_of_the_page_prints_what_the_page_shows(
    number: int, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    program, output = PROGRAMS[number]
    file = tmp_path / "program.py"
    file.write_text(program, encoding="utf-8")

    runpy.run_path(str(file), run_name="__main__")

    assert capsys.readouterr().out == output
