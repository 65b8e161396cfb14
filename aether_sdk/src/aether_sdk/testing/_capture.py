"""What a call prints and logs."""

from __future__ import annotations

import contextlib
import logging
import os
import sys
import tempfile
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Generator


class Capture:
    """Collects texts; complete when the `captured` block is over.

    Attributes:
        printed: What went to stdout and stderr, also from child processes.
        logged: Every log record as text, one a line, of all levels.
    """

    def __init__(self) -> None:
        self.printed = ""
        self.logged = ""


class _Lines(logging.Handler):
    def __init__(self) -> None:
        super().__init__(logging.DEBUG)
        self.lines: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        """Keep the record with the text of its exception."""
        self.lines.append(self.format(record))


@contextlib.contextmanager
def captured() -> Generator[Capture, None, None]:
    """Collect output and log records of this process and of the processes it starts."""
    capture = Capture()
    with _logs(capture), _output(capture):
        yield capture


@contextlib.contextmanager
def _logs(capture: Capture) -> Generator[None, None, None]:
    handler, root = _Lines(), logging.getLogger()
    level = root.level
    root.addHandler(handler)
    root.setLevel(logging.DEBUG)
    try:
        yield
    finally:
        root.setLevel(level)
        root.removeHandler(handler)
        capture.logged = "\n".join(handler.lines)


@contextlib.contextmanager
def _output(capture: Capture) -> Generator[None, None, None]:
    # A real file, since child processes write to file descriptors.
    with tempfile.TemporaryFile("w+", encoding="utf-8", errors="replace") as file:
        streams = sys.stdout, sys.stderr
        kept = [os.dup(number) for number in (1, 2)]
        for stream in streams:
            stream.flush()
        for number in (1, 2):
            os.dup2(file.fileno(), number)
        sys.stdout = sys.stderr = file
        try:
            yield
        finally:
            file.flush()
            sys.stdout, sys.stderr = streams
            for number, original in zip((1, 2), kept, strict=True):
                os.dup2(original, number)
                os.close(original)
            file.seek(0)
            capture.printed = file.read()
