"""The one language of conditions and computed values: decisions 8, 9 and 10."""

from __future__ import annotations

import json
from typing import Any

import pytest

ORDER = {"a-b": 7, "n": 1_000_000, "text": "rye", "list": [3, 1, 2], "none": None, "big": 2**60}

VALUES = [
    ("'a' + \"b\"", "ab"),
    ("1.5e1", 15.0),
    ("[1, 'x', true, null]", [1, "x", True, None]),
    ("{a: 1, 'b-c': 2}", {"a": 1, "b-c": 2}),
    ("order.a-b", 7),
    ("order.a-b - 1", 6),
    ("order.n == 1000000", True),
    ("order.big + 1", 2**60 + 1),
    ("5 == 5.0", True),
    ("5 == '5'", False),
    ("true == 'true'", False),
    ("true == 1", False),
    ("null == ''", False),
    ("2 < 10", True),
    ("'2' < '10'", False),
    ("'y' in order.text", True),
    ("4 not in order.list", True),
    ("true && !false || false", True),
    ("true and not false or false", True),
    ("order.none == null ? 'yes' : 'no'", "yes"),
    ("7 + 2 * 3 % 4 - 1", 8),
    ("8 / 2", 4),
    ("8 / 2 == 4", True),
    ("(1 + 2) * 3", 9),
    ("order.list[0]", 3),
    ("'rye' == 'a==b'", False),
    ("'a==b' != 'x'", True),
    ("Succeeded == 'Succeeded'", True),
    ("false && 1 / 0 > 1", False),
    ("true || 1 / 0 > 1", True),
    ("true ? 1 : 1 / 0", 1),
    ("has(order.missing)", False),
    ("has(order.none)", True),
    ("default(order.missing, 'brown')", "brown"),
    ("length(order.list)", 3),
    ("contains(order.list, 2)", True),
    ("startsWith('a.txt', 'a')", True),
    ("endsWith('a.txt', '.md')", False),
    ("matches('run-42', '[0-9]+$')", True),
    ("lower('RYE') + upper('rye') + trim(' x ')", "ryeRYEx"),
    ("join(split('a,b', ','), '-')", "a-b"),
    ("keys({b: 1, a: 2})", ["b", "a"]),
    ("values({b: 1, a: 2})", [1, 2]),
    ("[min(order.list), max(order.list), sum(order.list)]", [1, 3, 6]),
    ("[int('4'), int(4.9), float('1.5')]", [4, 4, 1.5]),
    ("[string(1), string('x'), bool('true')]", ["1", "x", True]),
    ("fromJson(toJson({a: [1]}))", {"a": [1]}),
]
REFUSED = [
    "order.n = 1",
    "1 +",
    "Succeded == 'x'",
    "rye == 'rye'",
    "order.text.upper()",
    "__import__('os')",
    "order.__class__",
    "1 < 2 < 3",
    "size(order.list)",
    "(" * 200 + "1" + ")" * 200,
    "min(1, 2)",
]
BROKEN = [
    "1 / (order.n - 1000000)",
    "1 % (order.n - 1000000)",
    "order.missing",
    "order.list[9]",
    "order.text + 1",
    "int(order.text)",
]


def computing(expression: str) -> str:
    """Return a spec whose task computes a value."""
    return f"""
    entrypoint: main
    templates:
    - task:
        name: main
        executor: {{type: echo}}
        inputs: {{parameters: [{{name: v, valueFrom: {{expression: {json.dumps(expression)}}}}}]}}
    """


@pytest.mark.parametrize(("expression", "value"), VALUES)
def test_an_expression_gives(play: Any, expression: str, value: Any) -> None:
    """Decision 8: every construct of the language."""
    variables = {f"order.{key}": value for key, value in ORDER.items()}
    done = play(computing(expression), variables=variables)

    assert done.run.phase == "Succeeded", done.run.message
    assert done.run.outputs == {"v": value}
    assert type(done.run.outputs["v"]) is type(value)


@pytest.mark.parametrize("expression", REFUSED)
def test_no_text_is_guessed(found: Any, expression: str) -> None:
    """Decision 8: what is not of the language is an error, and no text or code."""
    problems = found(computing(expression), "--set", "order.n=1", "--set", "order.text=rye")

    assert problems
    assert problems[0]["severity"] == "error"


@pytest.mark.parametrize("expression", BROKEN)
def test_what_has_no_value_is_an_error(play: Any, expression: str) -> None:
    """Decision 8: division by zero, missing items and misfits end the task with the reason."""
    expression = expression.replace("order", "tasks.give.outputs.parameters")
    task = play(f"""
    entrypoint: main
    templates:
    - dag:
        name: main
        tasks:
        - {{name: give, executor: {{type: echo, config: {json.dumps(ORDER)}}}}}
        - name: call
          dependencies: [give]
          executor: {{type: echo}}
          inputs: {{parameters: [{{name: v, valueFrom: {{expression: {json.dumps(expression)}}}}}]}}
    """).task("call")

    assert task.phase == "Error"
    assert "$.inputs.parameters.v" in task.message


def test_a_pattern_takes_linear_time(play: Any) -> None:
    """Decision 8: the classic trap of a regular expression answers at once."""
    done = play(computing(f"matches('{'a' * 5000}!', '^(a+)+$')"))

    assert done.run.outputs == {"v": False}


EVERYWHERE = {
    "when": "- dag: {name: main, tasks: [{name: call, when: %s, executor: {type: echo}}]}",
    "phaseConditions": """
    - task: {name: main, executor: {type: echo}, phaseConditions: {failed: %s}}
    """,
    "retry": """
    - dag:
        name: main
        tasks:
        - name: call
          executor: {type: echo, config: {code: 2}}
          retry: {limit: 1, expression: %s}
    """,
    "repeatCondition": """
    - loop: {name: main, repeatCondition: %s, maxIterations: 2, body: work}
    - task: {name: work, executor: {type: echo}}
    """,
    "itemsFrom": """
    - loop: {name: main, itemsFrom: %s, body: work}
    - task: {name: work, executor: {type: echo}}
    """,
    "valueFrom": """
    - task:
        name: main
        executor: {type: echo}
        inputs: {parameters: [{name: v, valueFrom: {expression: %s}}]}
    """,
}


@pytest.mark.parametrize("position", EVERYWHERE)
def test_the_language_is_the_same_everywhere(play: Any, position: str) -> None:
    """Decision 8: one rich condition in all six positions."""
    condition = "length(split(workflow.parameters.t, ',')) >= 2 && not ('x' in ['y'])"
    text = condition if position != "itemsFrom" else f"{condition} ? [1, 2] : []"
    done = play(f"""
    entrypoint: main
    arguments: {{parameters: [{{name: t, value: "a,b"}}]}}
    templates:
    {EVERYWHERE[position].replace("%s", json.dumps(text)).strip()}
    """)

    match position:
        case "when":
            assert done.phases["call"] == "Succeeded"
        case "phaseConditions":
            assert done.run.phase == "Failed"
        case "retry":
            assert done.task("call").retry_count == 1
        case "valueFrom":
            assert done.run.outputs == {"v": True}
        case _:
            assert len(done.tasks("work")) == 2


# Where a reference may stand below a dag that has an input `i` and a node `up` with an output
# `o`. Each site ends well only if the reference has a value.
ECHO = {"type": "echo"}
REFERENCES = [
    "system.arch",
    "deploy.region",
    "workflow.parameters.w",
    "inputs.parameters.i",
    "tasks.up.outputs.parameters.o",
    "tasks.up.phase",
]


def node(**keys: Any) -> dict[str, Any]:
    """Return the node `call`, which comes after `up`."""
    return {"name": "call", "dependencies": ["up"], **keys}


def cycle(**keys: Any) -> tuple[dict[str, Any], dict[str, Any]]:
    """Return a node that calls a loop with an input `i`, and the loop."""
    given = {"parameters": [{"name": "i", "value": 2}]}
    inputs = {"parameters": [{"name": "i"}]}
    loop = {"name": "cycle", "body": "body", "inputs": inputs, **keys}
    return node(template="cycle", arguments=given), {"loop": loop}


def site(name: str, reference: str) -> tuple[dict[str, Any], ...]:
    """Return the node `call` with a reference at a site, and the templates that it needs."""
    text = f"{{{{ {reference} }}}}"
    is_there = f"string({reference}) != ''"
    fails = {"type": "echo", "config": {"code": 2}}
    match name:
        case "when":
            return (node(executor=ECHO, when=is_there),)
        case "argument":
            return (node(executor={**ECHO, "config": {"v": text}}),)
        case "retry":
            config = {"type": "echo", "config": {"fail-count": 1}}
            return (node(executor=config, retry={"limit": 1, "expression": is_there}),)
        case "phaseConditions":
            return (node(executor=fails, phaseConditions={"succeeded": is_there}),)
        case "itemsFrom":
            return cycle(itemsFrom=f"[{reference}]")
        case "loop arguments":
            parameters = [{"name": "v", "value": text}]
            return cycle(items=["x"], arguments={"parameters": parameters})
        case "repeatCondition":
            return cycle(repeatCondition=f"not ({is_there})", maxIterations=2)
        case _:
            return cycle(items=["x"], phaseConditions={"failed": f"not ({is_there})"})


SITES = [
    "when",
    "argument",
    "retry",
    "phaseConditions",
    "itemsFrom",
    "loop arguments",
    "repeatCondition",
    "phaseConditions of a loop",
]


@pytest.mark.parametrize("place", SITES)
@pytest.mark.parametrize("reference", REFERENCES)
def test_every_position_sees(play: Any, place: str, reference: str) -> None:
    """Decision 9: system, custom variables, arguments, inputs of the template, siblings."""
    call, *more = site(place, reference)
    up = {"name": "up", "executor": {"type": "echo", "config": {"o": 3}}}
    given = {"parameters": [{"name": "i", "value": 2}]}
    templates = [
        {"dag": {"name": "main", "tasks": [{"name": "n", "template": "in", "arguments": given}]}},
        {"dag": {"name": "in", "inputs": {"parameters": [{"name": "i"}]}, "tasks": [up, call]}},
        *more,
        {"task": {"name": "body", "executor": ECHO}},
    ]
    arguments = {"parameters": [{"name": "w", "value": 1}]}
    spec = {"entrypoint": "main", "arguments": arguments, "templates": templates}

    done = play(json.dumps(spec), variables={"deploy.region": "eu"})

    assert done.run.phase == "Succeeded", done.run.message
    assert done.phases["call"] == "Succeeded"
    assert len(done.tasks("body")) == (1 if more else 0)
    assert "evaluat" not in done.notes


@pytest.mark.parametrize(
    ("reference", "values"),
    [
        ("loop_iter.index", [0, 1]),
        ("iterator.index", [0, 1]),
        ("loop_iter.bucket", ["b", "c"]),
        ("iterator.bucket", ["b", "c"]),
        ("bucket", ["b", "c"]),
        ("iterator.item.bucket", ["b", "c"]),
    ],
)
def test_a_loop_shows_its_items(play: Any, reference: str, values: list[Any]) -> None:
    """Decision 9: by index, by field and as a whole; bare keys in the arguments."""
    done = play(f"""
    entrypoint: main
    templates:
    - loop:
        name: main
        items: [{{bucket: b}}, {{bucket: c}}]
        body: work
        arguments: {{parameters: [{{name: v, value: "{{{{ {reference} }}}}"}}]}}
    - task: {{name: work, executor: {{type: echo}}}}
    """)

    assert [task.outputs["v"] for task in done.tasks("work")] == values


@pytest.mark.parametrize("alias", ["loop_iter", "iterator"])
def test_the_nearest_loop_counts_at_any_depth(play: Any, alias: str) -> None:
    """Decision 9: a dag in a loop in a loop sees the items of the inner one."""
    done = play(f"""
    entrypoint: main
    maxNestedDepth: 5
    templates:
    - loop: {{name: main, items: [10, 20], body: inner}}
    - loop: {{name: inner, items: [1, 2], body: between}}
    - dag:
        name: between
        tasks: [{{name: leaf, executor: {{type: echo, config: {{v: "{{{{ {alias}.item }}}}"}}}}}}]
    """)

    assert [task.outputs["v"] for task in done.tasks("leaf")] == [1, 2, 1, 2]


def test_an_attempt_is_judged_by_what_it_came_to(play: Any) -> None:
    """Decision 9: retry.expression and phaseConditions see the current attempt."""
    done = play("""
    entrypoint: main
    templates:
    - dag:
        name: main
        tasks:
        - name: first
          executor: {type: echo, config: {code: 2, message: soft, v: 7}}
          retry:
            limit: 2
            expression: phase == Failed && code == 2 && msg == 'soft' && outputs.parameters.v == 7
        - name: second
          executor: {type: echo, config: {code: 3, message: soft, v: 7}}
          phaseConditions:
            succeeded: phase == Error && code == 3 && msg == 'soft' && outputs.parameters.v == 7
    """)

    assert done.task("first").retry_count == 2
    assert done.phases["second"] == "Succeeded"


BAD = "tasks.up.outputs.parameters.missing > 1"


def judged(rest: str) -> str:
    """Return a spec whose node `call` comes after `up`."""
    return f"""
    entrypoint: main
    templates:
    - dag:
        name: main
        tasks:
        - {{name: up, executor: {{type: echo}}}}
        - {{name: call, dependencies: [up], {rest}}}
        - {{name: after, dependencies: [call], executor: {{type: echo}}}}
    - loop: {{name: cycle, repeatCondition: tasks.body.outputs.parameters.x > 1, body: body}}
    - task: {{name: body, executor: {{type: echo}}}}
    """


def test_an_error_in_when_is_no_skip(play: Any) -> None:
    """Decision 10: the node ends in Error with the reason, and what depends on it stays away."""
    done = play(judged(f"when: {BAD}, executor: {{type: echo}}"))

    assert done.run.phase == "Error"
    assert done.phases["call"] == "Error"
    assert "tasks.up.outputs.parameters.missing" in done.task("call").message
    assert "after" not in done.phases


def test_an_error_in_a_repeat_condition_ends_the_loop(play: Any) -> None:
    """Decision 10: in Error, with the reason."""
    done = play(judged("template: cycle"))

    assert (done.phases["call"], done.phases["body"]) == ("Error", "Succeeded")
    assert "tasks.body.outputs.parameters.x" in done.task("call").message


def test_an_error_in_a_phase_condition_keeps_the_phase(play: Any) -> None:
    """Decision 10: an event says why."""
    done = play(judged(f"executor: {{type: echo}}, phaseConditions: {{failed: {BAD}}}"))

    assert done.phases["call"] == "Succeeded"
    assert "tasks.up.outputs.parameters.missing" in done.notes


def test_an_error_in_a_retry_expression_is_no_retry(play: Any) -> None:
    """Decision 10: an event says why."""
    failing = "executor: {type: echo, config: {code: 3}}"
    done = play(judged(f"{failing}, retry: {{limit: 5, expression: {BAD}}}"))

    assert (done.phases["call"], done.task("call").retry_count) == ("Error", 0)
    assert "tasks.up.outputs.parameters.missing" in done.notes
