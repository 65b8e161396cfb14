"""Loops can't run yet; references, values and calls in and around them are checked already."""

from __future__ import annotations

from typing import Any


def _loop(loop: str, callee: str, entry: str = "") -> str:
    return f"""
entrypoint: main
templates:
- dag:
    name: main
    tasks:
    - {{name: a, executor: {{type: fetch, config: {{url: http}}}}}}
    - {{name: l, template: each, dependencies: [a]{entry}}}
- loop:
    name: each
    body: body
    {loop}
{callee}
"""


def _found(bench: Any, spec: str) -> list[tuple[str, str]]:
    return [each for each in bench.found(spec) if each[0] != "AE901"]


_TASK = """
- task:
    name: body
    executor: {type: echo, config: {i: "{{loop_iter.index}}", t: "{{tasks.a.phase}}"}}
    inputs: {parameters: [{name: x, type: string}, {name: i, value: "{{iterator.index}}"}]}
"""


def test_arguments_of_a_loop_see_items_inputs_and_siblings(bench: Any) -> None:
    loop = """
    items: [{bucket: b, x: 1}, {key: k}]
    inputs: {parameters: [{name: own, default: 1}]}
    arguments:
      parameters:
      - {name: a, value: "{{bucket}} {{key}} {{iterator.item}} {{loop_iter.bucket}}"}
      - {name: b, value: "{{inputs.parameters.own}} {{tasks.a.outputs.parameters.body}}"}
      - {name: c, value: "{{ «inputs.parameters.nope» }} {{ «tasks.a.outputs.parameters.bdy» }}"}
"""

    assert _found(bench, _loop(loop, _TASK)) == [
        ("AE225", "«inputs.parameters.nope»"),
        ("AE223", "«tasks.a.outputs.parameters.bdy»"),
    ]


def test_the_body_of_a_loop_needs_its_inputs(bench: Any) -> None:
    """Plain items give none; fields of items and items from elsewhere may."""
    assert [code for code, _ in _found(bench, _loop("items: [1]", _TASK))] == ["AE309"]
    assert _found(bench, _loop("items: [{x: a}]", _TASK)) == []
    assert _found(bench, _loop("itemsFrom: tasks.a.outputs.parameters.tags", _TASK)) == []


def test_the_source_of_items_is_a_list(bench: Any) -> None:
    for text, codes in (
        ("tasks.a.outputs.parameters.tags", []),
        ("'{{tasks.a.outputs.parameters.json}}'", []),
        ("tasks.a.outputs.parameters.body", []),
        ("tasks.a.outputs.parameters.status", ["AE308"]),
        ("tasks.a.outputs.parameters.sattus", ["AE223"]),
        ("tasks.a.(", ["AE301"]),
    ):
        found = _found(bench, _loop(f"itemsFrom: {text}", _TASK))
        assert [code for code, _ in found] == codes


def test_a_repeat_condition_sees_the_last_iteration(bench: Any) -> None:
    loop = """
    repeatCondition: >-
      loop_iter.index < 3 && tasks.body.outputs.parameters.o == 1
      && «tasks.x.phase» == Failed
    arguments: {parameters: [{name: x, value: a}]}
"""

    assert _found(bench, _loop(loop, _TASK)) == [("AE221", "«tasks.x.phase»")]


def test_a_loop_may_be_the_entrypoint(bench: Any) -> None:
    spec = """
entrypoint: main
templates:
- loop: {name: main, repeatCondition: "tasks.work.phase == Failed", body: work}
- task: {name: work, executor: {type: echo}}
"""

    assert _found(bench, spec) == []


def test_a_dag_inside_a_loop_sees_the_nearest_loop_and_what_it_is_given(bench: Any) -> None:
    callee = """
- dag:
    name: body
    inputs: {parameters: [{name: x, default: 1}]}
    tasks:
    - name: t
      when: loop_iter.index > 1 && iterator.item == "x"
      executor:
        type: echo
        config: {a: "{{inputs.parameters.f}} {{inputs.parameters.loop_iter.item}}"}
    - {name: u, executor: {type: echo, config: {a: "{{ «inputs.parameters.g» }}"}}}
"""

    assert _found(bench, _loop("items: [{f: 1}]", callee)) == [("AE225", "«inputs.parameters.g»")]
    assert _found(bench, _loop("itemsFrom: tasks.a.outputs.parameters.tags", callee)) == []


def test_outputs_of_a_loop_are_those_of_its_body_aggregated(bench: Any) -> None:
    body = """
- task:
    name: body
    executor: {type: echo}
    outputs: {parameters: [{name: n, type: int}, {name: s, type: string}]}
"""
    use = """}
    - name: end
      dependencies: [l]
      when: «tasks.l.outputs.parameters.NAME» == 1
      executor: {type: echo"""

    def codes(name: str, loop: str, callee: str = body) -> list[str]:
        spec = _loop(f"items: [1]\n    {loop}", callee, use.replace("NAME", name))
        found = bench.found(spec, None)
        return [code for code, _ in found if code not in {"AE901", "AE310"}]

    assert codes("n", "") == []
    assert codes("nope", "") == ["AE223"]
    assert codes("n", "aggregate: {strategy: list}") == ["AE304"]
    assert codes("s", "aggregate: {parameters: [n]}") == ["AE223"]
    assert codes("n", "aggregate: {parameters: [n]}") == []
    assert codes("late", "outputs: {parameters: [{name: late}]}") == []
    free = "- task: {name: body, executor: {type: echo}}"
    assert codes("anything", "", free) == []
    assert codes("anything", "aggregate: {parameters: [other]}", free) == ["AE223"]
    assert codes("x", "", "- task: {name: other, executor: {type: echo}}").count("AE223") == 0


def test_a_loop_around_a_task_counts_as_a_call_for_its_executor(bench: Any) -> None:
    callee = "- task: {name: body, executor: {type: fetch}}"

    assert [code for code, _ in _found(bench, _loop("items: [1]", callee))] == ["AE403"]
    assert _found(bench, _loop("items: [{url: http}]", callee)) == []


def test_what_a_loop_declares_is_compared_with_its_types(bench: Any) -> None:
    loop = """
    items: [1]
    inputs: {parameters: [{name: a, type: int, default: «x»}]}
    outputs: {parameters: [{name: o, type: int, value: «y»}]}
    arguments: {parameters: [{name: x, value: «1»}]}
"""

    assert _found(bench, _loop(loop, _TASK)) == [
        ("AE306", "«x»"),
        ("AE306", "«y»"),
        ("AE306", "«1»"),
    ]
