"""WorkflowTemplates that workflows may refer to, and what a reference makes of a workflow."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any, TypeAlias, cast

import msgspec

from aether_core.document import (
    Diagnostic,
    LoadedDocument,
    Problem,
    Resource,
    Severity,
    Workflow,
    WorkflowTemplate,
    closest,
    examine,
    join_template,
    json_pointer,
)
from aether_core.engine import _codes

if TYPE_CHECKING:
    from aether_core.document import Joined
    from aether_core.ports import TemplateRecord
    from aether_sdk import JsonValue

#: Gives problems their places in a text.
Diagnose: TypeAlias = Callable[[Sequence[Problem]], tuple[Diagnostic, ...]]

_REFERENCE = ("spec", "workflowTemplateRef", "name")


class KnownTemplate(msgspec.Struct, frozen=True):
    """A WorkflowTemplate as plain data, and what gives its problems their places."""

    value: Mapping[str, Any]
    diagnose: Diagnose


class Templates:
    """WorkflowTemplates by name and namespace; those from files come before those of a store."""

    def __init__(self) -> None:
        self._known: dict[tuple[str, str], KnownTemplate] = {}

    def add_documents(self, documents: Iterable[LoadedDocument]) -> None:
        """Add what is a WorkflowTemplate among the documents of a file."""
        for document in documents:
            resource = document.resource or document.draft
            if isinstance(resource, WorkflowTemplate):
                key = (resource.metadata.name, resource.metadata.effective_namespace)
                self._known[key] = KnownTemplate(document.value, document.diagnose)

    def add_record(self, record: TemplateRecord) -> None:
        """Add a template of the store, unless a file has one of that name."""
        value = msgspec.json.decode(record.document)
        where = f"<template {record.name}>"
        self._known.setdefault(
            (record.name, record.namespace),
            KnownTemplate(value, lambda problems: without_places(problems, where)),
        )

    def get(self, name: str, namespace: str) -> KnownTemplate | None:
        """Return the template, or None."""
        return self._known.get((name, namespace))

    def near(self, name: str) -> str | None:
        """Return the known name that is most like this one."""
        return closest(name, [known for known, _ in self._known])


class Resolved(msgspec.Struct, frozen=True):
    """A document after its reference, if it has one, was followed.

    Attributes:
        resource: the document as far as its meaning is clear.
        problems: what is wrong with its structure, and with its reference.
        diagnose: gives problems their places, in the document or in its template.
    """

    resource: Resource | None
    problems: tuple[Problem, ...]
    diagnose: Diagnose


def reference_of(
    document: LoadedDocument | Mapping[str, Any] | Resource | None,
) -> tuple[str, str] | None:
    """Return name and namespace of the template that a workflow refers to, if it does."""
    if isinstance(document, LoadedDocument):
        document = document.draft
    elif isinstance(document, Mapping):
        spec = document.get("spec")
        if not isinstance(spec, Mapping) or "workflowTemplateRef" not in spec:
            # Nearly every document; only the others are decoded for the answer.
            return None
        document = examine(document).draft
    if not isinstance(document, Workflow) or document.spec.workflow_template_ref is None:
        return None
    reference = document.spec.workflow_template_ref
    return reference.name, reference.namespace or document.metadata.effective_namespace


def follow_reference(
    found: Resolved, value: Any, templates: Templates, *, required: bool
) -> Resolved:
    """Join a workflow with the template that it refers to; any other document stays as it is.

    Args:
        found: the document.
        value: the same as plain data.
        templates: what is known.
        required: whether a template that is not known is an error; else it is a warning, for
            the store may have it.
    """
    reference = reference_of(found.resource)
    if reference is None:
        return found
    template = templates.get(*reference)
    if template is None:
        problem = _unknown(*reference, templates, required=required)
        return msgspec.structs.replace(found, problems=(*found.problems, problem))
    joined = join_template(cast("Mapping[str, Any]", value), template.value)
    examined = examine(joined.value)
    return Resolved(
        examined.draft,
        examined.problems,
        _in_two_documents(joined, found.diagnose, template.diagnose),
    )


def _unknown(name: str, namespace: str, templates: Templates, *, required: bool) -> Problem:
    near = templates.near(name)
    where = "in the files or in the store" if required else "in the files"
    hint = "Give its file too, or keep it in the store with `aether submit`."
    if near:
        hint = f'Did you mean "{near}"?'
    elif not required:
        hint = "Give its file too, or --store with the store that has it."
    return Problem(
        _codes.UNKNOWN_WORKFLOW_TEMPLATE,
        f'no WorkflowTemplate "{name}" of namespace "{namespace}" {where}',
        _REFERENCE,
        Severity.ERROR if required else Severity.WARNING,
        hint=hint,
    )


def _in_two_documents(joined: Joined, workflow: Diagnose, template: Diagnose) -> Diagnose:
    def diagnose(problems: Sequence[Problem]) -> tuple[Diagnostic, ...]:
        sides: tuple[list[Problem], list[Problem]] = ([], [])
        for problem in problems:
            in_template, path = joined.locate(problem.path)
            sides[in_template].append(msgspec.structs.replace(problem, path=path))
        return (*workflow(sides[False]), *template(sides[True]))

    return diagnose


def without_places(problems: Iterable[Problem], name: str) -> tuple[Diagnostic, ...]:
    """Return diagnostics for a document that was given as data: paths, but no lines."""
    return tuple(
        Diagnostic(p.code, p.severity, p.message, name, 0, 0, 0, 0, json_pointer(p.path), p.hint)
        for p in problems
    )


def plain(document: LoadedDocument | Mapping[str, JsonValue]) -> Any:
    """Return a document as plain data."""
    return document if isinstance(document, Mapping) else document.value
