"""The guide to a new plugin says what is so."""

from __future__ import annotations

import json
import re
import shlex
from collections.abc import Callable
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs/guide/new-plugin.md").read_text(encoding="utf-8")
COMMANDS = re.findall(r"^```sh\n(.*?)^```$", PAGE, re.MULTILINE | re.DOTALL)[0].splitlines()


def test_the_questions_and_defaults_are_those_of_the_template(new: Callable[..., Any]) -> None:
    rows = re.findall(r"^\| `(\w+)` \| (.+?) \| ", PAGE, re.MULTILINE)

    outcome = new("slug", "--no-input", "--output", "json")

    answers = json.loads(outcome.out)["answers"]
    assert [name for name, _ in rows] == list(answers)
    for name, default in rows:
        expected = "slug" if default == "the folder's name" else default.strip("`")
        assert answers[name] == expected


def test_the_four_commands_fit_what_they_make(new: Callable[..., Any], work: Path) -> None:
    """Running them with pip takes longer: that is the session `scaffold` of nox."""
    ours, command, theirs, tests = map(shlex.split, COMMANDS)

    assert command[:3] == ["aether", "new", "executor"]
    assert new(*command[3:], "--no-input").status == 0
    assert theirs == ["pip", "install", "-e", "./acme-slug[test]"]
    assert tests == ["pytest", "acme-slug"]
    assert all((ROOT / path.partition("[")[0]).is_dir() for path in ours[2:])
    files = re.findall(r"^\| `([\w./]+)` \| ", PAGE.partition("## What it makes")[2], re.MULTILINE)
    made = {str(path.relative_to(work / "acme-slug")) for path in work.rglob("*") if path.is_file()}
    assert set(files) == made - {"src/acme_slug/py.typed"}
