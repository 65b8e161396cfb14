"""A workflow joined with the WorkflowTemplate that it refers to (documents.md 15.3, decision 16).

Joined as plain data, so that the result is examined and checked like any other document; each
of its places can be told back to the document that it came from.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, Final, cast

import msgspec

if TYPE_CHECKING:
    from aether_core.document._problem import Path

#: Taken from the template where the workflow has none of its own.
_SUPPLIED: Final = (
    "entrypoint",
    "templates",
    "timeout",
    "priority",
    "maxNestedDepth",
    "hooks",
)
_ARGUMENTS: Final = ("parameters", "artifacts")
# Where in a path things stand: /spec/<key>/<kind>/<number>/<field>.
_KEY, _KIND, _NUMBER, _FIELD = range(1, 5)


class Origin(msgspec.Struct, frozen=True):
    """Where one argument comes from: its number in the workflow and in the template."""

    workflow: int | None
    template: int | None
    #: The fields that the template supplies.
    supplied: frozenset[str]


class Joined(msgspec.Struct, frozen=True):
    """A workflow without a reference, and where its parts come from.

    Attributes:
        value: the document as plain data.
        supplied: keys of its spec that the template supplies.
        origins: for each kind of argument the origin of each.
    """

    value: dict[str, Any]
    supplied: frozenset[str]
    origins: Mapping[str, tuple[Origin, ...]]

    def locate(self, path: Path) -> tuple[bool, Path]:
        """Return whether a place is one of the template, and its path there or in the workflow."""
        if len(path) <= _KEY or path[0] != "spec":
            return False, path
        if path[_KEY] in self.supplied:
            return True, path
        if path[_KEY] == "arguments" and len(path) > _NUMBER:
            return self._argument(path)
        return False, path

    def _argument(self, path: Path) -> tuple[bool, Path]:
        kind, number = path[_KIND], path[_NUMBER]
        origin = self.origins[str(kind)][cast("int", number)]
        field = path[_FIELD] if len(path) > _FIELD else None
        in_template = origin.workflow is None or field in origin.supplied
        place = origin.template if in_template else origin.workflow
        if place is None:
            return False, path
        return in_template, (*path[:_NUMBER], place, *path[_FIELD:])


def join_template(workflow: Mapping[str, Any], template: Mapping[str, Any]) -> Joined:
    """Fill in what a workflow leaves out.

    The workflow wins everywhere. Its arguments are merged with the template's by name and
    field by field, those of the template first.

    Args:
        workflow: a document with `spec.workflowTemplateRef`; as plain data.
        template: the WorkflowTemplate, as plain data.
    """
    own = _object(workflow.get("spec"))
    other = _object(template.get("spec"))
    spec = {key: value for key, value in own.items() if key != "workflowTemplateRef"}
    supplied = [key for key in _SUPPLIED if not own.get(key) and other.get(key) is not None]
    spec.update({key: other[key] for key in supplied})
    arguments, origins = _arguments(_object(own.get("arguments")), _object(other.get("arguments")))
    if arguments:
        spec["arguments"] = arguments
    return Joined({**workflow, "spec": spec}, frozenset(supplied), origins)


def _arguments(
    own: Mapping[str, Any], other: Mapping[str, Any]
) -> tuple[dict[str, Any], dict[str, tuple[Origin, ...]]]:
    merged = {kind: _merged(_list(own.get(kind)), _list(other.get(kind))) for kind in _ARGUMENTS}
    values = {kind: [value for value, _ in found] for kind, found in merged.items() if found}
    rest = {key: value for key, value in own.items() if key not in _ARGUMENTS}
    return {**rest, **values}, {
        kind: tuple(origin for _, origin in found) for kind, found in merged.items()
    }


def _merged(own: Sequence[Any], other: Sequence[Any]) -> list[tuple[Any, Origin]]:
    places = {_name(value): number for number, value in enumerate(own)}
    found: list[tuple[Any, Origin]] = []
    taken: set[int] = set()
    for number, value in enumerate(other):
        place = places.get(_name(value)) if _name(value) is not None else None
        if place is None:
            found.append((value, Origin(None, number, frozenset())))
            continue
        taken.add(place)
        found.append(_over(own[place], place, value, number))
    found += [
        (value, Origin(place, None, frozenset()))
        for place, value in enumerate(own)
        if place not in taken
    ]
    return found


def _over(value: Any, place: int, below: Any, number: int) -> tuple[Any, Origin]:
    """Lay the workflow's argument over the template's."""
    # A value of its own stands in for any source of the template's, and the other way round.
    hidden = {"value", "valueFrom"} if {"value", "valueFrom"} & value.keys() else set[str]()
    supplied = frozenset(below.keys() - value.keys() - hidden)
    kept = {key: below[key] for key in below if key in supplied}
    return {**kept, **value}, Origin(place, number, supplied)


def _name(value: Any) -> str | None:
    name = _object(value).get("name")
    return name if isinstance(name, str) else None


def _object(value: Any) -> Mapping[str, Any]:
    return cast("Mapping[str, Any]", value) if isinstance(value, Mapping) else {}


def _list(value: Any) -> Sequence[Any]:
    return cast("Sequence[Any]", value) if isinstance(value, list) else ()
