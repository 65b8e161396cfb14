"""References: what each place can see, and what is said about the rest."""

from __future__ import annotations

from typing import Any

import pytest

from aether_core.document import Severity

_OUT = "outputs: {parameters: [{name: text, type: string}, {name: size, type: int}]}"


def _spec(body: str, *, more: str = "", name: str = "b") -> str:
    """Return a dag in which `b`, which depends on `a`, has the keys given in `body`."""
    return f"""
entrypoint: main
arguments: {{parameters: [{{name: region, type: string, value: eu}}]}}
templates:
- dag:
    name: main
    tasks:
    - {{name: root, template: say}}
    - {{name: a, template: say, dependencies: [root]}}
    - {{name: other, template: say}}
    - name: {name}
      dependencies: [a]
      {body}
- task: {{name: say, executor: {{type: echo}}, {_OUT}}}
{more}
"""


def _config(value: str) -> str:
    return _spec(f"executor: {{type: echo, config: {{x: {value}}}}}")


@pytest.mark.parametrize(
    "reference",
    [
        "tasks.a.outputs.parameters.text",
        "tasks.root.phase",
        "tasks.root.code",
        "tasks.root.msg",
        "tasks.root.message",
        "workflow.parameters.region",
        "workflow.arguments.parameters.region",
        "system.os",
        "system.arch",
    ],
)
def test_what_a_task_sees(bench: Any, reference: str) -> None:
    for value in (f"'{{{{ {reference} }}}}'", f"[{{k: 'x {{{{ {reference} }}}} y'}}]"):
        assert bench.found(_config(value), None) == []
    assert bench.found(_spec(f"executor: {{type: echo}}\n      when: {reference} != null")) == []


@pytest.mark.parametrize(
    ("reference", "code", "hint"),
    [
        ("tasks.nope.phase", "AE221", "Known tasks: a, b, other, root."),
        ("tasks.rot.phase", "AE221", 'Did you mean "root"?'),
        ("tasks.other.phase", "AE222", 'Add "other" to the dependencies of "b".'),
        ("tasks.b.phase", "AE222", None),
        ("tasks.a.outputs.parameters.txt", "AE223", 'Did you mean "text"?'),
        ("tasks.a.outputs.text", "AE224", "Write tasks.a.outputs.parameters.NAME."),
        ("tasks.a.outputs.parameters", "AE224", "Write tasks.a.outputs.parameters.NAME."),
        ("tasks.a.result", "AE224", None),
        ("tasks.a[0]", "AE224", None),
        ("tasks.a", "AE224", None),
        ("tasks", "AE224", None),
        ("tasks.a.phase.x", "AE311", None),
        ("tasks.a.outputs.parameters.size.x", "AE311", None),
        ("tasks.a.outputs.parameters.text[0]", "AE311", None),
        ("inputs.parameters.x", "AE225", None),
        ("inputs.x", "AE224", "Write inputs.parameters.NAME."),
        ("inputs", "AE224", "Write inputs.parameters.NAME."),
        ("workflow.parameters.regoin", "AE226", 'Did you mean "region"?'),
        ("workflow.name", "AE224", "Write workflow.parameters.NAME."),
        ("workflow.arguments.region", "AE224", "Write workflow.parameters.NAME."),
        ("loop_iter.index", "AE228", None),
        ("iterator.item", "AE228", None),
        ("hook.phase", "AE228", None),
    ],
)
def test_a_reference_without_meaning_is_reported_at_itself(
    bench: Any, reference: str, code: str, hint: str | None
) -> None:
    """The same in a valueFrom, a placeholder at any depth and an expression."""
    marked = f"«{reference}»"
    argument = "arguments: {parameters: [{name: x, valueFrom: {KEY: TEXT}}]}"
    specs = [
        _spec(f"template: say\n      {argument}".replace("KEY", key).replace("TEXT", text))
        for key, text in (("parameter", f"'{marked}'"), ("path", f"'{marked}'"))
    ]
    specs.append(_config(f"[1, {{k: 'say {{{{ {marked} }}}} twice'}}]"))
    specs.append(_spec(f"executor: {{type: echo}}\n      when: 1 == 2 || null != {marked}"))

    for spec in specs:
        assert bench.found(spec) == [(code, marked)]
        (problem,) = bench.check_spec(spec)
        assert hint is None or problem.hint == hint


def test_a_place_outside_upstream_is_found_however_far_away_it_is(bench: Any) -> None:
    tasks = "\n".join(
        f"    - {{name: t{n}, dependencies: [{f't{n - 1}' if n else ''}], template: say}}"
        for n in range(40)
    )
    spec = f"""
entrypoint: main
templates:
- dag:
    name: main
    tasks:
{tasks}
    - name: end
      dependencies: [t20]
      when: tasks.t0.phase == Succeeded && «tasks.t21.phase» == Succeeded
      template: say
- task: {{name: say, executor: {{type: echo}}, {_OUT}}}
"""

    assert bench.found(spec) == [("AE222", "«tasks.t21.phase»")]


def test_a_circle_hides_nothing_around_it(bench: Any) -> None:
    """Who is first on the circle has no answer; for all others it is clear what is upstream."""
    spec = """
entrypoint: main
templates:
- dag:
    name: main
    tasks:
    - {name: a, dependencies: [«b»], executor: {type: echo}}
    - {name: b, dependencies: [a], executor: {type: echo}, when: tasks.a.phase == Failed}
    - name: c
      executor: {type: echo}
      when: «tasks.a.phase» == Failed && «tasks.x.phase» == Failed
    - {name: d, dependencies: [b], executor: {type: echo}, when: tasks.a.phase == Failed}
"""

    assert bench.found(spec) == [
        ("AE214", "«b»"),
        ("AE222", "«tasks.a.phase»"),
        ("AE221", "«tasks.x.phase»"),
    ]


@pytest.mark.parametrize(
    "condition",
    [
        "has(tasks.a.outputs.parameters.nope)",
        'default(tasks.a.outputs.parameters.nope, "x") == "y"',
        "has(inputs.parameters.x) && inputs.parameters.x == 1",
        "default(workflow.parameters.nope, true)",
        "default(deploy.region, true)",
    ],
)
def test_has_and_default_excuse_what_may_be_missing(bench: Any, condition: str) -> None:
    assert bench.found(_spec(f"template: say\n      when: {condition}"), None) == []


@pytest.mark.parametrize(
    ("reference", "code"), [("tasks.nope.phase", "AE221"), ("tasks.other.phase", "AE222")]
)
def test_has_and_default_do_not_excuse_a_wrong_task(bench: Any, reference: str, code: str) -> None:
    spec = _spec(f"template: say\n      when: has(«{reference}»)")

    assert bench.found(spec) == [(code, f"«{reference}»")]


def test_a_default_turns_a_missing_reference_into_a_warning(bench: Any) -> None:
    more = """
- task:
    name: use
    executor: {type: echo}
    inputs:
      parameters:
      - {name: x, default: none, valueFrom: {parameter: «tasks.a.outputs.parameters.nope»}}
      - {name: y, default: none, valueFrom: {parameter: «tasks.nope.phase»}}
"""
    spec = _spec("template: use", more=more)

    warning, error = bench.check_spec(spec)

    assert bench.found(spec, Severity.WARNING) == [("AE223", "«tasks.a.outputs.parameters.nope»")]
    assert bench.found(spec) == [("AE221", "«tasks.nope.phase»")]
    assert "so the default is always used" in warning.message
    assert "default" not in error.message


@pytest.mark.parametrize(
    ("variables", "severity"),
    [(None, Severity.WARNING), ({}, Severity.ERROR), ({"deploy.zone": "a"}, Severity.ERROR)],
)
def test_an_unknown_variable_is_an_error_only_when_all_are_known(
    bench: Any, variables: dict[str, Any] | None, severity: Severity
) -> None:
    spec = _config("'{{ «deploy.region» }}'")

    (problem,) = bench.check_spec(spec, variables)

    assert bench.found(spec, severity, variables) == [("AE227", "«deploy.region»")]
    assert problem.hint is not None
    if variables is None:
        assert "--set deploy.region=VALUE" in problem.hint
    if variables:
        assert "deploy.zone" in problem.hint


def test_known_variables_are_found_whole_and_in_parts(bench: Any) -> None:
    variables = {"deploy.region": "eu", "deploy.map": {"k": [1]}, "team": "x"}

    for reference in ("deploy.region", "deploy.map.k[0]", "deploy", "team"):
        spec = _config(f"'{{{{ {reference} }}}}'")
        assert bench.found(spec, None, variables) == []
    assert variables == {"deploy.region": "eu", "deploy.map": {"k": [1]}, "team": "x"}


def test_an_object_among_the_variables_is_not_changed_by_its_neighbours(bench: Any) -> None:
    variables: dict[str, Any] = {"deploy": {"region": "eu"}, "deploy.zone": "a"}

    assert bench.found(_config("'{{deploy.zone}} {{deploy.region}}'"), None, variables) == []
    assert variables["deploy"] == {"region": "eu"}


@pytest.mark.parametrize(
    ("reference", "hint"),
    [
        ("task.a.phase", 'Did you mean "tasks"?'),
        ("input.parameters.x", 'Did you mean "inputs"?'),
        ("deploy.regoin", 'Did you mean "deploy.region"?'),
    ],
)
def test_a_misspelt_beginning_gets_a_hint(bench: Any, reference: str, hint: str) -> None:
    (problem,) = bench.check_spec(_config(f"'{{{{{reference}}}}}'"), {"deploy.region": "eu"})

    assert problem.hint == hint


@pytest.mark.parametrize(
    ("word", "hint"),
    [
        ("Suceeded", 'Did you mean "Succeeded"?'),
        ("ok", "Write 'ok' in quotes if it is text."),
    ],
)
def test_a_bare_word_in_an_expression_is_an_error(bench: Any, word: str, hint: str) -> None:
    """Elsewhere it may be a variable; text in an expression has quotes."""
    spec = _spec(f"template: say\n      when: tasks.a.phase == «{word}»")

    (problem,) = bench.check_spec(spec)

    assert bench.found(spec) == [("AE227", f"«{word}»")]
    assert problem.hint == hint
    assert bench.found(_config(f"'{{{{{word}}}}}'")) == []


def test_arguments_of_the_workflow_see_variables_only(bench: Any) -> None:
    spec = """
entrypoint: main
arguments:
  parameters:
  - {name: a, value: "{{deploy.region}} {{system.os}}"}
  - {name: b, valueFrom: {parameter: «workflow.parameters.a»}}
  - {name: c, default: "{{ «inputs.parameters.x» }}"}
  - {name: d, valueFrom: {expression: "«tasks.a.phase» == Failed"}}
templates:
- task: {name: main, executor: {type: echo}}
"""

    assert bench.found(spec, variables={"deploy.region": "eu"}) == [
        ("AE228", "«workflow.parameters.a»"),
        ("AE228", "«inputs.parameters.x»"),
        ("AE228", "«tasks.a.phase»"),
    ]


def test_the_entrypoint_sees_neither_inputs_nor_tasks(bench: Any) -> None:
    spec = """
entrypoint: main
templates:
- task:
    name: main
    executor: {type: echo, config: {y: "{{inputs.parameters.a}} {{ «tasks.x.phase» }}"}}
    inputs:
      parameters:
      - {name: a, value: "{{ «inputs.parameters.b» }}"}
      - {name: b, valueFrom: {parameter: «tasks.x.phase»}}
"""

    problems = bench.check_spec(spec)

    assert [code for code, _ in bench.found(spec)] == ["AE228", "AE228", "AE228"]
    assert all("the entrypoint can't see" in each.message for each in problems)


def test_outputs_of_a_dag_see_all_its_tasks_and_its_inputs(bench: Any) -> None:
    spec = """
entrypoint: main
templates:
- dag:
    name: main
    inputs: {parameters: [{name: who, default: me}]}
    tasks:
    - {name: a, executor: {type: echo}}
    - {name: b, executor: {type: fetch, config: {url: "http://x"}}}
    outputs:
      parameters:
      - {name: x, valueFrom: {parameter: tasks.a.outputs.parameters.anything}}
      - {name: y, valueFrom: {expression: "tasks.b.outputs.parameters.status + 1"}}
      - {name: z, value: "{{inputs.parameters.who}}"}
      - {name: v, valueFrom: {parameter: «tasks.b.outputs.parameters.state»}}
      - {name: w, default: "{{ «tasks.c.phase» }}"}
"""

    assert bench.found(spec, None) == [
        ("AE223", "«tasks.b.outputs.parameters.state»"),
        ("AE221", "«tasks.c.phase»"),
    ]


def test_outputs_of_tasks_by_kind_of_callee(bench: Any) -> None:
    """Declared ones count; else the executor's schema; a dag exposes only declared ones."""
    spec = """
entrypoint: main
templates:
- dag:
    name: main
    tasks:
    - {name: d, template: inner}
    - {name: n, template: bare}
    - {name: f, template: get}
    - {name: e, template: say}
    - {name: o, template: any}
    - name: end
      dependencies: [d, n, f, e, o]
      executor:
        type: echo
        config:
          d: "{{tasks.d.outputs.parameters.x}} {{ «tasks.d.outputs.parameters.y» }}"
          n: "{{ «tasks.n.outputs.parameters.x» }}"
          f: "{{tasks.f.outputs.parameters.body}} {{ «tasks.f.outputs.parameters.bdy» }}"
          e: "{{tasks.e.outputs.parameters.whatever}}"
          o: "{{tasks.o.outputs.parameters.whatever}}"
          c: "{{tasks.f.code}} {{ «tasks.d.code» }}"
- dag:
    name: inner
    tasks: [{name: a, executor: {type: echo}}]
    outputs: {parameters: [{name: x, value: 1}]}
- dag: {name: bare, tasks: [{name: a, executor: {type: echo}}]}
- task: {name: get, executor: {type: fetch, config: {url: "http://x"}}}
- task: {name: say, executor: {type: echo}}
- task: {name: any, executor: {type: open}}
"""

    problems = bench.check_spec(spec)

    assert bench.found(spec, None) == [
        ("AE223", "«tasks.d.outputs.parameters.y»"),
        ("AE223", "«tasks.n.outputs.parameters.x»"),
        ("AE223", "«tasks.f.outputs.parameters.bdy»"),
        ("AE224", "«tasks.d.code»"),
    ]
    assert [each.hint for each in problems][1:] == [
        'Known outputs of dag "inner": x.',
        'Did you mean "body"?',
        'dag "bare" declares no outputs.',
    ]


def test_outputs_of_what_does_not_exist_are_left_alone(bench: Any) -> None:
    """One mistake gives one problem, not one for each use of what is missing."""
    spec = """
entrypoint: main
templates:
- dag:
    name: main
    tasks:
    - {name: a, template: «nope»}
    - {name: b, executor: {type: «ehco»}}
    - name: c
      dependencies: [a, b]
      when: tasks.a.outputs.parameters.x == 1 && tasks.b.outputs.parameters.y == 2
      executor: {type: echo}
"""

    assert bench.found(spec) == [("AE201", "«nope»"), ("AE401", "«ehco»")]


def test_inputs_of_a_dag_that_calls_hand_over_undeclared(bench: Any) -> None:
    """They are passed through; what not every call gives is missing in the others."""
    spec = """
entrypoint: main
templates:
- dag:
    name: main
    tasks:
    - name: a
      template: inner
      arguments: {parameters: [{name: x, value: 1}, {name: y, value: 1}]}
    - {name: b, template: inner, arguments: {parameters: [{name: x, value: 1}]}}
- dag:
    name: inner
    tasks:
    - name: a
      executor:
        type: echo
        config:
          x: "{{inputs.parameters.x}}"
          y: "{{ «inputs.parameters.y» }}"
          z: "{{ «inputs.parameters.z» }}"
"""

    problems = [each for each in bench.check_spec(spec) if each.code == "AE225"]

    assert bench.found(spec) == [
        ("AE225", "«inputs.parameters.y»"),
        ("AE225", "«inputs.parameters.z»"),
    ]
    assert "not every call" in problems[0].message
    assert [code for code, _ in bench.found(spec, Severity.WARNING)] == ["AE310"] * 3


def test_an_inline_executor_sees_its_own_inputs_and_those_of_its_dag(bench: Any) -> None:
    spec = """
entrypoint: main
templates:
- dag:
    name: main
    inputs: {parameters: [{name: outer, default: 1}]}
    tasks:
    - name: a
      executor:
        type: echo
        config:
          x: "{{inputs.parameters.own}}{{inputs.parameters.outer}}{{ «inputs.parameters.no» }}"
      inputs:
        parameters:
        - {name: own, value: "{{inputs.parameters.outer}}"}
        - {name: bad, value: "{{ «inputs.parameters.own» }}"}
"""

    assert sorted(bench.found(spec)) == [
        ("AE225", "«inputs.parameters.no»"),
        ("AE225", "«inputs.parameters.own»"),
    ]
    assert all("called by" not in each.message for each in bench.check_spec(spec))


def test_what_a_template_declares_is_evaluated_at_each_of_its_calls(bench: Any) -> None:
    """The problem stands in the declaration; its message names the calls."""
    spec = """
entrypoint: main
templates:
- dag:
    name: main
    inputs: {parameters: [{name: who, default: me}]}
    tasks:
    - {name: first, executor: {type: echo}}
    - {name: fine, template: work, dependencies: [first]}
    - {name: early, template: work}
    - {name: soon, template: work}
    - {name: given, template: work, arguments: {parameters: [{name: x, value: 1}]}}
- task:
    name: work
    executor: {type: echo}
    inputs:
      parameters:
      - {name: x, valueFrom: {parameter: «tasks.first.outputs.parameters.x»}}
      - {name: y, value: "{{inputs.parameters.who}}"}
      - {name: z, value: 1, default: "{{nowhere.to.be.seen}}"}
"""

    (problem,) = bench.check_spec(spec, {})

    assert bench.found(spec, None, {}) == [("AE222", "«tasks.first.outputs.parameters.x»")]
    assert problem.message.endswith('(called by task "early" of dag "main" and 1 more)')
    assert problem.hint == 'Add "first" to the dependencies of "early".'
