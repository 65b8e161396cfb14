"""Diagnostics for programs: JSON, SARIF and the workflow commands of GitHub."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from aether_core.document import Severity

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from aether_core.document import Diagnostic

_SARIF_SCHEMA = "https://json.schemastore.org/sarif-2.1.0.json"


def has_errors(diagnostics: Iterable[Diagnostic], *, strict: bool = False) -> bool:
    """Return whether there is an error; with `strict` a warning is one."""
    return any(strict or d.severity == Severity.ERROR for d in diagnostics)


def as_json(diagnostics: Sequence[Diagnostic], *, strict: bool = False) -> dict[str, Any]:
    """Return the JSON object of `aether validate --output json`."""
    return {"ok": not has_errors(diagnostics, strict=strict), "diagnostics": diagnostics}


def as_github(diagnostics: Iterable[Diagnostic]) -> str:
    """Return a workflow command per diagnostic, for annotations in GitHub Actions."""
    return "".join(
        f"::{d.severity} file={_property(d.file)},line={d.line},endLine={d.end_line},"
        f"col={d.column},endColumn={d.end_column},title={d.code}::{_data(_with_hint(d))}\n"
        for d in diagnostics
    )


def _with_hint(diagnostic: Diagnostic) -> str:
    return f"{diagnostic.message} ({diagnostic.hint})" if diagnostic.hint else diagnostic.message


def _data(text: str) -> str:
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(text: str) -> str:
    return _data(text).replace(":", "%3A").replace(",", "%2C")


def as_sarif(diagnostics: Sequence[Diagnostic], version: str) -> dict[str, Any]:
    """Return a SARIF 2.1.0 log."""
    rules = [{"id": code} for code in sorted({d.code for d in diagnostics})]
    driver = {"name": "aether", "version": version, "rules": rules}
    return {
        "$schema": _SARIF_SCHEMA,
        "version": "2.1.0",
        "runs": [
            {
                "tool": {"driver": driver},
                "columnKind": "unicodeCodePoints",
                "results": [_sarif_result(d) for d in diagnostics],
            }
        ],
    }


def _sarif_result(diagnostic: Diagnostic) -> dict[str, Any]:
    # Late: only this format needs it.
    from urllib.parse import quote

    region = {
        "startLine": diagnostic.line,
        "startColumn": diagnostic.column,
        "endLine": diagnostic.end_line,
        "endColumn": diagnostic.end_column,
    }
    uri = quote(diagnostic.file.replace("\\", "/"))
    return {
        "ruleId": diagnostic.code,
        "level": str(diagnostic.severity),
        "message": {"text": _with_hint(diagnostic)},
        "locations": [{"physicalLocation": {"artifactLocation": {"uri": uri}, "region": region}}],
    }
