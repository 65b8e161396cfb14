"""Dags: names, dependencies, circles and entrypoints."""

from __future__ import annotations

from typing import Any

from aether_core.document import Severity


def _dag(tasks: str, more: str = "") -> str:
    return f"""
entrypoint: main
templates:
- dag:
    name: main
{more}
    tasks:
{tasks}
"""


def test_a_second_task_of_the_same_name_is_reported_at_its_name(bench: Any) -> None:
    spec = _dag(
        """
    - {name: a, executor: {type: echo}}
    - {name: «a», executor: {type: echo}}
"""
    )

    assert bench.found(spec) == [("AE211", "«a»")]


def test_an_unknown_dependency_is_reported_with_the_nearest_task(bench: Any) -> None:
    spec = _dag(
        """
    - {name: fetch-all, executor: {type: echo}}
    - {name: b, dependencies: [fetch-all, «fetch_all»], executor: {type: echo}}
"""
    )

    problems = bench.check_spec(spec)

    assert bench.found(spec) == [("AE212", "«fetch_all»")]
    assert problems[0].hint == 'Did you mean "fetch-all"?'


def test_a_task_must_not_depend_on_itself(bench: Any) -> None:
    spec = _dag("    - {name: a, dependencies: [«a»], executor: {type: echo}}")

    assert bench.found(spec) == [("AE213", "«a»")]


def test_a_cycle_is_reported_once_with_its_way(bench: Any) -> None:
    spec = _dag(
        """
    - {name: start, executor: {type: echo}}
    - {name: a, dependencies: [start, «c»], executor: {type: echo}}
    - {name: b, dependencies: [a], executor: {type: echo}}
    - {name: c, dependencies: [b, a], executor: {type: echo}}
    - {name: end, dependencies: [c], executor: {type: echo}}
"""
    )

    problems = bench.check_spec(spec)

    assert bench.found(spec) == [("AE214", "«c»")]
    assert problems[0].message == "the dependencies form a cycle: a -> c -> a"


def test_independent_cycles_are_reported_separately(bench: Any) -> None:
    spec = _dag(
        """
    - {name: a, dependencies: [b], executor: {type: echo}}
    - {name: b, dependencies: [a], executor: {type: echo}}
    - {name: c, dependencies: [b, d], executor: {type: echo}}
    - {name: d, dependencies: [c], executor: {type: echo}}
"""
    )

    problems = bench.check_spec(spec)

    assert [each.message.rpartition(": ")[2] for each in problems] == [
        "a -> b -> a",
        "c -> d -> c",
    ]


def test_a_long_cycle_is_shortened_in_its_message(bench: Any) -> None:
    tasks = "\n".join(
        f"    - {{name: t{n}, dependencies: [t{(n - 1) % 50}], executor: {{type: echo}}}}"
        for n in range(50)
    )

    (problem,) = bench.check_spec(_dag(tasks))

    assert len(problem.message) < 120
    assert "…" in problem.message


def test_a_repeated_dependency_is_only_a_warning(bench: Any) -> None:
    spec = _dag(
        """
    - {name: a, executor: {type: echo}}
    - {name: b, dependencies: [a, «a»], executor: {type: echo}}
"""
    )

    assert bench.found(spec, Severity.WARNING) == [("AE215", "«a»")]
    assert bench.found(spec) == []


def test_an_entrypoint_must_be_a_task_of_the_dag(bench: Any) -> None:
    spec = _dag(
        """
    - {name: a, executor: {type: echo}}
    - {name: b, dependencies: [a], executor: {type: echo}}
""",
        "    entrypoints: [b, «aa»]",
    )

    # That b waits for something left out is not said: `aa` may have been meant to be `a`.
    assert bench.found(spec) == [("AE216", "«aa»")]


def test_a_single_entrypoint_may_be_plain_text(bench: Any) -> None:
    spec = _dag("    - {name: a, executor: {type: echo}}", "    entrypoints: «b»")

    assert bench.found(spec) == [("AE216", "«b»")]


def test_a_repeated_entrypoint_is_a_warning(bench: Any) -> None:
    spec = _dag("    - {name: a, executor: {type: echo}}", "    entrypoints: [a, «a»]")

    assert bench.found(spec, None) == [("AE217", "«a»")]


def test_a_task_that_waits_for_one_that_is_left_out_can_never_run(bench: Any) -> None:
    spec = _dag(
        """
    - {name: a, executor: {type: echo}}
    - {name: b, executor: {type: echo}}
    - {name: c, dependencies: [a, «b»], executor: {type: echo}}
""",
        "    entrypoints: [a]",
    )

    problems = bench.check_spec(spec)

    assert bench.found(spec) == [("AE218", "«b»")]
    assert problems[0].hint == 'Add "b" to the entrypoints, or remove the dependency.'


def test_tasks_that_entrypoints_leave_out_are_no_problem(bench: Any) -> None:
    spec = _dag(
        """
    - {name: a, executor: {type: echo}}
    - {name: b, executor: {type: echo}}
    - name: c
      dependencies: [b]
      when: tasks.b.phase == "Succeeded"
      executor: {type: echo}
""",
        "    entrypoints: [a]",
    )

    assert bench.found(spec, None) == []


def test_an_output_that_names_a_task_that_never_runs_is_a_warning(bench: Any) -> None:
    spec = _dag(
        """
    - {name: a, executor: {type: echo}}
    - {name: b, executor: {type: echo}}
""",
        """
    entrypoints: [a]
    outputs:
      parameters:
      - {name: x, valueFrom: {parameter: «tasks.b.outputs.parameters.x»}}
      - {name: y, valueFrom: {parameter: tasks.a.outputs.parameters.x}}
""",
    )

    assert bench.found(spec, Severity.WARNING) == [("AE229", "«tasks.b.outputs.parameters.x»")]
    assert bench.found(spec) == []
