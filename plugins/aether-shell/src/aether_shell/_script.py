"""The `script` executor: program text for a runtime that the worker allows (executors.md 10.4)."""

from __future__ import annotations

import json
import os
import re
from typing import TYPE_CHECKING, Final

from aether_sdk import BindError, BindProblem, TaskError, bind_inputs
from aether_shell._artifacts import artifact_environment
from aether_shell._environment import environment_with
from aether_shell._models import ShellOutputs, text_of
from aether_shell._process_executor import Job, ProcessExecutor
from aether_shell._script_models import ScriptInputs

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from aether_sdk import ExecOutputs, ExecuteRequest

RUNTIMES_VARIABLE: Final = "AETHER_SCRIPT_RUNTIMES"
_PREFIX: Final = "AETHER_INPUT_"
#: Added by whoever resumes a task; not an input of the script.
_RESUMED: Final = "__resumed"


class ScriptExecutor(ProcessExecutor):
    """Runs program text, with the task's further inputs in its environment.

    Args:
        runtimes: the runtimes that tasks may name; None reads `AETHER_SCRIPT_RUNTIMES`, a comma
            list, at each call. Nothing is allowed by default, since it runs arbitrary code.
    """

    type = "script"
    version = "1.0"
    description = "Runs program text in a runtime that is allowed"
    Inputs = ScriptInputs
    Outputs = ShellOutputs

    def __init__(self, runtimes: Iterable[str] | None = None) -> None:
        self._runtimes = None if runtimes is None else frozenset(runtimes)

    async def execute(self, request: ExecuteRequest) -> ExecOutputs:
        """Run one attempt. Cancelling it ends the whole process group.

        Raises:
            BindError: the inputs do not fit.
            TaskError: the runtime is not allowed, or cannot be started, or the names of artifacts
                clash.
        """
        self.refuse_windows()
        inputs = bind_inputs(request.inputs, ScriptInputs)
        self._check_runtime(inputs.runtime)
        job = Job(
            argv=[inputs.runtime, "-c", inputs.source],
            env=_environment(inputs, artifact_environment(request)),
            cwd=inputs.cwd,
            stdin=inputs.stdin,
            max_output_bytes=inputs.max_output_bytes,
            stdout_format=inputs.stdout_format,
            values_file=inputs.values_file,
            log=request.log if inputs.log else None,
        )
        return await self.run(job)

    def _check_runtime(self, runtime: str) -> None:
        allowed = _runtimes_of_environment() if self._runtimes is None else self._runtimes
        if runtime in allowed:
            return
        listed = ", ".join(sorted(allowed)) or "none"
        how = f"set {RUNTIMES_VARIABLE}={','.join(sorted({*allowed, runtime}))} where tasks run"
        message = (
            f'script executor: runtime "{runtime}" is not allowed; allowed: {listed}; '
            f"to allow it, {how}"
        )
        raise TaskError(message)


def _runtimes_of_environment() -> frozenset[str]:
    names = os.environ.get(RUNTIMES_VARIABLE, "").split(",")
    return frozenset(name.strip() for name in names if name.strip())


def _environment(inputs: ScriptInputs, artifacts: Mapping[str, str]) -> Mapping[str, str] | None:
    own = {name: text_of(value) for name, value in inputs.env.items()}
    given = _variables(inputs.model_extra or {})
    return environment_with({**given, **artifacts, **own})


def _variables(values: Mapping[str, object]) -> dict[str, str]:
    """Return the variables for a script's own inputs.

    Raises:
        BindError: two inputs would become one variable.
    """
    variables: dict[str, str] = {}
    names: dict[str, str] = {}
    problems: list[BindProblem] = []
    for name, value in values.items():
        if name == _RESUMED:
            continue
        variable = _PREFIX + re.sub("[^A-Z0-9_]", "_", name.upper())
        if variable in names:
            message = f"becomes {variable}, as {names[variable]} does"
            problems.append(BindProblem(f"$.{name}", message))
        names[variable] = name
        variables[variable] = value if isinstance(value, str) else _json(value)
    if problems:
        raise BindError(problems, model_name=ScriptInputs.__name__)
    return variables


def _json(value: object) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))
