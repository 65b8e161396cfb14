"""Suspended runs: they wait in the store, and another process goes on with them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

Aether = Callable[..., Any]
Step = Callable[..., dict[str, Any]]
Workflow = Callable[..., str]


@pytest.fixture
def waiting(aether: Aether, workflow: Workflow, step: Step) -> str:
    """Start a run that asks, and what depends on the answer; return the file."""
    answer = "{{ tasks.ask.outputs.parameters.approver }}"
    file = workflow(
        step("ask", "echo", {"suspend": True}), step("tell", "echo", {"who": answer}, after="ask")
    )
    outcome = aether("run", file, "--run-id", "r", "--output", "json")
    assert outcome.status == 3
    assert {task["name"]: task["phase"] for task in outcome.json["tasks"]}["ask"] == "Suspended"
    return file


@pytest.mark.usefixtures("waiting")
def test_a_resumed_run_goes_on_to_its_end(aether: Aether) -> None:
    """The payload reaches the task, and what waits for it runs."""
    outcome = aether("resume", "r", "-p", "approver=Ada", "--output", "json")

    assert outcome.status == 0
    tasks = {task["name"]: task for task in outcome.json["tasks"]}
    assert tasks["ask"]["outputs"] == {"approver": "Ada"}
    assert tasks["tell"]["outputs"] == {"who": "Ada"}
    assert outcome.json["phase"] == "Succeeded"


@pytest.mark.usefixtures("waiting")
def test_people_are_told_how_to_go_on(aether: Aether) -> None:
    """`get` shows the command that resumes the task."""
    assert "`aether resume r --task ask" in aether("get", "r").out


@pytest.mark.usefixtures("waiting")
@pytest.mark.parametrize(
    ("words", "message"),
    [
        (("ghost",), "no run 'ghost'"),
        (("r", "--task", "tell"), "'tell' of run r is not suspended"),
        (("r", "-p", "nonsense"), "NAME=VALUE"),
    ],
)
def test_a_resume_that_does_not_apply_changes_nothing(
    aether: Aether, words: tuple[str, ...], message: str
) -> None:
    """It says why, and the task still waits."""
    before = aether("get", "r", "--output", "json").out

    refused = aether("resume", *words)

    assert refused.status == 2
    assert message in refused.err
    assert aether("get", "r", "--output", "json").out == before


@pytest.mark.usefixtures("waiting")
def test_a_second_resume_is_refused(aether: Aether) -> None:
    """The payload is applied once."""
    aether("resume", "r", "-p", "approver=Ada")

    again = aether("resume", "r", "-p", "approver=Bob")

    assert again.status == 2
    assert "nothing to resume" in again.err
