"""What is wrong with a document: a problem (with a path) and a diagnostic (with a place)."""

from __future__ import annotations

from enum import StrEnum
from typing import Literal, TypeAlias

import msgspec

#: Keys and list indexes that lead from a document's root to a value.
Path: TypeAlias = tuple[str | int, ...]


class Severity(StrEnum):
    """How bad a problem is: a document with an error is not run."""

    ERROR = "error"
    WARNING = "warning"


class Problem(msgspec.Struct, frozen=True):
    """Something wrong in a document, addressed by path.

    Attributes:
        code: stable code of the problem's kind, such as `AE101`; see `problem_titles`.
        path: where it is. When a key is missing, the path of the object that lacks it.
        at: whether the value at `path` is meant, or the key that ends `path`.
        span: start and end offsets inside the text at `path`, when a part of it is meant.
    """

    code: str
    message: str
    path: Path
    severity: Severity = Severity.ERROR
    hint: str | None = None
    at: Literal["value", "key"] = "value"
    span: tuple[int, int] | None = None


class Diagnostic(msgspec.Struct, frozen=True, rename="camel"):
    """A problem with its place in a file; its fields are the JSON of `aether validate`.

    Attributes:
        line: from 1.
        column: from 1, in characters.
        end_line: the line on which the marked text ends.
        end_column: the column after the last marked character.
        path: JSON Pointer into the document, `""` for the document or the file as a whole.
    """

    code: str
    severity: Severity
    message: str
    file: str
    line: int
    column: int
    end_line: int
    end_column: int
    path: str
    hint: str | None


def json_pointer(path: Path) -> str:
    """Return a path as a JSON Pointer (RFC 6901)."""
    return "".join(f"/{str(step).replace('~', '~0').replace('/', '~1')}" for step in path)
