"""Limits of what the system gives a process, set by a small shell that becomes the program.

Not set by Python between fork and exec, which is unsafe where there are threads, and not from
outside, which would leave the program a moment without.
"""

from __future__ import annotations

import errno
import os
import sys
from typing import TYPE_CHECKING, Final, NamedTuple

from aether_sdk import TaskError

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

_SHELL: Final = "/bin/sh"
_KIB: Final = 1024
#: The unit of `ulimit -f` (POSIX).
_BLOCK: Final = 512


class Limits(NamedTuple):
    """Limits of each process of a task; None is the worker's own."""

    cpu_seconds: int | None = None
    memory_bytes: int | None = None
    open_files: int | None = None
    file_bytes: int | None = None


def limited(
    argv: Sequence[str], limits: Limits, env: Mapping[str, str] | None, cwd: str | None
) -> Sequence[str]:
    """Return the program that sets limits and then becomes `argv`; `argv` itself without limits.

    Raises:
        TaskError: this system does not have such a limit.
        OSError: there is no such program; the shell would report that as an exit code.
    """
    if not any(limit is not None for limit in limits):
        return argv
    if limits.memory_bytes is not None and sys.platform == "darwin":
        raise TaskError("max_memory_bytes is not supported on this system: macOS ignores it")
    settings = [*_settings(limits), 'exec "$@"']
    return [_SHELL, "-c", " && ".join(settings), _SHELL, _found(argv[0], env, cwd), *argv[1:]]


def _settings(limits: Limits) -> list[str]:
    # Late: most tasks have no limits.
    import resource

    settings: list[str] = []

    def add(option: str, kind: int, limit: int | None, unit: int = 1) -> None:
        if limit is not None:
            ceiling = resource.getrlimit(kind)[1]
            if ceiling != resource.RLIM_INFINITY:
                limit = min(limit, ceiling)
            settings.append(f"ulimit {option} {limit // unit}")

    cpu = limits.cpu_seconds
    # At the hard limit comes SIGKILL; a second earlier SIGXCPU, which says what happened.
    add("-S -t", resource.RLIMIT_CPU, cpu)
    add("-H -t", resource.RLIMIT_CPU, None if cpu is None else cpu + 1)
    add("-v", resource.RLIMIT_AS, limits.memory_bytes, _KIB)
    add("-n", resource.RLIMIT_NOFILE, limits.open_files)
    add("-f", resource.RLIMIT_FSIZE, limits.file_bytes, _BLOCK)
    return settings


def _found(program: str, env: Mapping[str, str] | None, cwd: str | None) -> str:
    """Return a program as the shell finds it, looked up as without limits.

    Raises:
        OSError: there is none, or it may not be executed.
    """
    if os.path.dirname(program):  # noqa: PTH120  # a text; "./a" and "a" differ
        path = os.path.join(cwd or "", program)  # noqa: PTH118  # as above
        if os.access(path, os.X_OK) and not os.path.isdir(path):  # noqa: PTH112  # as above
            return program
        number = errno.EACCES if os.path.exists(path) else errno.ENOENT  # noqa: PTH110  # as above
        raise OSError(number, os.strerror(number))
    # Late, as above.
    from shutil import which

    found = which(program, path=(os.environ if env is None else env).get("PATH", os.defpath))
    if found is None:
        raise FileNotFoundError(errno.ENOENT, os.strerror(errno.ENOENT))
    return found
