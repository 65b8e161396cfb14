"""From the end of a process to what its task reports."""

from __future__ import annotations

from typing import TYPE_CHECKING

from aether_sdk import ExecCode, ExecOutputs
from aether_shell._ending import describe, describe_cut
from aether_shell._results import Unreadable, result_of, values_in

if TYPE_CHECKING:
    from aether_sdk import JsonValue
    from aether_shell._process import Ended
    from aether_shell._process_executor import Job


def outcome(job: Job, ended: Ended, values: str | None) -> ExecOutputs:
    """Return code, message and outputs of a process.

    Args:
        job: what was run.
        ended: how it ended.
        values: the file for its values, if it got one.
    """
    stdout, stderr = ended.stdout, ended.stderr
    outputs: dict[str, JsonValue] = {
        "exit_code": ended.code,
        "stdout": stdout.text(),
        "stderr": stderr.text(),
        "truncated": stdout.truncated or stderr.truncated,
    }
    problem = _read(job, ended, values, outputs)
    if ended.code not in job.success_codes:
        message = describe(ended.code, job.success_codes, job.failed_codes, stderr.tail())
        return ExecOutputs.of(outputs, _code(job, ended.code), message)
    if problem:
        return ExecOutputs.of(outputs, ExecCode.FAILED, problem)
    return ExecOutputs.of(outputs, message=describe_cut(stdout=stdout, stderr=stderr))


def _code(job: Job, code: int) -> ExecCode:
    is_failure = job.failed_codes is None or code in job.failed_codes
    return ExecCode.FAILED if is_failure else ExecCode.ERROR


def _read(job: Job, ended: Ended, values: str | None, outputs: dict[str, JsonValue]) -> str:
    """Add result and values, as far as they can be read; return what can't."""
    problems: list[str] = []
    if job.stdout_format is not None:
        try:
            text, truncated = ended.stdout.text(), ended.stdout.truncated
            outputs["result"] = result_of(text, job.stdout_format, truncated=truncated)
        except Unreadable as error:
            problems.append(str(error))
    if values is not None:
        try:
            outputs["values"] = values_in(values, job.max_output_bytes)
        except Unreadable as error:
            problems.append(str(error))
    return "; ".join(problems)
