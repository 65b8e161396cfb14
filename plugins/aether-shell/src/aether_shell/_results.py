"""What a process says in a form that later tasks can use: its standard output and its values."""

from __future__ import annotations

import json
import os
import stat
from contextlib import contextmanager
from typing import TYPE_CHECKING, Final, Literal, TypeAlias

from aether_sdk import OutputError, json_value

if TYPE_CHECKING:
    from collections.abc import Generator

    from aether_sdk import JsonValue

Format: TypeAlias = Literal["text", "lines", "json"]

#: Names the file that takes the values.
VALUES_VARIABLE: Final = "AETHER_VALUES"


class Unreadable(Exception):  # a signal inside this package
    """What a process left can't be read; the text says why."""


def result_of(stdout: str, form: Format, *, truncated: bool) -> JsonValue:
    """Return standard output as text without the line ends behind it, as lines, or as JSON.

    Raises:
        Unreadable: it is no JSON.
    """
    if form == "text":
        return stdout.rstrip("\r\n")
    if form == "lines":
        # Not `splitlines`, which also splits at characters that are no line ends for programs.
        lines = stdout.removesuffix("\n").split("\n") if stdout else []
        return [line.removesuffix("\r") for line in lines]
    if truncated:
        raise Unreadable("stdout is longer than max_output_bytes, so its JSON is incomplete")
    try:
        return json_value(json.loads(stdout, parse_constant=_refuse))
    except (ValueError, RecursionError, OutputError) as error:
        raise Unreadable(f"stdout is no JSON: {error}") from error


def _refuse(word: str) -> None:
    raise ValueError(f"{word} is no number of JSON")


@contextmanager
def values_file() -> Generator[str]:
    """Make an empty file for values that only its owner can read; it is removed at the end."""
    # Late: most tasks have no such file.
    from tempfile import TemporaryDirectory

    with TemporaryDirectory(prefix="aether-", ignore_cleanup_errors=True) as folder:
        path = f"{folder}/values"
        os.close(os.open(path, os.O_CREAT | os.O_EXCL, 0o600))
        yield path


def values_in(path: str, limit: int) -> dict[str, JsonValue]:
    """Return the values of a file with lines `NAME=VALUE`; empty when the file is gone.

    A name ends at the first `=`; of repeated names the last one counts. Blank lines say nothing.

    Args:
        path: the file.
        limit: how many bytes it may have.

    Raises:
        Unreadable: it is no such file, or longer.
    """
    values: dict[str, JsonValue] = {}
    for number, line in enumerate(_text(path, limit).split("\n"), 1):
        name, sign, value = line.removesuffix("\r").partition("=")
        if sign and name.strip():
            values[name.strip()] = value
        elif line.strip():
            raise Unreadable(f"line {number} of ${VALUES_VARIABLE} is not NAME=VALUE")
    return values


def _text(path: str, limit: int) -> str:
    try:
        # What the process put there may be a pipe or lead elsewhere.
        descriptor = os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_NOFOLLOW)
    except FileNotFoundError:
        return ""
    except OSError as error:
        raise Unreadable(f"${VALUES_VARIABLE} can't be read: {error.strerror}") from error
    with os.fdopen(descriptor, "rb") as file:
        if not stat.S_ISREG(os.fstat(descriptor).st_mode):
            raise Unreadable(f"${VALUES_VARIABLE} is no plain file any more")
        data = file.read(limit + 1)
    if len(data) > limit:
        raise Unreadable(f"${VALUES_VARIABLE} is longer than max_output_bytes")
    return data.decode(errors="replace")
