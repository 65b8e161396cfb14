"""Artifacts as a process sees them: the path of each is in an environment variable."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from aether_sdk import TaskError

if TYPE_CHECKING:
    from collections.abc import Iterable

    from aether_sdk import ExecuteRequest

INPUT: Final = "AETHER_INPUT_ARTIFACT_"
OUTPUT: Final = "AETHER_OUTPUT_ARTIFACT_"


def artifact_environment(request: ExecuteRequest) -> dict[str, str]:
    """Return the variables with the paths of a task's input and output artifacts.

    Raises:
        TaskError: two artifacts would become one variable.
    """
    inputs = request.inputs.artifacts if request.inputs is not None else ()
    return {
        **_variables(INPUT, ((artifact.name, artifact.path) for artifact in inputs)),
        **_variables(OUTPUT, request.output_artifacts.items()),
    }


def _variables(prefix: str, paths: Iterable[tuple[str, str]]) -> dict[str, str]:
    names: dict[str, str] = {}
    variables: dict[str, str] = {}
    for name, path in paths:
        variable = prefix + re.sub("[^A-Z0-9_]", "_", name.upper())
        if variable in names:
            message = f"the artifacts {names[variable]} and {name} both become {variable}"
            raise TaskError(message, hint="Rename one of the two.")
        names[variable] = name
        variables[variable] = path
    return variables
