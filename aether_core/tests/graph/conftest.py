"""Documents to draw."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import pytest

from aether_core.document import Resource, decode
from aether_core.graph import Graph, graph_of

WORK = {"task": {"name": "work", "executor": {"type": "echo"}}}
#: Everything that means something to one of the formats.
HOSTILE = 'x == "<b>&amp; \\"#1;\\" [a](b) direction TB www.x.y `c` _d_ %% --> |e| {f} \n; $g"'


def document_of(*nodes: Mapping[str, Any], **more: Any) -> dict[str, Any]:
    """Return a workflow with a dag `main` of these nodes; nodes without a template call `work`."""
    tasks = [node if "executor" in node else {"template": "work", **node} for node in nodes]
    templates = [{"dag": {"name": "main", "tasks": tasks, **more.pop("dag", {})}}, WORK]
    return {
        "apiVersion": "aether/v1",
        "kind": "Workflow",
        "metadata": {"name": "drawn"},
        "spec": {
            "entrypoint": "main",
            "templates": [*templates, *more.pop("templates", [])],
            **more,
        },
    }


def resource_of(document: Mapping[str, Any]) -> Resource:
    """Return a document without structural problems."""
    resource, problems = decode(document)
    assert resource is not None, problems
    return resource


@pytest.fixture(scope="session")
def workflow() -> Callable[..., dict[str, Any]]:
    """Build a document with one dag."""
    return document_of


@pytest.fixture(scope="session")
def graph() -> Callable[..., Graph]:
    """Build the graph of documents."""

    def draw(*documents: Mapping[str, Any], most: int = 1000) -> Graph:
        return graph_of([resource_of(document) for document in documents], most=most)

    return draw


@pytest.fixture(scope="session")
def rich(graph: Callable[..., Graph]) -> Graph:
    """Return a graph with something of everything, and with a hostile expression."""
    inner = {"name": "inner", "tasks": [{"name": "deep", "template": "again"}]}
    again = {
        "name": "again",
        "body": "work",
        "repeatCondition": "tasks.work.phase != Succeeded",
        "maxIterations": 4,
    }
    each = {"name": "each", "itemsFrom": "{{ workflow.parameters.l }}", "body": "work"}
    document = document_of(
        {"name": "first", "hooks": {"onExit": {"template": "tell"}}, "timeout": "5s"},
        {"name": "second", "template": "inner", "dependencies": ["first"], "when": HOSTILE},
        {
            "name": "third",
            "template": "each",
            "dependencies": ["first", "second"],
            "continueOn": {"failed": True},
        },
        {"name": "own", "executor": {"type": "http"}, "retry": {"limit": 3}},
        templates=[
            {"dag": inner},
            {"loop": {**each, "concurrency": 2}},
            {"loop": again},
            {"task": {"name": "tell", "executor": {"type": "echo"}}},
        ],
        hooks={"onStart": {"template": "tell"}, "onExit": {"template": "tell"}},
    )
    return graph(document)
