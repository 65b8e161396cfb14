"""The `shell` executor: from inputs to a program."""

from __future__ import annotations

from pathlib import PurePath
from typing import TYPE_CHECKING, Final

from aether_sdk import bind_inputs
from aether_shell._artifacts import artifact_environment
from aether_shell._environment import environment_with
from aether_shell._limits import Limits
from aether_shell._models import ShellInputs, ShellOutputs, text_of, words_of
from aether_shell._process_executor import Job, ProcessExecutor

if TYPE_CHECKING:
    from collections.abc import Mapping

    from aether_sdk import ExecOutputs, ExecuteRequest

#: After `-c` and the text, these take a name for the script ($0) before its arguments.
_SHELLS: Final = frozenset({"ash", "bash", "dash", "ksh", "mksh", "rbash", "sh", "yash", "zsh"})
_SCRIPT_NAME: Final = "script"


class ShellExecutor(ProcessExecutor):
    """Runs a program, or a script through an interpreter, in a process group of its own."""

    type = "shell"
    version = "1.0"
    description = "Runs a program or a script"
    Inputs = ShellInputs
    Outputs = ShellOutputs

    async def execute(self, request: ExecuteRequest) -> ExecOutputs:
        """Run one attempt. Cancelling it ends the whole process group.

        Raises:
            BindError: the inputs do not fit.
            TaskError: the process cannot be started, or the names of artifacts clash, or the
                system does not have a limit that is asked for.
        """
        self.refuse_windows()
        inputs = bind_inputs(request.inputs, ShellInputs)
        job = Job(
            argv=_argv(inputs),
            env=_environment(inputs, artifact_environment(request)),
            cwd=inputs.cwd,
            stdin=inputs.stdin,
            max_output_bytes=inputs.max_output_bytes,
            success_codes=inputs.success_codes,
            failed_codes=inputs.failed_codes,
            stdout_format=inputs.stdout_format,
            values_file=inputs.values_file,
            limits=Limits(
                inputs.max_cpu_seconds,
                inputs.max_memory_bytes,
                inputs.max_open_files,
                inputs.max_file_bytes,
            ),
            log=request.log if inputs.log else None,
        )
        return await self.run(job)


def _argv(inputs: ShellInputs) -> list[str]:
    args = [text_of(arg) for arg in inputs.args]
    if inputs.command is not None:
        return [*words_of(inputs.command), *args]
    interpreter = words_of(inputs.interpreter)
    is_shell = any(PurePath(word).name in _SHELLS for word in interpreter)
    name = [_SCRIPT_NAME] if is_shell else []
    return [*interpreter, "-c", inputs.script or "", *name, *args]


def _environment(inputs: ShellInputs, artifacts: Mapping[str, str]) -> Mapping[str, str] | None:
    own = {name: text_of(value) for name, value in inputs.env.items()}
    given = {**artifacts, **own}
    return given if inputs.clean_env else environment_with(given)
