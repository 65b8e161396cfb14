"""Where secrets may stand, and what looks at them in vain (decision 18)."""

from __future__ import annotations

from typing import Any

import pytest

from aether_core.document import Severity

REF = "valueFrom: {secretKeyRef: {name: s, key: k}}"


def test_secrets_may_stand_wherever_values_come_in(bench: Any) -> None:
    """Arguments of the workflow, calls and loops; inputs of dags, loops, tasks and executors."""
    spec = f"""
entrypoint: main
arguments:
  parameters: [{{name: w, type: string, {REF}}}]
templates:
- dag:
    name: main
    inputs:
      parameters: [{{name: i, {REF}}}]
    tasks:
    - name: a
      template: work
      arguments: {{parameters: [{{name: url, {REF}}}]}}
    - name: b
      template: each
      arguments: {{parameters: [{{name: x, {REF}}}]}}
    - name: c
      executor: {{type: fetch}}
      inputs: {{parameters: [{{name: url, {REF}}}]}}
- loop:
    name: each
    items: [1]
    body: work
    inputs: {{parameters: [{{name: x}}]}}
    arguments: {{parameters: [{{name: url, {REF}, default: none}}]}}
- task:
    name: work
    executor: {{type: fetch}}
    inputs:
      parameters: [{{name: url, type: string, {REF}}}]
"""

    assert bench.found(spec, None) == []


@pytest.mark.parametrize("kind", ["int", "bool", "array", "object", "number"])
def test_a_secret_is_text(bench: Any, kind: str) -> None:
    spec = f"""
entrypoint: main
templates:
- dag: {{name: main, tasks: [{{name: a, template: work}}]}}
- task:
    name: work
    executor: {{type: echo}}
    inputs:
      parameters:
      - name: p
        type: {kind}
        valueFrom:
          secretKeyRef: {{«name»: s, key: k}}
"""

    assert bench.found(spec) == [("AE308", "«name»")]


def test_a_secret_does_not_fit_an_executor_that_wants_a_number(bench: Any) -> None:
    spec = f"""
entrypoint: main
templates:
- dag:
    name: main
    tasks:
    - name: a
      executor: {{type: open}}
      inputs:
        parameters: [{{name: size, {REF.replace("name", "«name»")}}}]
"""

    assert bench.found(spec) == [("AE404", "«name»")]


def test_a_secret_is_none_of_certain_values(bench: Any) -> None:
    """Nobody compares it before it is too late for an error with a place."""
    spec = """
entrypoint: main
templates:
- dag:
    name: main
    tasks:
    - name: a
      template: work
      arguments:
        parameters: [{name: p, valueFrom: {secretKeyRef: {«name»: s, key: k}}}]
- task:
    name: work
    executor: {type: echo}
    inputs: {parameters: [{name: p, enum: [x, y]}]}
"""

    assert bench.found(spec) == [("AE313", "«name»")]


def test_a_secret_can_not_be_an_output(bench: Any) -> None:
    """Outputs of dags and of tasks, inline ones too."""
    spec = """
entrypoint: main
templates:
- dag:
    name: main
    tasks:
    - {name: a, template: work}
    - name: b
      executor: {type: echo}
      outputs: {parameters: [{name: o, valueFrom: {«secretKeyRef»: {name: s, key: k}}}]}
    outputs: {parameters: [{name: o, valueFrom: {«secretKeyRef»: {name: s, key: k}}}]}
- task:
    name: work
    executor: {type: echo}
    outputs: {parameters: [{name: o, valueFrom: {«secretKeyRef»: {name: s, key: k}}}]}
"""

    assert bench.found(spec) == [("AE314", "«secretKeyRef»")] * 3


@pytest.mark.parametrize(
    ("when", "looks"),
    [
        ("«workflow.parameters.w» == 'x'", True),
        ("«workflow.arguments.parameters.w» != ''", True),
        ("«inputs.parameters.own» == 'x'", True),
        ("«inputs.parameters.given» in ['x']", True),
        ("startsWith(«inputs.parameters.own», 'x')", True),
        ("«inputs.parameters.own»", True),
        ("has(inputs.parameters.own)", False),
        ("inputs.parameters.plain == 'x'", False),
        ("workflow.parameters.plain == 'x'", False),
        ("system.os == 'linux'", False),
    ],
)
def test_a_condition_that_looks_at_a_secret_is_a_warning(
    bench: Any, when: str, looks: bool
) -> None:
    """It may still get a plain value from elsewhere, so it is no error."""
    spec = f"""
entrypoint: main
arguments: {{parameters: [{{name: w, {REF}}}, {{name: plain, value: x}}]}}
templates:
- dag:
    name: main
    tasks:
    - name: a
      template: inner
      arguments: {{parameters: [{{name: given, {REF}}}]}}
- dag:
    name: inner
    inputs:
      parameters: [{{name: own, {REF}}}, {{name: given}}, {{name: plain, default: x}}]
    tasks:
    - name: a
      executor: {{type: echo}}
      when: "{when}"
"""

    found = bench.found(spec, Severity.WARNING)

    assert [(code, text in when) for code, text in found] == ([("AE313", True)] if looks else [])
    assert bench.found(spec) == []


@pytest.mark.parametrize(
    ("expression", "looks"),
    [
        ("'Bearer ' + inputs.parameters.own", False),
        ("true ? inputs.parameters.own : ''", False),
        ("[inputs.parameters.own, {'k': default(inputs.parameters.own, '')}]", False),
        ("upper(«inputs.parameters.own»)", True),
        ("«inputs.parameters.own» == 'x' ? 'a' : 'b'", True),
        ("('a' + «inputs.parameters.own») == 'ab'", True),
        ("split(«inputs.parameters.own», ',')", True),
    ],
)
def test_an_expression_may_pass_a_secret_on_but_not_look_into_it(
    bench: Any, expression: str, looks: bool
) -> None:
    spec = f"""
entrypoint: main
templates:
- dag:
    name: main
    inputs: {{parameters: [{{name: own, {REF}}}]}}
    tasks:
    - name: a
      executor: {{type: echo}}
      inputs:
        parameters:
        - name: p
          valueFrom:
            expression: "{expression}"
"""

    found = bench.found(spec, Severity.WARNING)

    assert found == ([("AE313", "«inputs.parameters.own»")] if looks else [])


def test_the_repeat_condition_of_a_loop_can_not_look_at_a_secret(bench: Any) -> None:
    spec = f"""
entrypoint: main
templates:
- dag:
    name: main
    tasks:
    - name: a
      template: again
      arguments: {{parameters: [{{name: x, {REF}}}]}}
- loop:
    name: again
    repeatCondition: "«inputs.parameters.x» == 'more'"
    body: work
    inputs: {{parameters: [{{name: x}}]}}
- task: {{name: work, executor: {{type: echo}}}}
"""

    assert bench.found(spec, Severity.WARNING) == [("AE313", "«inputs.parameters.x»")]


def test_a_default_beside_a_secret_is_checked(bench: Any) -> None:
    """It steps in when there is no such secret (decision 15)."""
    spec = f"""
entrypoint: main
templates:
- dag:
    name: main
    tasks: [{{name: a, template: work}}]
- task:
    name: work
    executor: {{type: echo}}
    inputs:
      parameters:
      - {{name: p, type: string, default: «5», {REF}}}
      - {{name: q, default: "{{{{ «deploy.nope» }}}}", {REF}}}
"""

    assert bench.found(spec, variables={}) == [("AE306", "«5»"), ("AE227", "«deploy.nope»")]
