"""Names of other tools, and short forms of names, lead to the right ones."""

from __future__ import annotations

from typing import Any

import pytest


def _spec(text: str) -> str:
    return f"""
entrypoint: main
arguments: {{parameters: [{{name: city, value: Rome}}]}}
templates:
- dag:
    name: main
    inputs: {{parameters: [{{name: size, default: 1}}]}}
    tasks:
    - {{name: fetch, executor: {{type: echo}}}}
    - name: use
      dependencies: [fetch]
      executor: {{type: echo}}
      inputs: {{parameters: [{{name: x, value: "{text}"}}]}}
"""


@pytest.mark.parametrize(
    ("text", "hint"),
    [
        ("{{ city }}", "Write workflow.parameters.city."),
        ("{{ size }}", "Write inputs.parameters.size."),
        (
            "{{ fetch.outputs.body }}",
            "Begin with tasks: tasks.fetch.outputs.parameters.NAME.",
        ),
        (
            "{{ steps.fetch.outputs.body }}",
            "Results are named by their task: tasks.NAME.outputs.parameters.NAME.",
        ),
        (
            "{{ secrets.TOKEN }}",
            "A secret is a value of its own: valueFrom: {secretKeyRef: {name: …, key: …}}.",
        ),
        ("{{ item }}", "The item of a loop is loop_iter.item, its number loop_iter.index."),
    ],
)
def test_a_name_without_namespace_is_told_its_full_one(bench: Any, text: str, hint: str) -> None:
    [problem] = bench.check_spec(_spec(text))

    assert (problem.code, problem.hint) == ("AE227", hint)


def test_a_dollar_before_the_one_placeholder_of_a_text_is_a_warning(bench: Any) -> None:
    [problem] = bench.check_spec(_spec("${{ workflow.parameters.city }}"))

    assert (problem.code, problem.severity) == ("AE208", "warning")
    assert bench.found(_spec("costs ${{ workflow.parameters.city }}"), None) == []


def test_two_members_of_one_template_are_both_checked(bench: Any) -> None:
    spec = """
entrypoint: main
templates:
- dag: {name: main, tasks: [{name: a, template: work, when: "«tasks.b.phase» == Failed"}]}
  task: {name: work, executor: {type: «ecko»}}
"""

    assert bench.found(spec, None) == [("AE221", "«tasks.b.phase»"), ("AE401", "«ecko»")]


def test_what_may_be_a_part_without_readable_name_is_not_reported(bench: Any) -> None:
    """A template, a task, a parameter and an artifact that can't be read, and their users."""
    spec = """
entrypoint: lost
arguments: {parameters: [5], artifacts: [{source: {type: local, config: {path: x}}}]}
templates:
- 5
- dag:
    name: other
    inputs: {parameters: [{default: 1}], artifacts: [5]}
    tasks:
    - {name: a, template: lost, arguments: {parameters: [{name: x, value: 1}]}}
    - {name: b, dependencies: [gone], template: takes, arguments: [1]}
    - [c]
    - name: d
      executor: {type: fetch, config: [1]}
      when: tasks.gone.phase == Failed && inputs.parameters.y == workflow.parameters.z
    outputs:
      parameters: [{name: o, valueFrom: {parameter: tasks.b.outputs.parameters.q}}]
      artifacts: [{name: f, from: inputs.artifacts.g}, {name: h, from: workflow.artifacts.k}]
- task:
    name: takes
    inputs: {parameters: [{name: must, type: int}], artifacts: [{name: file}]}
    outputs: {parameters: [{type: int}], artifacts: 5}
    executor: {type: echo}
"""

    assert bench.found(spec, None) == []
