"""Loops: items and their fields, what iterations see and are given, what comes out."""

from __future__ import annotations

from typing import Any

import pytest

from aether_core.document import Severity


def _loop(loop: str, callee: str, entry: str = "") -> str:
    return f"""
entrypoint: main
maxNestedDepth: 10
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


def _codes(bench: Any, loop: str, callee: str, entry: str = "") -> list[str]:
    return [code for code, _ in bench.found(_loop(loop, callee, entry))]


_TASK = """
- task:
    name: body
    executor: {type: echo, config: {i: "{{loop_iter.index}}", t: "{{tasks.a.phase}}"}}
    inputs: {parameters: [{name: x, type: string}, {name: i, value: "{{iterator.index}}"}]}
"""
_FREE = "- task: {name: body, executor: {type: echo}}"


def _argument(value: str) -> str:
    return f'arguments: {{parameters: [{{name: v, value: "{value}"}}]}}'


def test_arguments_of_a_loop_see_items_inputs_and_siblings(bench: Any) -> None:
    loop = """
    items: [{bucket: b, x: y}, {bucket: k, x: z}]
    inputs: {parameters: [{name: own, default: 1}]}
    arguments:
      parameters:
      - {name: a, value: "{{bucket}} {{loop_iter.x}} {{iterator.item}} {{iterator.item.x}}"}
      - {name: b, value: "{{inputs.parameters.own}} {{tasks.a.outputs.parameters.body}}"}
      - {name: c, value: "{{ «inputs.parameters.nope» }} {{ «tasks.a.outputs.parameters.bdy» }}"}
"""

    assert bench.found(_loop(loop, _TASK)) == [
        ("AE225", "«inputs.parameters.nope»"),
        ("AE223", "«tasks.a.outputs.parameters.bdy»"),
    ]


@pytest.mark.parametrize(
    ("items", "reference", "words"),
    [
        ("items: [{a: 1}, {a: 2}]", "loop_iter.b", 'the items of loop "each" have no "b"'),
        ("items: [{a: 1}, {b: 2}]", "iterator.a", 'item 1 of loop "each" has no "a"'),
        ("items: [{a: 1}, 2]", "a", 'item 1 of loop "each" has no "a"'),
        ("items: [{a: 1}]", "loop_iter.item.b", 'the items of loop "each" have no "b"'),
        ("items: [{a: 1}]", "loop_iter.a.b", "loop_iter.a is an integer"),
        ("items: [x, y]", "loop_iter.a", "are no objects"),
        ("items: [x]", "loop_iter.item.a", "loop_iter.item is a string"),
        ("items: [x]", "loop_iter.index.a", "loop_iter.index is an integer"),
        ("itemsFrom: tasks.a.outputs.parameters.tags", "iterator.a", "are no objects"),
        ("itemsFrom: '[1, 2]'", "iterator.item[0]", "iterator.item is an integer"),
        ('repeatCondition: "false"', "loop_iter.item", "repeats, and has no items"),
        ('repeatCondition: "false"', "iterator.a", "repeats, and has no items"),
    ],
)
def test_a_field_that_an_item_lacks_is_an_error(
    bench: Any, items: str, reference: str, words: str
) -> None:
    """Each item is certain to be reached, so one that lacks the field is enough."""
    spec = _loop(f"{items}\n    {_argument(f'{{{{ {reference} }}}}')}", _FREE)

    (problem,) = bench.check_spec(spec)

    assert problem.severity is Severity.ERROR
    assert words in problem.message


@pytest.mark.parametrize(
    ("items", "value"),
    [
        ("items: [{a: 1}, {b: 2}]\n    maxIterations: 1", "{value: '{{loop_iter.a}} {{a}}'}"),
        ("items: [{a: 1}, {b: 2}]", "{valueFrom: {expression: 'default(a, 1) + 1'}}"),
        ("items: [{a: 1}, {b: 2}]", "{valueFrom: {expression: 'has(loop_iter.c)'}}"),
        ("items: [{a: 1}, {b: 2}]", "{valueFrom: {parameter: iterator.a}, default: 1}"),
        ("items: [{index: x, item: y}]", "{value: '{{loop_iter.item.item}} {{index}}'}"),
        ("items: [[1], [2]]", "{value: '{{loop_iter.item[0]}} {{loop_iter}}'}"),
        ("itemsFrom: tasks.a.outputs.parameters.json", "{value: '{{bucket}} {{iterator.x.y}}'}"),
        ("itemsFrom: tasks.a.outputs.parameters.body", "{value: '{{iterator.item.x}} {{f}}'}"),
        ('repeatCondition: "false"', "{value: '{{iterator.index}}'}"),
    ],
)
def test_fields_that_are_given_or_unknown_or_guarded_are_fine(
    bench: Any, items: str, value: str
) -> None:
    argument = value.replace("{", "{name: v, ", 1)
    spec = _loop(f"{items}\n    arguments: {{parameters: [{argument}]}}", _FREE)

    assert bench.found(spec, variables={}) == []


@pytest.mark.parametrize(
    ("values", "code"),
    [
        ("1, 2.5", None),
        ("x, 2", None),
        ("x, y", "AE304"),
        ("[1], [x]", "AE304"),
        ("{a: 1}, {b: x}", "AE304"),
        ("null, null", "AE304"),
    ],
)
def test_fields_have_the_type_that_their_values_share(
    bench: Any, values: str, code: str | None
) -> None:
    items = ", ".join(f"{{f: {value}}}" for value in values.split(", "))
    argument = "{name: v, valueFrom: {expression: loop_iter.f * 2 + loop_iter.item.f}}"
    loop = f"items: [{items}]\n    arguments: {{parameters: [{argument}]}}"

    assert set(_codes(bench, loop, _FREE)) == ({code} if code else set())


def test_loop_iter_is_an_object(bench: Any) -> None:
    loop = f"items: [1]\n    {_argument('{{loop_iter[0]}}')}"

    assert _codes(bench, loop, _FREE) == ["AE311"]


def test_placeholders_in_static_items_are_a_warning(bench: Any) -> None:
    """They are data there; an escape and text that is no placeholder say nothing."""
    items = r"""items: ["«{{inputs.parameters.x}}»", {a: [1, "x «{{y.z}}»"]}, '\{{q}}', "{{ 1 +"]"""

    assert [code for code, _ in bench.found(_loop(items, _FREE), None)] == ["AE208", "AE208"]


def test_items_of_very_many_kinds_are_not_told_apart(bench: Any) -> None:
    items = ", ".join(f"{{f{n}: {n}}}" for n in range(40))
    loop = f"items: [{items}]\n    {_argument('{{loop_iter.f1}} {{nope}}')}"

    assert _codes(bench, loop, _TASK) == []


def test_a_name_that_only_some_items_have_may_be_a_variable_for_the_others(bench: Any) -> None:
    loop = f"items: [{{region: eu}}, {{}}]\n    {_argument('{{region}} {{regoin}}')}"
    spec = _loop(loop, _FREE)

    problems = bench.check_spec(spec, variables={"region": "us"})
    drafts = bench.check_spec(spec)

    assert [each.code for each in problems] == ["AE227"]
    assert [each.hint for each in drafts if each.code == "AE227"] == ['Did you mean "region"?']


def test_fields_stand_bare_only_where_the_body_is_called(bench: Any) -> None:
    """In arguments, and in the inputs and the config of the body; not inside of it."""
    task = """
- task:
    name: body
    executor: {type: echo, config: {a: "{{bucket}}"}}
    inputs: {parameters: [{name: b, value: "{{bucket}}"}]}
    retry: {limit: 1, expression: «bucket» == 'x'}
    phaseConditions: {failed: «bucket» == 'x'}
"""
    dag = """
- dag:
    name: body
    tasks: [{name: t, executor: {type: echo, config: {a: "{{«bucket»}} {{loop_iter.bucket}}"}}}]
"""
    inner = """
- loop:
    name: body
    itemsFrom: "[loop_iter.bucket, string(«bucket»)]"
    arguments: {parameters: [{name: a, value: "{{«bucket»}}{{«loop_iter.bucket»}}"}]}
    body: leaf
- task: {name: leaf, executor: {type: echo}}
"""

    def found(callee: str) -> list[tuple[str, str]]:
        found: list[tuple[str, str]] = bench.found(
            _loop("items: [{bucket: b}]", callee), variables={}
        )
        return found

    assert found(task) == [("AE227", "«bucket»"), ("AE227", "«bucket»")]
    assert found(dag) == [("AE227", "«bucket»")]
    assert found(inner) == [
        ("AE227", "«bucket»"),
        ("AE227", "«bucket»"),
        ("AE224", "«loop_iter.bucket»"),
    ]


def test_the_body_of_a_loop_needs_its_inputs(bench: Any) -> None:
    """Plain items give none; fields of items, and items from elsewhere, may."""
    assert _codes(bench, "items: [1]", _TASK) == ["AE309"]
    assert _codes(bench, "items: [{x: a}]", _TASK) == []
    assert _codes(bench, 'repeatCondition: "false"', _TASK) == ["AE309"]
    assert _codes(bench, "itemsFrom: tasks.a.outputs.parameters.json", _TASK) == []
    assert _codes(bench, "itemsFrom: tasks.a.outputs.parameters.tags", _TASK) == ["AE309"]


def test_the_item_that_lacks_a_required_input_is_named(bench: Any) -> None:
    spec = _loop("items: [{x: a}, {x: b}, {«y»: c}]", _TASK)

    assert bench.found(spec) == [("AE309", "«y»")]
    assert bench.check_spec(spec)[0].message == (
        'item 2 of loop "each" gives no value for the required input "x"'
    )
    with_default = _TASK.replace("type: string}", "default: d}")
    assert _codes(bench, "items: [{x: a}, {}]", with_default) == []


def test_values_of_items_are_compared_with_the_inputs_of_the_body(bench: Any) -> None:
    """At the item, once for all calls of the loop; an argument of that name wins."""
    body = """
- task:
    name: body
    executor: {type: fetch, config: {url: http}}
    inputs:
      parameters: [{name: retries, type: int}, {name: mode, enum: [fast, safe], default: fast}]
"""
    items = "items: [{retries: 1}, {retries: «x»}, {retries: «99»}, {retries: 2, mode: «slow»}]"
    again = "}\n    - {name: m, template: each, dependencies: [a]"

    assert bench.found(_loop(items, body, again)) == [
        ("AE306", "«x»"),
        ("AE404", "«99»"),
        ("AE307", "«slow»"),
    ]
    given = "arguments: {parameters: [{name: retries, value: 1}, {name: mode, value: safe}]}"
    assert _codes(bench, f"{items}\n    {given}", body) == []
    assert _codes(bench, f"{items}\n    maxIterations: 1", body) == []


def test_fields_that_nothing_declares_go_to_the_executor_and_may_be_unknown_to_it(
    bench: Any,
) -> None:
    """They are data, not misspelt inputs; but a value that the executor refuses is an error."""
    body = "- task: {name: body, executor: {type: fetch}}"
    items = "items: [{url: http, note: x}, {url: https, codes: [1, «y»]}]"

    assert bench.found(_loop(items, body)) == [("AE404", "«y»")]


def test_declarations_that_every_item_overrides_are_not_evaluated(bench: Any) -> None:
    body = """
- task:
    name: body
    executor: {type: fetch, config: {url: "{{tasks.nope.phase}}", mode: "{{iterator.index}}"}}
    inputs: {parameters: [{name: url, valueFrom: {parameter: «tasks.nope.phase»}}]}
"""
    all_give = "items: [{url: http, mode: fast}]"
    some_give = "items: [{url: http, mode: fast}, {mode: safe}]"

    assert "AE221" in _codes(bench, all_give, body)
    assert ("AE221", "«tasks.nope.phase»") not in bench.found(_loop(all_give, body))
    assert ("AE221", "«tasks.nope.phase»") in bench.found(_loop(some_give, body))


def test_the_source_of_items_is_a_list(bench: Any) -> None:
    for text, codes in (
        ("tasks.a.outputs.parameters.tags", []),
        ("'{{tasks.a.outputs.parameters.json}}'", []),
        ("tasks.a.outputs.parameters.body", []),
        ("'[]'", []),
        ("tasks.a.outputs.parameters.status", ["AE308"]),
        ("tasks.a.outputs.parameters.sattus", ["AE223"]),
        ("tasks.a.(", ["AE301"]),
    ):
        assert _codes(bench, f"itemsFrom: {text}", _FREE) == codes


def test_more_items_than_a_loop_may_have_are_an_error(bench: Any) -> None:
    items = f"«items»: [{', '.join(['0'] * 10_001)}]"

    assert bench.found(_loop(items, _FREE)) == [("AE312", "«items»")]
    assert bench.found(_loop(f"{items}\n    maxIterations: 10001", _FREE)) == []


def test_a_repeat_condition_sees_the_last_iteration_and_the_siblings(bench: Any) -> None:
    loop = """
    repeatCondition: >-
      loop_iter.index < 3 && tasks.body.outputs.parameters.o == 1
      && tasks.a.phase == Failed && «tasks.x.phase» == Failed
    arguments: {parameters: [{name: x, value: a}]}
"""
    body = _TASK + "    outputs: {parameters: [{name: n, type: int}]}"

    assert bench.found(_loop(loop, body)) == [
        ("AE223", "tasks.body.outputs.parameters.o"),
        ("AE221", "«tasks.x.phase»"),
    ]
    not_a_condition = "repeatCondition: «loop_iter.index»"
    assert bench.found(_loop(not_a_condition, _FREE)) == [("AE305", "«loop_iter.index»")]


def test_a_loop_may_be_the_entrypoint(bench: Any) -> None:
    spec = """
entrypoint: main
templates:
- loop: {name: main, repeatCondition: "tasks.work.phase == Failed", body: work}
- task: {name: work, executor: {type: echo}}
"""

    assert bench.found(spec, None) == []


def test_a_dag_inside_a_loop_sees_the_nearest_loop_and_what_it_is_given(bench: Any) -> None:
    callee = """
- dag:
    name: body
    inputs: {parameters: [{name: x, default: 1}]}
    tasks:
    - name: t
      when: loop_iter.index > 1 && iterator.item.f == 1
      executor:
        type: echo
        config: {a: "{{inputs.parameters.f}} {{inputs.parameters.loop_iter.index}}"}
    - {name: u, executor: {type: echo, config: {a: "{{ «inputs.parameters.g» }}"}}}
"""

    assert bench.found(_loop("items: [{f: 1}, {f: 2, g: 3}]", callee)) == [
        ("AE225", "«inputs.parameters.g»")
    ]
    assert _codes(bench, "itemsFrom: tasks.a.outputs.parameters.json", callee) == []


def test_the_config_of_a_body_sees_the_fields_as_inputs(bench: Any) -> None:
    body = """
- task:
    name: body
    executor:
      type: echo
      config: {a: "{{inputs.parameters.f}}{{inputs.parameters.loop_iter.index}}"}
"""

    assert _codes(bench, "items: [{f: 1}, {f: 2}]", body) == []
    assert _codes(bench, "items: [{f: 1}, {g: 2}]", body) == ["AE225"]
    assert _codes(bench, "itemsFrom: tasks.a.outputs.parameters.json", body) == []


def test_a_dag_that_is_called_inside_and_outside_of_loops_has_no_item(bench: Any) -> None:
    """What several loops hand to it must hold for each of them."""
    callee = """
- dag: {name: body, tasks: [{name: t, template: deep}]}
- dag:
    name: deep
    tasks: [{name: t, executor: {type: echo, config: {a: "{{ «loop_iter.item» }}"}}}]
"""
    outside = "}\n    - {name: o, template: deep"
    other = "\n- loop: {name: other, body: body, repeatCondition: 'false'}"
    both = "}\n    - {name: o, template: other"

    assert bench.found(_loop("items: [1]", callee)) == []
    assert bench.found(_loop("items: [1]", callee, outside)) == [("AE228", "«loop_iter.item»")]
    assert bench.found(_loop("items: [1]", callee + other, both)) == [("AE224", "«loop_iter.item»")]
    # Nothing leads to the other loop, so that it changes nothing.
    assert bench.found(_loop("items: [1]", callee + other)) == []


def test_a_dag_below_very_many_loops_sees_anything(bench: Any) -> None:
    loops = "\n".join(
        f"- loop: {{name: l{n}, body: deep, items: [{{f{n}: 1}}]}}" for n in range(30)
    )
    tasks = "".join(f"}}\n    - {{name: t{n}, template: l{n}" for n in range(30))
    callee = f"""
- dag:
    name: deep
    tasks: [{{name: t, executor: {{type: echo, config: {{a: "{{{{loop_iter.f1}}}}"}}}}}}]
{loops}
{_FREE}
"""

    assert _codes(bench, "items: [1]", callee, tasks) == []


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

    def codes(name: str, loop: str, callee: str = body, items: str = "items: [1]") -> list[str]:
        spec = _loop(f"{items}\n    {loop}", callee, use.replace("NAME", name))
        return [code for code, _ in bench.found(spec, None)]

    assert codes("n", "") == []
    assert codes("nope", "") == ["AE223"]
    assert codes("n", "aggregate: {strategy: first}") == []
    assert codes("n", "aggregate: {strategy: list}") == ["AE304"]
    assert codes("n[0]", "aggregate: {strategy: list}") == []
    assert codes("s[0]", "aggregate: {strategy: list}") == ["AE304"]
    assert codes("s", "aggregate: {parameters: [n]}") == ["AE223"]
    assert codes("n", "aggregate: {parameters: [n]}") == []
    assert codes("late", "outputs: {parameters: [{name: late}]}") == ["AE223", "AE405"]
    empty = "aggregate: {strategy: list}\n    outputs: {parameters: [{name: late}]}"
    assert codes("late[0]", empty, items="itemsFrom: '[]'") == []
    assert codes("anything", "", _FREE) == []
    assert codes("anything", "aggregate: {parameters: [other]}", _FREE) == ["AE223"]
    other = "- task: {name: other, executor: {type: echo}}"
    assert codes("x", "", other).count("AE223") == 0


def test_a_name_to_keep_that_the_body_never_produces_is_a_warning(bench: Any) -> None:
    body = _FREE.replace("}}", "}, outputs: {parameters: [{name: size}]}}")
    loop = "items: [1]\n    aggregate: {parameters: [size, «sise»]}"

    assert bench.found(_loop(loop, body), None) == [("AE223", "«sise»")]
    assert bench.check_spec(_loop(loop, body))[0].hint == 'Did you mean "size"?'


def test_a_loop_around_a_task_counts_as_a_call_for_its_executor(bench: Any) -> None:
    callee = "- task: {name: body, executor: {type: fetch}}"

    assert _codes(bench, "items: [1]", callee) == ["AE403"]
    assert _codes(bench, "items: [{url: http}]", callee) == []
    assert _codes(bench, "itemsFrom: tasks.a.outputs.parameters.json", callee) == []
    assert _codes(bench, "itemsFrom: tasks.a.outputs.parameters.tags", callee) == ["AE403"]
    lacking = "items: [{url: http}, {«mode»: fast}]"
    assert bench.found(_loop(lacking, callee)) == [("AE403", "«mode»")]


def test_each_kind_of_item_meets_the_needs_of_an_executor_in_its_own_way(bench: Any) -> None:
    callee = "- task: {name: body, executor: {type: shell}}"

    assert _codes(bench, "items: [{command: ls}, {script: pwd}]", callee) == []
    neither = "items: [{command: ls}, {«env»: {}}, {script: pwd}]"
    assert bench.found(_loop(neither, callee)) == [("AE403", "«env»")]


def test_what_a_loop_declares_is_compared_with_its_types(bench: Any) -> None:
    loop = """
    items: [1]
    inputs: {parameters: [{name: a, type: int, default: «x»}]}
    outputs: {parameters: [{name: o, type: int, value: «y»}]}
    arguments: {parameters: [{name: x, value: «1»}]}
"""

    assert bench.found(_loop(loop, _TASK)) == [
        ("AE306", "«x»"),
        ("AE306", "«y»"),
        ("AE306", "«1»"),
    ]


def test_a_loop_inside_a_loop_is_given_the_item_of_the_outer_one(bench: Any) -> None:
    inner = """
- loop:
    name: body
    inputs: {parameters: [{name: hosts, type: array}]}
    itemsFrom: inputs.parameters.hosts
    arguments:
      parameters:
      - {name: host, value: "{{loop_iter.item}}"}
      - {name: zone, value: "{{inputs.parameters.zone}} {{ «inputs.parameters.none» }}"}
    body: leaf
- task: {name: leaf, executor: {type: echo}}
"""
    spec = _loop("items: [{hosts: [a], zone: z}, {hosts: «b», zone: y}]", inner)

    assert bench.found(spec) == [("AE306", "«b»"), ("AE225", "«inputs.parameters.none»")]
