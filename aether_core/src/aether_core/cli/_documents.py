"""Files given on the command line, and the documents in them."""

from __future__ import annotations

import os
import sys
from typing import TYPE_CHECKING, Final

import msgspec

from aether_core.check import check_resource
from aether_core.document import (
    CronWorkflow,
    Loaded,
    Problem,
    Severity,
    Workflow,
    load_file,
    load_text,
)
from aether_core.engine import DocumentRejected, Resolved, Templates, follow_reference

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from aether_core.check import ExecutorCatalog, VariableLookup
    from aether_core.document import Diagnostic, LoadedDocument, Resource
    from aether_sdk import JsonValue

#: A file to run has no workflow, or more than one.
NOT_ONE_WORKFLOW: Final = "AE821"
STDIN: Final = "-"
STDIN_NAME: Final = "<stdin>"
# Enough for the loader to see that it is too much.
_LONGEST_STDIN: Final = 5 << 20
# A file that does not exist, is no file, or can't be opened.
_UNREADABLE: Final = frozenset({"AE001", "AE002", "AE003"})


class Given(msgspec.Struct):
    """One file of the command line.

    Attributes:
        name: what it is called in diagnostics.
        loaded: its documents.
        text: what stdin held, since it can't be read again; empty for a file.
    """

    name: str
    loaded: Loaded
    text: str = ""

    @property
    def readable(self) -> bool:
        """Whether the file could be opened at all."""
        return not any(d.code in _UNREADABLE for d in self.loaded.diagnostics)


def read_documents(file: str) -> Given:
    """Load a file, or stdin for `-`; mistakes in it become diagnostics."""
    if file != STDIN or sys.stdin is None:  # pyright: ignore[reportUnnecessaryComparison]  # a program can be started without one
        return Given(presentable(file), load_file(file))
    data = sys.stdin.buffer.read(_LONGEST_STDIN)
    return Given(STDIN_NAME, load_text(data, name=STDIN_NAME), data.decode("utf-8-sig", "replace"))


def every_problem(
    given: Given,
    catalog: ExecutorCatalog,
    variables: Mapping[str, JsonValue] | None,
    look_up: VariableLookup | None = None,
    templates: Templates | None = None,
    *,
    has_store: bool = False,
) -> tuple[Diagnostic, ...]:
    """Return all diagnostics of all documents of a file, in the order of the text.

    Args:
        given: the file.
        catalog: what the checker may know of executors.
        variables: custom variables by name; None if they are not known.
        look_up: finds those of further namespaces.
        templates: what workflows may refer to; without them those of the file itself.
        has_store: whether `templates` also holds what the store has.
    """
    found = list(given.loaded.diagnostics)
    if templates is None:
        templates = templates_of([given])
    for document in given.loaded.documents:
        resource = document.resource or document.draft
        if resource is None:
            continue
        resolved = follow_reference(
            Resolved(resource, (), document.diagnose), document.value, templates, required=has_store
        )
        found += resolved.diagnose(resolved.problems)
        if resolved.resource is not None:
            problems = check_resource(
                resolved.resource, catalog, variables=variables, look_up=look_up
            )
            found += resolved.diagnose(problems)
    return in_order(found)


def drafts_of(given: Iterable[Given]) -> list[Resource]:
    """Return the documents of files as far as their meaning is clear."""
    drafts = (doc.resource or doc.draft for each in given for doc in each.loaded.documents)
    return [draft for draft in drafts if draft is not None]


def templates_of(given: Iterable[Given]) -> Templates:
    """Return the WorkflowTemplates of files."""
    templates = Templates()
    for each in given:
        templates.add_documents(each.loaded.documents)
    return templates


def in_order(diagnostics: Iterable[Diagnostic]) -> tuple[Diagnostic, ...]:
    """Return diagnostics of one file in the order of its text, each once, fit to be printed."""
    presented = (
        d if d.file.isascii() else msgspec.structs.replace(d, file=presentable(d.file))
        for d in diagnostics
    )
    return tuple(sorted(dict.fromkeys(presented), key=lambda d: (d.line, d.column, d.code)))


def the_workflow(given: Given) -> tuple[LoadedDocument, Workflow]:
    """Return the one workflow of a file, and the document that it is.

    Raises:
        DocumentRejected: the file has an error, or not exactly one workflow.
    """
    if any(d.severity is Severity.ERROR for d in given.loaded.diagnostics):
        raise DocumentRejected(given.loaded.diagnostics)
    documents = given.loaded.documents
    workflows = [
        (document, document.resource)
        for document in documents
        if isinstance(document.resource, Workflow)
    ]
    if len(workflows) == 1:
        return workflows[0]
    if not workflows:
        raise DocumentRejected(documents[0].diagnose([_no_workflow(documents[0])]))
    raise DocumentRejected(workflows[1][0].diagnose([_second_workflow(workflows)]))


def refuse_others(given: Iterable[Given]) -> None:
    """Refuse what has no place in the files that are given for their templates.

    Raises:
        DocumentRejected: one can't be read, or holds a workflow.
    """
    for each in given:
        if any(d.severity is Severity.ERROR for d in each.loaded.diagnostics):
            raise DocumentRejected(each.loaded.diagnostics)
        for document in each.loaded.documents:
            if isinstance(document.resource, Workflow):
                message = "a second workflow; which one to run is not clear"
                hint = "after the first file come files with WorkflowTemplates only"
                problem = Problem(NOT_ONE_WORKFLOW, message, ("kind",), hint=hint)
                raise DocumentRejected(document.diagnose([problem]))


def _no_workflow(document: LoadedDocument) -> Problem:
    kind = type(document.resource).__name__
    message = f"the file holds no document of kind Workflow that could be run, but a {kind}"
    hint = "give a file with one Workflow"
    if isinstance(document.resource, CronWorkflow):
        hint = "`aether cron create` keeps a schedule; `aether cron trigger` starts it by hand"
    return Problem(NOT_ONE_WORKFLOW, message, ("kind",), hint=hint)


def _second_workflow(workflows: Sequence[tuple[LoadedDocument, Workflow]]) -> Problem:
    names = ", ".join(repr(workflow.metadata.name) for _, workflow in workflows)
    message = f"the file holds {len(workflows)} workflows ({names}); which one to run is not clear"
    return Problem(NOT_ONE_WORKFLOW, message, (), hint="put each workflow into a file of its own")


def presentable(file: str) -> str:
    """Return a file name as text that can be encoded, even if its bytes are not UTF-8."""
    return os.fsencode(file).decode(errors="backslashreplace")
