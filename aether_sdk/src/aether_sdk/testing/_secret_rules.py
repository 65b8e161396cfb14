"""The rule about secrets."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import TYPE_CHECKING, Final, cast

from aether_sdk.testing._rule import NothingToCheck, Rule
from aether_sdk.testing._spellings import spellings_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from aether_sdk.testing._attempt import Attempt
    from aether_sdk.testing._samples import Sample
    from aether_sdk.testing._subject import Call, Subject

#: Shorter texts are found by chance.
_SHORTEST: Final = 6


def _keeps_secrets(subject: Subject) -> Iterator[str]:
    samples = [(sample, _secret_names(subject, sample)) for sample in subject.samples]
    if not any(names for _, names in samples):
        message = "needs a sample with a secret: secrets={...}, or a SecretStr in the model"
        raise NothingToCheck(message)
    for sample, names in samples:
        texts = list(_texts([sample.inputs[name] for name in names]))
        if names and not texts:
            yield f"{sample.label}: its secrets are too short to be looked for, give {_SHORTEST}"
        spellings = {each: how for text in texts for each, how in spellings_of(text).items()}
        for call in _calls(subject, sample, names) if texts else ():
            for place, shown in _shown(subject, call.attempt).items():
                how = next((how for each, how in spellings.items() if each in shown), None)
                if how is not None:
                    yield f"{call.sample.label}: a secret is in {place}{how and f', {how}'}"


def _secret_names(subject: Subject, sample: Sample) -> list[str]:
    named = {*sample.secrets, *subject.schema.secret_inputs}
    return [name for name in sample.inputs if name in named]


def _calls(subject: Subject, sample: Sample, names: Iterable[str]) -> Iterator[Call]:
    """Yield calls of a sample as it is, with another input spoilt, and with the secret spoilt."""
    if sample.is_endless:
        yield from (call for call in subject.cancelled if call.sample is sample)
        return
    yield from subject.twice(sample)
    for name, call in subject.mistaken(sample):
        yield call._replace(sample=replace(sample, name=f"{sample.label}, wrong {name}"))
    for name in names:
        for wrong in ([sample.inputs[name]], {"value": sample.inputs[name]}):
            label = f"{sample.label}, {name} in a container"
            yield subject.call(replace(sample, inputs={**sample.inputs, name: wrong}, name=label))


def _shown(subject: Subject, attempt: Attempt) -> Mapping[str, str]:
    """Return all that people or files can get to see, by what it is called."""
    outputs = attempt.outputs
    return {
        "the message": "" if outputs is None else outputs.message,
        "the outputs": "" if outputs is None else json.dumps(outputs.as_dict(), default=repr),
        "the error": "\n".join(_chain(attempt.error)),
        "the log": attempt.logged,
        "the lines it said": "\n".join(attempt.lines),
        "what it printed": attempt.printed,
        "the repr of the executor": repr(subject.executor),
    }


def _chain(error: BaseException | None) -> Iterator[str]:
    """Yield the texts of an error and of those that it came from."""
    seen: list[BaseException] = []
    while error is not None and error not in seen:
        seen.append(error)
        yield f"{error!s}\n{error!r}\n{getattr(error, '__notes__', '')}"
        error = error.__cause__ or (None if error.__suppress_context__ else error.__context__)


def _texts(value: object) -> Iterator[str]:
    """Yield the texts and numbers inside a value that are long enough to be looked for."""
    if isinstance(value, dict):
        value = list(cast("dict[object, object]", value).values())
    if isinstance(value, (list, tuple)):
        yield from (text for item in cast("Iterable[object]", value) for text in _texts(item))
    elif value is not None and len(str(value)) >= _SHORTEST:
        yield str(value)


SECRET_RULES: Final = (
    Rule(
        "secrets",
        "A secret is in no message, output, error, log line or print, whatever else goes wrong.",
        "Declare the input as pydantic.SecretStr and put its value into no text, encoded or not.",
        _keeps_secrets,
    ),
)
