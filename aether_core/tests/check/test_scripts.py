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


X = "{{«inputs.parameters.word»}}"


@pytest.mark.parametrize(
    ("config", "reader"),
    [
        (f"{{command: [sh, -c, 'echo {X}']}}", '"$1"'),
        (f"{{command: [/bin/sh, -ec, 'echo {X}', sh, b]}}", '"$1"'),
        (f"{{command: [bash, -euo, pipefail, -c, 'echo {X}']}}", '"$1"'),
        (f"{{command: [env, -i, A=1, zsh, -l, -c, 'echo {X}']}}", '"$1"'),
        (f"{{command: [bash, -lc], args: ['echo {X}']}}", '"$1"'),
        (f"{{command: bash, args: [-l, -c, 'echo {X}']}}", '"$1"'),
        (f"{{command: [/usr/bin/env, python3.12, -W, ignore, -Ic, 'print({X})']}}", "sys.argv[1]"),
        (f"{{command: [node, -e, 'f({X})']}}", "process.argv[1]"),
        (f"{{command: [node, '--eval=f({X})']}}", "process.argv[1]"),
        (f"{{command: [perl, -Mstrict, -i.bak, -ne, 'print', -e, 'f({X})']}}", "$ARGV[0]"),
        (f"{{command: [ruby, -rjson, -e, 'f({X})']}}", "ARGV[0]"),
        (f"{{command: [php, -r, 'f({X});']}}", "$argv[1]"),
        (f"""{{command: 'sh -c "echo {X}"'}}""", '"$1"'),
        (
            f"""{{command: 'sh -c "echo {X.replace("{{", "{{ ").replace("}}", " }}")}" x'}}""",
            '"$1"',
        ),
    ],
)
def test_a_value_pasted_into_the_program_of_a_known_interpreter_is_a_warning(
    bench: Any, config: str, reader: str
) -> None:
    spec = _task(config)

    problems = bench.check_spec(spec)

    assert bench.found(spec, None) == [("AE406", "«inputs.parameters.word»")]
    assert reader in problems[0].hint
    assert "behind the program" in problems[0].hint


@pytest.mark.parametrize(
    "config",
    [
        f"""{{command: [sh, -c, 'echo "$1"', sh, 'a{X}']}}""",
        f"""{{command: [sh, -c, 'echo "$1"', -c, 'a{X}']}}""",
        f"""{{command: [sh, -c, 'echo "$1"', sh], args: ['a{X}', '{X}']}}""",
        f"{{command: [python3, -c, 'import sys', '-c', 'a{X}']}}",
        f"{{command: [python3, work.py, -c, 'a{X}']}}",
        f"{{command: [bash, 'a{X}']}}",
        f"{{command: [grep, -e, 'a{X}']}}",
        f"{{command: [sh, -c, '{X}']}}",
        f"{{command: [sh, -c], args: ['{X}']}}",
        f"{{command: ['{X}', -c, 'a{X}']}}",
        f"{{command: '{X}', args: [-c, 'a{X}']}}",
        f"{{script: 'echo $3', args: [sh, -c, 'a{X}']}}",
        f"{{command: \"sh '\", args: [-c, 'a{X}']}}",
        f"{{command: [sh, 1, -c, 'a{X}']}}",
    ],
)
def test_values_that_no_interpreter_reads_as_its_program_are_fine(bench: Any, config: str) -> None:
    assert bench.check_spec(_task(config)) == []


def test_a_text_keeps_its_own_hint_where_the_value_is_no_part_of_a_program(bench: Any) -> None:
    problems = bench.check_spec(_task(f"""{{command: 'sh -c "echo {X}" sh {X}'}}"""))

    assert ['"$1"' in problem.hint for problem in problems] == [True, False]
    assert problems[1].hint == "Write a list."


def test_arguments_of_a_call_continue_the_command_of_the_template(bench: Any) -> None:
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
      arguments:
        parameters: [{name: args, value: ['echo {{«tasks.a.outputs.parameters.body»}}']}]
    - name: c
      dependencies: [a]
      template: bare
      arguments:
        parameters: [{name: args, value: [-c, 'echo {{«tasks.a.outputs.parameters.body»}}']}]
- task: {name: work, executor: {type: shell, config: {command: [sh, -c]}}}
- task:
    name: bare
    inputs: {parameters: [{name: command, value: sh}]}
    executor: {type: shell}
"""

    found = bench.found(spec, None)

    assert found == [("AE406", "«tasks.a.outputs.parameters.body»")] * 2
