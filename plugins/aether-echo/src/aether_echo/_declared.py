"""The `outputs` control: what a call produces beside its echoed inputs (executors.md 10.1)."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING, Final

from aether_sdk import UNSET, Parameter

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from aether_sdk import JsonValue, Unset

_log: Final = logging.getLogger("aether_echo")

#: The value of a declared output without one. Containers are made anew, results never share them.
_ZEROS: Mapping[str, Callable[[], JsonValue]] = {
    "int": int,
    "bool": bool,
    "string": str,
    "array": list,
    "object": dict,
}

#: Compared exactly, since a Python bool is an int too.
_PYTHON_TYPES: Final[Mapping[str, tuple[type, ...]]] = {
    "int": (int, float),
    "bool": (bool,),
    "string": (str,),
    "array": (list,),
    "object": (dict,),
}


def apply_declared(parameters: list[Parameter], declared: JsonValue | Unset) -> None:
    """Change `parameters` in place as the declarations say.

    Anything that is no list of objects is ignored, element by element, as the protocol wants it.
    """
    if not isinstance(declared, list):
        return
    # A repeated name stays repeated; the last occurrence is the one that a declaration changes.
    places = {parameter.name: place for place, parameter in enumerate(parameters)}
    for element in declared:
        name, kind, value = _read(element)
        if not name:
            _log.info("ignored an element of `outputs` without a name: %.100r", element)
            continue
        place = places.get(name)
        if place is None:
            places[name] = len(parameters)
            parameters.append(Parameter(name, _ZEROS[kind]() if value is UNSET else value, kind))
        else:
            kept = parameters[place].value if value is UNSET else value
            parameters[place] = Parameter(name, kept, kind)


def _read(element: JsonValue) -> tuple[str, str, JsonValue | Unset]:
    """Return name ("" when missing), type and value (UNSET when missing) of a declaration."""
    if not isinstance(element, dict):
        return "", "", UNSET
    name = element.get("name")
    if not isinstance(name, str):
        return "", "", UNSET
    kind = element.get("type")
    if not isinstance(kind, str) or kind not in _ZEROS:
        _log.warning("output %s: unknown type %.100r counts as string", name, kind)
        kind = "string"
    value: JsonValue | Unset = element.get("value", UNSET)
    if value is not UNSET and not _is_kind(value, kind):
        _log.warning("output %s: declared as %s, keeps its %s", name, kind, type(value).__name__)
    return name, kind, value


def _is_kind(value: object, kind: str) -> bool:
    """Tell whether a value is of the declared JSON kind; any number counts as `int`."""
    return type(value) in _PYTHON_TYPES[kind]
