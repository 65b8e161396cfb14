"""From plain data to a resource, with every structural problem at once."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final, cast

import msgspec
from msgspec.structs import replace

from aether_core.document._codes import NOT_AN_OBJECT
from aether_core.document._models import (
    CronWorkflow,
    Resource,
    Workflow,
    WorkflowSpec,
    WorkflowTemplate,
)
from aether_core.document._problem import Path, Problem, Severity
from aether_core.document._rules import resource_problems
from aether_core.document._suggest import closest
from aether_core.document._templates import Task, Template
from aether_core.document._unnamed import unnamed

#: The struct of each kind.
RESOURCE_TYPES: Final[dict[str, type[Workflow | CronWorkflow | WorkflowTemplate]]] = {
    "Workflow": Workflow,
    "CronWorkflow": CronWorkflow,
    "WorkflowTemplate": WorkflowTemplate,
}


class Examined(msgspec.Struct, frozen=True):
    """What came of a document.

    Attributes:
        resource: the document, when it has no errors.
        draft: the document as far as its meaning is clear, for further checks; never to be run.
            Each of its templates has a member, but what only a rule demands may be missing,
            names may break the naming rule, and parts without clear meaning are `is_unnamed`.
        problems: what is wrong with its structure.
        renames: for a misspelt key, the path it was taken for, and the key as it is written; None
            where the text has no such step, as for the one item of what should be a list.
    """

    resource: Resource | None
    draft: Resource | None
    problems: tuple[Problem, ...]
    renames: Mapping[Path, str | None] = {}


def decode(value: object) -> tuple[Resource | None, tuple[Problem, ...]]:
    """Decode a document that is given as plain data: dicts, lists, text, numbers, booleans, None.

    Returns:
        The resource, or None when there is an error; and all structural problems, warnings too.
    """
    examined = examine(value)
    return examined.resource, examined.problems


def examine(value: object) -> Examined:
    """Decode plain data, as `decode` does, and keep what further checks can use."""
    # Imported late: a document from a file is JSON data already and does not need it.
    from aether_core.document._json_data import json_problems

    problems = json_problems(value)
    return Examined(None, None, problems) if problems else examine_json(value)


def examine_json(value: object) -> Examined:
    """Decode a document that is known to be JSON data."""
    if not isinstance(value, dict):
        return Examined(None, None, (_not_an_object(value),))
    document = cast(dict[str, Any], value)
    resource_type = _type_of(document)
    try:
        resource = msgspec.convert(document, resource_type)
    except msgspec.ValidationError:
        return _examine_slowly(document, resource_type)
    return _examined(resource, tuple(resource_problems(document, resource_type.__name__)), {})


def _examine_slowly(document: dict[str, Any], resource_type: type[Resource]) -> Examined:
    # Imported late: only a document with a problem needs it.
    from aether_core.document._limited import BROKEN
    from aether_core.document._walk import Walk

    walk = Walk()
    seen = walk.document(document, resource_type)
    problems = (*walk.problems, *resource_problems(seen.clean, resource_type.__name__))
    draft = None if seen.draft is BROKEN else cast(Resource, seen.draft)
    return _examined(draft, problems, walk.renames)


def _examined(
    draft: Resource | None, problems: tuple[Problem, ...], renames: Mapping[Path, str | None]
) -> Examined:
    if not any(each.severity is Severity.ERROR for each in problems):
        return Examined(draft, draft, problems, renames)
    return Examined(None, None if draft is None else _whole(draft), problems, renames)


def _whole(draft: Resource) -> Resource:
    """Return a draft with what every check begins with: templates that are something."""
    if isinstance(draft, CronWorkflow):
        spec = replace(draft.spec, workflow_spec=_with_members(draft.spec.workflow_spec))
        return replace(draft, spec=spec)
    return replace(draft, spec=_with_members(draft.spec))


def _with_members(spec: WorkflowSpec) -> WorkflowSpec:
    if not spec.templates and spec.workflow_template_ref is not None:
        return spec
    templates = tuple(
        each
        if each.dag or each.task or each.loop
        else Template(task=Task(name=unnamed(f"template {number}")))
        for number, each in enumerate(spec.templates or (Template(),))
    )
    return replace(spec, templates=templates)


def _type_of(document: dict[str, Any]) -> type[Resource]:
    kind = document.get("kind")
    if isinstance(kind, str):
        kind = kind if kind in RESOURCE_TYPES else closest(kind, RESOURCE_TYPES)
        if kind is not None:
            return RESOURCE_TYPES[kind]
    spec = document.get("spec")
    if isinstance(spec, dict) and ("schedule" in spec or "workflowSpec" in spec):
        return CronWorkflow
    return Workflow


def _not_an_object(value: object) -> Problem:
    # Imported late: only a document with a problem needs it.
    from aether_core.document._wording import value_words

    message = f"a document is an object, not {value_words(value)}"
    hint = "Begin with the keys apiVersion, kind, metadata and spec."
    return Problem(NOT_AN_OBJECT, message, (), hint=hint)
