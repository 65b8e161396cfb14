"""Artifacts in a run: their places move through it, the files themselves never do.

A place is plain JSON; whoever executes a task can fetch a file from it (documents.md 2.16).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from aether_core.expression import EvaluationError, MissingReference
from aether_core.kernel._binding import BindingFailed
from aether_core.kernel._environment import Environment

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from aether_core.expression import Reference
    from aether_core.plan import ArtifactBinding, Call, ValueSource
    from aether_sdk import JsonValue


class NoArtifact(Exception):  # a signal inside the kernel
    """An artifact has no place; the text says why."""


def bind_artifacts(
    call: Call, environment: Environment, inputs: Mapping[str, JsonValue]
) -> dict[str, JsonValue] | None:
    """Return the places of a call's input artifacts by name; None if it has none.

    Args:
        call: what is called.
        environment: what the call site sees.
        inputs: the call's own parameters, already bound.

    Raises:
        BindingFailed: with all problems at once.
    """
    if not call.artifacts:
        return None
    is_inline = call.task is not None and call.task.inline
    inside = environment.inside(inputs, is_inline=is_inline)
    places: dict[str, JsonValue] = {}
    problems: list[str] = []
    for binding in call.artifacts:
        try:
            seen = environment if binding.from_call else inside
            places[binding.name] = place_of(binding, environment, seen)
        except NoArtifact as reason:
            problems.append(f"$.inputs.artifacts.{binding.name}: {reason}")
    if problems:
        raise BindingFailed(problems)
    return places


def place_of(
    binding: ArtifactBinding, environment: Environment, seen: Environment | None = None
) -> dict[str, JsonValue]:
    """Return the place of one artifact.

    Args:
        binding: where it comes from.
        environment: answers `from`.
        seen: answers placeholders in the source, if that is another environment.

    Raises:
        NoArtifact: it has none.
    """
    if binding.reference is not None:
        place = _referenced(binding.reference, environment)
    elif binding.config is not None:
        config = _evaluated(binding.config, environment if seen is None else seen)
        place = {"type": binding.source_type, "config": config, "archive": "none"}
    else:
        raise NoArtifact("a file is required; hand one over in arguments.artifacts")
    if binding.archive and binding.archive != place.get("archive"):
        # What was packed is meant itself, or is known to be packed otherwise.
        place = {key: value for key, value in place.items() if key != "content"}
        place["archive"] = binding.archive
    return place


def _evaluated(config: ValueSource, environment: Environment) -> JsonValue:
    try:
        return config.evaluate(environment.resolve)
    except (MissingReference, EvaluationError) as error:
        raise NoArtifact(error.message) from None


def _referenced(reference: Reference, environment: Environment) -> dict[str, JsonValue]:
    found: JsonValue = None
    match reference.segments:
        case ("tasks", str(task), "outputs", "artifacts", str(name)):
            result = environment.tasks.get(task)
            found = None if result is None else (result.artifacts or {}).get(name)
            if result is not None and not found:
                ended = f"task {task} ended {result.phase}"
                raise NoArtifact(f"{reference.text} has no file: {ended}")
        case ("inputs", "artifacts", str(name)):
            found = environment.places.get(name)
        case ("workflow", *long, "artifacts", str(name)) if long in ([], ["arguments"]):
            binding = environment.artifacts.get(name)
            found = None if binding is None else place_of(binding, _around(environment))
        case _:
            pass
    if not isinstance(found, dict):
        raise NoArtifact(f"{reference.text} has no file")
    return found


def _around(environment: Environment) -> Environment:
    """Return what the workflow's own arguments see: the other arguments, and variables."""
    return Environment(environment.variables, environment.workflow, inputs={}, tasks={})


def collected(
    bindings: Iterable[ArtifactBinding], environment: Environment
) -> tuple[dict[str, JsonValue], list[str]]:
    """Return the places of a dag's output artifacts, and why others are left out."""
    places: dict[str, JsonValue] = {}
    left_out: list[str] = []
    for binding in bindings:
        try:
            places[binding.name] = place_of(binding, environment)
        except NoArtifact as reason:
            left_out.append(f"output artifact {binding.name} is left out: {reason}")
    return places, left_out
