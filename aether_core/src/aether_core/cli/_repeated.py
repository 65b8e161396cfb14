"""A run id that is used again: what differs from the run that has it already."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from aether_core.engine import Admitted
    from aether_core.kernel import RunRecord
    from aether_sdk import JsonValue


def repeated_warning(run: RunRecord, admitted: Admitted) -> str:
    """Return a warning that the run of an id is not the one asked for; '' if it is.

    An id names one run: asking again shows the first one, which may not be what was meant.
    """
    found = " and ".join(_differences(run, admitted))
    if not found:
        return ""
    return (
        f"warning: run {run.run_id} was started with {found}; what you gave now is not run, "
        "unless you give it an id of its own"
    )


def _differences(run: RunRecord, admitted: Admitted) -> Iterator[str]:
    if run.workflow != admitted.plan.workflow:
        yield f"another document (workflow {run.workflow})"
    elif _decoded(run.document) != _decoded(admitted.snapshot):
        yield "another document"
    arguments = msgspec.json.encode(admitted.arguments).decode()
    if admitted.seal:
        # Each admission marks the places of secrets with a text of its own.
        arguments = arguments.replace(admitted.seal, run.seal)
    yield from _values("arguments", run.arguments, _decoded(arguments))
    yield from _values("variables", run.variables, admitted.variables)


def _values(
    what: str, before: Mapping[str, JsonValue], now: Mapping[str, JsonValue]
) -> Iterator[str]:
    names = sorted(
        name
        for name in {*before, *now}
        if (name in before, before.get(name)) != (name in now, now.get(name))
    )
    if names:
        yield f"other {what} ({', '.join(names)})"


def _decoded(text: str) -> dict[str, JsonValue]:
    value: dict[str, JsonValue] = msgspec.json.decode(text)
    return value
