"""The `await` executor: it suspends its task until somebody resumes it (executors.md 10.2)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from aether_sdk import (
    UNSET,
    BindError,
    BindProblem,
    ExecCode,
    ExecOutputs,
    Executor,
    ExecutorSchema,
    Parameter,
)

if TYPE_CHECKING:
    from collections.abc import Mapping

    from aether_sdk import ExecuteRequest, JsonSchema, JsonValue

_MESSAGE: Final = "message"
_RESUME_KEY: Final = "resume-key"
_DECISION: Final = "decision"
#: Whoever resumes a task adds this; its presence counts, whatever its value.
_RESUMED: Final = "__resumed"

#: Inputs that steer the executor and are no answer.
_CONTROLS: Final = frozenset({_MESSAGE, _RESUME_KEY, _RESUMED})
#: A gate must not open for somebody who says no in another word.
_REJECTIONS: Final = frozenset(
    [
        "false",
        "no",
        "n",
        "0",
        "reject",
        "rejected",
        "deny",
        "denied",
        "decline",
        "declined",
        "refuse",
        "refused",
        "cancel",
        "cancelled",
    ]
)

# Written by hand: a pydantic model would cost every start with this executor its import.
_INPUTS: Final[JsonSchema] = {
    "$schema": "https://json-schema.org/draft/2020-12/schema",
    "type": "object",
    "properties": {
        _MESSAGE: {
            "type": "string",
            "default": "",
            "description": "What the task waits for, for the people who can resume it.",
        },
        _RESUME_KEY: {
            "type": "string",
            "description": "Name of an input that has to come with the resume; without it the "
            "task goes on waiting.",
        },
        _DECISION: {
            "description": "The answer: false, no, reject, deny, decline, refuse, cancel and the "
            "like end the task as Failed, everything else lets it succeed. It is read only when "
            "the task is resumed.",
        },
    },
    "additionalProperties": True,
}


class AwaitExecutor(Executor):
    """Suspends, and when it is resumed gives its inputs back as outputs."""

    type = "await"
    version = "1.0"
    description = "Waits until somebody resumes the task"

    def schema(self) -> ExecutorSchema:
        """Return the schema; any further input is allowed, and outputs follow the inputs."""
        return ExecutorSchema(self.type, self.version, self.description, inputs=_INPUTS)

    async def execute(self, request: ExecuteRequest) -> ExecOutputs:
        """Run one attempt.

        Raises:
            BindError: `message` or `resume-key` is no text.
        """
        given = {} if request.inputs is None else request.inputs.as_dict()
        message, key = _texts(given)
        if key:
            if key not in given:
                wait = f'waits for a resume that brings "{key}"'
                return ExecOutputs(ExecCode.SUSPENDED, f"{message} ({wait})" if message else wait)
        elif _RESUMED not in given:
            return ExecOutputs(ExecCode.SUSPENDED, message or "waits for a resume")
        return _answer(given)


def _texts(given: Mapping[str, JsonValue]) -> tuple[str, str]:
    """Return `message` and `resume-key`; empty when they are absent or null."""
    texts: list[str] = []
    problems: list[BindProblem] = []
    for name in (_MESSAGE, _RESUME_KEY):
        value = given.get(name)
        if value is not None and not isinstance(value, str):
            problems.append(BindProblem(f"$.{name}", "not a text", "a text"))
        texts.append(value if isinstance(value, str) else "")
    if problems:
        raise BindError(problems, whose="the executor await")
    return texts[0], texts[1]


def _answer(given: Mapping[str, JsonValue]) -> ExecOutputs:
    outputs = tuple(
        Parameter(name, value) for name, value in given.items() if name not in _CONTROLS
    )
    decision = given.get(_DECISION, UNSET)
    is_text = isinstance(decision, str) and decision.strip().lower() in _REJECTIONS
    is_zero = isinstance(decision, bool | int | float) and not decision
    if is_zero or is_text:
        return ExecOutputs(ExecCode.FAILED, "the answer was to reject", outputs)
    return ExecOutputs(parameters=outputs)
