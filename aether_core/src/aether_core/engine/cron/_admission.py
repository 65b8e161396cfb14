"""Admission of schedules: a CronWorkflow is checked before it is kept."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

import msgspec

from aether_core.check import check_resource
from aether_core.document import (
    CronWorkflow,
    Diagnostic,
    LoadedDocument,
    Problem,
    Severity,
    encode,
    examine,
)
from aether_core.engine import _codes
from aether_core.engine._errors import DocumentRejected
from aether_core.engine._templates import without_places
from aether_core.engine._variables import RunVariables

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from aether_core.check import ExecutorCatalog
    from aether_core.document import Resource
    from aether_core.engine._templates import Diagnose
    from aether_core.ports import VariableSource
    from aether_sdk import JsonValue


class AdmittedCron(msgspec.Struct, frozen=True):
    """A schedule that may be kept."""

    cron: CronWorkflow
    #: The document as JSON text, as it is stored.
    snapshot: str
    warnings: tuple[Diagnostic, ...]

    @property
    def template(self) -> tuple[str, str] | None:
        """Name and namespace of the WorkflowTemplate that its workflow refers to, if it does."""
        reference = self.cron.spec.workflow_spec.workflow_template_ref
        if reference is None:
            return None
        return reference.name, reference.namespace or self.cron.metadata.effective_namespace


def admit_cron(
    document: LoadedDocument | Mapping[str, JsonValue],
    catalog: ExecutorCatalog,
    *,
    sources: Iterable[VariableSource] = (),
) -> AdmittedCron:
    """Check a CronWorkflow; nothing is stored.

    Custom variables are those of the engine that starts a run, so a reference to one that is not
    known here is at most a warning.

    Args:
        document: loaded from a file, or plain data.
        catalog: what the checker may know of executors.
        sources: asked for the custom variables that the document refers to.

    Raises:
        DocumentRejected: there is at least one error; it carries all diagnostics.
    """
    resource, problems, diagnose = _examined(document)
    if resource is not None and not isinstance(resource, CronWorkflow):
        problems.append(_not_a_schedule(resource))
    if not isinstance(resource, CronWorkflow):
        raise DocumentRejected(diagnose(problems))
    problems += check_resource(resource, catalog, look_up=RunVariables({}, sources).look_up)
    if any(problem.severity is Severity.ERROR for problem in problems):
        raise DocumentRejected(diagnose(problems))
    return AdmittedCron(resource, encode(resource), diagnose(problems))


def _examined(
    document: LoadedDocument | Mapping[str, JsonValue],
) -> tuple[Resource | None, list[Problem], Diagnose]:
    if isinstance(document, LoadedDocument):
        return document.draft, list(document.problems), document.diagnose
    examined = examine(document)
    return examined.draft, list(examined.problems), partial(without_places, name="<document>")


def _not_a_schedule(resource: Resource) -> Problem:
    message = f"a document of kind {resource.kind} has no schedule"
    hint = "Give a document of kind CronWorkflow; `aether run` runs a Workflow."
    return Problem(_codes.NOT_A_SCHEDULE, message, ("kind",), hint=hint)


def unknown_template(name: str, namespace: str) -> DocumentRejected:
    """Return the refusal of a schedule whose template the store does not have."""
    problem = Problem(
        _codes.UNKNOWN_WORKFLOW_TEMPLATE,
        f'no WorkflowTemplate "{name}" of namespace "{namespace}" in the store',
        ("spec", "workflowSpec", "workflowTemplateRef", "name"),
        hint="Keep it in the store with `aether submit` first.",
    )
    return DocumentRejected(without_places([problem], "<document>"))
