"""What one attempt of a task reports."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from aether_sdk._codes import ExecCode, Phase, phase_of_code
from aether_sdk._json_value import JsonValue, json_value
from aether_sdk._parameters import Parameter, last_value, values_by_name
from aether_sdk._paths import child_path

if TYPE_CHECKING:
    from collections.abc import Mapping

    from aether_sdk._artifact import Artifact


@dataclass(frozen=True, slots=True)
class ExecOutputs:
    """Code, message and values of one attempt.

    Attributes:
        code: An `ExecCode`; any other number counts as an error and is stored as it is.
        message: One line for people, shown beside the task.
        parameters: Output parameters, in order.
        artifacts: Output artifacts that lie elsewhere than the request asked for. Those that the
            task does not declare are dropped.
    """

    code: int = ExecCode.SUCCEEDED
    message: str = ""
    parameters: tuple[Parameter, ...] = ()
    artifacts: tuple[Artifact, ...] = ()

    @classmethod
    def of(
        cls,
        values: Mapping[str, object],
        code: int = ExecCode.SUCCEEDED,
        message: str = "",
    ) -> ExecOutputs:
        """Return outputs with one parameter per item of `values`, in its order.

        Raises:
            OutputError: A value is not JSON.
        """
        parameters = tuple(
            Parameter(name, json_value(value, child_path("$", name)))
            for name, value in values.items()
        )
        return cls(code, message, parameters)

    @property
    def phase(self) -> Phase:
        """The phase that `code` stands for, before the workflow's own conditions."""
        return phase_of_code(self.code)

    def get(self, name: str, default: JsonValue = None) -> JsonValue:
        """Return the value of the last parameter called `name`, else `default`."""
        return last_value(self.parameters, name, default)

    def as_dict(self) -> dict[str, JsonValue]:
        """Return all values by name; of repeated names the last, without those that are unset."""
        return values_by_name(self.parameters)
