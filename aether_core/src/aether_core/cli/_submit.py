"""`aether submit`: keep runs, and WorkflowTemplates, for the processes that use the store."""

from __future__ import annotations

from typing import TYPE_CHECKING

from aether_core.cli import _exits
from aether_core.cli._console import complain, note, reserved_stdout, write_json, write_text
from aether_core.cli._driving import means_of
from aether_core.cli._options import (
    KEEPING_HINT,
    add_output,
    add_store,
    add_submission,
    forgets,
    installed_executors,
    run_id,
)

if TYPE_CHECKING:
    from argparse import ArgumentParser, Namespace
    from collections.abc import Sequence

    from aether_core.cli._documents import Given
    from aether_core.cli._driving import Means
    from aether_core.document import LoadedDocument
    from aether_core.engine import Admitted, WorkflowExecution


def configure(parser: ArgumentParser) -> None:
    """Add the command's arguments."""
    add_submission(parser)
    parser.add_argument(
        "--run-id",
        metavar="ID",
        type=run_id,
        help="id of the run; if the store has a run of this id, that one is shown",
    )
    add_store(parser)
    add_output(parser)
    parser.add_argument(
        "-q", "--quiet", action="store_true", help="write nothing but errors to stderr"
    )
    parser.set_defaults(concurrency=None)


def execute(arguments: Namespace) -> int:
    """Check the documents and keep them; nothing of them is executed here."""
    # Late: a wrong option needs no engine.
    import asyncio

    from aether_core.cli._admission import Refused, admit_files, read_submission
    from aether_core.cli._documents import in_order
    from aether_core.engine import DocumentRejected

    with reserved_stdout():
        executors = installed_executors()
        given = read_submission(arguments)
        templates = _templates(given)
        try:
            # Files that hold nothing but templates are kept for later.
            only_templates = len(templates) == sum(len(g.loaded.documents) for g in given)
            is_run = not templates or not only_templates
            admitted = admit_files(given, arguments, executors) if is_run else None
        except Refused as refused:
            refused.show(as_json=arguments.output == "json")
            return _exits.USAGE
        if forgets(arguments.store):
            complain("the store memory: keeps nothing for another process", KEEPING_HINT)
            return _exits.USAGE
        means = means_of(arguments, executors=executors, must_exist=False)
        try:
            run = asyncio.run(_keep(means, templates, admitted, arguments.run_id))
        except DocumentRejected as rejected:
            refusal = Refused(given, in_order(rejected.diagnostics))
            refusal.show(as_json=arguments.output == "json")
            return _exits.USAGE
    _show(arguments, templates, run)
    return _exits.OK


def _templates(given: Sequence[Given]) -> list[LoadedDocument]:
    # Late: as above.
    from aether_core.document import WorkflowTemplate

    return [
        document
        for each in given
        for document in each.loaded.documents
        if isinstance(document.resource, WorkflowTemplate)
    ]


async def _keep(
    means: Means, templates: Sequence[LoadedDocument], admitted: Admitted | None, wanted: str | None
) -> WorkflowExecution | None:
    async with means.engine() as engine:
        for template in templates:
            await engine.keep_template(template)
        if admitted is None:
            return None
        known = None if wanted is None else await means.store.get_run(wanted)
        if known is not None:
            # Late: ids are hardly ever given twice.
            from aether_core.cli._running import warn_if_other

            warn_if_other(known, admitted, means)
        return await engine.get(await engine.enqueue(admitted, run_id=wanted))


def _show(
    arguments: Namespace, templates: Sequence[LoadedDocument], run: WorkflowExecution | None
) -> None:
    names = [template.value["metadata"]["name"] for template in templates]
    if arguments.output == "json":
        write_json(run if run is not None else {"templates": names})
        return
    if run is not None:
        write_text(f"{run.run_id}\n")
    if arguments.quiet:
        return
    for name in names:
        note(f"WorkflowTemplate {name} is kept; workflows refer to it with workflowTemplateRef")
    if run is not None and not run.tasks:
        note("the run is kept; `aether serve` or `aether recover` executes it")
