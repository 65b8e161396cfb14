"""The form that editors like changes nothing about which documents are accepted."""

from __future__ import annotations

import copy
from random import Random
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st
from jsonschema import Draft202012Validator  # type: ignore[import-untyped]  # it has no stubs

from aether_core.document import document_schema
from aether_core.editor._documents import documents

BEFORE: Any = Draft202012Validator(document_schema())
AFTER: Any = Draft202012Validator(documents())
DRAWN = 60
VALUES: tuple[Any, ...] = (
    None,
    "",
    "text",
    "A b",
    "5s",
    0,
    1.5,
    True,
    [],
    {},
    ["a"],
    [{"name": "a"}],
    {"x-a": 1},
)
TASK = {
    "name": "a",
    "executor": {"type": "echo", "config": {"a": 1}},
    "inputs": {"parameters": [{"name": "n", "type": "int", "value": 1, "enum": [1]}]},
    "timeout": "1m",
    "retry": {"limit": 3, "backoff": {"duration": "1s", "maxDuration": "9s"}},
    "hooks": {"onExit": {"template": "b"}},
}
LOOP = {"name": "l", "body": "a", "items": [1], "aggregate": {"strategy": "list"}}
DAG = {"name": "d", "tasks": [{"name": "x", "template": "a", "dependencies": []}, TASK]}
SPEC = {"entrypoint": "d", "templates": [{"dag": DAG}, {"task": TASK}, {"loop": LOOP}]}
DOCUMENTS = (
    {"kind": "Workflow", "spec": SPEC},
    {"kind": "WorkflowTemplate", "spec": SPEC},
    {
        "kind": "CronWorkflow",
        "spec": {
            "schedule": "0 3 * * *",
            "startAt": "2026-01-01T00:00:00Z",
            "concurrencyPolicy": "Forbid",
            "workflowSpec": SPEC,
        },
    },
)


def change(value: Any, random: Random) -> Any:
    """Return the value with something in it replaced, taken out or renamed."""
    if not isinstance(value, dict | list) or not value or random.random() < 0.1:
        return copy.deepcopy(random.choice(VALUES))
    key: Any = random.choice([*value] if isinstance(value, dict) else [*range(len(value))])
    if isinstance(value, dict) and random.random() < 0.2:
        value[random.choice(["x-note", "nme", "items", "task"])] = value.pop(key)
    else:
        value[key] = change(value[key], random)
    return value


@settings(max_examples=DRAWN, deadline=None)
@given(random=st.randoms(use_true_random=False), changes=st.integers(0, 2))
def test_both_forms_accept_the_same_documents(random: Random, changes: int) -> None:
    head = {"apiVersion": "aether/v1", "metadata": {"name": "w"}}
    document = copy.deepcopy({**head, **random.choice(DOCUMENTS)})
    for _ in range(changes):
        document = change(document, random)

    assert BEFORE.is_valid(document) is AFTER.is_valid(document)


def test_the_documents_are_fine_as_they_are() -> None:
    head = {"apiVersion": "aether/v1", "metadata": {"name": "w"}}

    for document in DOCUMENTS:
        assert AFTER.is_valid({**head, **document})
