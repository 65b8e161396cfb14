"""Named values: the parameters that go into a task and come out of it."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from typing import TYPE_CHECKING, Final, cast

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from aether_sdk._artifact import Artifact
    from aether_sdk._json_value import JsonValue


class Unset(Enum):
    """Type of `UNSET`, the mark of a parameter that has no value; `None` is a value."""

    UNSET = "UNSET"

    def __bool__(self) -> bool:
        return False

    def __repr__(self) -> str:
        return "UNSET"


#: Stands where a parameter has no value; false when asked for its truth.
UNSET: Final = Unset.UNSET


@dataclass(frozen=True, slots=True)
class Parameter:
    """One named value with what is known about it.

    Attributes:
        name: Name, unique by convention only; of repeated names the last one counts.
        value: The JSON value, or `UNSET`.
        type: One of the parameter types of executors.md 8.2 (`string`, `int`, ...), or empty.
        description: Text for people.
        default: The value used when none is given, or `UNSET`.
        enum: The values allowed; empty when all are.
        required: Whether a value must be given.
    """

    name: str
    value: JsonValue | Unset = UNSET
    type: str = ""
    description: str = ""
    default: JsonValue | Unset = UNSET
    enum: tuple[JsonValue, ...] = ()
    required: bool = False


@dataclass(frozen=True, slots=True, repr=False)
class Inputs:
    """What a task was given. The text form shows names only, since values may be secret."""

    parameters: tuple[Parameter, ...] = ()
    artifacts: tuple[Artifact, ...] = ()

    @classmethod
    def of(cls, values: Mapping[str, object]) -> Inputs:
        """Return inputs with one parameter per item of `values`, in its order."""
        return cls(parameters_of(values))

    def get(self, name: str, default: JsonValue = None) -> JsonValue:
        """Return the value of the last parameter called `name`, else `default`."""
        return last_value(self.parameters, name, default)

    def as_dict(self) -> dict[str, JsonValue]:
        """Return all values by name; of repeated names the last, without those that are unset."""
        return values_by_name(self.parameters)

    def artifact(self, name: str) -> str | None:
        """Return the path of the input artifact called `name`, or None."""
        return next((each.path for each in self.artifacts if each.name == name), None)

    def __repr__(self) -> str:
        names = ", ".join(parameter.name for parameter in self.parameters)
        return f"Inputs({names})"


def parameters_of(values: Mapping[str, object]) -> tuple[Parameter, ...]:
    """Return one parameter per item of `values`. The values are taken as they are."""
    return tuple(Parameter(name, cast("JsonValue", value)) for name, value in values.items())


def last_value(parameters: Iterable[Parameter], name: str, default: JsonValue) -> JsonValue:
    """Return the value of the last parameter called `name` that has one, else `default`."""
    found = default
    for parameter in parameters:
        if parameter.name == name and parameter.value is not UNSET:
            found = parameter.value
    return found


def values_by_name(parameters: Iterable[Parameter]) -> dict[str, JsonValue]:
    """Return the values that are set, by name; of repeated names the last one counts."""
    return {
        parameter.name: parameter.value for parameter in parameters if parameter.value is not UNSET
    }
