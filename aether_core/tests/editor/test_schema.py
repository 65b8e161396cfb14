"""What the schema for editors refuses, what it lets pass, and what it says about inputs."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from typing import Any

import pytest
from jsonschema import (  # type: ignore[import-untyped]  # it has no stubs
    Draft7Validator,
    Draft202012Validator,
)

from aether_core.document import document_schema
from aether_core.editor import editor_schema
from aether_sdk import ExecutorSchema

Judge = Callable[[object], Any]


def parameters(**values: Any) -> dict[str, Any]:
    """Return inputs or arguments with these values."""
    return {"parameters": [{"name": name, "value": value} for name, value in values.items()]}


def fetch(**more: Any) -> dict[str, Any]:
    """Return a task that gives all that `fetch` needs."""
    return {"executor": {"type": "fetch", "config": {"url": "http://x", "tree": "none"}}, **more}


def workflow(*templates: dict[str, Any], **spec: Any) -> dict[str, Any]:
    """Return a workflow of templates, the first of which is the entrypoint."""
    return {
        "apiVersion": "aether/v1",
        "kind": "Workflow",
        "metadata": {"name": "w"},
        "spec": {"entrypoint": "main", "templates": list(templates), **spec},
    }


def alone(task: dict[str, Any]) -> dict[str, Any]:
    """Return a workflow that is one task, with an argument."""
    return workflow({"task": {"name": "main", **task}}, arguments=parameters(n=1))


def node(task: dict[str, Any]) -> dict[str, Any]:
    """Return a workflow whose dag has one task of its own."""
    return workflow({"dag": {"name": "main", "tasks": [{"name": "a", **task}]}})


CONFIG = "$.spec.templates[0].task.executor.config"
INPUT = "$.spec.templates[0].task.inputs.parameters[0]"
NODE = "$.spec.templates[0].dag.tasks[0]"
MISTAKES = {
    "unknown type": (
        alone({"executor": {"type": "fetc"}}),
        "AE401",
        "$.spec.templates[0].task.executor.type",
    ),
    "unknown input": (alone(fetch(inputs=parameters(ulr="x"))), "AE402", f"{INPUT}.name"),
    "unknown key": (alone({"executor": {"type": "idle", "config": {"a": 1}}}), "AE402", CONFIG),
    "wrong literal": (alone(fetch(inputs=parameters(tries="3"))), "AE404", f"{INPUT}.value"),
    "wrong inside": (
        alone(fetch(inputs=parameters(codes=[1, "2"]))),
        "AE404",
        f"{INPUT}.value",
    ),
    "behind a reference": (
        alone(fetch(inputs=parameters(tree={"inner": {"leaf": "x"}}))),
        "AE404",
        f"{INPUT}.value",
    ),
    "not of a pattern": (alone(fetch(inputs=parameters(url="ftp://x"))), "AE404", f"{INPUT}.value"),
    "not of an enum": (alone(fetch(inputs=parameters(mode="slow"))), "AE404", f"{INPUT}.value"),
    "wrong default": (
        alone(fetch(inputs={"parameters": [{"name": "tries", "default": -1}]})),
        "AE404",
        f"{INPUT}.default",
    ),
    "wrong declared type": (
        alone(fetch(inputs={"parameters": [{"name": "tries", "type": "string", "value": "1"}]})),
        "AE404",
        f"{INPUT}.type",
    ),
    "wrong in config": (
        alone({"executor": {"type": "choice", "config": {"a": "x", "number": "1"}}}),
        "AE404",
        f"{CONFIG}.number",
    ),
    "null for a required one": (
        alone({"executor": {"type": "fetch", "config": {"url": None, "tree": "none"}}}),
        "AE404",
        f"{CONFIG}.url",
    ),
    "required, entrypoint": (
        alone({"executor": {"type": "fetch", "config": {"url": "http://x"}}}),
        "AE403",
        CONFIG,
    ),
    "required, node": (node({"executor": {"type": "fetch"}}), "AE403", f"{NODE}.executor"),
    "one of several": (node({"executor": {"type": "choice"}}), "AE403", f"{NODE}.executor"),
    "argument of a node": (
        node(fetch(arguments=parameters(nope=1))),
        "AE402",
        f"{NODE}.arguments.parameters[0].name",
    ),
    "value of an argument": (
        node(fetch(arguments=parameters(tries="x"))),
        "AE404",
        f"{NODE}.arguments.parameters[0].value",
    ),
}


@pytest.mark.parametrize("mistake", MISTAKES)
def test_a_mistake_is_refused_where_it_stands(mistake: str, judge: Judge) -> None:
    document, code, path = MISTAKES[mistake]

    verdicts = judge(document)

    assert code in verdicts.errors
    assert path in verdicts.refused


FINE = {
    "placeholders": alone(fetch(inputs=parameters(tries="{{ workflow.parameters.n }}"))),
    "inside a list": alone(fetch(inputs=parameters(codes=["{{ workflow.parameters.n }}"]))),
    "a mere variable": alone(
        {
            "executor": {
                "type": "fetch",
                "config": {"url": "http://{{ inputs.parameters.host }}", "tree": "none"},
            },
            "inputs": parameters(host="x"),
        }
    ),
    "a value that is never used": alone(
        {
            "executor": {"type": "fetch", "config": {"url": 3, "tree": "none"}},
            "inputs": parameters(url="http://x"),
        }
    ),
    "a null that counts as left out": alone(fetch(inputs=parameters(tries=None, mode=None))),
    "an executor without schema": alone({"executor": {"type": "echo"}, "inputs": parameters(a=1)}),
    "further names of an open one": alone(
        {"executor": {"type": "fetch.open", "config": {"a": "x"}}, "inputs": parameters(z=1)}
    ),
    "beyond ASCII, where patterns differ": alone(fetch(inputs=parameters(url="h\u00e4ttp"))),
    "a pattern that does not matter yet": alone(
        fetch(inputs=parameters(url="{{ workflow.parameters.n }}"))
    ),
    "given by a caller": workflow(
        {
            "dag": {
                "name": "main",
                "tasks": [
                    {
                        "name": "a",
                        "template": "get",
                        "arguments": parameters(url="http://x", tree="none"),
                    }
                ],
            }
        },
        {"task": {"name": "get", "executor": {"type": "fetch"}}},
    ),
    "given as an argument": node(
        {
            "executor": {"type": "fetch", "config": {"tree": "none"}},
            "arguments": parameters(url="http://x"),
        }
    ),
    "one of several": node({"executor": {"type": "choice"}, "inputs": parameters(b="x")}),
    "a template from elsewhere": workflow(
        {"task": {"name": "main", "executor": {"type": "elsewhere"}}},
        workflowTemplateRef={"name": "other"},
    ),
}


@pytest.mark.parametrize("name", FINE)
def test_a_good_document_is_accepted(name: str, judge: Judge) -> None:
    verdicts = judge(FINE[name])

    assert verdicts == ((), ())


def test_what_documents_may_not_have_is_refused_as_before(judge: Judge) -> None:
    document = alone(fetch(tmeout="5s", retry=3))

    assert judge(document).refused != ()


def test_the_schema_is_valid_for_the_drafts_that_editors_know(
    executors: tuple[ExecutorSchema, ...],
) -> None:
    Draft202012Validator.check_schema(editor_schema(executors))
    Draft7Validator.check_schema(editor_schema(executors[2:3]))


def test_every_reference_leads_somewhere(executors: tuple[ExecutorSchema, ...]) -> None:
    schema = editor_schema(executors)

    references = set(_references(schema))

    assert references <= {f"#/$defs/{name}" for name in schema["$defs"]}


def _references(schema: Any) -> list[str]:
    return re.findall(r'"\$ref": "([^"]*)"', json.dumps(schema))


def test_the_order_of_the_executors_does_not_matter(executors: tuple[ExecutorSchema, ...]) -> None:
    given, reversed_ = editor_schema(executors), editor_schema(executors[::-1])

    assert json.dumps(given) == json.dumps(reversed_)


def test_without_executors_documents_are_judged_as_documents() -> None:
    schema = editor_schema([])
    validator: Any = Draft202012Validator(schema)

    dag = {"dag": {"name": "main", "tasks": [{"name": "a", "template": "main"}]}}

    assert validator.is_valid(workflow(dag))
    assert not validator.is_valid(alone({"executor": {"type": "fetch"}}))


def test_names_that_look_alike_in_references_keep_their_own_types() -> None:
    properties = {"a b": {"type": "string"}, "a_b": {"type": "integer"}, "a/b": {"type": "null"}}
    inputs: Any = {"type": "object", "properties": properties}
    validator: Any = Draft202012Validator(editor_schema([ExecutorSchema("odd", inputs=inputs)]))

    right = {"a b": "x", "a_b": 1, "a/b": None}
    wrong = {"a b": 1, "a_b": "x", "a/b": 1}

    assert validator.is_valid(alone({"executor": {"type": "odd", "config": right}}))
    for name, value in wrong.items():
        config = {name: value}
        assert not validator.is_valid(alone({"executor": {"type": "odd", "config": config}}))


def test_editors_can_show_types_names_and_values(executors: tuple[ExecutorSchema, ...]) -> None:
    """Descriptions of executors and inputs, values of enums, the default and examples."""
    definitions = editor_schema(executors)["$defs"]

    types = definitions["ExecutorType"]
    names = definitions["inputs.fetch"]
    mode, merged = definitions["input.fetch.mode"], definitions["input.fetch.merged"]

    described = dict(zip(types["enum"], types["markdownEnumDescriptions"], strict=True))
    assert described["fetch"] == "Fetches something."
    described = dict(zip(names["enum"], names["markdownEnumDescriptions"], strict=True))
    assert described["url"] == "**required** Where to."
    assert "Strange Name" not in described
    assert mode["markdownDescription"] == "`fast` or `safe`."
    assert mode["default"] == "fast"
    assert merged["examples"] == ["safe"]


def test_the_schema_of_documents_is_not_changed(executors: tuple[ExecutorSchema, ...]) -> None:
    before = json.dumps(document_schema())

    editor_schema(executors)

    assert json.dumps(document_schema()) == before
