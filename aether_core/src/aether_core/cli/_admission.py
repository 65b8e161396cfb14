"""From the file of `aether run` to a workflow that may run, or to a refusal."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

from aether_core.cli._arguments import argument_values
from aether_core.cli._documents import (
    every_problem,
    in_order,
    read_documents,
    refuse_others,
    templates_of,
    the_workflow,
)
from aether_core.cli._errors import UsageError
from aether_core.cli._options import installed_variables, store_url
from aether_core.document import Workflow
from aether_core.engine import (
    DocumentRejected,
    Resolved,
    RunVariables,
    admit,
    follow_reference,
    reference_of,
    system_variables,
)

if TYPE_CHECKING:
    from argparse import Namespace
    from collections.abc import Iterable, Sequence

    from aether_core.check import ExecutorCatalog
    from aether_core.cli._documents import Given
    from aether_core.document import Diagnostic, LoadedDocument, Resource
    from aether_core.engine import Admitted, Templates


class Refused(Exception):
    """The file is not run; the diagnostics say why.

    Attributes:
        given: the files.
        diagnostics: every error and warning, in the order of the text.
    """

    def __init__(self, given: Sequence[Given], diagnostics: tuple[Diagnostic, ...]) -> None:
        super().__init__(f"{given[0].name} was refused")
        self.given = given
        self.diagnostics = diagnostics

    def show(self, *, as_json: bool) -> None:
        """Write the diagnostics to stderr."""
        _write(self.given, self.diagnostics, as_json=as_json)


def _write(given: Sequence[Given], diagnostics: Sequence[Diagnostic], *, as_json: bool) -> None:
    """Write diagnostics to stderr."""
    if not as_json:
        write_diagnostics(given, diagnostics)
        return
    # Late: most files are accepted without a word.
    from aether_core.cli import _diagnostic_formats as formats
    from aether_core.cli._console import write_json_error

    write_json_error(formats.as_json(diagnostics))


def read_submission(arguments: Namespace) -> list[Given]:
    """Load the files of `add_submission`: that of the workflow, then those of templates.

    Raises:
        UsageError: one of them was meant as something else.
    """
    given = [read_documents(file) for file in dict.fromkeys((arguments.file, *arguments.templates))]
    for each in given[1:]:
        if not each.readable and "=" in each.name:
            hint = f"Arguments of the workflow are given with -p: -p {each.name}"
            raise UsageError(f"there is no file {each.name!r}", hint=hint)
    return given


def admit_files(given: Sequence[Given], arguments: Namespace, catalog: ExecutorCatalog) -> Admitted:
    """Check a workflow with everything that the command line says about it.

    Args:
        given: the workflow's file, and those of the templates that it refers to.
        arguments: the parsed command line.
        catalog: what the checker may know of executors.

    Raises:
        Refused: a file, the workflow, an argument or a variable has an error.
    """
    variables, sources = dict(arguments.variables), installed_variables()
    templates = templates_of(given)
    try:
        document, workflow = the_workflow(given[0])
        refuse_others(given[1:])
        add_stored(templates, [workflow], store_url(arguments.store))
        admitted = admit(
            document,
            catalog,
            arguments=argument_values(arguments.arguments, _joined(document, templates)),
            variables=variables,
            sources=sources,
            timeout=arguments.timeout,
            templates=templates,
        )
    except DocumentRejected as rejected:
        # Whatever else `aether validate` would find belongs into the same report.
        known = {**variables, **system_variables()}
        look_up = RunVariables(known, sources).look_up
        found = [
            problem
            for each in given
            for problem in every_problem(each, catalog, known, look_up, templates, has_store=True)
        ]
        raise Refused(given, in_order([*rejected.diagnostics, *found])) from None
    noticed = [d for each in given for d in each.loaded.diagnostics]
    warnings = in_order([*noticed, *admitted.warnings])
    if warnings and not arguments.quiet:
        _write(given, warnings, as_json=arguments.output == "json")
    return admitted


def _joined(document: LoadedDocument, templates: Templates) -> Workflow | None:
    """Return a workflow with what its template supplies."""
    found = Resolved(document.draft, (), document.diagnose)
    joined = follow_reference(found, document.value, templates, required=True).resource
    return joined if isinstance(joined, Workflow) else None


def add_stored(templates: Templates, resources: Iterable[Resource], url: str) -> None:
    """Add the templates that workflows refer to, where only a store can have them.

    Raises:
        StoreError: the store can't be opened; one that does not exist has none.
    """
    found = filter(None, map(reference_of, resources))
    wanted = [each for each in dict.fromkeys(found) if templates.get(*each) is None]
    if not wanted:
        return
    # Late: most workflows refer to nothing, and then no store is needed to check them.
    import asyncio

    from aether_core.cli._reading import reading

    async def add() -> None:
        async with reading(url) as opened:
            for reference in wanted:
                record = None if opened is None else await opened.get_template(*reference)
                if record is not None:
                    templates.add_record(record)

    asyncio.run(add())


def write_diagnostics(given: Iterable[Given], diagnostics: Iterable[Diagnostic]) -> None:
    """Write diagnostics for people to stderr."""
    # Late: most files have none.
    from aether_core.cli._console import write_error
    from aether_core.cli._diagnostic_text import DiagnosticText
    from aether_core.cli._style import Style

    texts = {each.name: each.text for each in given if each.text}
    write_error(DiagnosticText(Style.of(sys.stderr), texts).render(diagnostics))
