"""What a broker reports when an executor has answered."""

from __future__ import annotations

from typing import TYPE_CHECKING

from aether_core.kernel import TaskCompleted
from aether_sdk import ExecCode

if TYPE_CHECKING:
    from aether_core.kernel import Assignment
    from aether_sdk import ExecOutputs, JsonValue

_LONGEST_MESSAGE = 4000
_LARGEST_CODE = 2**63 - 1


def answer_of(
    assignment: Assignment,
    outputs: ExecOutputs,
    at: int,
    artifacts: dict[str, JsonValue] | None = None,
) -> TaskCompleted:
    """Return the report of an assignment's result.

    Args:
        assignment: what was executed.
        outputs: what came of it.
        at: the time, in microseconds since 1970-01-01 UTC.
        artifacts: where its output artifacts are, by name.
    """
    return TaskCompleted(
        run_id=assignment.run_id,
        task_seq=assignment.task_seq,
        attempt=assignment.attempt,
        at=at,
        code=_storable_code(int(outputs.code)),
        message=_storable(outputs.message),
        outputs=outputs.as_dict(),
        artifacts=artifacts or {},
    )


def _storable_code(code: int) -> int:
    """Return a code as it is, unless no store could keep it; what is unknown counts as an error."""
    return code if abs(code) <= _LARGEST_CODE else int(ExecCode.ERROR)


def _storable(message: str) -> str:
    """Return a message that any store can keep: bounded, and without halves of characters."""
    if len(message) > _LONGEST_MESSAGE:
        message = f"{message[:_LONGEST_MESSAGE]}… ({len(message)} characters in all)"
    return message if message.isascii() else message.encode(errors="replace").decode()
