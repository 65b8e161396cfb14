"""What documents rely on of our own executors does not change by accident.

AETHER_UPDATE_SNAPSHOTS=1 at start keeps the schemas of today. Where `aether plugins diff` calls the
change breaking, the changelog has to say so.
"""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest

from aether_core.cli import main

SNAPSHOTS = Path(__file__).with_name("snapshots")
UPDATE = os.environ.get("AETHER_UPDATE_SNAPSHOTS", "") not in {"", "0"}
TYPES = ("await", "echo", "function", "http", "http.poll", "script", "shell")


@pytest.mark.parametrize("executor_type", TYPES)
def test_the_schemas_are_those_that_were_kept(
    executor_type: str, capsys: pytest.CaptureFixture[str]
) -> None:
    """No change at all, not even a compatible one, that nobody has looked at."""
    kept = SNAPSHOTS / f"{executor_type}.json"
    if UPDATE:
        assert main(["executors", "describe", executor_type, "--output", "json"]) == 0
        kept.write_text(capsys.readouterr().out, encoding="utf-8")

    status = main(["plugins", "diff", str(kept), "--output", "json"])

    found = json.loads(capsys.readouterr().out)
    assert found == {"ok": True, "changes": []}, "AETHER_UPDATE_SNAPSHOTS=1 keeps what is new"
    assert status == 0


def test_every_executor_of_ours_has_a_snapshot(capsys: pytest.CaptureFixture[str]) -> None:
    main(["executors", "list", "--output", "json"])

    listed = json.loads(capsys.readouterr().out)
    ours = {each["type"] for each in listed if each["distribution"].startswith("aether-")}
    assert {path.stem for path in SNAPSHOTS.glob("*.json")} == {*TYPES} == ours
