"""From a path to bytes, within bounds, whatever the path leads to."""

from __future__ import annotations

import os
import stat
import sys
from typing import TYPE_CHECKING, BinaryIO, Final

from aether_core.document import _codes
from aether_core.document._limits import MAX_FILE_BYTES
from aether_core.document._source import file_diagnostic

if TYPE_CHECKING:
    from aether_core.document._problem import Diagnostic

STDIN: Final = "-"


def read_file(path: str) -> bytes | Diagnostic:
    """Return the content of a regular file, or why there is none."""
    # Without O_NONBLOCK, opening a pipe that nobody writes to would wait for ever.
    flags = os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0)
    try:
        descriptor = os.open(path, flags)
        refused = _refused(path, os.fstat(descriptor))
        if refused is not None:
            os.close(descriptor)
            return refused
        with os.fdopen(descriptor, "rb", buffering=0) as file:
            return _bounded(path, file)
    # A path with a NUL character is a ValueError.
    except (OSError, ValueError) as error:
        return unreadable(path, error)


def read_stdin(name: str) -> bytes | Diagnostic:
    """Return what standard input holds, or why that is no document."""
    if sys.stdin is None:
        return file_diagnostic(name, _codes.FILE_UNREADABLE, "there is no standard input", None)
    try:
        return _bounded(name, sys.stdin.buffer)
    except (OSError, ValueError) as error:
        return unreadable(name, error)


def _bounded(name: str, file: BinaryIO) -> bytes | Diagnostic:
    parts: list[bytes] = []
    left = MAX_FILE_BYTES + 1
    while left > 0 and (part := file.read(min(left, 1 << 20))):
        parts.append(part)
        left -= len(part)
    return too_large(name) if left == 0 else b"".join(parts)


def _refused(path: str, status: os.stat_result) -> Diagnostic | None:
    if stat.S_ISDIR(status.st_mode):
        hint = "Give the path of a file in it."
        return file_diagnostic(path, _codes.NOT_A_FILE, "this is a directory", hint)
    if not stat.S_ISREG(status.st_mode):
        hint = "Use - to read from standard input."
        return file_diagnostic(path, _codes.NOT_A_FILE, "this is not a regular file", hint)
    return too_large(path) if status.st_size > MAX_FILE_BYTES else None


def too_large(name: str) -> Diagnostic:
    """Return the diagnostic of a file above the size limit."""
    message = f"the file has more than {MAX_FILE_BYTES >> 20} MiB"
    hint = "Split it, and keep data out of documents."
    return file_diagnostic(name, _codes.FILE_TOO_LARGE, message, hint)


def unreadable(name: str, error: Exception) -> Diagnostic:
    """Return the diagnostic of a file that the system does not let us read."""
    if isinstance(error, FileNotFoundError):
        hint = "Check the spelling and the current directory."
        return file_diagnostic(name, _codes.FILE_MISSING, "the file does not exist", hint)
    if isinstance(error, IsADirectoryError):
        hint = "Give the path of a file in it."
        return file_diagnostic(name, _codes.NOT_A_FILE, "this is a directory", hint)
    if isinstance(error, PermissionError):
        hint = "Ask for the right to read it."
        message = "there is no permission to read the file"
        return file_diagnostic(name, _codes.FILE_UNREADABLE, message, hint)
    reason = error.strerror if isinstance(error, OSError) else str(error)
    message = f"the file can't be read: {reason}"
    return file_diagnostic(name, _codes.FILE_UNREADABLE, message, None)
