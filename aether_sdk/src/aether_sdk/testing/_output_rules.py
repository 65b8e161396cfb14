"""Rules about what calls return, alone and side by side."""

from __future__ import annotations

import json
from itertools import cycle, islice
from typing import TYPE_CHECKING, Final

from aether_sdk._codes import ExecCode
from aether_sdk._schema_reading import as_schema
from aether_sdk.testing._attempt import Ending, run_at_once, run_request
from aether_sdk.testing._missing import json_schema_library
from aether_sdk.testing._rule import NothingToCheck, Rule

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from aether_sdk._json_value import JsonValue
    from aether_sdk._outputs import ExecOutputs
    from aether_sdk.testing._samples import Sample
    from aether_sdk.testing._subject import Call, Subject

_AT_ONCE: Final = 20


def _are_json(subject: Subject) -> Iterator[str]:
    for sample, attempt in subject.calls:
        if attempt.ending is Ending.UNUSABLE and attempt.outputs is not None:
            yield f"{sample.label}: {attempt.outputs.message}"


def _are_declared(subject: Subject) -> Iterator[str]:
    declared = subject.schema.outputs
    if declared is None:
        message = "the executor declares no outputs"
        raise NothingToCheck(message)
    validator = json_schema_library().Draft202012Validator(declared)
    known = as_schema(declared.get("properties"))
    for sample, outputs in _successes(subject):
        values = outputs.as_dict()
        if not declared.get("additionalProperties"):
            for name in values.keys() - known.keys():
                yield f"{sample.label}: the output {name!r} is not declared"
        for error in validator.iter_errors(values):
            yield f"{sample.label}: {error.json_path}: {error.message}"


def _are_alike(subject: Subject) -> Iterator[str]:
    for first, second in zip(subject.calls[::2], subject.calls[1::2], strict=True):
        shapes = [_shape(call) for call in (first, second)]
        if None in shapes or shapes[0] == shapes[1]:
            continue
        yield f"{first.sample.label}: {shapes[0]}, and the same call again: {shapes[1]}"


def _shape(call: Call) -> str | None:
    """Return code, names and kinds of a result; None for a call that gave none."""
    attempt = call.attempt
    if attempt.ending is not Ending.ANSWERED or attempt.outputs is None:
        return None
    kinds = [f"{name} ({_kind(value)})" for name, value in attempt.outputs.as_dict().items()]
    return f"code {int(attempt.outputs.code)} with {', '.join(sorted(kinds)) or 'no outputs'}"


def _kind(value: JsonValue) -> str:
    if isinstance(value, (int, float)) and not isinstance(value, bool):
        return "number"
    return type(value).__name__


def _share_nothing(subject: Subject) -> Iterator[str]:
    samples = [sample for sample, _ in _successes(subject)]
    alone = {id(sample): _steady(subject, sample) for sample in samples}
    turns = list(islice(cycle(samples), _AT_ONCE))
    requests = [subject.request(sample) for sample in turns]
    executor = subject.fresh()
    together = run_at_once(executor, requests, subject.limits)
    for sample, outputs in zip(turns, together, strict=True):
        if outputs is None:
            yield f"{sample.label}: {_AT_ONCE} at once: no result"
            continue
        if outputs.code != sample.code:
            yield f"{sample.label}: {_AT_ONCE} at once: code {outputs.code} ({outputs.message})"
            continue
        written = _written(outputs)
        for name, value in alone[id(sample)].items():
            if written.get(name) != value:
                yield f"{sample.label}: {_AT_ONCE} at once: output {name!r} is not what it is alone"


def _steady(subject: Subject, sample: Sample) -> Mapping[str, str]:
    """Return the outputs that two new instances agree on; ids and what varies drop out."""
    first, second = (
        run_request(subject.fresh(), subject.request(sample), limits=subject.limits)
        for _ in range(2)
    )
    if first.outputs is None or second.outputs is None:
        return {}
    other = _written(second.outputs)
    return {
        name: value
        for name, value in _written(first.outputs).items()
        if name not in sample.varying and other.get(name) == value
    }


def _written(outputs: ExecOutputs) -> Mapping[str, str]:
    return {name: json.dumps(value) for name, value in outputs.as_dict().items()}


def _successes(subject: Subject) -> list[tuple[Sample, ExecOutputs]]:
    """Return the last result of each sample that succeeds, as it promises."""
    found = [
        (call.sample, call.attempt.outputs)
        for sample in subject.ordinary
        for call in subject.twice(sample)[1:]
        if call.attempt.outputs is not None
        and call.attempt.outputs.code == sample.code == ExecCode.SUCCEEDED
    ]
    if not found:
        message = "needs a sample that succeeds"
        raise NothingToCheck(message)
    return found


OUTPUT_RULES: Final = (
    Rule(
        "outputs-json",
        "A result is a model, a mapping, ExecOutputs or None, and JSON can carry its values.",
        "Convert sets, bytes, dates and numbers that are not finite before you return them.",
        _are_json,
    ),
    Rule(
        "outputs-declared",
        "A success has the outputs that are declared, and no others.",
        "Return the Outputs model itself, or declare what is missing.",
        _are_declared,
    ),
    Rule(
        "alike",
        "The same call twice has the same code, and outputs of the same names and kinds.",
        "Return all outputs every time; the sample may need a world that stays the same.",
        _are_alike,
    ),
    Rule(
        "shares-nothing",
        f"{_AT_ONCE} calls at once on one instance give what each gives alone.",
        "Keep nothing of a call on self or in a module; use local variables.",
        _share_nothing,
    ),
)
