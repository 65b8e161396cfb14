"""Templates of hooks: their mistakes end the hook, never the run, so they are warnings."""

from __future__ import annotations

from typing import Any

from aether_core.document import Severity


def _hook(template: str, name: str = "notify") -> str:
    return f"""
entrypoint: main
arguments: {{parameters: [{{name: team, value: x}}]}}
hooks:
  onExit: «{{template: {name}}}»
templates:
- task: {{name: main, executor: {{type: echo}}}}
{template}
"""


def test_hook_templates_see_the_hook_and_the_workflow(bench: Any) -> None:
    template = """
- task:
    name: notify
    executor: {type: echo, config: {p: "{{hook.workflow.phase}}"}}
    inputs: {parameters: [{name: team, value: "{{workflow.parameters.team}} {{hook.trigger}}"}]}
"""

    assert [code for code, _ in bench.found(_hook(template), None)] == ["AE904"]


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

    warnings = [each for each in bench.check_spec(_hook(template)) if each.code != "AE904"]

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

    assert sorted(each.code for each in errors) == ["AE225", "AE904"]
