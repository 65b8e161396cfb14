"""From the file of `aether run` to a workflow that may run, or to a refusal."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

from aether_core.cli._arguments import argument_values
from aether_core.cli._documents import every_problem, in_order, read_documents, the_workflow
from aether_core.engine import DocumentRejected, admit, system_variables

if TYPE_CHECKING:
    from argparse import Namespace
    from collections.abc import Iterable

    from aether_core.check import ExecutorCatalog
    from aether_core.cli._documents import Given
    from aether_core.document import Diagnostic
    from aether_core.engine import Admitted


class Refused(Exception):
    """The file is not run; the diagnostics say why.

    Attributes:
        given: the file.
        diagnostics: every error and warning, in the order of the text.
    """

    def __init__(self, given: Given, diagnostics: tuple[Diagnostic, ...]) -> None:
        super().__init__(f"{given.name} was refused")
        self.given = given
        self.diagnostics = diagnostics

    def show(self, *, as_json: bool) -> None:
        """Write the diagnostics to stderr."""
        # Late: most files are accepted.
        from aether_core.cli import _diagnostic_formats as formats
        from aether_core.cli._console import write_json_error

        if as_json:
            write_json_error(formats.as_json(self.diagnostics))
        else:
            write_diagnostics(self.given, self.diagnostics)


def admit_file(arguments: Namespace, catalog: ExecutorCatalog) -> Admitted:
    """Load and check the file with everything that the command line says about it.

    Raises:
        Refused: the file, its workflow, an argument or a variable has an error.
    """
    given = read_documents(arguments.file)
    variables = dict(arguments.variables)
    try:
        document, workflow = the_workflow(given)
        values = argument_values(arguments.arguments, workflow)
        admitted = admit(document, catalog, arguments=values, variables=variables)
    except DocumentRejected as rejected:
        # Whatever else `aether validate` would find belongs into the same report.
        known = {**variables, **system_variables()}
        all_problems = (*rejected.diagnostics, *every_problem(given, catalog, known))
        raise Refused(given, in_order(all_problems)) from None
    warnings = in_order([*given.loaded.diagnostics, *admitted.warnings])
    if warnings and not arguments.quiet and arguments.output == "text":
        write_diagnostics(given, warnings)
    return admitted


def write_diagnostics(given: Given, diagnostics: Iterable[Diagnostic]) -> None:
    """Write diagnostics for people to stderr."""
    # Late: most files have none.
    from aether_core.cli._console import write_error
    from aether_core.cli._diagnostic_text import DiagnosticText
    from aether_core.cli._style import Style

    texts = {given.name: given.text} if given.text else {}
    write_error(DiagnosticText(Style.of(sys.stderr), texts).render(diagnostics))
