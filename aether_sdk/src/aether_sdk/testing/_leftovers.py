"""What a call leaves behind in this process and on this machine."""

from __future__ import annotations

import contextlib
import gc
import os
import tempfile
import threading
import time
import uuid
from pathlib import Path
from typing import TYPE_CHECKING, Final, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Generator, Iterator, Mapping

_PAUSE: Final = 0.01
_PROCESSES: Final = Path("/proc")
_MARK: Final = "AETHER_TESTING_CALL"
_ENDED: Final = "ZX"


class Belongings(NamedTuple):
    """What exists at one moment: threads and open files of this process, and all processes.

    Processes and files are known on Linux only, and empty elsewhere. The working directory is empty
    when it has been deleted.
    """

    threads: frozenset[threading.Thread]
    processes: frozenset[str]
    files: frozenset[tuple[str, str]]
    directory: str
    variables: dict[str, str]


class Place:
    """A folder for temporary files, and a mark that every process started meanwhile inherits."""

    def __init__(self, folder: Path, mark: str) -> None:
        self._folder = folder
        self._mark = mark

    def belongings(self) -> Belongings:
        """Return what exists now."""
        return Belongings(
            frozenset(threading.enumerate()),
            frozenset(_processes()),
            frozenset(_open_files()),
            _working_directory(),
            dict(os.environ),
        )

    def left_since(self, before: Belongings, patience: float) -> tuple[str, ...]:
        """Return what is there in addition to `before`, one phrase each.

        What vanishes within `patience` seconds does not count.
        """
        deadline = time.monotonic() + patience
        while (left := self._left(before)) and time.monotonic() < deadline:
            # What nobody can reach any more is closed by the interpreter, sooner or later.
            gc.collect()
            time.sleep(_PAUSE)
        return left

    def _left(self, before: Belongings) -> tuple[str, ...]:
        now = self.belongings()
        return (
            *(f"the thread {thread.name!r}" for thread in now.threads - before.threads),
            *(f"the process {_described(pid)}" for pid in self._new_processes(now, before)),
            *(f"the open file {target}" for _, target in now.files - before.files),
            *(f"the temporary file {path.name}" for path in self._folder.iterdir()),
            *(("another working directory",) if now.directory != before.directory else ()),
            *(
                f"the environment variable {name} with another value"
                for name in sorted(_differences(now.variables, before.variables))
            ),
        )

    def _new_processes(self, now: Belongings, before: Belongings) -> list[str]:
        """Return the new children of this process, and all descendants that carry the mark."""
        new = now.processes - before.processes
        return [pid for pid in new if _is_child(pid) or self._mark in _environment(pid)]


@contextlib.contextmanager
def own_place() -> Generator[Place, None, None]:
    """Let temporary files go to a folder of this call, and mark the processes that it starts.

    Afterwards the environment and the working directory are what they were.
    """
    with tempfile.TemporaryDirectory(prefix="aether-call-") as folder:
        mark = uuid.uuid4().hex
        earlier, directory, variables = tempfile.tempdir, _working_directory(), dict(os.environ)
        os.environ.update({"TMPDIR": folder, _MARK: mark})
        tempfile.tempdir = folder
        try:
            yield Place(Path(folder), mark)
        finally:
            tempfile.tempdir = earlier
            _put_back(directory, variables)


def _put_back(directory: str, variables: dict[str, str]) -> None:
    if directory and _working_directory() != directory:
        os.chdir(directory)
    for name in _differences(os.environ, variables):
        if name in variables:
            os.environ[name] = variables[name]
        else:
            del os.environ[name]


def _differences(variables: Mapping[str, str], others: Mapping[str, str]) -> list[str]:
    """Return the names of the variables in which two environments differ."""
    names = {*variables, *others}
    return [name for name in names if variables.get(name) != others.get(name)]


def _working_directory() -> str:
    # Somebody may have deleted it.
    with contextlib.suppress(OSError):
        return os.getcwd()  # noqa: PTH109 - a text, and empty when there is none
    return ""


def _open_files() -> Iterator[tuple[str, str]]:
    """Yield number and target of every open file; targets are paths or such as `socket:[123]`."""
    folder = _PROCESSES / "self/fd"
    for name in os.listdir(folder) if folder.is_dir() else ():  # noqa: PTH208 - names, not paths
        # The one that lists the folder is closed by now.
        with contextlib.suppress(OSError):
            yield name, os.readlink(folder / name)  # noqa: PTH115 - a text such as `socket:[1]`


def _processes() -> Iterator[str]:
    names = os.listdir(_PROCESSES) if _PROCESSES.is_dir() else []  # noqa: PTH208 - names
    yield from filter(str.isdecimal, names)


def _is_child(pid: str) -> bool:
    # Processes end while they are looked at.
    with contextlib.suppress(OSError):
        # The name in front may contain anything, a parenthesis too.
        stat = (_PROCESSES / pid / "stat").read_bytes().rpartition(b")")[2]
        return int(stat.split()[1]) == os.getpid()
    return False


def _environment(pid: str) -> str:
    # Those of strangers are private.
    with contextlib.suppress(OSError):
        return (_PROCESSES / pid / "environ").read_text(errors="replace")
    return ""


def _described(pid: str) -> str:
    try:
        text = (_PROCESSES / pid / "stat").read_text(errors="replace")
    except OSError:
        return pid
    name, _, rest = text.partition("(")[2].rpartition(")")
    ended = " that has ended and that nobody waited for" if rest.split()[0] in _ENDED else ""
    return f"{pid} ({name}){ended}"
