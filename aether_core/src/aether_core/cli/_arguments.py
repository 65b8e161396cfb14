"""`-p NAME=VALUE`: from text to the value of a workflow's argument."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from aether_core.document import ParameterKind, Workflow
    from aether_sdk import JsonValue


def argument_values(
    pairs: Iterable[tuple[str, str]], workflow: Workflow | None
) -> dict[str, JsonValue]:
    """Return values by argument name; the last one of a name counts.

    Text that is JSON is its JSON value and any other text itself. Where the workflow declares
    a string, only a JSON string counts as JSON: `-p id=007` stays `007`.
    """
    kinds = _declared_kinds(workflow)
    return {name: _value(text, kinds.get(name, "any")) for name, text in pairs}


def payload_values(pairs: Iterable[tuple[str, str]]) -> dict[str, JsonValue]:
    """Return values by name: JSON, else text; the last one of a name counts."""
    return {name: _value(text, "any") for name, text in pairs}


def _declared_kinds(workflow: Workflow | None) -> Mapping[str, ParameterKind]:
    declared = None if workflow is None else workflow.spec.arguments
    kinds: dict[str, ParameterKind] = {}
    for parameter in declared.parameters if declared is not None else ():
        kinds[parameter.name] = parameter.kind
    return kinds


def _value(text: str, kind: ParameterKind) -> JsonValue:
    try:
        value: JsonValue = msgspec.json.decode(text)
    except (msgspec.DecodeError, UnicodeEncodeError, RecursionError):
        return text
    return text if kind == "string" and not isinstance(value, str) else value
