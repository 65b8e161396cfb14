"""Models: what is absent stays absent, accessors give the defaults, values keep their null."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import msgspec
import pytest

from aether_core.document import (
    Aggregate,
    CronSpec,
    CronWorkflow,
    Dag,
    ExecutorRef,
    HookRef,
    Hooks,
    Loop,
    Metadata,
    Parameter,
    Task,
    Template,
    Workflow,
    WorkflowSpec,
    WorkflowTemplate,
    decode,
    encode,
    snapshot,
)

if TYPE_CHECKING:
    from collections.abc import Callable


def test_a_spec_without_settings_has_the_defaults_of_the_protocol() -> None:
    spec = WorkflowSpec()

    assert (spec.timeout, spec.priority, spec.max_nested_depth) == (None, None, None)
    assert spec.effective_timeout == "1h"
    assert spec.effective_priority == 500
    assert spec.effective_max_nested_depth == 3
    assert Metadata(name="a").effective_namespace == "default"


@pytest.mark.parametrize(("declared", "limit"), [(0, 3), (1, 1), (10, 10), (11, 10), (-1, 10)])
def test_the_nesting_limit_is_kept_between_one_and_ten(declared: int, limit: int) -> None:
    assert WorkflowSpec(max_nested_depth=declared).effective_max_nested_depth == limit


def test_an_explicit_zero_is_not_a_missing_value() -> None:
    spec = CronSpec("@daily", WorkflowSpec(), successful_jobs_history_limit=0)

    assert WorkflowSpec(priority=0).effective_priority == 0
    assert spec.effective_successful_jobs_history_limit == 0
    assert spec.effective_failed_jobs_history_limit == 1


def test_a_schedule_without_settings_has_the_defaults_of_the_protocol() -> None:
    spec = CronSpec("@daily", WorkflowSpec())

    assert spec.effective_timezone == "UTC"
    assert spec.effective_concurrency_policy == "Allow"
    assert spec.effective_successful_jobs_history_limit == 3
    assert spec.suspend is False


@pytest.mark.parametrize(
    ("written", "kind"),
    [
        (None, "any"),
        ("integer", "int"),
        ("int", "int"),
        ("number", "float"),
        ("float", "float"),
        ("boolean", "bool"),
        ("bool", "bool"),
        ("string", "string"),
        ("array", "array"),
        ("object", "object"),
        ("any", "any"),
    ],
)
def test_both_spellings_of_a_type_mean_the_same(written: Any, kind: str) -> None:
    assert Parameter(name="a", type=written).kind == kind


def test_a_null_value_differs_from_no_value() -> None:
    with_null, without = Parameter(name="a", value=None), Parameter(name="a")

    assert with_null.value is None
    assert without.value is msgspec.UNSET
    assert msgspec.to_builtins(with_null) == {"name": "a", "value": None}
    assert msgspec.to_builtins(without) == {"name": "a"}


@pytest.mark.parametrize(
    ("template", "kind"),
    [
        (Template(dag=Dag("d", tasks=(Task("t"),))), "dag"),
        (Template(task=Task("t", executor=ExecutorRef("echo"))), "task"),
        (Template(loop=Loop("l", body="t", items=(1,))), "loop"),
    ],
)
def test_a_template_looks_through_to_its_member(template: Template, kind: str) -> None:
    assert template.kind == kind
    assert template.name == template.member.name
    assert template.inputs == ()
    assert template.outputs == ()
    assert template.timeout is None


def test_a_template_without_member_says_so() -> None:
    with pytest.raises(ValueError, match="none of dag"):
        _ = Template().member


@pytest.mark.parametrize(
    ("loop", "mode"),
    [
        (Loop("l", body="b", items=(1,)), "items"),
        (Loop("l", body="b", items_from="x"), "itemsFrom"),
        (Loop("l", body="b", repeat_condition="x"), "repeatCondition"),
    ],
)
def test_a_loop_knows_its_mode(loop: Loop, mode: str) -> None:
    assert loop.mode == mode
    assert loop.effective_max_iterations == 10_000
    assert loop.effective_strategy == "last"


def test_a_loop_gives_its_declared_settings() -> None:
    loop = Loop("l", body="b", max_iterations=7, aggregate=Aggregate(strategy="list"))

    assert loop.effective_max_iterations == 7
    assert loop.effective_strategy == "list"


@pytest.mark.parametrize(
    ("written", "names"), [(None, None), ("a", ("a",)), (("a", "b"), ("a", "b"))]
)
def test_entrypoints_are_one_name_or_many(written: Any, names: Any) -> None:
    assert Dag("d", tasks=(), entrypoints=written).entrypoint_names == names


def test_hooks_are_listed_by_their_key_in_the_document() -> None:
    hooks = Hooks(on_exit=HookRef("bye"), on_start=HookRef("hello"))

    assert [(key, hook.template) for key, hook in hooks.declared()] == [
        ("onStart", "hello"),
        ("onExit", "bye"),
    ]


def test_a_document_that_uses_every_key_decodes_and_comes_back(workflow: dict[str, Any]) -> None:
    resource, problems = decode(workflow)

    assert problems == ()
    assert isinstance(resource, Workflow)
    assert decode(snapshot(resource)) == (resource, ())
    assert snapshot(resource)["spec"]["templates"][1] == workflow["spec"]["templates"][1]
    assert snapshot(resource)["metadata"] == workflow["metadata"]


def test_a_schedule_that_uses_every_key_decodes_and_comes_back(cron: dict[str, Any]) -> None:
    resource, problems = decode(cron)

    assert problems == ()
    assert isinstance(resource, CronWorkflow)
    assert decode(msgspec.json.decode(encode(resource))) == (resource, ())


def test_a_snapshot_shares_nothing_with_the_resource(workflow: dict[str, Any]) -> None:
    resource, _ = decode(workflow)
    assert resource is not None

    snapshot(resource)["spec"]["templates"][0]["dag"]["inputs"]["parameters"][0]["enum"].append(1)

    assert decode(workflow)[0] == resource


def test_a_workflow_template_needs_no_entrypoint(workflow: dict[str, Any]) -> None:
    del workflow["spec"]["entrypoint"]
    workflow["kind"] = "WorkflowTemplate"

    resource, problems = decode(workflow)

    assert problems == ()
    assert isinstance(resource, WorkflowTemplate)


def test_a_workflow_that_refers_to_a_template_needs_none_of_its_own() -> None:
    spec = {"workflowTemplateRef": {"name": "base", "namespace": "team"}}
    value = {"apiVersion": "aether/v1", "kind": "Workflow", "metadata": {"name": "a"}}

    resource, problems = decode({**value, "spec": spec})

    assert problems == ()
    assert isinstance(resource, Workflow)


def test_resources_are_immutable(workflow: dict[str, Any]) -> None:
    resource, _ = decode(workflow)
    change: Callable[..., None] = setattr

    with pytest.raises(AttributeError):
        change(resource, "kind", "Other")
