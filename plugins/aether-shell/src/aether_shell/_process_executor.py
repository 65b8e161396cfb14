"""What both executors share: starting a process, and from its end to a result."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING, ClassVar, Final

from aether_sdk import ExecCode, Executor, TaskError, output_from
from aether_shell._ending import describe
from aether_shell._models import ShellOutputs
from aether_shell._process import Ended, Launch, run_process

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from aether_sdk import ExecOutputs


#: Variables that hold the secrets of all workflows; a process gets those that it is given.
_SECRETS_PREFIX: Final = "AETHER_SECRET_"


class ProcessExecutor(Executor):
    """Runs a process in a group of its own."""

    #: Seconds between SIGTERM and SIGKILL when a process group has to go.
    kill_grace: ClassVar[float] = 2.0
    #: Seconds to wait for the end of the output after the process itself has ended.
    drain_grace: ClassVar[float] = 1.0

    def refuse_windows(self) -> None:
        """Refuse to work where there are no process groups.

        Raises:
            TaskError: this is Windows.
        """
        if sys.platform == "win32":
            raise TaskError(f"the {self.type} executor needs POSIX process groups; not on Windows")

    async def run(
        self,
        argv: Sequence[str],
        *,
        env: Mapping[str, str],
        cwd: str | None,
        stdin: str | None,
        max_output_bytes: int,
        success_codes: Sequence[int],
    ) -> ExecOutputs:
        """Run a program to its end. Cancelling this ends the whole process group.

        Raises:
            TaskError: the process cannot be started.
        """
        if cwd is not None and not Path(cwd).is_dir():
            message = f"cannot start {argv[0]!r}: cwd {cwd!r} is not a directory"
            raise TaskError(message)
        try:
            launch = Launch(
                argv=argv,
                env=env,
                cwd=cwd,
                stdin=None if stdin is None else stdin.encode(),
                max_output_bytes=max_output_bytes,
                drain_grace=self.drain_grace,
                kill_grace=self.kill_grace,
            )
            ended = await run_process(launch)
        except (OSError, ValueError) as error:
            message = f"cannot start {argv[0]!r}: {_reason(error)}"
            raise TaskError(message) from error
        return _result(ended, success_codes)


def inherited_environment() -> dict[str, str]:
    """Return the worker's environment variables, those with secrets left out."""
    return {k: v for k, v in os.environ.items() if not k.startswith(_SECRETS_PREFIX)}


def _reason(error: OSError | ValueError) -> str:
    if isinstance(error, FileNotFoundError):
        return "no such program (or the program that its #! line names)"
    if isinstance(error, OSError):
        return error.strerror or type(error).__name__
    return str(error)


def _result(ended: Ended, success_codes: Sequence[int]) -> ExecOutputs:
    outputs = ShellOutputs(
        exit_code=ended.code,
        stdout=ended.stdout.text(),
        stderr=ended.stderr.text(),
        truncated=ended.stdout.truncated or ended.stderr.truncated,
    )
    if ended.code in success_codes:
        return output_from(outputs)
    message = describe(ended.code, success_codes, ended.stderr.tail())
    return output_from(outputs, code=ExecCode.FAILED, message=message)
