"""What leaves a task: declared outputs, their types, and those that the task computes itself."""

from __future__ import annotations

from typing import Any

import pytest


def task(*outputs: dict[str, Any], **more: Any) -> dict[str, Any]:
    """Return a task template with these declared outputs."""
    return {
        "name": "work",
        "executor": {"type": "echo"},
        "outputs": {"parameters": list(outputs)},
        **more,
    }


def computed(name: str, expression: str, **more: Any) -> dict[str, Any]:
    """Return an output with a `valueFrom`."""
    return {"name": name, "valueFrom": {"expression": expression}, **more}


def test_only_what_is_declared_leaves_the_task(simulation: Any, main_dag: Any) -> None:
    """A `value` stands in for null and for nothing, a `default` for nothing."""
    work = task(
        {"name": "a"},
        {"name": "b", "value": 1},
        {"name": "c", "value": 2},
        {"name": "d", "default": 3},
        {"name": "e", "default": 4},
        {"name": "f"},
    )
    run = simulation(main_dag({"name": "t"}, work=work))

    run.submit()
    run.complete("t", f=None, e=None, c=None, a=0, z=9)

    assert run.task("t").outputs == {"a": 0, "b": 1, "c": 2, "d": 3, "e": None, "f": None}


@pytest.mark.parametrize(
    ("kind", "value", "words"),
    [
        ("int", "a", 'expected an integer, got "a"'),
        ("integer", 1.5, "expected an integer, got 1.5"),
        ("number", True, "expected a number, got true"),
        ("string", 5, "expected a string, got 5"),
        ("bool", "yes", 'expected true or false, got "yes"'),
        ("array", {}, "expected a list, got {}"),
        ("object", None, "expected an object, got null"),
    ],
)
def test_a_produced_value_of_another_type_ends_the_task_in_error(
    simulation: Any, main_dag: Any, kind: str, value: Any, words: str
) -> None:
    """Decision 3: declared types are enforced where values meet, with the JSON path."""
    run = simulation(main_dag({"name": "t"}, work=task({"name": "x", "type": kind}, {"name": "y"})))

    run.submit()
    run.complete("t", x=value, y="kept")

    ended = run.task("t")
    assert (ended.phase, ended.code) == ("Error", 0)
    assert ended.message == f"$.outputs.parameters.x: {words}"
    assert ended.outputs == {"y": "kept"}
    assert run.state.run.phase == "Error"


@pytest.mark.parametrize(
    ("kind", "value"),
    [("int", 3.0), ("float", 3), ("any", None), ("string", ""), ("boolean", False)],
)
def test_a_produced_value_of_the_declared_type_passes(
    simulation: Any, main_dag: Any, kind: str, value: Any
) -> None:
    """Decision 3: what JSON can't tell apart counts as either."""
    run = simulation(main_dag({"name": "t"}, work=task({"name": "x", "type": kind})))

    run.submit()
    run.complete("t", x=value)

    assert (run.task("t").phase, run.task("t").outputs) == ("Succeeded", {"x": value})


def test_a_produced_value_outside_the_enum_ends_the_task_in_error(
    simulation: Any, main_dag: Any
) -> None:
    """Decision 3; all problems are named at once."""
    outputs = ({"name": "x", "enum": ["a", "b"]}, {"name": "n", "type": "int"})
    run = simulation(main_dag({"name": "t"}, work=task(*outputs)))

    run.submit()
    run.complete("t", x="c", n="1")

    assert run.task("t").message == (
        '$.outputs.parameters.x: expected one of "a", "b"; got "c"; '
        '$.outputs.parameters.n: expected an integer, got "1"'
    )


def test_a_task_that_ended_badly_keeps_its_own_reason(simulation: Any, main_dag: Any) -> None:
    """What does not fit is left out all the same, and a note says so."""
    run = simulation(main_dag({"name": "t"}, work=task({"name": "x", "type": "int"})))

    run.submit()
    run.complete("t", 2, "no luck", x="a")

    ended = run.task("t")
    assert (ended.phase, ended.message, ended.outputs) == ("Failed", "no luck", None)
    assert any("$.outputs.parameters.x" in note for note in run.notes())


def test_a_misfit_is_an_error_to_conditions_and_retries_too(simulation: Any, main_dag: Any) -> None:
    """Both see phase and message of what came of it."""
    work = task(
        {"name": "x", "type": "int"},
        phaseConditions={"failed": "phase == Error && contains(msg, 'expected an integer')"},
        retry={"limit": 1, "expression": "contains(message, '$.outputs.parameters.x')"},
    )
    run = simulation(main_dag({"name": "t"}, work=work))

    run.submit()
    run.complete("t", x="a")
    run.complete("t", x="b")

    assert (run.task("t").phase, run.task("t").retry_count) == ("Failed", 1)


def test_a_task_computes_outputs_from_its_inputs_and_what_it_produced(
    simulation: Any, main_dag: Any
) -> None:
    """Also from outputs that it does not declare, and from the end of the attempt."""
    work = task(
        computed("lines", "length(split(outputs.parameters.text, '\\n'))", type="int"),
        {"name": "plain"},
        computed("story", "join([phase, string(code), msg, inputs.parameters.who], '/')"),
        {"name": "copy", "valueFrom": {"parameter": "outputs.parameters.plain"}},
        {"name": "path", "valueFrom": {"path": "tasks.t.outputs.parameters.static"}},
        {"name": "static", "value": "s"},
        inputs={"parameters": [{"name": "who", "value": "Ada"}]},
    )
    run = simulation(main_dag({"name": "t"}, work=work))

    run.submit()
    run.complete("t", message="done", text="a\nb", plain=[1])

    outputs = run.task("t").outputs
    assert outputs == {
        "lines": 2,
        "plain": [1],
        "story": "Succeeded/0/done/Ada",
        "copy": [1],
        "path": "s",
        "static": "s",
    }
    assert list(outputs) == ["lines", "plain", "story", "copy", "path", "static"]


def test_a_computed_output_comes_before_a_produced_one(simulation: Any, main_dag: Any) -> None:
    """So a task can tidy what its executor gives."""
    work = task(computed("text", "trim(outputs.parameters.text)"))
    run = simulation(main_dag({"name": "t"}, work=work))

    run.submit()
    run.complete("t", text=" a ")

    assert run.task("t").outputs == {"text": "a"}


def test_an_output_that_cannot_be_computed_is_left_out_and_noted(
    simulation: Any, main_dag: Any
) -> None:
    """As an output of a dag is; a default steps in for a missing reference only."""
    work = task(
        {"name": "gone", "valueFrom": {"parameter": "outputs.parameters.no"}},
        {"name": "saved", "default": 7, "valueFrom": {"parameter": "outputs.parameters.no"}},
        computed("broken", "1 / outputs.parameters.zero", default=1),
        computed("wrong", "outputs.parameters.zero", type="string"),
        {"name": "zero"},
    )
    run = simulation(main_dag({"name": "t"}, work=work))

    run.submit()
    run.complete("t", zero=0)

    assert run.task("t").phase == "Succeeded"
    assert run.task("t").outputs == {"saved": 7, "zero": 0}
    notes = [note for note in run.notes() if "is left out" in note]
    assert [note.split(" ")[1] for note in notes] == ["gone", "broken", "wrong"]
    assert "expected a string, got 0" in notes[2]


@pytest.mark.parametrize(
    ("code", "conditions", "expected"),
    [
        (2, {}, None),
        (2, {"succeeded": "code == 2"}, {"x": 1}),
        (0, {"failed": "code == 0"}, None),
    ],
)
def test_outputs_are_computed_when_the_task_has_succeeded_in_the_end(
    simulation: Any, main_dag: Any, code: int, conditions: dict[str, str], expected: Any
) -> None:
    """The phase that counts is the one that phaseConditions choose."""
    work = task(computed("x", "1"), phaseConditions=conditions)
    run = simulation(main_dag({"name": "t"}, work=work))

    run.submit()
    run.complete("t", code)

    assert run.task("t").outputs == expected


def test_an_inline_task_sees_the_inputs_of_its_dag_and_its_siblings(
    simulation: Any, main_dag: Any
) -> None:
    """Only what computed outputs refer to need be kept of a sibling, and it is."""
    inline = {
        "name": "b",
        "dependencies": ["a"],
        "executor": {"type": "echo"},
        "outputs": {
            "parameters": [computed("x", "inputs.parameters.base + tasks.a.outputs.parameters.n")]
        },
    }
    document = main_dag(
        {"name": "a"}, inline, inputs={"parameters": [{"name": "base", "value": 10}]}
    )
    run = simulation(document)

    run.run_all(lambda job: (0, {"n": 5}))

    assert run.task("b").outputs == {"x": 15}


def test_what_was_produced_before_a_resume_counts_too(simulation: Any, main_dag: Any) -> None:
    """Outputs of all rounds accumulate, and the payload is among the inputs."""
    work = task(computed("both", "[outputs.parameters.first, inputs.parameters.second]"))
    run = simulation(main_dag({"name": "t"}, work=work))

    run.submit()
    run.complete("t", 1, first=1)
    run.restart()
    run.resume("t", second=2)
    run.complete("t")

    assert run.task("t").outputs == {"both": [1, 2]}


def test_a_dag_with_an_output_of_another_type_ends_in_error(simulation: Any, main_dag: Any) -> None:
    """Decision 3: it would have succeeded otherwise; what fits is kept."""
    reference = {"parameter": "tasks.t.outputs.parameters.x"}
    outputs = [
        {"name": "n", "type": "int", "valueFrom": reference},
        {"name": "x", "valueFrom": reference},
        {"name": "nothing", "type": "string"},
    ]
    run = simulation(main_dag({"name": "t"}, outputs={"parameters": outputs}))

    run.run_all(lambda _: (0, {"x": "a"}))

    main = run.task("main")
    assert (main.phase, main.outputs) == ("Error", {"x": "a", "nothing": None})
    assert main.message == '$.outputs.parameters.n: expected an integer, got "a"'
    assert run.state.run.phase == "Error"


def test_a_dag_that_failed_keeps_its_own_reason(simulation: Any, main_dag: Any) -> None:
    """A note tells what it lacks."""
    outputs = [
        {"name": "n", "type": "int", "valueFrom": {"parameter": "tasks.t.outputs.parameters.x"}}
    ]
    run = simulation(main_dag({"name": "t"}, outputs={"parameters": outputs}))

    run.run_all(lambda _: (2, {"x": "a"}))

    assert (run.task("main").phase, run.task("main").outputs) == ("Failed", None)
    assert any("$.outputs.parameters.n" in note for note in run.notes())
