"""Expressions that judge a result: what retry and phaseConditions see, and what does nothing."""

from __future__ import annotations

from typing import Any

import pytest

from aether_core.document import Severity


def _dag(tasks: str, more: str = "", templates: str = "") -> str:
    return f"""
entrypoint: main
templates:
- dag:
    name: main
    {more}
    tasks:
{tasks}
{templates}
"""


def test_a_retry_expression_sees_the_attempt_under_both_names(bench: Any) -> None:
    tasks = """
    - name: a
      executor: {type: fetch, config: {url: http}}
      retry:
        limit: 1
        expression: >-
          phase != Succeeded && code == 2 && msg != message && outputs.parameters.status > 400
          && tasks.a.phase == Error && tasks.a.code == 3 && tasks.a.outputs.parameters.body == 'x'
          && «outputs.parameters.bdy» == 1 && «tasks.a.outputs.parameters.bdy» == 1
    - {name: b, executor: {type: echo}, when: «code» == 1 || «tasks.b.phase» == Failed}
"""

    assert bench.found(_dag(tasks)) == [
        ("AE223", "«outputs.parameters.bdy»"),
        ("AE223", "«tasks.a.outputs.parameters.bdy»"),
        ("AE227", "«code»"),
        ("AE222", "«tasks.b.phase»"),
    ]


@pytest.mark.parametrize("is_entry", [True, False])
def test_what_is_nobody_s_task_is_known_by_the_name_of_its_template(
    bench: Any, is_entry: bool
) -> None:
    """The entrypoint and the iterations of a loop."""
    entry = "work" if is_entry else "each"
    spec = f"""
entrypoint: {entry}
templates:
- task:
    name: work
    executor: {{type: echo}}
    outputs: {{parameters: [{{name: n}}]}}
    retry: {{limit: 2, expression: "tasks.work.outputs.parameters.n == 1 && «tasks.x.phase» == ''"}}
- loop: {{name: each, items: [1], body: work}}
"""

    assert bench.found(spec) == [("AE228", "«tasks.x.phase»")]


def test_the_call_site_s_retry_comes_before_the_template_s(bench: Any) -> None:
    """A template's own expression is judged at the calls that leave it alone."""
    work = """
- task:
    name: work
    executor: {type: echo}
    retry: {limit: 1, expression: «tasks.a.phase» == Error}
"""
    alone = "    - {name: a, template: work}"
    other = "    - {name: b, template: work}"
    own = "    - {name: b, template: work, retry: {limit: 1, expression: tasks.b.code == 1}}"

    assert bench.found(_dag(alone, "", work)) == []
    assert bench.found(_dag(f"{alone}\n{other}", "", work)) == [("AE222", "«tasks.a.phase»")]
    assert bench.found(_dag(f"{alone}\n{own}", "", work)) == []


def test_conditions_of_a_task_see_the_inputs_of_the_place_that_runs_it(bench: Any) -> None:
    more = "inputs: {parameters: [{name: n, type: int, default: 1}]}"
    tasks = """
    - {name: a, template: work}
    - name: b
      executor: {type: echo}
      inputs: {parameters: [{name: own, value: 1}]}
      retry: {limit: 1, expression: inputs.parameters.n == 1 && «inputs.parameters.own» == 1}
"""
    work = """
- task:
    name: work
    executor: {type: echo}
    inputs: {parameters: [{name: own, value: 1}]}
    phaseConditions: {failed: inputs.parameters.n == 1 && «inputs.parameters.own» == 1}
"""
    spec = _dag(tasks, more, work)

    assert bench.found(spec) == [
        ("AE225", "«inputs.parameters.own»"),
        ("AE225", "«inputs.parameters.own»"),
    ]
    assert bench.check_spec(spec)[1].message.endswith('(called by task "a" of dag "main")')


def test_a_dag_judges_its_children_and_the_outputs_that_it_collects(bench: Any) -> None:
    more = """outputs:
      parameters: [{name: size, type: int, valueFrom: {parameter: tasks.a.outputs.parameters.n}}]
    phaseConditions:
      succeeded: phase == Failed && tasks.a.code == 2 && outputs.parameters.size > 5
      failed: «code» == 1 || «outputs.parameters.sise» == 1 || «tasks.x.phase» == Failed
      error: «outputs.parameters.size + 1»
"""
    spec = _dag("    - {name: a, executor: {type: echo}}", more)

    found = bench.found(spec)

    assert found == [
        ("AE224", "«code»"),
        ("AE223", "«outputs.parameters.sise»"),
        ("AE221", "«tasks.x.phase»"),
        ("AE305", "«outputs.parameters.size + 1»"),
    ]
    messages = [each.message for each in bench.check_spec(spec)]
    assert 'dag "main" has no code' in messages
    assert 'dag "main" has no output "sise"' in messages


def test_a_loop_judges_what_it_puts_together(bench: Any) -> None:
    """It sees its inputs and siblings; its iterations are over."""
    tasks = """
    - {name: a, executor: {type: echo}}
    - {name: l, template: each, dependencies: [a]}
"""
    templates = """
- loop:
    name: each
    items: [1]
    body: work
    inputs: {parameters: [{name: n, default: 1}]}
    aggregate: {strategy: list}
    phaseConditions:
      succeeded: outputs.parameters.v[0] == 1 && tasks.a.phase == Succeeded
      failed: inputs.parameters.n == 1 && «outputs.parameters.v > 1»
      error: «loop_iter.index» == 1 || «tasks.work.phase» == Failed || «tasks.l.phase» == Failed
- task: {name: work, executor: {type: echo}, outputs: {parameters: [{name: v, type: int}]}}
"""

    assert bench.found(_dag(tasks, "", templates)) == [
        ("AE304", "«outputs.parameters.v > 1»"),
        ("AE228", "«loop_iter.index»"),
        ("AE221", "«tasks.work.phase»"),
        ("AE222", "«tasks.l.phase»"),
    ]


def test_the_outputs_of_a_result_are_an_object_as_well(bench: Any) -> None:
    tasks = """
    - name: a
      executor: {type: echo}
      phaseConditions:
        failed: length(outputs.parameters) == 0 || has(outputs.parameters.x) || has(outputs)
        error: «tasks.a.outputs» == 1 || «outputs.x» == 1
"""

    assert bench.found(_dag(tasks)) == [("AE224", "«tasks.a.outputs»"), ("AE224", "«outputs.x»")]


def test_a_phase_that_is_never_judged_is_a_warning(bench: Any) -> None:
    tasks = """
    - {name: a, executor: {type: echo}, phaseConditions: {failed: phase == «'Suspended'»}}
"""

    (problem,) = bench.check_spec(_dag(tasks))

    assert (problem.code, problem.severity) == ("AE304", Severity.WARNING)
    assert "always false" in problem.message


@pytest.mark.parametrize("text", ["code", "outputs.parameters", "code + 1"])
def test_a_condition_is_true_or_false(bench: Any, text: str) -> None:
    for rule in (f"retry: {{limit: 1, expression: {text}}}", f"phaseConditions: {{error: {text}}}"):
        spec = _dag(f"    - {{name: a, executor: {{type: echo}}, {rule}}}")

        assert {code for code, _ in bench.found(spec)} <= {"AE305", "AE304"}
        assert bench.found(spec)


def test_retry_where_a_dag_or_a_loop_is_called_has_no_effect(bench: Any) -> None:
    """Its expression is never evaluated, so nothing else is said about it."""
    tasks = """
    - {name: a, template: inner, «retry»: {limit: 1, expression: tasks.nope.phase == ''}}
    - {name: b, template: each, «retry»: {limit: 1}}
    - {name: c, template: work, retry: {limit: 1}}
"""
    templates = """
- dag: {name: inner, tasks: [{name: t, executor: {type: echo}}]}
- loop: {name: each, items: [1], body: work}
- task: {name: work, executor: {type: echo}}
"""

    assert bench.found(_dag(tasks, "", templates), None) == [
        ("AE208", "«retry»"),
        ("AE208", "«retry»"),
    ]


def test_retry_without_a_limit_has_no_effect(bench: Any) -> None:
    """A limit of 0 says so itself: it turns off what a template declares."""
    tasks = """
    - {name: a, executor: {type: echo}, «retry»: {expression: code == 1}}
    - {name: b, executor: {type: echo}, retry: {limit: 0}}
    - {name: c, template: work}
"""
    work = "- task: {name: work, executor: {type: echo}, «retry»: {backoff: {duration: 1s}}}"

    assert bench.found(_dag(tasks, "", work), None) == [
        ("AE208", "«retry»"),
        ("AE208", "«retry»"),
    ]
