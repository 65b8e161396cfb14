"""Rules about calls: how they answer, and what they do beside it."""

from __future__ import annotations

import inspect
from typing import TYPE_CHECKING, Final

from aether_sdk._codes import ExecCode
from aether_sdk.testing._attempt import Ending
from aether_sdk.testing._missing import json_schema_library
from aether_sdk.testing._rule import NothingToCheck, Rule

if TYPE_CHECKING:
    from collections.abc import Iterator

    from aether_sdk.testing._subject import Call, Subject

_NOT_DONE: Final = frozenset({ExecCode.FAILED, ExecCode.ERROR, ExecCode.TIMEOUT})


def _samples_fit(subject: Subject) -> Iterator[str]:
    inputs = subject.schema.inputs
    if inputs is None or not subject.samples:
        message = "needs declared inputs and a sample"
        raise NothingToCheck(message)
    validator = json_schema_library().Draft202012Validator(inputs)
    for sample in subject.samples:
        if not sample.refused_at:
            for error in validator.iter_errors(dict(sample.inputs)):
                # The message would quote the value.
                yield f"{sample.label}: {error.json_path} breaks {error.validator!r}"


def _answers(subject: Subject) -> Iterator[str]:
    for sample, attempt in subject.calls:
        if sample.refused_at:
            continue
        if attempt.ending is Ending.HUNG:
            yield f"{sample.label}: no end within {subject.limits.call:g} s"
        elif attempt.ending is Ending.ANSWERED and attempt.outputs is not None:
            outputs = attempt.outputs
            if outputs.code != sample.code:
                got = f"{outputs.code} ({outputs.message})"
                yield f"{sample.label}: ended with code {got}, expected {int(sample.code)}"


def _refuses(subject: Subject) -> Iterator[str]:
    calls = [call for call in subject.calls if call.sample.refused_at]
    if not calls:
        message = "needs a sample with refused_at"
        raise NothingToCheck(message)
    for sample, attempt in calls:
        if _was_taken(attempt.outputs):
            yield f"{sample.label}: was accepted, expected a refusal at {sample.refused_at}"
        elif attempt.outputs is not None and not _names(attempt.outputs.message, sample.refused_at):
            yield f"{sample.label}: the message does not name {sample.refused_at}"


def _names(message: str, path: str) -> bool:
    """Tell whether a message names an input, as a path or by its bare name."""
    return path in message or path.removeprefix("$.") in message


def _is_strict(subject: Subject) -> Iterator[str]:
    mistaken = subject.mistaken(subject.ordinary[0])
    if not mistaken:
        message = "needs declared inputs that do not take a value of any kind"
        raise NothingToCheck(message)
    for name, (sample, attempt) in mistaken:
        if attempt.ending is Ending.ANSWERED and _was_taken(attempt.outputs):
            kind = type(sample.inputs[name]).__name__
            yield f"$.{name}: the schema refuses a value of type {kind}, execute accepted it"


def _was_taken(outputs: object) -> bool:
    return getattr(outputs, "code", None) in {ExecCode.SUCCEEDED, ExecCode.SUSPENDED}


def _failures(subject: Subject) -> Iterator[str]:
    for sample, attempt in subject.calls:
        if attempt.ending is Ending.EXITED:
            error = attempt.error
            yield f"{sample.label}: execute raised {type(error).__name__}, which ends the process"
        elif attempt.ending is Ending.CANCELLED:
            yield f"{sample.label}: execute raised CancelledError, though nobody cancelled it"
        elif attempt.outputs is not None:
            outputs = attempt.outputs
            if outputs.code in _NOT_DONE and not outputs.message.strip():
                yield f"{sample.label}: code {int(outputs.code)} without a message"


def _request_kept(subject: Subject) -> Iterator[str]:
    for sample, attempt in subject.calls:
        if not attempt.is_request_kept:
            yield f"{sample.label}: its request was changed"


def _silent(subject: Subject) -> Iterator[str]:
    for sample, attempt in subject.calls:
        if attempt.printed:
            yield f"{sample.label}: printed {attempt.printed[:200]!r}"


def _gives_way(subject: Subject) -> Iterator[str]:
    if not inspect.iscoroutinefunction(subject.executor.execute):
        message = "execute is a plain function and runs in a thread of its own"
        raise NothingToCheck(message)
    for call in subject.calls[1::2]:
        # Once more before it is said, since a machine can be busy in ways that nobody thought of.
        if _blocks(subject, call) and _blocks(subject, again := subject.call(call.sample)):
            seen = again.attempt.blocked
            where = f" in {seen.place}" if seen.place else ""
            yield f"{call.sample.label}: held the event loop for {seen.seconds:.2f} s{where}"


def _blocks(subject: Subject, call: Call) -> bool:
    return call.attempt.blocked.seconds > subject.limits.block


def _leaves_nothing(subject: Subject) -> Iterator[str]:
    # The first call may open what the executor keeps for later ones.
    for sample, attempt in subject.calls[1::2]:
        if attempt.ending is not Ending.HUNG:
            yield from (f"{sample.label}: left {thing}" for thing in attempt.left)


def _ends_when_cancelled(subject: Subject) -> Iterator[str]:
    for sample, attempt in _cancelled(subject):
        if attempt.ending is Ending.HUNG:
            yield f"{sample.label}: still ran {subject.limits.cancel:g} s after its cancellation"
        elif attempt.ending is not Ending.CANCELLED:
            how = attempt.ending.value
            yield f"{sample.label}: {how} after its cancellation, expected CancelledError"


def _clean_when_cancelled(subject: Subject) -> Iterator[str]:
    for sample, attempt in _cancelled(subject):
        if attempt.ending is not Ending.HUNG:
            yield from (f"{sample.label}: cancelled, it left {thing}" for thing in attempt.left)


def _cancelled(subject: Subject) -> tuple[Call, ...]:
    if not inspect.iscoroutinefunction(subject.executor.execute):
        message = "execute is a plain function, which nobody can interrupt"
        raise NothingToCheck(message)
    if not subject.cancelled:
        message = "needs a sample that waits for something, such as one with is_endless=True"
        raise NothingToCheck(message)
    return subject.cancelled


CALL_RULES: Final = (
    Rule(
        "samples",
        "The inputs of samples fit the schema.",
        "Correct the sample, or the model when the sample is right.",
        _samples_fit,
    ),
    Rule(
        "answers",
        "Every sample comes to an end, with the code that it promises.",
        "Correct the executor, or give the sample its code=.",
        _answers,
    ),
    Rule(
        "refuses",
        "Inputs that do not fit are refused, and the message names the input.",
        "Call bind_inputs(request.inputs, Inputs), whose error says where.",
        _refuses,
    ),
    Rule(
        "strict",
        "execute refuses an input of a kind that the schema refuses.",
        "Call bind_inputs(request.inputs, Inputs), which converts nothing.",
        _is_strict,
    ),
    Rule(
        "failures",
        "A call that fails raises an ordinary error or returns a code, and says why.",
        'Raise TaskFailed("...") or TaskError("..."); never call sys.exit().',
        _failures,
    ),
    Rule(
        "request-kept",
        "execute changes nothing in its request.",
        "Work on the model that bind_inputs returns, or on a copy.",
        _request_kept,
    ),
    Rule(
        "silent",
        "execute prints nothing.",
        "Say it with request.log; give child processes pipes for their output.",
        _silent,
    ),
    Rule(
        "gives-way",
        "A coroutine gives the event loop back.",
        "Await what waits, or write a plain def, which runs in a thread of its own.",
        _gives_way,
    ),
    Rule(
        "leaves-nothing",
        "A call that has ended leaves no task, thread, process, open file or temporary file, and "
        "no other working directory or environment.",
        "Use async with, try/finally and asyncio.TaskGroup; give child processes cwd= and env=.",
        _leaves_nothing,
    ),
    Rule(
        "cancel",
        "A cancelled call ends with CancelledError, in time.",
        "Do not catch CancelledError, or raise it again after cleaning up.",
        _ends_when_cancelled,
    ),
    Rule(
        "cancel-clean",
        "A cancelled call leaves nothing behind either.",
        "Clean up in finally, not only after the work.",
        _clean_when_cancelled,
    ),
)
