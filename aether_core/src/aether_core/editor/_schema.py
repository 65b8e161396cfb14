"""The schema of documents, with what the installed executors take."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from aether_core.editor._building import (
    Schema,
    every,
    exactly,
    has,
    ref,
    unless,
    within,
)
from aether_core.editor._documents import documents
from aether_core.editor._executors import ExecutorRules, rules_of, shared_definitions

if TYPE_CHECKING:
    from collections.abc import Iterable

    from aether_sdk import ExecutorSchema

_SPEC: Final = "PlainWorkflowSpec"
_TYPES: Final = "ExecutorType"
_TEMPLATE: Final = "TemplateHere"
_TASK: Final = "TaskHere"
_NODE: Final = "NodeHere"
_ONLY: Final = "OnlyTaskHere"


def editor_schema(executors: Iterable[ExecutorSchema]) -> Schema:
    """Return a JSON Schema (2020-12) of documents that use these executors and no others.

    It refuses what `document_schema` refuses, and of what the checker refuses in tasks: unknown
    executor types, names that an executor does not have, literals that it does not take, and what
    a node of a dag fails to give. A document that the checker accepts is never refused; a
    placeholder may stand for anything.

    Editors show the remarks `markdownEnumDescriptions` and `errorMessage`; other programs
    ignore them.
    """
    known = sorted(executors, key=lambda schema: schema.type)
    rules = [found for schema in known if (found := rules_of(schema)) is not None]
    schema = documents()
    definitions: dict[str, Schema] = schema["$defs"]
    definitions |= shared_definitions()
    for each in rules:
        definitions |= each.definitions
    definitions |= {
        _TYPES: _types(known),
        _TASK: _task(rules),
        _NODE: {"allOf": [ref(_TASK), *(_if_type(each, each.node) for each in rules)]},
        _TEMPLATE: _template(),
        _ONLY: every([_if_type(each, each.needs) for each in rules]),
    }
    # What a document with a workflowTemplateRef lacks, nobody knows; so nothing more is said.
    checked = [within({"items": ref(_TEMPLATE)}, "templates"), _only_template()]
    # What comes first is what editors show, so the rules of executors come before the general ones.
    definitions[_SPEC] = definitions["WorkflowSpec"]
    further = unless(_given("workflowTemplateRef"), every(checked))
    definitions["WorkflowSpec"] = {"allOf": [further, ref(_SPEC)]}
    return schema


def _types(known: list[ExecutorSchema]) -> Schema:
    types = [schema.type for schema in known]
    installed = f"Installed are: {', '.join(types)}." if types else "None is installed."
    return {
        "enum": types,
        "errorMessage": f"No executor of this type is installed. {installed}",
        "markdownEnumDescriptions": [schema.description for schema in known],
    }


def _task(rules: list[ExecutorRules]) -> Schema:
    """Return the rule of a task with an executor."""
    return {
        **within(ref(_TYPES), "executor", "type"),
        **every([_if_type(each, each.task) for each in rules]),
    }


def _template() -> Schema:
    """Return the rule of a template: its task, or the nodes of its dag."""
    node = unless(_given("template"), ref(_NODE))
    return {"properties": {"task": ref(_TASK), "dag": within({"items": node}, "tasks")}}


def _only_template() -> Schema:
    """Return the rule of a workflow of one template: the entrypoint gets no arguments."""
    alone = {"type": "array", "maxItems": 1}
    only = within({"items": within(ref(_ONLY), "task")}, "templates")
    return {"if": {"allOf": [_given("entrypoint"), has(alone, "templates")]}, "then": only}


def _if_type(rules: ExecutorRules, rule: str) -> Schema:
    return {"if": has(exactly(rules.type), "executor", "type"), "then": ref(rule)}


def _given(key: str) -> Schema:
    return has({"not": {"enum": [None, ""]}}, key)
