"""Templates of hooks: their mistakes end the hook, never the run, so they are warnings."""

from __future__ import annotations

from typing import Any

import pytest

from aether_core.document import Severity


def _hook(template: str, name: str = "notify", key: str = "onExit") -> str:
    return f"""
entrypoint: main
arguments: {{parameters: [{{name: team, value: x}}]}}
hooks:
  {key}: «{{template: {name}}}»
templates:
- task: {{name: main, executor: {{type: echo}}}}
{template}
"""


def _notify(value: str) -> str:
    return f"- task: {{name: notify, executor: {{type: echo, config: {{v: '{value}'}}}}}}"


def test_hook_templates_see_the_hook_and_the_workflow(bench: Any) -> None:
    template = """
- task:
    name: notify
    executor: {type: echo, config: {p: "{{hook.workflow.phase}}"}}
    inputs: {parameters: [{name: team, value: "{{workflow.parameters.team}} {{hook.trigger}}"}]}
"""

    assert bench.found(_hook(template), None) == []


@pytest.mark.parametrize(
    ("reference", "code"),
    [
        ("hook", None),
        ("hook.type", None),
        ("hook.scope", None),
        ("hook.template", None),
        ("hook.workflow.namespace", None),
        ("hook.workflow.runId", None),
        ("hook.trigger.phase", None),
        ("hook.trigger.message", None),
        ("hook.trigger.outputs", None),
        ("hook.trigger.outputs.parameters.anything", None),
        ("hook.tpye", "AE224"),
        ("hook.type.x", "AE311"),
        ("hook.workflow.code", "AE224"),
        ("hook.workflow.outputs.parameters.x", "AE224"),
        ("hook.trigger.phsae", "AE224"),
        ("hook.trigger.taskName", "AE224"),
        ("hook.trigger.code", "AE224"),
        ("hook.trigger.outputs.x", "AE224"),
        ("tasks.main.phase", "AE228"),
        ("inputs.parameters.x", "AE225"),
        ("loop_iter.index", "AE228"),
    ],
)
def test_a_hook_of_the_workflow_knows_these_names(
    bench: Any, reference: str, code: str | None
) -> None:
    problems = bench.check_spec(_hook(_notify(f"{{{{ {reference} }}}}")))

    assert [each.code for each in problems] == ([] if code is None else [code])
    assert all(each.severity is Severity.WARNING for each in problems)


def test_a_hook_of_a_task_knows_the_code_and_the_outputs_of_the_task(bench: Any) -> None:
    """Of the task that declares it, or of every call of the template that does."""
    config = "{{hook.trigger.code}} {{hook.trigger.outputs.parameters.n}}"

    def spec(owner: str, template: str = "") -> str:
        return f"""
entrypoint: main
templates:
- dag: {{name: main, tasks: [{{name: a, template: work {owner}}}]}}
- task:
    {{name: work, executor: {{type: echo}}, outputs: {{parameters: [{{name: OUT}}]}} {template}}}
{_notify(config)}
"""

    hooks = ", hooks: {KEY: {template: notify}}"
    for owner, template in ((hooks, ""), ("", hooks)):
        text = spec(owner, template).replace("KEY", "onSuccess")
        assert bench.found(text.replace("OUT", "n"), None) == []
        (problem,) = bench.check_spec(text.replace("OUT", "m"))
        assert (problem.code, problem.severity) == ("AE223", Severity.WARNING)
    begun = spec(hooks).replace("KEY", "onStart").replace("OUT", "n")
    (problem,) = bench.check_spec(begun)
    assert "nothing is produced before onStart" in problem.message


def test_the_hook_is_not_known_elsewhere(bench: Any) -> None:
    """Not in other tasks, and not in what judges the attempts of the hook's own task."""
    template = """
- task:
    name: notify
    executor: {type: echo}
    retry: {limit: 1, expression: "hook.type == 'onExit' && tasks.notify.code == 1"}
"""
    spec = _hook(template).replace("echo}}", "echo, config: {a: '{{hook.type}}'}}}")

    problems = bench.check_spec(spec)

    assert [(each.code, each.severity) for each in problems] == [
        ("AE228", Severity.ERROR),
        ("AE228", Severity.WARNING),
    ]


def test_mistakes_of_hook_templates_are_warnings(bench: Any) -> None:
    template = """
- task:
    name: notify
    executor: {type: fetch}
    inputs:
      parameters:
      - {name: mode}
      - {name: retries, valueFrom: {parameter: tasks.main.phase}}
"""

    warnings = bench.check_spec(_hook(template))

    assert {each.severity for each in warnings} == {Severity.WARNING}
    assert [(each.code, each.path[-1]) for each in warnings] == [
        ("AE309", "onExit"),
        ("AE403", "task"),
        ("AE228", "parameter"),
    ]
    assert warnings[0].message == 'the hook onExit gives no value for the required input "mode"'


def test_a_mistake_that_another_call_makes_too_is_an_error(bench: Any) -> None:
    template = """
- task:
    name: notify
    executor: {type: echo}
    inputs: {parameters: [{name: x, valueFrom: {parameter: inputs.parameters.y}}]}
- dag: {name: other, tasks: [{name: a, template: notify}]}
"""
    spec = _hook(template).replace("entrypoint: main", "entrypoint: other")

    errors = [each for each in bench.check_spec(spec) if each.severity is Severity.ERROR]

    assert sorted(each.code for each in errors) == ["AE225"]


@pytest.mark.parametrize("key", ["onSuspend", "onResume"])
def test_hooks_that_never_run_are_warnings(bench: Any, key: str) -> None:
    """A workflow is neither suspended nor resumed; its tasks are."""
    (problem,) = bench.check_spec(_hook(_notify("x"), key=key))

    assert (problem.code, problem.path) == ("AE208", ("spec", "hooks", key))


def test_a_draft_without_a_known_entrypoint_leaves_the_outputs_open(bench: Any) -> None:
    spec = _hook(_notify("{{hook.trigger.outputs.parameters.x}}")).replace(
        "entrypoint: main", "entrypoint: mian"
    )

    assert [each.code for each in bench.check_spec(spec)] == ["AE201"]
