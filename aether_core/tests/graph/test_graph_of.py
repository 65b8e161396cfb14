"""The graph of a document: every call is a node, with what surrounds it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from aether_core.graph import Graph, LoopFacts

Draw = Callable[..., Graph]
Document = Callable[..., dict[str, Any]]

LEAF = {"task": {"name": "leaf", "executor": {"type": "echo"}, "timeout": "9s"}}


def test_everything_that_is_called_is_a_node(rich: Graph) -> None:
    nodes = {node.id: node.kind for node in rich.nodes}

    assert nodes == {
        "main": "dag",
        "tell#onStart+onExit": "hook",
        "main/first": "task",
        "main/tell#onExit": "hook",
        "main/second": "dag",
        "main/third": "loop",
        "main/own": "task",
        "main/second/deep": "loop",
        "main/third/work": "task",
        "main/second/deep/work": "task",
    }


def test_dependencies_and_hooks_are_edges(rich: Graph) -> None:
    edges = {(edge.source, edge.target, edge.kind) for edge in rich.edges}

    assert edges == {
        ("main/first", "main/second", "dependency"),
        ("main/first", "main/third", "dependency"),
        ("main/second", "main/third", "dependency"),
        ("main/first", "main/tell#onExit", "hook"),
        ("main", "tell#onStart+onExit", "hook"),
    }


def test_a_node_has_what_surrounds_it(rich: Graph) -> None:
    nodes = {node.id: node for node in rich.nodes}

    assert nodes["main/first"].timeout == "5s"
    assert nodes["main/second"].when is not None
    assert nodes["main/second"].template == "inner"
    assert nodes["main/third"].continue_on == ("failed",)
    assert nodes["main/third"].loop == LoopFacts(
        items_from="{{ workflow.parameters.l }}", concurrency=2
    )
    assert nodes["main/second/deep"].loop == LoopFacts(
        repeat_condition="tasks.work.phase != Succeeded", max_iterations=4
    )
    assert (nodes["main/own"].executor, nodes["main/own"].template) == ("http", None)
    assert nodes["main/own"].retry == 3


def test_the_call_site_wins_over_the_template(graph: Draw, workflow: Document) -> None:
    """As decision 13 says of policies."""
    drawn = graph(
        workflow(
            {"name": "a", "template": "leaf"},
            {"name": "b", "template": "leaf", "timeout": "1s"},
            templates=[LEAF],
        )
    )

    assert {node.name: node.timeout for node in drawn.nodes} == {
        "main": None,
        "a": "9s",
        "b": "1s",
    }


def test_nodes_that_entrypoints_leave_out_are_marked(graph: Draw, workflow: Document) -> None:
    drawn = graph(
        workflow(
            {"name": "a"},
            {"name": "b", "dependencies": ["a"]},
            {"name": "c"},
            dag={"entrypoints": "a"},
        )
    )

    assert [node.name for node in drawn.nodes if node.left_out] == ["c"]


def test_a_large_graph_keeps_its_outer_levels(graph: Draw, workflow: Document) -> None:
    """Templates that are too much stay closed, and say how much is inside."""
    calls = [{"name": f"t{number}", "template": "inner"} for number in range(5)]
    inner = {"name": "inner", "tasks": [{"name": f"i{n}", "template": "work"} for n in range(4)]}

    drawn = graph(workflow(*calls, templates=[{"dag": inner}]), most=15)

    assert [node.closed for node in drawn.nodes if node.kind == "dag"] == [None] * 3 + [4] * 3
    assert len(drawn.nodes) == 1 + 5 + 2 * 4


def test_templates_without_end_are_cut(graph: Draw, workflow: Document) -> None:
    """The checker refuses them, but a graph must not take for ever."""
    ping = {"dag": {"name": "ping", "tasks": [{"name": "a", "template": "ping"}] * 1}}

    drawn = graph(workflow({"name": "x", "template": "ping"}, templates=[ping]), most=50)

    assert len(drawn.nodes) == 50


def test_a_cron_workflow_is_drawn_as_what_it_starts(graph: Draw, workflow: Document) -> None:
    plain = workflow({"name": "a"})
    spec = {"schedule": "@daily", "workflowSpec": plain["spec"]}

    assert graph({**plain, "kind": "CronWorkflow", "spec": spec}) == graph(plain)


def test_a_template_without_entrypoint_shows_what_nothing_calls(
    graph: Draw, workflow: Document
) -> None:
    document = workflow({"name": "a"}, templates=[LEAF])
    spec = {"templates": document["spec"]["templates"]}

    drawn = graph({**document, "kind": "WorkflowTemplate", "spec": spec})

    assert [node.id for node in drawn.nodes] == ["main", "leaf", "main/a"]


def test_templates_from_elsewhere_are_unknown_nodes(graph: Draw, workflow: Document) -> None:
    document = workflow({"name": "a", "template": "missing"})
    spec = {"workflowTemplateRef": {"name": "shared"}}

    assert [node.kind for node in graph(document).nodes] == ["dag", "unknown"]
    only_reference = graph({**document, "spec": spec})
    assert [(node.kind, node.name) for node in only_reference.nodes] == [("unknown", "shared")]


def test_several_documents_stand_side_by_side(graph: Draw, workflow: Document) -> None:
    drawn = graph(workflow({"name": "a"}), workflow({"name": "b"}))

    assert [(node.id, node.kind) for node in drawn.nodes] == [
        ("1", "document"),
        ("1/main", "dag"),
        ("1/main/a", "task"),
        ("2", "document"),
        ("2/main", "dag"),
        ("2/main/b", "task"),
    ]
    assert drawn.nodes[0].name == "Workflow drawn"


def test_a_node_stands_behind_its_parent(rich: Graph) -> None:
    """Whoever goes through the nodes knows the outside before the inside."""
    seen: set[str | None] = {None}
    for node in rich.nodes:
        assert node.parent in seen
        seen.add(node.id)
    turns = [turn for turn, _, _ in rich.walk()]
    assert turns.count("enter") == turns.count("leave") == 4
