"""The executor: from inputs to a process, and from its end to a result."""

from __future__ import annotations

import os
import sys
from pathlib import Path, PurePath
from typing import TYPE_CHECKING, ClassVar, Final

from aether_sdk import ExecCode, Executor, TaskError, bind_inputs, output_from
from aether_shell._ending import describe
from aether_shell._models import ShellInputs, ShellOutputs, text_of, words_of
from aether_shell._process import Ended, Launch, run_process

if TYPE_CHECKING:
    from collections.abc import Mapping

    from aether_sdk import ExecOutputs, ExecuteRequest

#: After `-c` and the text, these take a name for the script ($0) before its arguments.
_SHELLS: Final = frozenset({"ash", "bash", "dash", "ksh", "mksh", "rbash", "sh", "yash", "zsh"})
_SCRIPT_NAME: Final = "script"


class ShellExecutor(Executor):
    """Runs a program, or a script through an interpreter, in a process group of its own."""

    type = "shell"
    version = "1.0"
    description = "Runs a program or a script"
    Inputs = ShellInputs
    Outputs = ShellOutputs

    #: Seconds between SIGTERM and SIGKILL when a process group has to go.
    kill_grace: ClassVar[float] = 2.0
    #: Seconds to wait for the end of the output after the process itself has ended.
    drain_grace: ClassVar[float] = 1.0

    async def execute(self, request: ExecuteRequest) -> ExecOutputs:
        """Run one attempt. Cancelling it ends the whole process group.

        Raises:
            BindError: the inputs do not fit.
            TaskError: the process cannot be started.
        """
        if sys.platform == "win32":
            raise TaskError("the shell executor needs POSIX process groups; not on Windows")
        inputs = bind_inputs(request.inputs, ShellInputs)
        return _result(await self._run(inputs), inputs)

    async def _run(self, inputs: ShellInputs) -> Ended:
        argv = _argv(inputs)
        if inputs.cwd is not None and not Path(inputs.cwd).is_dir():
            message = f"cannot start {argv[0]!r}: cwd {inputs.cwd!r} is not a directory"
            raise TaskError(message)
        try:
            launch = Launch(
                argv=argv,
                env=_environment(inputs),
                cwd=inputs.cwd,
                stdin=None if inputs.stdin is None else inputs.stdin.encode(),
                max_output_bytes=inputs.max_output_bytes,
                drain_grace=self.drain_grace,
                kill_grace=self.kill_grace,
            )
            return await run_process(launch)
        except (OSError, ValueError) as error:
            message = f"cannot start {argv[0]!r}: {_reason(error)}"
            raise TaskError(message) from error


def _argv(inputs: ShellInputs) -> list[str]:
    args = [text_of(arg) for arg in inputs.args]
    if inputs.command is not None:
        return [*words_of(inputs.command), *args]
    interpreter = words_of(inputs.interpreter)
    is_shell = any(PurePath(word).name in _SHELLS for word in interpreter)
    name = [_SCRIPT_NAME] if is_shell else []
    return [*interpreter, "-c", inputs.script or "", *name, *args]


def _environment(inputs: ShellInputs) -> dict[str, str]:
    inherited: Mapping[str, str] = {} if inputs.clean_env else os.environ
    return {**inherited, **{name: text_of(value) for name, value in inputs.env.items()}}


def _reason(error: OSError | ValueError) -> str:
    if isinstance(error, FileNotFoundError):
        return "no such program (or the program that its #! line names)"
    if isinstance(error, OSError):
        return error.strerror or type(error).__name__
    return str(error)


def _result(ended: Ended, inputs: ShellInputs) -> ExecOutputs:
    outputs = ShellOutputs(
        exit_code=ended.code,
        stdout=ended.stdout.text(),
        stderr=ended.stderr.text(),
        truncated=ended.stdout.truncated or ended.stderr.truncated,
    )
    if ended.code in inputs.success_codes:
        return output_from(outputs)
    message = describe(ended.code, inputs.success_codes, ended.stderr.tail())
    return output_from(outputs, code=ExecCode.FAILED, message=message)
