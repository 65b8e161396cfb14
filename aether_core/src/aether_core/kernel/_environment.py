"""What a reference means at a place in a run (documents.md 8, decision 9)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

import msgspec

from aether_core.expression import MISSING, walk
from aether_core.plan import SEAL_NAME, ArtifactBinding
from aether_sdk import JsonValue, Phase

if TYPE_CHECKING:
    from collections.abc import Sequence

    from aether_core.expression import Reference
    from aether_core.kernel._records import RunRecord

_TASK_DEPTH = 2
_PARAMETER_DEPTH = 3


class NodeResult(msgspec.Struct, frozen=True, gc=False):
    """What a finished node shows to its siblings as `tasks.<name>`."""

    phase: Phase
    code: int | None
    message: str
    outputs: Mapping[str, JsonValue] | None
    #: Where its output artifacts are, by name.
    artifacts: Mapping[str, JsonValue] | None = None


class Environment(msgspec.Struct):
    """The variables visible at one place; `resolve` answers references to them."""

    #: Custom variables and `system`, nested by the segments of their names.
    variables: Mapping[str, JsonValue]
    #: Values of the workflow's arguments.
    workflow: Mapping[str, JsonValue]
    #: Resolved inputs of the template around this place.
    inputs: Mapping[str, JsonValue]
    #: Finished siblings (for a dag's outputs: its children) by name.
    tasks: Mapping[str, NodeResult]
    #: Inputs of the dag around an inline executor, seen behind the executor's own.
    outer_inputs: Mapping[str, JsonValue] | None = None
    #: `loop_iter` and `iterator` of the nearest loop around this place.
    loop: Mapping[str, JsonValue] = {}
    #: Names that exist at this place only, such as `phase` in a condition.
    local: Mapping[str, JsonValue] = {}
    #: Where the input artifacts of the template around this place are, by name.
    places: Mapping[str, JsonValue] = {}
    #: Artifacts of the workflow's arguments by name; only `from` can see them.
    artifacts: Mapping[str, ArtifactBinding] = {}

    def within(
        self,
        inputs: Mapping[str, JsonValue],
        tasks: Mapping[str, NodeResult],
        places: Mapping[str, JsonValue] | None = None,
    ) -> Environment:
        """Return the environment inside a template that is called from here."""
        return Environment(
            self.variables,
            self.workflow,
            inputs,
            tasks,
            loop=self.loop,
            places=places or {},
            artifacts=self.artifacts,
        )

    def inside(self, inputs: Mapping[str, JsonValue], *, is_inline: bool) -> Environment:
        """Return what the settings of a task see once its inputs are bound.

        An inline task also sees the inputs of the dag in which it stands.
        """
        own = self.within(inputs, self.tasks)
        own.local = self.local
        if is_inline:
            own.outer_inputs = self.inputs
        return own

    def knowing(
        self,
        local: Mapping[str, JsonValue],
        *,
        tasks: Mapping[str, NodeResult] | None = None,
        loop: Mapping[str, JsonValue] | None = None,
    ) -> Environment:
        """Return this environment with names of its own, and perhaps other tasks or loop."""
        return msgspec.structs.replace(
            self,
            local=local,
            tasks=self.tasks if tasks is None else tasks,
            loop=self.loop if loop is None else loop,
        )

    def resolve(self, reference: Reference) -> object:
        """Return the value of the reference, or MISSING."""
        segments = reference.segments
        match segments[0]:
            case "tasks":
                return self._task(segments)
            case "inputs":
                return self._input(segments)
            case "workflow":
                return self._argument(segments)
            case head:
                for names in (self.loop, self.local):
                    if head in names:
                        return walk(names, segments)
                return walk(self.variables, segments)

    def _task(self, segments: tuple[str | int, ...]) -> object:
        name = segments[1] if len(segments) > _TASK_DEPTH else None
        result = self.tasks.get(name) if isinstance(name, str) else None
        if result is None:
            return MISSING
        match segments[_TASK_DEPTH:]:
            case ("phase",):
                return result.phase.value
            case ("code",) if result.code is not None:
                return result.code
            case ("msg" | "message",):
                return result.message
            case ("outputs", "parameters", output, *rest) if result.outputs is not None:
                return _pick(result.outputs, output, rest)
            case _:
                return MISSING

    def _input(self, segments: tuple[str | int, ...]) -> object:
        if len(segments) < _PARAMETER_DEPTH or segments[1] != "parameters":
            return MISSING
        found = _pick(self.inputs, segments[2], segments[3:])
        if found is MISSING and self.outer_inputs is not None:
            return _pick(self.outer_inputs, segments[2], segments[3:])
        return found

    def _argument(self, segments: tuple[str | int, ...]) -> object:
        # `workflow.arguments.parameters.x` is the long spelling of `workflow.parameters.x`.
        start = 2 if segments[1:2] == ("arguments",) else 1
        if len(segments) < start + 2 or segments[start] != "parameters":
            return MISSING
        return _pick(self.workflow, segments[start + 1], segments[start + 2 :])


def _pick(values: Mapping[str, JsonValue], name: str | int, rest: Sequence[str | int]) -> object:
    if not isinstance(name, str):
        return MISSING
    if name in values:
        return walk(values[name], tuple(rest)) if rest else values[name]
    # A loop's item arrives under names with a dot, such as `loop_iter.index`.
    dotted = f"{name}.{rest[0]}" if rest else name
    return walk(values[dotted], tuple(rest[1:])) if dotted in values else MISSING


def variables_of(run: RunRecord) -> dict[str, JsonValue]:
    """Return what a run's custom variables look like to references, and its seal."""
    variables = nest(run.variables)
    if run.seal:
        variables[SEAL_NAME] = run.seal
    return variables


def nest(variables: Mapping[str, JsonValue]) -> dict[str, JsonValue]:
    """Turn `{"deploy.region": "eu"}` into `{"deploy": {"region": "eu"}}`.

    Where one name is the beginning of another, the later one in the mapping wins.
    """
    root: dict[str, JsonValue] = {}
    for dotted, value in variables.items():
        *parents, last = dotted.split(".")
        level = root
        for parent in parents:
            below = level.get(parent)
            # A copy, so that a caller's own object does not grow.
            level[parent] = below = dict(below) if isinstance(below, dict) else {}
            level = below
        level[last] = value
    return root
