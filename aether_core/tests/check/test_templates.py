"""Templates: names, calls, hooks, circles and depth."""

from __future__ import annotations

from typing import Any

import pytest

from aether_core.document import Severity

_WORK = "- task: {name: work, executor: {type: echo}}"


def test_names_of_unknown_templates_are_reported_where_they_are_written(bench: Any) -> None:
    spec = f"""
entrypoint: «mian»
templates:
- dag:
    name: main
    tasks:
    - {{name: a, template: work}}
    - {{name: b, template: «wrok»}}
{_WORK}
- loop: {{name: each, items: [1], body: «nope»}}
"""

    problems = [each for each in bench.check_spec(spec) if each.code == "AE201"]

    assert [each for each in bench.found(spec) if each[0] == "AE201"] == [
        ("AE201", "«mian»"),
        ("AE201", "«wrok»"),
        ("AE201", "«nope»"),
    ]
    assert [each.hint for each in problems] == [
        'Did you mean "main"?',
        'Did you mean "work"?',
        "Known templates: each, main, work.",
    ]


def test_a_second_template_of_the_same_name_is_reported_at_its_name(bench: Any) -> None:
    spec = f"""
entrypoint: work
templates:
{_WORK}
- task: {{name: «work», executor: {{type: echo}}}}
"""

    assert bench.found(spec, None) == [("AE202", "«work»")]


def test_templates_that_nothing_leads_to_are_warnings(bench: Any) -> None:
    spec = f"""
entrypoint: main
templates:
- dag: {{name: main, tasks: [{{name: a, template: work}}]}}
{_WORK}
- dag: {{name: «alone», tasks: [{{name: a, template: below}}]}}
- task: {{name: «below», executor: {{type: echo}}}}
"""

    assert bench.found(spec, Severity.WARNING) == [("AE207", "«alone»"), ("AE207", "«below»")]


def test_templates_of_hooks_and_of_tasks_that_are_left_out_are_used(bench: Any) -> None:
    spec = f"""
entrypoint: main
hooks: {{onExit: {{template: bye}}}}
templates:
- dag:
    name: main
    entrypoints: [a]
    tasks: [{{name: a, template: work}}, {{name: b, template: other}}]
{_WORK}
- task: {{name: other, executor: {{type: echo}}}}
- task: {{name: bye, executor: {{type: echo}}}}
"""

    assert bench.found(spec, None) == []


def test_a_hook_needs_a_known_task_template(bench: Any) -> None:
    spec = f"""
entrypoint: main
hooks: {{onStart: {{template: «main»}}}}
templates:
- dag:
    name: main
    tasks:
    - name: a
      template: work
      hooks: {{onExit: {{template: «wrk»}}, onError: {{template: work}}}}
{_WORK}
"""

    problems = bench.check_spec(spec)

    found = bench.found(spec)
    assert found == [("AE203", "«main»"), ("AE201", "«wrk»")]
    assert "must be a task template" in problems[0].message
    assert problems[0].hint == "Known task templates: work."


def test_hooks_of_templates_are_looked_at_too(bench: Any) -> None:
    spec = """
entrypoint: main
templates:
- task: {name: main, executor: {type: echo}, hooks: {onExit: {template: «nope»}}}
"""

    assert bench.found(spec) == [("AE201", "«nope»")]


@pytest.mark.parametrize(
    ("callee", "words"), [("work", "a task"), ("inner", "a dag"), ("each", "a loop")]
)
def test_phase_conditions_do_not_stand_where_a_template_is_called(
    bench: Any, callee: str, words: str
) -> None:
    """They are the callee's own business, whatever kind it is (documents.md 5.3)."""
    spec = f"""
entrypoint: main
templates:
- dag:
    name: main
    tasks:
    - name: a
      template: {callee}
      «phaseConditions»: {{failed: "code == 3"}}
    - {{name: b, template: work, phaseConditions: {{}}}}
- dag: {{name: inner, tasks: [{{name: a, template: work}}]}}
- loop: {{name: each, items: [1], body: work}}
{_WORK}
"""

    (problem,) = [each for each in bench.check_spec(spec) if each.code == "AE204"]

    assert ("AE204", "«phaseConditions»") in bench.found(spec)
    assert f'"{callee}" is {words}' in problem.message
    assert problem.hint is not None
    assert f'"{callee}"' in problem.hint


def test_templates_that_call_each_other_in_a_circle_are_reported_once(bench: Any) -> None:
    spec = f"""
entrypoint: main
templates:
- dag: {{name: main, tasks: [{{name: a, template: work}}, {{name: b, template: «inner»}}]}}
- dag: {{name: inner, tasks: [{{name: a, template: each}}]}}
- loop: {{name: each, items: [1], body: main}}
{_WORK}
"""

    problems = [each for each in bench.check_spec(spec) if each.code == "AE205"]

    assert ("AE205", "«inner»") in bench.found(spec)
    assert [each.message for each in problems] == [
        "templates call each other without end: main -> inner -> each -> main"
    ]


def test_a_template_must_not_call_itself(bench: Any) -> None:
    spec = """
entrypoint: main
templates:
- dag: {name: main, tasks: [{name: a, template: «main»}]}
"""

    assert bench.found(spec) == [("AE205", "«main»")]


def test_loops_that_run_each_other_are_checked_to_the_end(bench: Any) -> None:
    spec = """
entrypoint: a
templates:
- loop: {name: a, items: [1], body: b, arguments: {parameters: [{name: x, value: "{{nope.x}}"}]}}
- loop: {name: b, items: [1], body: a}
"""

    codes = {code for code, _ in bench.found(spec, None)}

    assert {"AE205", "AE227"} <= codes


def _nested(depth: int, limit: str = "") -> str:
    """Dags inside each other; the task at the end stands on level `depth`."""
    dags = "\n".join(
        f"- dag: {{name: d{n}, tasks: [{{name: t, template: d{n + 1}}}]}}" for n in range(depth - 1)
    )
    return f"""
entrypoint: d0
{limit}
templates:
{dags}
- dag: {{name: d{depth - 1}, tasks: [«{{name: t, executor: {{type: echo}}}}»]}}
"""


@pytest.mark.parametrize(
    ("depth", "limit", "is_fine"),
    [
        (3, "", True),
        (4, "", False),
        (4, "maxNestedDepth: 4", True),
        (10, "maxNestedDepth: 10", True),
        (11, "maxNestedDepth: 10", False),
        (10, "maxNestedDepth: 99", True),
        (11, "maxNestedDepth: 99", False),
    ],
)
def test_nesting_is_limited_and_inline_tasks_count(
    bench: Any, depth: int, limit: str, is_fine: bool
) -> None:
    spec = _nested(depth, limit)

    found = bench.found(spec)

    assert [code for code, _ in found] == ([] if is_fine else ["AE206"])


def test_the_call_that_leads_too_deep_is_named_with_its_way(bench: Any) -> None:
    spec = _nested(5)

    (problem,) = bench.check_spec(spec)

    assert problem.message == (
        "template nesting depth exceeds maximum (3): d0 -> d1 -> d2 -> d3 -> t"
    )
    assert problem.path == ("spec", "templates", 3, "dag", "tasks", 0)
    assert problem.hint is not None
    assert "maxNestedDepth" in problem.hint


def test_the_longest_way_to_a_template_counts(bench: Any) -> None:
    """A template that is reached twice is as deep as its deepest call."""
    spec = """
entrypoint: main
maxNestedDepth: 2
templates:
- dag: {name: main, tasks: [{name: a, template: last}, {name: b, template: middle}]}
- dag: {name: middle, tasks: [{name: a, template: last}]}
- loop: {name: last, items: [1], body: «work»}
- task: {name: work, executor: {type: echo}}
"""

    assert ("AE206", "«work»") in bench.found(spec)


def test_nesting_stays_cheap_where_every_dag_calls_the_next_one_twice(bench: Any) -> None:
    """Thirty levels have a billion ways through them."""
    dags = "\n".join(
        f"- dag: {{name: d{n}, tasks: [{{name: a, template: d{n + 1}}}, "
        f"{{name: b, template: d{n + 1}}}]}}"
        for n in range(30)
    )
    spec = f"""
entrypoint: d0
templates:
{dags}
- task: {{name: d30, executor: {{type: echo}}}}
"""

    assert [code for code, _ in bench.found(spec)] == ["AE206"]


def test_hundreds_of_levels_are_refused_without_falling_over(bench: Any) -> None:
    """Outputs are followed through dags and items through loops, but not endlessly."""
    levels = 400
    dags = "\n".join(
        f"""
- dag:
    name: d{{n}}
    tasks: [{{name: t, template: d{n + 1}}}]
    outputs: {{parameters: [{{name: x, valueFrom: {{parameter: tasks.t.outputs.parameters.x}}}}]}}
""".replace("{n}", str(n))
        for n in range(levels)
    )
    loops = "\n".join(f"- loop: {{name: l{n}, items: [1], body: l{n + 1}}}" for n in range(levels))
    spec = f"""
entrypoint: d0
templates:
{dags}
- task: {{name: d{levels}, executor: {{type: echo}}}}
{loops}
- dag: {{name: l{levels}, tasks: [{{name: t, template: l0}}]}}
"""

    codes = {code for code, _ in bench.found(spec)}

    assert codes == {"AE205", "AE206"}


def test_a_template_behind_another_of_its_name_is_judged_like_the_first(bench: Any) -> None:
    spec = """
entrypoint: main
templates:
- dag:
    name: main
    tasks: [{name: a, template: inner, arguments: {parameters: [{name: url, value: http}]}}]
- dag: &inner
    name: inner
    tasks: [{name: t, executor: {type: fetch, config: {url: "{{inputs.parameters.url}}"}}}]
- dag: *inner
"""

    assert [code for code, _ in bench.found(spec)] == ["AE202"]
