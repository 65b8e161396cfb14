"""What the page about schedules shows works as shown."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from aether_core.cli import main
from aether_core.schedule import Schedule

PAGE = Path(__file__).parents[2] / "docs/guide/schedules.md"


def test_the_schedule_of_the_page_is_kept_and_fired(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Valid without a warning; due at 02:30 in Berlin, and now by hand."""
    (text,) = re.findall(r"^```yaml\n(.*?)^```$", PAGE.read_text("utf-8"), re.MULTILINE | re.DOTALL)
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("AETHER_STORE", "sqlite:///runs.db")
    Path("nightly.yaml").write_text(text, encoding="utf-8")

    assert main(["validate", "nightly.yaml", "--strict"]) == 0
    assert main(["cron", "create", "nightly.yaml"]) == 0
    assert main(["cron", "trigger", "nightly"]) == 0

    capsys.readouterr()
    main(["cron", "get", "nightly", "--output", "json"])
    shown = json.loads(capsys.readouterr().out)
    assert [run["phase"] for run in shown["runs"]] == ["Succeeded"]


@pytest.mark.parametrize("schedule", ["30 2 * * *", "*/15 * * * *", "0 0 LW * 5#2", "0 0 * * 5L"])
def test_the_schedules_of_the_page_can_be_read(schedule: str) -> None:
    """Those that the text names, and what the table says of days."""
    assert Schedule(schedule).next_after(0) is not None
