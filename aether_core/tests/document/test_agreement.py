"""Three ways to judge a document agree: the fast path, the exact walk and the JSON Schema."""

from __future__ import annotations

import copy
import json
from typing import TYPE_CHECKING, Any

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from jsonschema import Draft202012Validator  # type: ignore[import-untyped]  # it has no stubs

from aether_core.document import (
    NOT_IN_SCHEMA,
    CronWorkflow,
    Severity,
    Template,
    decode,
    document_schema,
    examine,
    snapshot,
)
from aether_core.document._decode import RESOURCE_TYPES
from aether_core.document._limited import BROKEN
from aether_core.document._walk import Walk

if TYPE_CHECKING:
    from aether_core.document import Resource

Path = tuple[str | int, ...]

#: Values that are right at some places and wrong at others.
VALUES = st.sampled_from(
    [
        None,
        "",
        "text",
        "a b",
        "5s",
        "-1s",
        "9999999h",
        "0 * * * *",
        "2026-02-30T00:00:00Z",
        "x" * 64,
        "status_code",
        "int",
        "full",
        0,
        -1,
        1,
        3.0,
        1.5,
        10**12,
        True,
        False,
        [],
        {},
        [None],
        ["a"],
        {"a": 1},
        {"template": "a"},
        [{"name": "a"}],
    ]
)
KEYS = st.sampled_from(
    ["x-note", "tmeout", "name", "value", "default", "items", "task", "template", "executor"]
)


NODE = {
    "name": "a",
    "template": "say",
    "arguments": {"parameters": [{"name": "n", "value": None}, {"name": "m", "value": [1]}]},
    "when": "true",
    "timeout": "1d12h",
    "retry": {"limit": 3, "backoff": {"duration": "1s", "factor": 2, "jitter": "full"}},
    "continueOn": {"failed": True},
    "phaseConditions": {"failed": "code == 2"},
    "hooks": {"onExit": {"template": "say"}},
}
INLINE = {
    "name": "b",
    "dependencies": ["a"],
    "executor": {"type": "echo", "config": {"deep": [None]}},
    "outputs": {
        "parameters": [
            {"name": "c", "valueFrom": {"expression": "1"}},
            {"name": "d", "valueFrom": {"secretKeyRef": {"name": "db", "key": "k"}}},
        ],
    },
    "resources": {"cpu": 0.5, "gpu": 1},
}
SPEC = {
    "entrypoint": "main",
    "arguments": {"parameters": [{"name": "p", "type": "int", "default": 1, "enum": [1, 2]}]},
    "priority": 10,
    "templates": [
        {"dag": {"name": "main", "entrypoints": ["a"], "tasks": [NODE, INLINE]}},
        {"loop": {"name": "each", "items": [1], "concurrency": 2, "body": "say"}},
        {"loop": {"name": "again", "repeatCondition": "x", "maxIterations": 5, "body": "say"}},
        {"task": {"name": "say", "executor": {"type": "echo"}, "timeout": "0"}},
    ],
}
WORKFLOW = {"apiVersion": "aether/v1", "kind": "Workflow", "metadata": {"name": "w"}, "spec": SPEC}
CRON = {
    **WORKFLOW,
    "kind": "CronWorkflow",
    "spec": {
        "schedule": "*/5 * * * *",
        "timezone": "UTC",
        "startAt": "2026-01-01T00:00:00Z",
        "concurrencyPolicy": "Forbid",
        "successfulJobsHistoryLimit": 0,
        "suspend": True,
        "workflowSpec": SPEC,
    },
}


@pytest.fixture(scope="module")
def validator() -> Draft202012Validator:
    schema = document_schema()
    Draft202012Validator.check_schema(schema)
    return Draft202012Validator(schema)


def _places(value: Any, path: Path = ()) -> list[Path]:
    children: list[tuple[str | int, Any]] = []
    if isinstance(value, dict):
        children = list(value.items())
    elif isinstance(value, list):
        children = list(enumerate(value))
    return [path, *(place for key, item in children for place in _places(item, (*path, key)))]


def _mutated(value: Any, data: st.DataObject) -> Any:
    value = copy.deepcopy(value)
    for _ in range(data.draw(st.integers(1, 3))):
        path = data.draw(st.sampled_from(_places(value)[1:] or [()]))
        if not path:
            return value
        around = value
        for step in path[:-1]:
            around = around[step]
        last = path[-1]
        match data.draw(st.sampled_from(["replace", "replace", "delete", "add", "rename"])):
            case "replace":
                around[last] = copy.deepcopy(data.draw(VALUES))
            case "delete":
                del around[last]
            case "add" if isinstance(around, dict):
                around[data.draw(KEYS)] = copy.deepcopy(data.draw(VALUES))
            case "rename" if isinstance(around, dict):
                around[data.draw(KEYS)] = around.pop(last)
            case _:
                pass
    return value


def _type_of(value: dict[str, Any]) -> type[msgspec.Struct]:
    kind = value.get("kind")
    return RESOURCE_TYPES[kind if isinstance(kind, str) and kind in RESOURCE_TYPES else "Workflow"]


def _convert(value: Any, resource_type: type[msgspec.Struct]) -> msgspec.Struct | None:
    try:
        return msgspec.convert(value, resource_type)
    except msgspec.ValidationError:
        return None


@pytest.fixture(scope="module")
def documents() -> list[dict[str, Any]]:
    """Valid documents of all three kinds; each example works on a copy."""
    return [WORKFLOW, {**WORKFLOW, "kind": "WorkflowTemplate"}, CRON]


def test_the_valid_documents_are_accepted_by_all_three(
    documents: list[dict[str, Any]], validator: Draft202012Validator
) -> None:
    for value in documents:
        assert decode(value)[1] == ()
        assert validator.is_valid(value)
        assert Walk().document(value, _type_of(value)).draft == decode(value)[0]


@settings(max_examples=150, deadline=None)
@given(st.data())
def test_the_walk_accepts_what_the_fast_path_accepts(
    documents: list[dict[str, Any]], data: st.DataObject
) -> None:
    value = _mutated(data.draw(st.sampled_from(documents)), data)
    resource_type = _type_of(value)

    walk = Walk()
    seen = walk.document(value, resource_type)
    fast = _convert(value, resource_type)

    if fast is not None:
        assert walk.problems == []
        assert seen.draft == fast
    if not walk.problems:
        assert seen.draft is not BROKEN
        assert _convert(seen.clean, resource_type) == seen.draft


@settings(max_examples=120, deadline=None)
@given(st.data())
def test_the_schema_accepts_what_decode_accepts(
    documents: list[dict[str, Any]], validator: Draft202012Validator, data: st.DataObject
) -> None:
    value = _mutated(data.draw(st.sampled_from(documents)), data)

    _, problems = decode(value)
    errors = {each.code for each in problems if each.severity is Severity.ERROR}

    if not errors or errors - set(NOT_IN_SCHEMA):
        assert validator.is_valid(value) == (not errors), (errors, problems)


@settings(max_examples=60, deadline=None)
@given(st.data())
def test_what_decodes_comes_back_and_drafts_are_whole(
    documents: list[dict[str, Any]], data: st.DataObject
) -> None:
    value = _mutated(data.draw(st.sampled_from(documents)), data)

    examined = examine(value)

    if examined.resource is not None:
        assert examined.draft is examined.resource
        assert decode(snapshot(examined.resource))[0] == examined.resource
    if examined.draft is not None:
        assert all(each.member for each in _templates(examined.draft))


def _templates(resource: Resource) -> tuple[Template, ...]:
    if isinstance(resource, CronWorkflow):
        return resource.spec.workflow_spec.templates
    return resource.spec.templates


@pytest.mark.parametrize("code", sorted(NOT_IN_SCHEMA))
def test_what_the_schema_can_not_say_has_a_reason(code: str) -> None:
    assert code.startswith("AE")
    assert NOT_IN_SCHEMA[code]


def test_the_schema_is_closed_but_for_extensions() -> None:
    definitions = document_schema()["$defs"]

    for definition in definitions.values():
        assert definition["additionalProperties"] is False
        assert definition["patternProperties"] == {"^x-": {}}


def test_the_schema_describes_every_key() -> None:
    text = json.dumps(document_schema())
    definitions = document_schema()["$defs"]

    assert len(definitions) == 29
    for definition in definitions.values():
        assert definition["description"]
        for key, schema in definition["properties"].items():
            assert '"description"' in json.dumps(schema), key
    assert '"default": null' not in text
