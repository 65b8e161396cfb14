"""Writing to stdout and stderr, and keeping stdout for the command's own output."""

from __future__ import annotations

import os
import sys
from contextlib import contextmanager

from aether_core.cli import _exits

# `typing` and its like would slow `aether --help` down.
TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Generator
    from typing import TextIO


def write_text(text: str) -> None:
    """Write to stdout; a reader that has gone away is no error."""
    _write(sys.stdout, text)


def write_json(value: object) -> None:
    """Write a value as JSON to stdout, in UTF-8 whatever the locale says."""
    _write_bytes(sys.stdout, json_bytes(value))


def write_json_error(value: object) -> None:
    """Write a value as JSON to stderr."""
    _write_bytes(sys.stderr, json_bytes(value))


def json_bytes(value: object) -> bytes:
    """Return a value as indented JSON with a line end."""
    # Late: help texts need no JSON.
    import msgspec

    return msgspec.json.format(msgspec.json.encode(value), indent=2) + b"\n"


def write_error(text: str) -> None:
    """Write to stderr."""
    _write(sys.stderr, text)


def note(text: str) -> None:
    """Write a line to stderr."""
    _write(sys.stderr, f"{text}\n")


def complain(message: str, hint: str | None = None, *, prefix: str = "aether") -> None:
    """Write an error to stderr, and what to do about it."""
    note(f"{prefix}: error: {message}")
    if hint:
        note(f"  hint: {hint}")


@contextmanager
def reserved_stdout() -> Generator[None, None, None]:
    """Keep stdout free: what anybody prints meanwhile, in Python or below it, goes to stderr.

    Plugins are other people's code. Whatever they print when they are imported or executed
    must not end up between the bytes of `--output json`.
    """
    stdout, stderr = sys.stdout, sys.stderr
    saved = _divert_descriptor(stdout, stderr)
    sys.stdout = stderr
    try:
        yield
    finally:
        sys.stdout = stdout
        if saved is not None:
            os.dup2(saved, 1)
            os.close(saved)


def _divert_descriptor(stdout: TextIO | None, stderr: TextIO | None) -> int | None:
    """Let file descriptor 1 lead to stderr; return a copy of the old one, None if left alone."""
    if _descriptor(stdout) != 1 or _descriptor(stderr) != 2:
        return None
    if stdout is not None:
        stdout.flush()
    saved = os.dup(1)
    os.dup2(2, 1)
    return saved


def _descriptor(stream: TextIO | None) -> int | None:
    try:
        return None if stream is None else stream.fileno()
    except (OSError, ValueError):
        return None


def _write(stream: TextIO | None, text: str) -> None:
    if stream is None:
        return
    try:
        try:
            stream.write(text)
        except UnicodeEncodeError:
            encoding = stream.encoding or "ascii"
            stream.write(text.encode(encoding, "backslashreplace").decode(encoding))
        stream.flush()
    except OSError as error:
        _lost(stream, error)


def _write_bytes(stream: TextIO | None, data: bytes) -> None:
    if stream is None:
        return
    try:
        stream.flush()
        stream.buffer.write(data)
        stream.buffer.flush()
    except OSError as error:
        _lost(stream, error)


def _lost(stream: TextIO, error: OSError) -> None:
    """Give a stream up: quietly when its reader has gone, else the command has failed."""
    descriptor = _descriptor(stream)
    if descriptor is not None:
        # What the stream still buffers must not fail again when the interpreter exits.
        sink = os.open(os.devnull, os.O_WRONLY)
        os.dup2(sink, descriptor)
        os.close(sink)
    if isinstance(error, BrokenPipeError):
        return
    if stream is not sys.stderr:
        complain(f"can't write the output: {error.strerror or error}")
    raise SystemExit(_exits.INTERNAL)
