"""Tasks by name, path and id: one spelling in every command."""

from __future__ import annotations

import shlex
from collections.abc import Callable
from typing import Any

import pytest

Aether = Callable[..., Any]
Ran = Callable[..., Any]


def parameters(**values: Any) -> dict[str, Any]:
    return {"parameters": [{"name": n.replace("_", "-"), "value": v} for n, v in values.items()]}


@pytest.fixture
def asked(aether: Aether, ran: Ran) -> None:
    """Run `r`: in each of two iterations of a loop a task deep down asks, and one at the top."""
    ran(
        {"name": "each", "template": "loop"},
        {"name": "ask", "inputs": parameters(suspend=True)},
        templates=[
            {"loop": {"name": "loop", "items": [1, 2], "body": "inner"}},
            {
                "dag": {
                    "name": "inner",
                    "tasks": [
                        {
                            "name": "deep",
                            "executor": {"type": "echo"},
                            "inputs": parameters(suspend=True),
                        }
                    ],
                }
            },
        ],
    )


@pytest.mark.usefixtures("asked")
def test_every_command_calls_a_task_the_same(aether: Aether) -> None:
    """`get`, `why`, the advice and the progress of `watch`."""
    shown, why = aether("get", "r"), aether("why", "r", "--output", "json").json
    path = "each/inner[1]/deep"

    lines = [line.split()[0] for line in shown.out.splitlines() if line.startswith("  ")]
    assert lines[:7] == ["main", "each", "inner[0]", "deep", "suspended;", "inner[1]", "deep"]
    commands = [
        f"`{r['command'].partition(' --store')[0]}`" for r in why["reasons"] if r["command"]
    ]
    assert all(command in shown.out for command in commands)
    assert shlex.split(commands[2].strip("`"))[-1] == path
    task = next(t for t in aether("get", "r", "--output", "json").json["tasks"] if "deep" in str(t))
    assert (task["name"], task["path"]) == ("deep", "each/inner[0]/deep")

    aether("resume", "r", "--task", path, "-q")
    watched = aether("watch", "r")

    assert f"Succeeded  {path}  " in watched.err
    assert "Succeeded  each/inner[1]  " in watched.err


@pytest.mark.usefixtures("asked")
def test_a_name_that_several_have_lists_them(aether: Aether) -> None:
    """With what tells them apart; nothing is resumed."""
    outcome = aether("resume", "r", "--task", "deep")

    assert outcome.status == 2
    assert "each/inner[0]/deep (" in outcome.err
    assert "each/inner[1]/deep (" in outcome.err
    assert " ask (" not in outcome.err
    assert aether("list", "--output", "json").json[0]["suspended"] == 3


@pytest.mark.usefixtures("asked")
@pytest.mark.parametrize("spelling", ["each/inner[1]/deep", "id", "inner/deep"])
def test_a_task_is_found_by_path_and_by_id(aether: Aether, spelling: str) -> None:
    """Scope and name, as the JSON has them, will do too."""
    tasks = aether("get", "r", "--output", "json").json["tasks"]
    task = next(t for t in tasks if t.get("path") == "each/inner[1]/deep")
    wanted = task["runId"] if spelling == "id" else spelling

    found = aether("why", "r", wanted, "--output", "json").json["tasks"]

    assert task["runId"] in {each["taskId"] for each in found}
    assert len(found) == (2 if spelling == "inner/deep" else 1)


@pytest.mark.usefixtures("asked")
def test_runs_that_wait_for_a_resume_are_marked_and_found(aether: Aether, ran: Ran) -> None:
    """Until the last of their tasks is resumed."""
    aether("run", "flow.json", "--run-id", "q", "--timeout", "0", "-q")
    listed = aether("list").out.splitlines()

    assert listed[0].split()[4] == "SUSPENDED"
    assert listed[2].split()[2:6] == ["Running", "0/7", "3", "tasks"]
    for options in (["--suspended"], ["--phase", "suspended"]):
        found = aether("list", *options, "--output", "json").json
        assert [each["runId"] for each in found] == ["q", "r"]
    aether("cancel", "q")
    aether("resume", "r", "--task", "ask", "-q")

    (left,) = aether("list", "--suspended", "--output", "json").json
    assert (left["runId"], left["phase"], left["suspended"]) == ("r", "Running", 2)
    aether("cancel", "r")
    assert aether("list", "--suspended") == (0, "", "no such runs\n")
    assert "suspended" not in aether("list", "--output", "json").json[0]
