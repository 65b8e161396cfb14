"""Executors: known types, and inputs that they take."""

from __future__ import annotations

from typing import Any

import pytest

from aether_core.document import Severity


def _inline(executor: str, more: str = "") -> str:
    return f"""
entrypoint: main
templates:
- dag:
    name: main
    tasks:
    - name: a
      executor: {executor}
{more}
"""


def test_an_unknown_type_is_explained_by_the_catalog_at_its_place(bench: Any) -> None:
    spec = """
entrypoint: main
templates:
- dag: {name: main, tasks: [{name: a, template: b}, {name: c, executor: {type: «shel»}}]}
- task: {name: b, executor: {type: «htpp»}}
- task: {name: unused, executor: {type: «nope»}}
"""

    problems = [each for each in bench.check_spec(spec) if each.code == "AE401"]

    assert bench.found(spec) == [("AE401", "«shel»"), ("AE401", "«htpp»"), ("AE401", "«nope»")]
    assert problems[0].message == "no executor 'shel'"
    assert problems[0].hint == "install a package"


def test_unknown_inputs_are_reported_by_name_wherever_they_come_from(bench: Any) -> None:
    spec = """
entrypoint: main
templates:
- dag:
    name: main
    tasks:
    - name: a
      template: get
      arguments: {parameters: [{name: «retires», value: 1}, {name: retries, value: 1}]}
- task:
    name: get
    executor: {type: fetch, config: {url: "http://x", «header»: {}}}
    inputs: {parameters: [{name: «modes», value: fast}]}
"""

    problems = bench.check_spec(spec)

    assert bench.found(spec) == [
        ("AE402", "«retires»"),
        ("AE402", "«header»"),
        ("AE402", "«modes»"),
    ]
    assert [each.hint for each in problems] == [
        'Did you mean "retries"?',
        'Did you mean "headers"?',
        'Did you mean "mode"?',
    ]
    assert [each.at for each in problems] == ["value", "key", "value"]


def test_a_declared_input_that_config_uses_is_a_variable(bench: Any) -> None:
    more = "      inputs: {parameters: [{name: host, value: x}, {name: «path», value: y}]}"
    spec = _inline("{type: fetch, config: {url: 'http://{{inputs.parameters.host}}'}}", more)

    assert bench.found(spec, None) == [("AE402", "«path»")]


def test_an_argument_that_config_uses_is_a_variable_too(bench: Any) -> None:
    spec = """
entrypoint: main
templates:
- dag:
    name: main
    tasks:
    - {name: a, template: get, arguments: {parameters: [{name: host, value: x}]}}
- task: {name: get, executor: {type: fetch, config: {url: "http://{{inputs.parameters.host}}"}}}
"""

    assert bench.found(spec, None) == []


@pytest.mark.parametrize("executor", ["echo", "open"])
def test_open_executors_take_any_name(bench: Any, executor: str) -> None:
    more = "      inputs: {parameters: [{name: anything, value: x}]}"

    assert bench.found(_inline(f"{{type: {executor}, config: {{also: 1}}}}", more), None) == []


def test_a_missing_input_is_reported_at_the_task_that_lacks_it(bench: Any) -> None:
    spec = _inline("{type: fetch, config: {retries: 1}}")

    (problem,) = bench.check_spec(spec)

    assert problem.code == "AE403"
    assert problem.path == ("spec", "templates", 0, "dag", "tasks", 0)
    assert problem.message == 'executor "fetch" requires the input "url"'


@pytest.mark.parametrize(
    "more",
    [
        "inputs: {parameters: [{name: url, value: http}]}",
        "arguments: {parameters: [{name: url, value: http}]}",
    ],
)
def test_inputs_come_from_declarations_arguments_and_config(bench: Any, more: str) -> None:
    assert bench.found(_inline("{type: fetch}", f"      {more}"), None) == []
    assert bench.found(_inline("{type: fetch, config: {url: http}}"), None) == []


def _calls(*tasks: str) -> str:
    listed = "\n".join(f"    - {each}" for each in tasks)
    return f"""
entrypoint: main
templates:
- dag:
    name: main
    tasks:
{listed}
- task: {{name: get, executor: {{type: fetch}}}}
"""


def test_an_input_that_no_call_gives_is_missing_in_the_template(bench: Any) -> None:
    (problem,) = bench.check_spec(_calls("{name: a, template: get}", "{name: b, template: get}"))

    assert problem.code == "AE403"
    assert problem.path == ("spec", "templates", 1, "task")


def test_an_input_that_some_calls_give_is_missing_in_the_others(bench: Any) -> None:
    given = "{name: a, template: get, arguments: {parameters: [{name: url, value: http}]}}"

    (problem,) = bench.check_spec(_calls(given, "{name: b, template: get}"))

    assert problem.path == ("spec", "templates", 0, "dag", "tasks", 1)
    assert problem.hint == 'Other calls of task "get" give it as an argument.'


def test_a_template_that_nobody_calls_lacks_nothing_yet(bench: Any) -> None:
    """A call might give it; that nobody calls it is a warning already."""
    spec = """
entrypoint: main
templates:
- task: {name: main, executor: {type: echo}}
- task: {name: other, executor: {type: fetch}}
"""

    assert [code for code, _ in bench.found(spec, None)] == ["AE207"]


@pytest.mark.parametrize(
    ("name", "value", "path", "expected"),
    [
        ("url", "1", (), "a string"),
        ("url", "ab", (), "at least 3 characters"),
        ("url", "null", (), "a string"),
        ("retries", "-1", (), "at least 0"),
        ("retries", "10", (), "at most 9"),
        ("retries", "2.5", (), "an integer"),
        ("retries", "true", (), "an integer"),
        ("retries", "null", None, ""),
        ("retries", "3.0", None, ""),
        ("mode", "slow", (), 'one of "fast", "safe"'),
        ("headers", "[a]", (), "an object"),
        ("headers", "{a: x, b: 1}", ("b",), "a string"),
        ("codes", "[1, x]", (1,), "an integer"),
        ("codes", "[1, 2, 3, 4]", (), "at most 3 items"),
        ("wait", "[]", (), "a string or a number"),
        ("wait", "1.5", None, ""),
        ("wait", "1s", None, ""),
    ],
)
def test_written_values_are_compared_with_the_schema(
    bench: Any, name: str, value: str, path: tuple[Any, ...] | None, expected: str
) -> None:
    """In config, in a declaration and in an argument; pointing inside lists and objects."""
    url = "" if name == "url" else "url: http, "
    before = "" if name == "url" else "{name: url, value: http}, "
    specs = [_inline(f"{{type: fetch, config: {{{url}{name}: {value}}}}}")]
    for key in ("inputs", "arguments"):
        parameters = f"{{parameters: [{before}{{name: {name}, value: {value}}}]}}"
        specs.append(_inline("{type: fetch}", f"      {key}: {parameters}"))

    for spec in specs:
        problems = bench.check_spec(spec)
        assert [each.code for each in problems] == ([] if path is None else ["AE404"])
        if path is not None:
            (problem,) = problems
            assert problem.path[len(problem.path) - len(path) :] == path
            way = "".join(f"[{key}]" if isinstance(key, int) else f".{key}" for key in path)
            assert f'expects {expected} for "{name}{way}"' in problem.message


def test_a_key_that_an_object_cannot_have_brings_the_one_that_was_meant(bench: Any) -> None:
    bench_spec = _inline("{type: fetch, config: {url: http, again: {limt: 3}}}")

    (problem,) = bench.check_spec(bench_spec)

    assert problem.message.startswith(
        'executor "fetch" expects an object of the keys "limit", "wait" for "again", got'
    )
    assert problem.hint == 'Did you mean "limit"?'


@pytest.mark.parametrize(
    ("value", "is_refused"),
    [
        ("5 seconds", True),
        ("5s", False),
        ('"{{ secrets.TOKEN }} seconds"', False),
        ('"\\\\{{ 5 }} seconds"', True),
    ],
)
def test_a_pattern_is_for_texts_that_are_known(bench: Any, value: str, is_refused: bool) -> None:
    problems = bench.check_spec(
        _inline(f"{{type: fetch, config: {{url: http, again: {{wait: {value}}}}}}}")
    )

    found = [each.message for each in problems if each.code == "AE404"]
    assert [each.partition(", got")[0] for each in found] == is_refused * [
        'executor "fetch" expects a duration such as "30s" for "again.wait"'
    ]


def test_types_that_arrive_are_compared_with_the_schema(bench: Any) -> None:
    spec = """
entrypoint: main
templates:
- dag:
    name: main
    tasks:
    - {name: f, executor: {type: fetch, config: {url: http}}}
    - name: a
      dependencies: [f]
      executor:
        type: fetch
        config:
          url: "{{ «tasks.f.outputs.parameters.status» }}"
          mode: "{{ tasks.f.outputs.parameters.body }}"
          headers: "«n{{tasks.f.outputs.parameters.body}}»"
    - name: b
      dependencies: [f]
      template: get
      arguments:
        parameters:
        - {name: url, valueFrom: {parameter: «tasks.f.outputs.parameters.tags»}}
        - {name: retries, valueFrom: {expression: «string(1)»}}
        - {name: mode, valueFrom: {parameter: «tasks.f.phase»}}
- task:
    name: get
    executor: {type: fetch}
    inputs: {parameters: [{name: url}, {name: codes, type: «int», default: 3}]}
"""

    problems = bench.check_spec(spec)

    assert {each.code for each in problems} == {"AE404"}
    assert len(problems) == 6
    assert ("AE404", "«int»") in bench.found(spec)
    assert (
        problems[-1].message
        == 'executor "fetch" expects a list for "codes", which is declared as an integer'
    )


def test_a_value_of_config_that_a_parameter_replaces_is_not_compared(bench: Any) -> None:
    more = "      inputs: {parameters: [{name: url, value: http}]}"

    assert bench.found(_inline("{type: fetch, config: {url: 1}}", more), None) == []


@pytest.mark.parametrize(
    ("config", "message"),
    [
        ("command: x", None),
        ("script: x", None),
        ("command: x, script: null", None),
        ("command: '{{system.os}}', script: x", None),
        ("argz: x, command: x", "has no input"),
        ("{}", 'takes exactly one of "command" and "script"'),
        ("script: null", 'takes exactly one of "command" and "script"'),
        ("command: x, script: x", 'takes exactly one of "command" and "script"'),
        ("command: x, env: 1, stdin: 1", 'takes "env" or "stdin", not both'),
    ],
)
def test_rules_about_inputs_that_belong_together(
    bench: Any, config: str, message: str | None
) -> None:
    text = "" if config == "{}" else config
    problems = bench.check_spec(_inline(f"{{type: shell, config: {{{text}}}}}"))

    assert len(problems) == (message is not None)
    assert message is None or message in problems[0].message


def test_an_output_that_the_executor_never_produces_is_a_warning(bench: Any) -> None:
    more = """
      outputs:
        parameters:
        - {name: status}
        - {name: «sattus»}
        - {name: extra, value: 1}
"""
    spec = _inline("{type: fetch, config: {url: http}}", more)

    (problem,) = bench.check_spec(spec)

    assert bench.found(spec, Severity.WARNING) == [("AE405", "«sattus»")]
    assert problem.hint == 'Did you mean "status"?'


def test_declared_outputs_take_their_types_from_the_executor(bench: Any) -> None:
    more = """
      outputs: {parameters: [{name: status}]}
    - name: b
      dependencies: [a]
      when: «tasks.a.outputs.parameters.status»
      executor: {type: echo}
"""
    spec = _inline("{type: fetch, config: {url: http}}", more)

    assert bench.found(spec) == [("AE305", "«tasks.a.outputs.parameters.status»")]
