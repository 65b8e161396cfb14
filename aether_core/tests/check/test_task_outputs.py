"""Declared outputs of tasks: their types, and those that a task computes with `valueFrom`."""

from __future__ import annotations

from typing import Any

from aether_core.document import Severity


def _fetch(outputs: str, more: str = "", tasks: str = "") -> str:
    return f"""
entrypoint: main
templates:
- dag:
    name: main
    tasks:
    - {{name: t, template: work}}
    {tasks}
- task:
    name: work
    executor: {{type: fetch, config: {{url: http}}}}
    {more}
    outputs:
      parameters: {outputs}
"""


def test_what_a_computed_output_may_see(bench: Any) -> None:
    """The task's own inputs, all that its executor produces, and how the attempt ended."""
    outputs = """
      - {name: a, valueFrom: {expression: "length(outputs.parameters.body) + code"}}
      - {name: b, valueFrom: {expression: "join([phase, msg, inputs.parameters.who], '')"}}
      - {name: c, valueFrom: {parameter: tasks.t.outputs.parameters.tags}}
      - {name: d, value: 1}
      - {name: e, valueFrom: {parameter: outputs.parameters.d}}
    """
    more = "inputs: {parameters: [{name: retries, value: 1}, {name: who, value: x}]}"
    spec = _fetch(outputs, more.replace("{name: who, value: x}", "{name: mode, value: fast}"))

    assert bench.found(spec.replace("parameters.who", "parameters.mode"), None) == []


def test_references_of_computed_outputs_are_checked(bench: Any) -> None:
    outputs = """
      - {name: a, valueFrom: {parameter: «outputs.parameters.bdy»}}
      - {name: b, valueFrom: {expression: "«inputs.parameters.no» + 1"}}
      - {name: c, valueFrom: {path: «tasks.u.phase»}}
      - {name: d, valueFrom: {expression: "«outputs.parameters.a»"}}
      - {name: e, default: 1, valueFrom: {parameter: outputs.parameters.bdy}}
      - {name: f, valueFrom: {expression: "1 «+»"}}
    """
    spec = _fetch(outputs, tasks="- {name: u, executor: {type: echo}}")

    assert [code for code, _ in bench.found(spec)] == ["AE223", "AE225", "AE222", "AE223", "AE301"]
    assert [shown for _, shown in bench.found(spec)][:4] == [
        "«outputs.parameters.bdy»",
        "«inputs.parameters.no»",
        "«tasks.u.phase»",
        "«outputs.parameters.a»",
    ]


def test_types_of_computed_outputs_are_checked(bench: Any) -> None:
    """Decision 3: where the type is known, a value of another one is refused."""
    outputs = """
      - {name: a, type: int, valueFrom: {parameter: «outputs.parameters.body»}}
      - {name: b, type: string, valueFrom: {expression: «1 + code»}}
      - {name: c, type: int, valueFrom: {parameter: outputs.parameters.json}}
      - {name: d, type: int, value: «x»}
      - {name: e, type: int, default: «y»}
      - {name: f, enum: [1, 2], value: «3»}
    """

    assert [code for code, _ in bench.found(_fetch(outputs))] == [
        "AE308",
        "AE308",
        "AE306",
        "AE306",
        "AE307",
    ]


def test_others_see_the_type_of_a_computed_output(bench: Any) -> None:
    """Declared, or that of its value; with a default it may be anything."""
    outputs = """
      - {name: size, valueFrom: {expression: length(outputs.parameters.body)}}
      - {name: text, valueFrom: {parameter: outputs.parameters.body}}
      - {name: mode, valueFrom: {parameter: inputs.parameters.mode}}
      - {name: either, default: 1, valueFrom: {parameter: outputs.parameters.body}}
      - {name: end, valueFrom: {parameter: phase}}
    """
    tasks = """- name: after
      dependencies: [t]
      executor: {type: echo}
      when: >-
        tasks.t.outputs.parameters.size > 1 && «tasks.t.outputs.parameters.text > 1»
        && «tasks.t.outputs.parameters.mode + 1» == 2 && tasks.t.outputs.parameters.either > 1
        && tasks.t.outputs.parameters.end == Succeeded
        && «tasks.t.outputs.parameters.body» == ''
    """
    more = "inputs: {parameters: [{name: mode, type: string, value: fast}]}"

    found = bench.found(_fetch(outputs, more, tasks))

    assert [code for code, _ in found] == ["AE304", "AE304", "AE223"]


def test_conditions_do_not_see_what_is_computed_after_them(bench: Any) -> None:
    more = "phaseConditions: {failed: «outputs.parameters.a» == 1 || outputs.parameters.b == 'x'}"
    outputs = """
      - {name: a, valueFrom: {expression: "1"}}
      - {name: b, value: x}
    """

    assert bench.found(_fetch(outputs, more)) == [("AE223", "«outputs.parameters.a»")]


def test_a_declared_type_that_the_executor_never_gives_is_refused(bench: Any) -> None:
    """Decision 3: a run would end in Error each time."""
    outputs = """
      - {name: status, type: «string»}
      - {name: body, type: string}
      - {name: tags, valueFrom: {parameter: outputs.parameters.tags}}
      - {name: json, type: object}
    """

    (problem,) = bench.check_spec(_fetch(outputs))

    assert bench.found(_fetch(outputs)) == [("AE308", "«string»")]
    assert 'executor "fetch" gives an integer' in problem.message


def test_values_in_the_outputs_of_a_loop_do_nothing(bench: Any) -> None:
    """They come from its iterations."""
    spec = """
entrypoint: each
templates:
- loop:
    name: each
    items: [1]
    body: work
    outputs:
      parameters:
      - {name: a, «valueFrom»: {expression: "1"}}
      - {name: b, «value»: 1}
      - {name: c, type: array}
- task: {name: work, executor: {type: echo}}
"""

    assert bench.found(spec, Severity.WARNING) == [("AE208", "«valueFrom»"), ("AE208", "«value»")]


def test_declared_outputs_of_a_loop_are_compared_with_what_it_gives(bench: Any) -> None:
    """They change nothing, so that what does not fit is a warning."""
    spec = """
entrypoint: each
templates:
- loop:
    name: each
    items: [1, 2]
    body: work
    aggregate: {strategy: list}
    outputs: {parameters: [{name: n, type: «int»}, {name: «m»}, {name: s, type: array}]}
- task:
    name: work
    executor: {type: echo}
    outputs: {parameters: [{name: n, type: int, value: 1}, {name: s, type: string, value: x}]}
"""

    assert bench.found(spec) == []
    assert bench.found(spec, None) == [("AE308", "«int»"), ("AE405", "«m»")]
