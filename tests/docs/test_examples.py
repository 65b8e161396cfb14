"""Every example of the protocol guide does what its comment and its `x-expect` say.

The comment names the commands, in lines that begin with `#   aether`. `x-expect` says what they
give: one mapping for each command, or just one. `tasks` holds a phase, or a mapping, by the name
of a task; null says that there is no such task. Everything else is part of what the command prints.
"""

from __future__ import annotations

import json
import re
import shlex
import shutil
from pathlib import Path
from typing import Any

import pytest

from aether_core.cli import main
from aether_core.document import Task, load_file
from aether_sdk import Phase

EXAMPLES = Path(__file__).parents[2] / "docs/protocol/examples"
STATUSES = {"Succeeded": 0, "Running": 3}


def commands_of(example: Path) -> list[list[str]]:
    """Return the commands in an example's comment, without the program's name."""
    lines = re.findall(r"^#   aether (.+)$", example.read_text(encoding="utf-8"), re.MULTILINE)
    return [shlex.split(line) for line in lines]


def expectations_of(example: Path) -> list[dict[str, Any]]:
    """Return what is expected of each command."""
    found = next(d.value["x-expect"] for d in load_file(example).documents if "x-expect" in d.value)
    return found if isinstance(found, list) else [found]


@pytest.mark.parametrize("example", sorted(EXAMPLES.glob("*.yaml")), ids=lambda path: path.stem)
def test_an_example_gives_what_it_says(
    example: Path,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Its commands, one after the other on one store, print what is expected of them."""
    shutil.copytree(EXAMPLES, tmp_path, dirs_exist_ok=True)
    monkeypatch.chdir(tmp_path)
    commands, expected = commands_of(example), expectations_of(example)
    monkeypatch.setenv("AETHER_STORE", f"sqlite:///{tmp_path}/runs.db")

    for command, wanted in zip(commands, expected, strict=True):
        status = main([*command, "--output", "json"])
        out, err = capsys.readouterr()
        printed = json.loads(out or "null")

        assert differences("", wanted, printed) == [], err
        if "phase" in wanted and command[0] in {"run", "resume", "retry"}:
            assert status == STATUSES.get(wanted["phase"], 1)


def differences(where: str, wanted: Any, got: Any) -> list[str]:
    """Return what is expected and missing, one line each."""
    if isinstance(wanted, dict) and isinstance(got, dict):
        return [
            line
            for key, value in wanted.items()
            for line in (
                task_differences(value, got)
                if (where, key) == ("", "tasks")
                else differences(f"{where}.{key}", value, got.get(key, "absent"))
            )
        ]
    same = wanted == got and isinstance(wanted, bool) is isinstance(got, bool)
    return [] if same else [f"{where} is {got!r}, expected {wanted!r}"]


def task_differences(wanted: dict[str, Any], execution: dict[str, Any]) -> list[str]:
    """Compare the tasks of an execution; of several of one name the last one counts."""
    tasks = {task["name"]: task for task in execution["tasks"]}
    lines: list[str] = []
    for name, value in wanted.items():
        found = tasks.get(name)
        expected = {"phase": value} if isinstance(value, str) else value
        if found is None or expected is None:
            lines += [] if found is expected else [f"task {name} is {found!r}"]
        else:
            lines += differences(name, expected, found)
    return lines


def test_every_end_of_a_task_is_shown() -> None:
    """Some task of some example is expected in each phase that a task can be seen to rest in."""
    text = json.dumps([expectations_of(example) for example in EXAMPLES.glob("*.yaml")])

    resting = [phase for phase in Phase if phase.is_terminal or phase is Phase.SUSPENDED]
    assert [phase for phase in resting if f'"{phase}"' not in text] == []


def test_the_keys_of_a_task_are_shown_in_both_roles() -> None:
    """As a task template, and as the node of a dag."""
    documents = [d.value for path in EXAMPLES.glob("*.yaml") for d in load_file(path).documents]
    templates = [t for d in documents for t in d["spec"].get("templates", [])]
    of_templates = {key for t in templates for key in t.get("task", {})}
    of_nodes = {
        key for t in templates for node in t.get("dag", {}).get("tasks", []) for key in node
    }
    only_nodes = {"template", "dependencies", "arguments", "when", "continueOn"}

    keys = set(Task.__struct_encode_fields__)
    assert keys - only_nodes - of_templates == set()
    assert keys - of_nodes == set()


def test_the_comparison_notices_what_is_missing() -> None:
    """A wrong phase, a missing task, a task too many, a wrong output, a boolean for a number."""
    task = {"name": "a", "phase": "Failed", "outputs": {"n": True}}
    execution = {"phase": "Failed", "tasks": [task]}
    wanted = {"phase": "Succeeded", "tasks": {"a": {"outputs": {"n": 1, "m": 1}}, "b": "Skipped"}}

    found = differences("", wanted, execution) + differences("", {"tasks": {"a": None}}, execution)

    assert len(found) == 5
