"""Values pasted into text that an executor reads as code are worth a warning."""

from __future__ import annotations

from typing import Any

import pytest

from aether_core.document import Severity


def _task(config: str, inputs: str = "{name: word}") -> str:
    return f"""
entrypoint: main
templates:
- task:
    name: main
    inputs: {{parameters: [{inputs.replace("}", ", default: w}", 1)}]}}
    executor: {{type: shell, config: {config}}}
"""


@pytest.mark.parametrize(
    "config",
    [
        "{script: 'echo {{«inputs.parameters.word»}}'}",
        "{script: '{{«inputs.parameters.word»}} '}",
        "{command: 'grep {{«inputs.parameters.word»}} file'}",
    ],
)
def test_a_value_pasted_into_code_is_a_warning_at_the_reference(bench: Any, config: str) -> None:
    spec = _task(config)

    problems = bench.check_spec(spec)

    assert bench.found(spec, None) == [("AE406", "«inputs.parameters.word»")]
    assert problems[0].hint in {"Use env.", "Write a list."}
    assert 'can change what executor "shell" runs' in problems[0].message


@pytest.mark.parametrize(
    "config",
    [
        "{command: ['grep', 'x{{inputs.parameters.word}}']}",
        "{script: 'echo $W', env: {W: 'x{{inputs.parameters.word}}'}}",
        "{script: '{{inputs.parameters.word}}'}",
    ],
)
def test_values_that_stay_data_are_fine(bench: Any, config: str) -> None:
    assert bench.check_spec(_task(config)) == []


@pytest.mark.parametrize(
    "declared",
    ["{name: word, type: int}", "{name: word, type: bool}", "{name: word, enum: [w, x]}"],
)
def test_values_that_can_do_no_harm_are_fine(bench: Any, declared: str) -> None:
    default = {"int": "1", "bool": "true"}
    spec = _task("{script: 'sleep {{inputs.parameters.word}}'}", declared)
    for kind, value in default.items():
        spec = spec.replace(f"type: {kind}, default: w", f"type: {kind}, default: {value}")

    assert bench.check_spec(spec) == []


def test_each_pasted_value_is_named_once_however_often_the_task_is_called(bench: Any) -> None:
    spec = """
entrypoint: main
templates:
- dag:
    name: main
    tasks:
    - name: a
      template: work
      arguments: {parameters: [{name: word, value: a}]}
    - name: b
      template: work
      arguments: {parameters: [{name: word, value: b}]}
- task:
    name: work
    inputs: {parameters: [{name: word}]}
    executor:
      type: shell
      config: {script: 'echo {{«inputs.parameters.word»}} {{«inputs.parameters.word»}}'}
"""

    assert bench.found(spec, Severity.WARNING) == [
        ("AE406", "«inputs.parameters.word»"),
        ("AE406", "«inputs.parameters.word»"),
    ]


def test_arguments_and_declared_inputs_that_become_code_are_looked_at(bench: Any) -> None:
    spec = """
entrypoint: main
templates:
- dag:
    name: main
    tasks:
    - name: a
      executor: {type: fetch, config: {url: http}}
    - name: b
      dependencies: [a]
      template: work
      arguments: {parameters: [{name: script, value: 'echo {{«tasks.a.outputs.parameters.body»}}'}]}
    - name: c
      dependencies: [a]
      template: bare
      arguments: {parameters: [{name: script, value: 'echo {{«tasks.a.outputs.parameters.body»}}'}]}
    - name: d
      template: own
- task: {name: work, inputs: {parameters: [{name: script}]}, executor: {type: shell}}
- task: {name: bare, executor: {type: shell}}
- task:
    name: own
    inputs:
      parameters:
      - {name: word, default: w}
      - {name: script, value: 'echo {{«inputs.parameters.word»}}'}
    executor: {type: shell}
"""

    codes = [found for found in bench.found(spec, None) if found[0] == "AE406"]

    assert len(codes) == 3
    assert all(text.startswith("«") for _, text in codes)
