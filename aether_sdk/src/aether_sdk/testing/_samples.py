"""Calls that an author vouches for: what goes in and how it ends."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from aether_sdk._codes import ExecCode

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping


@dataclass(frozen=True, slots=True)
class Sample:
    """One call of an executor. It is made many times, so it must be safe to repeat.

    Attributes:
        inputs: Values by name.
        code: The code that the call ends with.
        refused_at: JSON path of the input for which the call is refused, such as `$.longest`;
            empty for a call that is accepted.
        is_endless: Whether the call runs until it is cancelled.
        secrets: Names of inputs whose values nobody may see. Those that the input model declares
            as secret count anyway.
        varying: Names of outputs that differ from call to call, such as times.
        artifacts: Paths of input artifacts by name.
        output_artifacts: The path where each output artifact is looked for, by name.
        name: What messages call it.
    """

    # A sample may hold secrets, and pytest shows arguments of tests that fail.
    inputs: Mapping[str, object] = field(repr=False)
    code: int = ExecCode.SUCCEEDED
    refused_at: str = ""
    is_endless: bool = False
    secrets: Collection[str] = ()
    varying: Collection[str] = ()
    artifacts: Mapping[str, str] = field(default_factory=dict[str, str])
    output_artifacts: Mapping[str, str] = field(default_factory=dict[str, str])
    name: str = ""

    @property
    def label(self) -> str:
        """What messages call it."""
        return self.name or f"the sample with {', '.join(self.inputs) or 'no inputs'}"

    @property
    def is_ordinary(self) -> bool:
        """Whether the call is accepted and comes to an end by itself."""
        return not self.refused_at and not self.is_endless
