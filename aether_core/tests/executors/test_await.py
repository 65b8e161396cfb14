"""`await`: suspends until it is resumed, and gives the answer back."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from aether_core.executors import AwaitExecutor
from aether_core.plugins import Registry
from aether_sdk import BindError, ExecOutputs, ExecuteRequest, Inputs


def call(**inputs: Any) -> ExecOutputs:
    """Execute one attempt; hyphens in names are written as underscores."""
    given = {
        name if name == "__resumed" else name.replace("_", "-"): v for name, v in inputs.items()
    }
    request = ExecuteRequest("task", "run", "wait", inputs=Inputs.of(given) if given else None)
    return asyncio.run(AwaitExecutor().execute(request))


def test_it_suspends_with_its_message() -> None:
    """Nobody answered yet, so nothing is an output and no decision counts."""
    assert (call().code, call().message) == (1, "waits for a resume")
    asked = call(message="may I?", decision="reject", note="x")
    assert (asked.code, asked.message, asked.parameters) == (1, "may I?", ())


def test_a_resume_makes_outputs_of_its_payload() -> None:
    """What steers the executor is left out."""
    answer = call(__resumed=False, message="may I?", approver="Ada", decision="ok", n=None)

    assert (answer.code, answer.message) == (0, "")
    assert answer.as_dict() == {"approver": "Ada", "decision": "ok", "n": None}


@pytest.mark.parametrize(
    "decision",
    [False, 0, "false", "reject", " Rejected ", "No", "n", "0", "denied", "decline", "cancel"],
)
def test_a_rejection_fails_the_task_and_keeps_the_answer(decision: object) -> None:
    """Failed is an answer, so nothing is tried again by default."""
    answer = call(__resumed=True, decision=decision, reason="too dear")

    assert (answer.code, answer.message) == (2, "the answer was to reject")
    assert answer.as_dict() == {"decision": decision, "reason": "too dear"}


@pytest.mark.parametrize("decision", [True, "approve", "no idea", 1, None])
def test_any_other_decision_lets_the_task_succeed(decision: object) -> None:
    assert call(__resumed=True, decision=decision).code == 0


def test_with_a_resume_key_only_that_input_counts() -> None:
    """A resume without it leaves the task waiting, and says for what."""
    waiting = call(resume_key="ticket", __resumed=True)

    assert (waiting.code, waiting.message) == (1, 'waits for a resume that brings "ticket"')
    assert call(resume_key="ticket", message="shop").message == (
        'shop (waits for a resume that brings "ticket")'
    )
    assert call(resume_key="ticket", ticket=7).as_dict() == {"ticket": 7}


def test_inputs_of_a_wrong_type_are_named_with_their_paths() -> None:
    with pytest.raises(BindError) as caught:
        call(message=1, resume_key=["a"])

    assert [problem.path for problem in caught.value.problems] == ["$.message", "$.resume-key"]


def test_the_schema_describes_the_inputs_and_leaves_the_rest_open() -> None:
    """It registers like any executor, and costs no model library."""
    registry = Registry()

    registry.register(AwaitExecutor())

    schema = registry.get_schema("await")
    assert schema is not None
    assert schema.inputs is not None
    assert schema.inputs["additionalProperties"] is True
    assert schema.outputs is None
    assert [p.name for p in schema.input_parameters or ()] == ["message", "resume-key", "decision"]
    assert all(parameter.description for parameter in schema.input_parameters or ())
