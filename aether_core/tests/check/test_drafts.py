"""Documents with structural problems are checked as far as their meaning is clear."""

from __future__ import annotations

from typing import Any


def test_a_draft_gets_no_second_opinion_about_its_structure(bench: Any) -> None:
    """Who has to say what runs is the structure's business; the rest is checked."""
    spec = """
templates:
- task: {name: empty}
- dag:
    name: main
    tasks:
    - {name: nothing}
    - {name: both, template: empty, executor: {type: unknown}}
    - {name: vague, executor: {type: echo}, inputs: {parameters: [{name: x, valueFrom: {}}]}}
    - {name: twice, executor: {type: echo, config: {x: "{{ «tasks.nope.phase» }}"}}}
"""

    assert bench.found(spec, None) == [("AE221", "«tasks.nope.phase»")]


def test_many_mistakes_are_reported_in_the_order_of_their_paths(bench: Any) -> None:
    tasks = "\n".join(f"    - {{name: t{n}, template: nope{n}}}" for n in range(12))
    spec = f"""
entrypoint: gone
templates:
- dag:
    name: main
    tasks:
{tasks}
"""

    paths = [each.path for each in bench.check_spec(spec)]

    assert paths[0] == ("spec", "entrypoint")
    assert [path[5] for path in paths[1:]] == list(range(12))


def test_thousands_of_mistakes_stop_to_be_compared_for_hints(bench: Any) -> None:
    """Every mistake is reported; a hint is a help, not a promise."""
    tasks = "\n".join(
        f"    - {{name: task{n}, dependencies: [tsk{n}], executor: {{type: echo}}}}"
        for n in range(300)
    )
    spec = f"""
entrypoint: main
templates:
- dag:
    name: main
    tasks:
{tasks}
"""

    problems = bench.check_spec(spec)

    assert len(problems) == 300
    assert problems[0].hint
    assert problems[-1].hint is None


def test_a_loop_that_does_not_say_over_what_may_have_any_items(bench: Any) -> None:
    spec = """
entrypoint: each
templates:
- loop:
    name: each
    body: work
    arguments: {parameters: [{name: a, value: "{{loop_iter.x}} {{iterator.item}} {{y}}"}]}
- task: {name: work, executor: {type: echo}, inputs: {parameters: [{name: b}]}}
"""

    assert bench.found(spec, None) == []
