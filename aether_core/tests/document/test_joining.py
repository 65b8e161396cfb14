"""A workflow joined with its WorkflowTemplate (decision 16)."""

from __future__ import annotations

from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from aether_core.document import Workflow, examine, join_template


def workflow(**spec: Any) -> dict[str, Any]:
    return {
        "apiVersion": "aether/v1",
        "kind": "Workflow",
        "metadata": {"name": "w"},
        "spec": {"workflowTemplateRef": {"name": "t"}, **spec},
    }


def template(**spec: Any) -> dict[str, Any]:
    return {
        "apiVersion": "aether/v1",
        "kind": "WorkflowTemplate",
        "metadata": {"name": "t"},
        "spec": spec,
    }


WORK = [{"task": {"name": "work", "executor": {"type": "echo"}}}]


def test_what_the_workflow_leaves_out_comes_from_the_template() -> None:
    """Each key as a whole; the reference is gone (decision 16)."""
    joined = join_template(
        workflow(timeout="5s"),
        template(entrypoint="work", templates=WORK, timeout="9s", priority=7),
    )

    assert joined.value["spec"] == {
        "timeout": "5s",
        "entrypoint": "work",
        "templates": WORK,
        "priority": 7,
    }
    assert isinstance(examine(joined.value).resource, Workflow)
    assert joined.locate(("spec", "templates", 0, "task")) == (
        True,
        ("spec", "templates", 0, "task"),
    )
    assert joined.locate(("spec", "timeout")) == (False, ("spec", "timeout"))
    assert joined.locate(()) == (False, ())


def test_arguments_are_merged_by_name_and_field() -> None:
    """The workflow's value wins, the template's type stays; the template's come first."""
    joined = join_template(
        workflow(
            arguments={"parameters": [{"name": "own", "value": 1}, {"name": "b", "value": 2}]}
        ),
        template(
            templates=WORK,
            entrypoint="work",
            arguments={
                "parameters": [
                    {"name": "a", "default": 0},
                    {"name": "b", "type": "int", "valueFrom": {"parameter": "deploy.n"}},
                ]
            },
        ),
    )

    assert joined.value["spec"]["arguments"]["parameters"] == [
        {"name": "a", "default": 0},
        {"type": "int", "name": "b", "value": 2},
        {"name": "own", "value": 1},
    ]
    base = ("spec", "arguments", "parameters")
    assert joined.locate((*base, 0)) == (True, (*base, 0))
    assert joined.locate((*base, 1, "value")) == (False, (*base, 1, "value"))
    assert joined.locate((*base, 1, "type")) == (True, (*base, 1, "type"))
    assert joined.locate((*base, 2, "value")) == (False, (*base, 0, "value"))


names = st.lists(st.sampled_from("abcdef"), unique=True, max_size=5)


@given(own=names, other=names)
def test_every_argument_is_there_once_and_knows_its_origin(
    own: list[str], other: list[str]
) -> None:
    """Whatever the lists are, a place in the result leads to the same name in its document."""
    mine = workflow(arguments={"parameters": [{"name": n, "value": "mine"} for n in own]})
    base = template(arguments={"parameters": [{"name": n, "value": "base"} for n in other]})

    joined = join_template(mine, base)

    found = joined.value["spec"].get("arguments", {}).get("parameters", [])
    assert {p["name"] for p in found} == {*own, *other}
    assert len(found) == len({*own, *other})
    for number, parameter in enumerate(found):
        in_template, path = joined.locate(("spec", "arguments", "parameters", number, "value"))
        origin: Any = base if in_template else mine
        for step in path:
            origin = origin[step]
        assert origin == parameter["value"]
        assert in_template == (parameter["name"] not in own)


def test_a_document_of_any_shape_is_joined_without_an_error() -> None:
    """What is wrong with it is found afterwards, when the result is examined."""
    specs: list[Any] = [None, [], {"arguments": []}, {"arguments": {"parameters": [1, None, {}]}}]
    for spec in specs:
        joined = join_template({"spec": spec}, {"spec": spec})
        assert examine(joined.value).problems
