"""What both executors share: starting a process, and from its end to a result."""

from __future__ import annotations

import os
import sys
from contextlib import nullcontext
from pathlib import Path
from typing import TYPE_CHECKING, ClassVar, NamedTuple

from aether_sdk import Executor, TaskError
from aether_shell._limits import Limits, limited
from aether_shell._outcome import outcome
from aether_shell._results import VALUES_VARIABLE, values_file

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from aether_sdk import ExecOutputs
    from aether_shell._process import Ended
    from aether_shell._results import Format


class Job(NamedTuple):
    """What to run, and what to make of its end; the names are those of the inputs of `shell`."""

    argv: Sequence[str]
    env: Mapping[str, str] | None
    cwd: str | None
    stdin: str | None
    max_output_bytes: int
    success_codes: Sequence[int] = (0,)
    failed_codes: Sequence[int] | None = None
    stdout_format: Format | None = None
    values_file: bool = False
    limits: Limits = Limits()
    #: Takes the lines of its output as they come.
    log: Callable[[str], bool] | None = None


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

    async def run(self, job: Job) -> ExecOutputs:
        """Run a program to its end. Cancelling this ends the whole process group.

        Raises:
            TaskError: the process cannot be started, or its exit code is lost.
        """
        if job.cwd is not None and not Path(job.cwd).is_dir():
            message = f"cannot start {job.argv[0]!r}: cwd {job.cwd!r} is not a directory"
            raise TaskError(message)
        try:
            with values_file() if job.values_file else nullcontext() as values:
                return outcome(job, await self._ended(job, values), values)
        except (OSError, ValueError) as error:
            message = f"cannot start {job.argv[0]!r}: {_reason(error)}"
            raise TaskError(message) from error

    async def _ended(self, job: Job, values: str | None) -> Ended:
        # Late: Windows has nothing of what this needs.
        from aether_shell._process import Launch, run_process

        env = job.env
        if values is not None:
            env = {**(os.environ if env is None else env), VALUES_VARIABLE: values}
        launch = Launch(
            argv=limited(job.argv, job.limits, env, job.cwd),
            env=env,
            cwd=job.cwd,
            stdin=None if job.stdin is None else job.stdin.encode(),
            max_output_bytes=job.max_output_bytes,
            drain_grace=self.drain_grace,
            kill_grace=self.kill_grace,
            log=job.log,
        )
        return await run_process(launch)


def _reason(error: OSError | ValueError) -> str:
    if isinstance(error, FileNotFoundError):
        return "no such program (or the program that its #! line names)"
    if isinstance(error, OSError):
        return error.strerror or type(error).__name__
    return str(error)
