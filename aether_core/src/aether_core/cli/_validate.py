"""`aether validate`: every problem of every document of every file."""

from __future__ import annotations

import os
import sys
from typing import TYPE_CHECKING

from aether_core.cli import _exits
from aether_core.cli._console import reserved_stdout, write_json, write_text
from aether_core.cli._options import (
    STORE_VARIABLE,
    add_output,
    add_store,
    add_variables,
    installed_executors,
    installed_variables,
)

if TYPE_CHECKING:
    from argparse import ArgumentParser, Namespace
    from collections.abc import Mapping, Sequence

    from aether_core.cli._documents import Given
    from aether_core.document import Diagnostic
    from aether_core.engine import Templates
    from aether_sdk import JsonValue


def configure(parser: ArgumentParser) -> None:
    """Add the command's arguments."""
    parser.add_argument("files", metavar="FILE", nargs="+", help="a JSON or YAML file; - is stdin")
    add_output(parser, "github", "sarif")
    parser.add_argument("--strict", action="store_true", help="fail on warnings too")
    add_variables(parser)
    add_store(
        parser,
        "where workflowTemplateRef is looked up, beside the files; with it a template that is "
        f"nowhere is an error (default: {STORE_VARIABLE}, else none)",
    )


def execute(arguments: Namespace) -> int:
    """Check the files; bad documents are 1, a file that can't be read is 2."""
    # Late: a wrong option needs no checker.
    from aether_core.cli._diagnostic_formats import has_errors
    from aether_core.cli._documents import every_problem, read_documents, templates_of
    from aether_core.engine import RunVariables

    with reserved_stdout():
        catalog = installed_executors()
        variables = _known_variables(arguments.variables)
        look_up = RunVariables(variables or {}, installed_variables()).look_up
        given = [read_documents(file) for file in dict.fromkeys(arguments.files)]
        templates = templates_of(given)
        _add_stored(templates, given, arguments.store)
        found = [
            every_problem(
                each, catalog, variables, look_up, templates, has_store=arguments.store is not None
            )
            for each in given
        ]
    # A template's problem shows in the workflow that refers to it, too.
    diagnostics = list(dict.fromkeys(diagnostic for each in found for diagnostic in each))
    _write(arguments, given, diagnostics)
    if not all(each.readable for each in given):
        return _exits.USAGE
    return _exits.BAD if has_errors(diagnostics, strict=arguments.strict) else _exits.OK


def _add_stored(templates: Templates, given: Sequence[Given], store: str | None) -> None:
    """Add templates of the store that is named; the default one may be anybody's."""
    url = store or os.environ.get(STORE_VARIABLE)
    if url:
        # Late: few are checked beside a store.
        from aether_core.cli._admission import add_stored
        from aether_core.cli._documents import drafts_of

        add_stored(templates, drafts_of(given), url)


def _known_variables(pairs: Sequence[tuple[str, str]]) -> Mapping[str, JsonValue] | None:
    """Return the variables that a run would see; None, if nobody said what they will be."""
    if not pairs:
        return None
    # Late: what the machine is called is of interest only beside given variables.
    from aether_core.engine import system_variables

    return {**dict(pairs), **system_variables()}


def _write(arguments: Namespace, given: Sequence[Given], diagnostics: Sequence[Diagnostic]) -> None:
    # Late: as above.
    from aether_core.cli import _diagnostic_formats as formats

    match arguments.output:
        case "json":
            write_json(formats.as_json(diagnostics, strict=arguments.strict))
        case "github":
            write_text(formats.as_github(diagnostics))
        case "sarif":
            # Late: reading the version takes 20 ms.
            from aether_core.cli._version import own_version

            write_json(formats.as_sarif(diagnostics, own_version()))
        case _:
            write_text(_text(given, diagnostics))


def _text(given: Sequence[Given], diagnostics: Sequence[Diagnostic]) -> str:
    # Late: programs that read JSON need none of it.
    from aether_core.cli._diagnostic_text import DiagnosticText
    from aether_core.cli._style import Style

    style = Style.of(sys.stdout)
    texts = {each.name: each.text for each in given if each.text}
    listed = DiagnosticText(style, texts).render(diagnostics)
    return listed + _summary(given, diagnostics)


def _summary(given: Sequence[Given], diagnostics: Sequence[Diagnostic]) -> str:
    errors = sum(d.severity == "error" for d in diagnostics)
    parts = [_counted(errors, "error"), _counted(len(diagnostics) - errors, "warning")]
    documents = sum(len(each.loaded.documents) for each in given)
    found = ", ".join(part for part in parts if part) or "no problems"
    return f"{_counted(documents, 'document') or 'no document'}: {found}\n"


def _counted(number: int, noun: str) -> str:
    return f"{number} {noun}{'' if number == 1 else 's'}" if number else ""
