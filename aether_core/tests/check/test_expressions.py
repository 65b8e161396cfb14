"""Texts that are compiled: their syntax, their types, and conditions."""

from __future__ import annotations

from typing import Any

import pytest

from aether_core.document import Severity


def _when(text: str) -> str:
    return f"""
entrypoint: main
templates:
- dag:
    name: main
    inputs:
      parameters: [{{name: n, type: int, default: 1}}, {{name: s, type: string, default: x}}]
    tasks:
    - {{name: a, executor: {{type: echo}}}}
    - name: b
      dependencies: [a]
      executor: {{type: echo}}
      when: {text}
"""


@pytest.mark.parametrize(
    ("text", "code", "shown"),
    [
        ("tasks.a.phase = 1", "AE301", "="),
        ("tasks.a.phase ==", "AE301", ""),
        ("lenght(inputs.parameters.s) > 1", "AE301", "lenght"),
        ("matches(inputs.parameters.s, '(')", "AE301", "'('"),
        ("inputs.parameters.n + inputs.parameters.s == 1", "AE304", None),
        ("'!inputs.parameters.n'", "AE304", "inputs.parameters.n"),
        ("inputs.parameters.n", "AE305", None),
        ("'{{inputs.parameters.n}} > 1'", None, None),
        ("'true'", None, None),
        ("inputs.parameters.s", None, None),
    ],
)
def test_conditions_are_read_and_typed_where_they_stand(
    bench: Any, text: str, code: str | None, shown: str | None
) -> None:
    found = bench.found(_when(text))

    assert [each for each, _ in found] == ([] if code is None else [code])
    if shown is not None:
        assert found[0][1] == shown


def test_a_comparison_that_is_never_true_is_a_warning(bench: Any) -> None:
    spec = _when("tasks.a.phase == «'Sucess'» && «inputs.parameters.n == 'x'»")

    problems = bench.check_spec(spec)

    assert bench.found(spec) == []
    assert [each.code for each in problems] == ["AE304", "AE304"]
    assert {each.severity for each in problems} == {Severity.WARNING}
    assert "always false" in problems[0].message
    assert ("AE304", "«inputs.parameters.n == 'x'»") in bench.found(spec, Severity.WARNING)


def test_a_text_that_cannot_be_read_is_reported_once_with_a_hint(bench: Any) -> None:
    spec = """
entrypoint: main
templates:
- task:
    name: main
    executor:
      type: fetch
      config: {url: "http://{{ «1 + 1» }}", retries: "«{{» x"}
    inputs:
      parameters:
      - {name: mode, type: string, valueFrom: {parameter: "«{{» tasks.a.phase }}"}}
      - {name: codes, type: int, value: "a {{ «»}}"}
"""

    problems = bench.check_spec(spec)

    assert [each.code for each in problems if each.code.startswith("AE30")] == [
        "AE302",
        "AE302",
        "AE303",
        "AE302",
    ]
    assert all(each.hint is None or each.hint[-1] in ".?" for each in problems)
    # The declared type of `codes` is wrong all the same; the unreadable values are not judged.
    assert [each.code for each in problems if not each.code.startswith("AE30")] == ["AE404"]


def test_escapes_are_resolved_before_a_value_is_judged(bench: Any) -> None:
    spec = r"""
entrypoint: main
templates:
- task:
    name: main
    executor: {type: echo}
    inputs: {parameters: [{name: a, enum: ["{{x}}"], value: '\{{x}}'}]}
"""

    assert bench.found(spec, None) == []


def test_types_of_the_executor_reach_expressions(bench: Any) -> None:
    spec = """
entrypoint: main
templates:
- dag:
    name: main
    tasks:
    - {name: f, executor: {type: fetch, config: {url: "http://x"}}}
    - name: g
      dependencies: [f]
      when: tasks.f.outputs.parameters.status > 200 && «tasks.f.outputs.parameters.body» > 1
      executor: {type: echo}
    - name: h
      dependencies: [f]
      when: tasks.f.outputs.parameters.tags[0] == 'x' && tasks.f.outputs.parameters.json.a.b > 1
      executor: {type: echo}
"""

    assert [code for code, _ in bench.found(spec, None)] == ["AE304"]
