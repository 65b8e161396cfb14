"""Values against declarations: types, enums, required inputs, undeclared arguments."""

from __future__ import annotations

from typing import Any

import pytest

from aether_core.document import Severity


def _task(inputs: str, more: str = "") -> str:
    return f"""
entrypoint: work
{more}
templates:
- task:
    name: work
    executor: {{type: echo}}
    inputs:
      parameters:
{inputs}
"""


@pytest.mark.parametrize(
    ("kind", "value", "is_fine"),
    [
        ("string", "a", True),
        ("string", "1", False),
        ("int", "1", True),
        ("integer", "5.0", True),
        ("int", "1.5", False),
        ("int", "'1'", False),
        ("int", "true", False),
        ("number", "1", True),
        ("float", "x", False),
        ("bool", "true", True),
        ("boolean", "'true'", False),
        ("array", "[1]", True),
        ("array", "{a: 1}", False),
        ("object", "{a: 1}", True),
        ("object", "[1]", False),
        ("any", "null", True),
        ("string", "null", False),
        ("array", '["{{system.os}}"]', True),
        ("array", '"{{system.os}} x"', False),
        ("string", "'\\{{ not a placeholder }}'", True),
    ],
)
def test_written_values_have_the_declared_type(
    bench: Any, kind: str, value: str, is_fine: bool
) -> None:
    """For values and defaults of inputs, arguments of the workflow and outputs alike."""
    # An object begins at its first key.
    wrong = "a" if value == "{a: 1}" else f"«{value}»"
    expected = [] if is_fine else [wrong]
    specs = [
        _task(f"      - {{name: a, type: {kind}, {key}: «{value}»}}")
        for key in ("value", "default")
    ]
    parameters = f"parameters: [{{name: a, type: {kind}, value: «{value}»}}]"
    specs.append(_task("        []", f"arguments: {{{parameters}}}"))
    specs.append(f"""
entrypoint: main
templates:
- dag:
    name: main
    tasks: [{{name: a, executor: {{type: echo}}}}]
    outputs: {{{parameters}}}
""")

    for spec in specs:
        found = bench.found(spec)
        assert [shown for _, shown in found] == expected
        assert {code for code, _ in found} <= {"AE306", "AE308"}


def test_a_wrong_value_says_what_was_expected_and_what_to_do(bench: Any) -> None:
    spec = _task(
        """
      - {name: a, type: int, value: "1"}
      - {name: b, type: string, value: 1}
      - {name: c, type: object, value: 1}
"""
    )

    problems = bench.check_spec(spec)

    assert [(each.message, each.hint) for each in problems] == [
        ('"a" expects an integer, got "1"', "Leave the quotes out if it is not meant as text."),
        ('"b" expects a string, got 1', "Put it in quotes."),
        ('"c" expects an object, got 1', None),
    ]


def test_values_of_an_enum_are_compared_as_json(bench: Any) -> None:
    spec = _task(
        """
      - {name: a, enum: [fast, safe], value: «fats»}
      - {name: b, enum: [1, 2], value: 1.0}
      - {name: c, enum: [1, 2], value: «true»}
      - {name: d, enum: [null], default: null}
      - {name: e, type: string, enum: [x], value: «y»}
"""
    )

    problems = bench.check_spec(spec)

    assert bench.found(spec) == [("AE307", "«fats»"), ("AE307", "«true»"), ("AE307", "«y»")]
    assert problems[0].message == '"a" expects one of "fast", "safe"; got "fats"'.replace(";", ",")
    assert problems[0].hint == 'Did you mean "fast"?'


def test_outputs_of_tasks_keep_their_values_as_they_are_written(bench: Any) -> None:
    """Nothing interpolates them, so a placeholder is plain text and never wrong."""
    spec = """
entrypoint: work
templates:
- task:
    name: work
    executor: {type: echo}
    outputs:
      parameters:
      - {name: a, type: string, value: "{{ nothing"}
      - {name: b, type: int, value: «x»}
"""

    assert bench.found(spec) == [("AE306", "«x»")]


def _flow(b: str, callee: str, more: str = "") -> str:
    """Return a dag: `a` shows outputs, `b` depends on it and is written by the test."""
    return f"""
entrypoint: main
templates:
- dag:
    name: main
    tasks:
    - {{name: a, template: source}}
    - {b}
- task:
    name: source
    executor: {{type: echo}}
    outputs:
      parameters:
      - {{name: n, type: int}}
      - {{name: s, type: string}}
      - {{name: mode, type: string, enum: [fast, safe]}}
      - {{name: any}}
{callee}
{more}
"""


_TARGET = """
- task:
    name: target
    executor: {type: echo}
    inputs: {parameters: [{name: text, type: string}, {name: mode, enum: [slow], default: slow}]}
"""


def _b(*arguments: str) -> str:
    listed = ", ".join(f"{{{each}}}" for each in arguments)
    return (
        f"{{name: b, template: target, dependencies: [a], arguments: {{parameters: [{listed}]}}}}"
    )


@pytest.mark.parametrize(
    ("argument", "found"),
    [
        ("name: text, value: x", []),
        ("name: text, value: «1»", [("AE306", "«1»")]),
        ("name: text, valueFrom: {parameter: tasks.a.outputs.parameters.s}", []),
        ("name: text, valueFrom: {parameter: tasks.a.outputs.parameters.any}", []),
        (
            "name: text, valueFrom: {parameter: «tasks.a.outputs.parameters.n»}",
            [("AE308", "«tasks.a.outputs.parameters.n»")],
        ),
        (
            "name: text, value: '{{ «tasks.a.outputs.parameters.n» }}'",
            [("AE308", "«tasks.a.outputs.parameters.n»")],
        ),
        ("name: text, value: 'n is {{tasks.a.outputs.parameters.n}}'", []),
        (
            "name: text, valueFrom: {expression: «tasks.a.outputs.parameters.n + 1»}",
            [("AE308", "«tasks.a.outputs.parameters.n + 1»")],
        ),
        ("name: text, valueFrom: {expression: string(tasks.a.outputs.parameters.n)}", []),
    ],
)
def test_types_flow_through_references(
    bench: Any, argument: str, found: list[tuple[str, str]]
) -> None:
    assert bench.found(_flow(_b(argument), _TARGET)) == found


def test_texts_that_are_never_allowed_are_found_through_references(bench: Any) -> None:
    spec = _flow(
        _b(
            "name: text, value: x",
            "name: mode, valueFrom: {parameter: «tasks.a.outputs.parameters.mode»}",
        ),
        _TARGET,
    )

    (problem,) = bench.check_spec(spec)

    assert bench.found(spec) == [("AE308", "«tasks.a.outputs.parameters.mode»")]
    assert problem.message == ('"mode" expects one of "slow", but this is one of "fast", "safe"')


def test_types_flow_through_dags_that_declare_none(bench: Any) -> None:
    callee = """
- dag:
    name: inner
    tasks: [{name: x, executor: {type: fetch, config: {url: "http://x"}}}]
    outputs:
      parameters:
      - {name: status, valueFrom: {parameter: tasks.x.outputs.parameters.status}}
      - {name: maybe, valueFrom: {parameter: tasks.x.outputs.parameters.status}, default: none}
"""
    text = "tasks.d.outputs.parameters"
    more = f"""
    - {{name: d, template: inner, dependencies: [a]}}
    - name: c
      template: target
      dependencies: [d]
      arguments: {{parameters: [{{name: text, valueFrom: {{parameter: «{text}.status»}}}}]}}
    - name: e
      template: target
      dependencies: [d]
      arguments: {{parameters: [{{name: text, valueFrom: {{parameter: {text}.maybe}}}}]}}
"""
    spec = _flow(_b("name: text, value: x") + more, _TARGET, callee)

    assert bench.found(spec) == [("AE308", f"«{text}.status»")]


def test_a_required_input_without_value_is_reported_at_the_call(bench: Any) -> None:
    spec = _flow("«{name: b, template: target}»", _TARGET)

    (problem,) = bench.check_spec(spec)

    assert problem.path == ("spec", "templates", 0, "dag", "tasks", 1)
    assert problem.code == "AE309"
    assert problem.message == 'task "b" of dag "main" gives no value for the required input "text"'


def test_an_argument_without_value_leaves_it_to_the_declaration(bench: Any) -> None:
    assert [code for code, _ in bench.found(_flow(_b("name: text"), _TARGET))] == ["AE309"]
    assert bench.found(_flow(_b("name: text, value: x", "name: mode"), _TARGET)) == []


def test_an_undeclared_argument_needs_a_value(bench: Any) -> None:
    fine = _b("name: text, value: x", "name: extra, default: 1", "name: null-one, value: null")
    spec = _flow(_b("name: text, value: x", "name: extra"), _TARGET)

    assert bench.found(_flow(fine, _TARGET), None) == []
    assert [(each.code, each.path[-1]) for each in bench.check_spec(spec)] == [("AE309", 1)]


def test_the_entrypoint_must_find_its_inputs_itself(bench: Any) -> None:
    """Nobody calls it, so the declaration is what lacks a value."""
    spec = """
entrypoint: main
templates:
- dag:
    name: main
    inputs: {parameters: [{name: a, default: 1}, {name: b, type: string}]}
    tasks: [{name: t, executor: {type: echo}}]
"""

    (problem,) = bench.check_spec(spec)

    assert problem.code == "AE309"
    assert problem.path == ("spec", "templates", 0, "dag", "inputs", "parameters", 1)
    assert problem.hint is not None
    assert "workflow.parameters.NAME" in problem.hint


def test_arguments_of_the_workflow_may_wait_for_the_command_line(bench: Any) -> None:
    spec = """
entrypoint: work
arguments: {parameters: [{name: region, type: string}]}
templates:
- task:
    name: work
    executor: {type: echo}
    inputs:
      parameters:
      - {name: region, type: string, valueFrom: {parameter: workflow.parameters.region}}
      - {name: size, type: int, valueFrom: {parameter: «workflow.parameters.region»}}
"""

    assert bench.found(spec, None) == [("AE308", "«workflow.parameters.region»")]


@pytest.mark.parametrize("kind", ["dag", "loop"])
def test_an_undeclared_argument_of_a_dag_or_a_loop_is_a_warning(bench: Any, kind: str) -> None:
    callee = {
        "dag": "- dag: {name: target, INPUTS, tasks: [{name: x, executor: {type: echo}}]}",
        "loop": "- loop: {name: target, INPUTS, items: [1], body: source}",
    }[kind].replace("INPUTS", "inputs: {parameters: [{name: text, default: x}]}")
    spec = _flow(_b("name: «txet», value: '{{ «tasks.x.phase» }}'"), callee)

    problems = bench.check_spec(spec)

    assert bench.found(spec, Severity.WARNING) == [("AE310", "«txet»")]
    assert ("AE221", "«tasks.x.phase»") in bench.found(spec)
    assert problems[0].hint == 'Did you mean "text"?'


def test_the_same_wrong_declaration_is_reported_once_for_all_its_calls(bench: Any) -> None:
    callee = _TARGET.replace("default: slow", "default: «quick»")
    spec = _flow(
        f"{_b('name: text, value: x')}\n    - {{name: c, template: target}}", callee
    ).replace(
        "{name: c, template: target}", _b("name: text, value: y").replace("name: b", "name: c")
    )

    assert bench.found(spec) == [("AE307", "«quick»")]
