"""A bench for the checker: YAML in, problems with the text that they point at out.

A test marks a place in the document with « and ». A problem that points exactly there, or that
begins there and covers a whole object, comes back with the same marks around its text.
"""

from __future__ import annotations

import re
import textwrap
from typing import TYPE_CHECKING

import pytest

from aether_core.check import check_resource
from aether_core.document import Severity, decode, load_text
from aether_sdk import DURATION_PATTERN, ExecutorSchema

if TYPE_CHECKING:
    from collections.abc import Mapping

    from aether_core.document import Diagnostic, Problem
    from aether_sdk import JsonValue

_HEAD = "apiVersion: aether/v1\nkind: Workflow\nmetadata: {name: w}\nspec:\n"

FETCH = ExecutorSchema(
    "fetch",
    inputs={
        "type": "object",
        "$defs": {"Mode": {"enum": ["fast", "safe"], "type": "string"}},
        "properties": {
            "url": {"type": "string", "minLength": 3},
            "retries": {"type": "integer", "minimum": 0, "maximum": 9},
            "mode": {"$ref": "#/$defs/Mode", "default": "fast"},
            "headers": {"type": "object", "additionalProperties": {"type": "string"}},
            "codes": {"type": "array", "items": {"type": "integer"}, "maxItems": 3},
            "wait": {"anyOf": [{"type": "string"}, {"type": "number"}], "default": None},
            "again": {
                "type": "object",
                "properties": {
                    "limit": {"type": "integer"},
                    "wait": {"type": "string", "pattern": DURATION_PATTERN},
                },
                "additionalProperties": False,
            },
        },
        "required": ["url"],
        "additionalProperties": False,
    },
    outputs={
        "type": "object",
        "properties": {
            "status": {"type": "integer"},
            "body": {"type": "string"},
            "tags": {"type": "array", "items": {"type": "string"}},
            "json": {},
        },
    },
)
SHELL = ExecutorSchema(
    "shell",
    inputs={
        "type": "object",
        "properties": {
            "command": {
                "x-aether-instead-of-pasting": "Write a list.",
                "x-aether-command-line": ["command", "args"],
            },
            "args": {"x-aether-command-line": ["command", "args"]},
            "script": {"x-aether-instead-of-pasting": "Use env."},
            "env": {},
            "stdin": {},
        },
        "oneOf": [
            {"required": [name], "properties": {name: {"not": {"type": "null"}}}}
            for name in ("command", "script")
        ],
        "not": {"anyOf": [{"required": ["env", "stdin"]}]},
        "additionalProperties": False,
    },
    outputs={"type": "object", "properties": {"code": {"type": "integer"}}},
)
OPEN = ExecutorSchema(
    "open",
    inputs={
        "type": "object",
        "properties": {"size": {"type": "integer"}},
        "additionalProperties": True,
    },
    outputs={"type": "object", "properties": {}, "additionalProperties": True},
)


class Catalog:
    """Executors that the tests know."""

    def __init__(self) -> None:
        self._schemas = {each.type: each for each in (ExecutorSchema("echo"), FETCH, SHELL, OPEN)}

    def get_schema(self, executor_type: str) -> ExecutorSchema | None:
        return self._schemas.get(executor_type)

    def explain(self, executor_type: str) -> tuple[str, str | None]:
        return f"no executor {executor_type!r}", "install a package"


class Bench:
    """Checks documents that a test writes down as the YAML of their spec."""

    catalog = Catalog()

    def check_spec(
        self, spec: str, variables: Mapping[str, JsonValue] | None = None
    ) -> list[Problem]:
        """Return the problems of a workflow, marks ignored."""
        document = load_text(_document(spec).replace("«", "").replace("»", "")).documents[0]
        assert document.draft is not None, document.problems
        return list(check_resource(document.draft, self.catalog, variables=variables))

    def check_data(
        self, document: object, variables: Mapping[str, JsonValue] | None = None
    ) -> list[Problem]:
        """Return the problems of a document that is given as data."""
        resource, problems = decode(document)
        assert resource is not None, problems
        return list(check_resource(resource, self.catalog, variables=variables))

    def found(
        self,
        spec: str,
        severity: Severity | None = Severity.ERROR,
        variables: Mapping[str, JsonValue] | None = None,
    ) -> list[tuple[str, str]]:
        """Return code and text of each problem of a severity (None: of any), in text order."""
        marked = _document(spec)
        text = marked.replace("«", "").replace("»", "")
        document = load_text(text).documents[0]
        assert document.draft is not None, document.problems
        problems = check_resource(document.draft, self.catalog, variables=variables)
        marks = list(_marks(marked))
        return [
            (each.code, _shown(text, each, marks))
            for each in document.diagnose(problems)
            if severity in (None, each.severity)
        ]


def _document(spec: str) -> str:
    return _HEAD + textwrap.indent(textwrap.dedent(spec).strip("\n"), "  ") + "\n"


def _marks(marked: str) -> list[tuple[int, int]]:
    found: list[tuple[int, int]] = []
    for number, match in enumerate(re.finditer("«([^»]*)»", marked)):
        start = match.start() - 2 * number
        found.append((start, start + len(match[1])))
    return found


def _shown(text: str, diagnostic: Diagnostic, marks: list[tuple[int, int]]) -> str:
    lines = text.splitlines(keepends=True)
    start = sum(map(len, lines[: diagnostic.line - 1])) + diagnostic.column - 1
    end = sum(map(len, lines[: diagnostic.end_line - 1])) + diagnostic.end_column - 1
    for first, last in marks:
        is_object = text[start] == "{" or ":" in text[start:end]
        if first == start and (last == end or (is_object and last < end)):
            return f"«{text[first:last]}»"
    return text[start:end]


@pytest.fixture(name="bench")
def _bench() -> Bench:
    return Bench()
