"""What the tests of this room share: one document that uses every key, and ways to show results."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from aether_core.document import load_text

if TYPE_CHECKING:
    from collections.abc import Callable

    from aether_core.document import Diagnostic

PARAMETER = {
    "name": "user_name",
    "type": "string",
    "value": None,
    "default": "x",
    "description": "who",
    "enum": ["x", None, 1],
}
SOURCES = [
    {"name": "a", "valueFrom": {"path": "system.os"}},
    {"name": "b", "valueFrom": {"parameter": "workflow.parameters.user_name"}},
    {"name": "c", "valueFrom": {"expression": "1 + 1"}},
    {"name": "d", "valueFrom": {"secretKeyRef": {"name": "db", "key": "password"}}},
]
ARTIFACT = {
    "name": "report",
    "from": "tasks.a.outputs.artifacts.report",
    "source": {"type": "http", "config": {"url": "http://localhost", "x-kept": True}},
    "archive": {"type": "tar.gz"},
}
HOOKS = {
    hook: {"template": "say"}
    for hook in (
        "onStart",
        "onSuccess",
        "onFailure",
        "onError",
        "onSuspend",
        "onResume",
        "onCancel",
        "onExit",
    )
}
CONDITIONS = {"succeeded": "code == 0", "failed": "code == 2", "error": "code == 3"}
NODE = {
    "name": "a",
    "template": "say",
    "arguments": {"parameters": SOURCES, "artifacts": [ARTIFACT]},
    "dependencies": [],
    "when": "true",
    "timeout": "1d12h",
    "retry": {
        "limit": 3,
        "expression": "phase == Error",
        "backoff": {"duration": "1s", "factor": 2, "maxDuration": "1.5m", "jitter": "full"},
    },
    "continueOn": {"failed": True, "error": False, "timeout": True},
    "phaseConditions": CONDITIONS,
    "hooks": HOOKS,
}
DAG = {
    "name": "main",
    "inputs": {"parameters": [PARAMETER], "artifacts": [ARTIFACT]},
    "outputs": {"parameters": SOURCES, "artifacts": [ARTIFACT]},
    "entrypoints": ["a"],
    "tasks": [
        NODE,
        {
            "name": "b",
            "dependencies": ["a"],
            "executor": {"type": "echo", "config": {"deep": [{"x-1": None}]}},
            "inputs": {"parameters": [PARAMETER]},
            "outputs": {"parameters": [{"name": "out", "type": "any"}]},
            "resources": {"cpu": 0.5, "memory": "1Gi", "gpu": 1},
        },
    ],
    "continueOn": {},
    "phaseConditions": CONDITIONS,
    "timeout": "0",
    "hooks": {"onExit": {"template": "say"}},
}
LOOP = {
    "name": "each",
    "items": [1, "two", None, {"three": 3}],
    "maxIterations": 10,
    "concurrency": 2,
    "body": "say",
    "arguments": {"parameters": [{"name": "text", "value": "{{iterator.item}}"}]},
    "inputs": {"parameters": [{"name": "list", "type": "array"}]},
    "outputs": {"parameters": [{"name": "out", "type": "array"}]},
    "aggregate": {"strategy": "list", "parameters": ["out"]},
    "continueOn": {"failed": True},
    "phaseConditions": CONDITIONS,
    "timeout": "250ms",
    "hooks": {"onStart": {"template": "say"}},
}
SAY = {
    "name": "say",
    "executor": {"type": "echo"},
    "inputs": {"parameters": [PARAMETER]},
    "outputs": {"parameters": [{"name": "text", "type": "string"}]},
    "timeout": "5s",
    "resources": {"cpu": "500m", "memory": "1Gi", "gpu": "a100"},
    "retry": {"limit": 1},
    "phaseConditions": CONDITIONS,
    "continueOn": {"error": True},
    "hooks": {"onError": {"template": "say"}},
}
SPEC = {
    "entrypoint": "main",
    "arguments": {"parameters": [PARAMETER]},
    "timeout": "1h",
    "priority": 10,
    "maxNestedDepth": 5,
    "hooks": HOOKS,
    "templates": [
        {"dag": DAG},
        {"loop": LOOP},
        {"loop": {"name": "dynamic", "itemsFrom": "{{inputs.parameters.list}}", "body": "say"}},
        {"loop": {"name": "again", "repeatCondition": "x < 3", "maxIterations": 5, "body": "say"}},
        {"task": SAY},
    ],
}
METADATA = {
    "name": "everything",
    "namespace": "team",
    "version": "1.0.0",
    "labels": {"x-label": "1", "any key": ""},
    "annotations": {"note": "text"},
}


def workflow_of(spec: dict[str, Any]) -> dict[str, Any]:
    """Return a workflow around a spec."""
    return {"apiVersion": "aether/v1", "kind": "Workflow", "metadata": METADATA, "spec": spec}


@pytest.fixture
def workflow() -> dict[str, Any]:
    """A valid workflow that uses every key; a fresh copy that a test may change."""
    value: dict[str, Any] = json.loads(json.dumps(workflow_of(SPEC)))
    return value


@pytest.fixture
def cron() -> dict[str, Any]:
    """A valid CronWorkflow that uses every key."""
    spec = {
        "schedule": "*/5 * * * *",
        "timezone": "Europe/Berlin",
        "startAt": "2026-01-01T00:00:00Z",
        "endAt": "2027-01-01T00:00:00.5+01:00",
        "concurrencyPolicy": "Forbid",
        "startingDeadlineSeconds": 60,
        "successfulJobsHistoryLimit": 0,
        "failedJobsHistoryLimit": 5,
        "suspend": True,
        "workflowSpec": SPEC,
    }
    value: dict[str, Any] = json.loads(json.dumps(workflow_of(spec)))
    return {**value, "kind": "CronWorkflow"}


@pytest.fixture
def places() -> Callable[[str], list[str]]:
    """Load YAML or JSON and return its diagnostics as `code line:column-line:column`."""

    def show(text: str) -> list[str]:
        return [_shown(each) for each in load_text(text).diagnostics]

    return show


def _shown(each: Diagnostic) -> str:
    return f"{each.code} {each.line}:{each.column}-{each.end_line}:{each.end_column}"
