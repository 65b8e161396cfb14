"""How values get from one place to another: decisions 3, 4, 5, 6, 7 and 15."""

from __future__ import annotations

import json
from typing import Any

import pytest

from aether_core.engine import DocumentRejected

SPELLINGS = [
    ("string", ['"a"'], ["1", "true", "[]", "{}", "null"]),
    ("int", ["1", "3.0"], ["1.5", '"1"', "true", "null"]),
    ("integer", ["1", "3.0"], ["1.5", '"1"', "true", "null"]),
    ("float", ["1", "1.5"], ['"1"', "true"]),
    ("number", ["1", "1.5"], ['"1"', "true"]),
    ("bool", ["true"], ['"true"', "1"]),
    ("boolean", ["true"], ['"true"', "1"]),
    ("array", ["[1]"], ["{}", '"[1]"']),
    ("object", ["{a: 1}"], ["[]", '"{}"']),
    ("any", ["1", "[]", "null"], []),
]
GOOD = [(name, value) for name, good, _ in SPELLINGS for value in good]
BAD = [(name, value) for name, _, bad in SPELLINGS for value in bad]


def taking(kind: str, value: str) -> str:
    """Return a spec whose task declares an input, and gets a value that is known before."""
    return f"""
    entrypoint: main
    templates:
    - dag:
        name: main
        tasks:
        - name: call
          template: work
          arguments: {{parameters: [{{name: v, value: {value}}}]}}
    - task:
        name: work
        executor: {{type: echo}}
        inputs: {{parameters: [{{name: v, {kind}}}]}}
    """


def receiving(kind: str, value: str) -> str:
    """Return a spec whose task declares an input, and gets a value that comes up at run time."""
    return f"""
    entrypoint: main
    templates:
    - dag:
        name: main
        tasks:
        - {{name: give, executor: {{type: echo, config: {{v: {value}}}}}}}
        - name: call
          template: work
          dependencies: [give]
          arguments:
            parameters: [{{name: v, value: "{{{{ tasks.give.outputs.parameters.v }}}}"}}]
    - task:
        name: work
        executor: {{type: echo}}
        inputs: {{parameters: [{{name: v, {kind}}}]}}
    """


@pytest.mark.parametrize(("kind", "value"), GOOD)
def test_a_value_of_the_declared_type_is_taken(play: Any, kind: str, value: str) -> None:
    """Decision 3: in both spellings of the type, and before and during the run."""
    for spec in (taking, receiving):
        assert play(spec(f"type: {kind}", value)).run.phase == "Succeeded"


@pytest.mark.parametrize(("kind", "value"), BAD)
def test_a_value_of_another_type_is_refused(found: Any, play: Any, kind: str, value: str) -> None:
    """Decision 3: before the run where it is known, else when the task starts."""
    (problem,) = found(taking(f"type: {kind}", value))
    assert problem["code"] == "AE306"

    task = play(receiving(f"type: {kind}", value)).task("call")
    assert task.phase == "Error"
    assert "$.inputs.parameters.v" in task.message


def test_enum_is_enforced(found: Any, play: Any) -> None:
    """Decision 3: before the run where the value is known, else when the task starts."""
    (problem,) = found(taking("enum: [fast, safe]", "slow"))
    assert problem["code"] == "AE307"

    task = play(receiving("enum: [fast, safe]", "slow")).task("call")
    assert task.phase == "Error"
    assert "$.inputs.parameters.v" in task.message


@pytest.mark.parametrize("depth", ["[0]", ".a"])
def test_a_required_input_is_enforced(found: Any, play: Any, depth: str) -> None:
    """Decision 3: the document can't leave it out, and a run can't go on without it."""
    (problem,) = found("""
    entrypoint: main
    templates:
    - dag: {name: main, tasks: [{name: call, template: work}]}
    - task:
        name: work
        executor: {type: echo}
        inputs: {parameters: [{name: v}]}
    """)
    assert problem["code"] == "AE309"

    late = receiving("type: int", "{}").replace("parameters.v }}", f"parameters.v{depth} }}}}")
    task = play(late).task("call")
    assert task.phase == "Error"
    assert "$.inputs.parameters.v" in task.message


def test_config_supplies_inputs_and_inputs_win(play: Any) -> None:
    """Decision 4: the executor gets both, and the input of the same name counts."""
    done = play("""
    entrypoint: main
    templates:
    - task:
        name: main
        executor: {type: echo, config: {a: config, b: {c: [config]}}}
        inputs: {parameters: [{name: a, value: input}, {name: d, value: input}]}
    """)

    assert done.run.outputs == {"a": "input", "b": {"c": ["config"]}, "d": "input"}


def test_the_merged_inputs_are_what_the_model_validates(play: Any, found: Any) -> None:
    """Decision 4: each half alone would not do."""
    spec = """
    entrypoint: main
    templates:
    - task:
        name: main
        executor: {type: typed, config: {grams: "not this", flour: oat}}
        inputs: {parameters: [{name: grams, value: 750}]}
    """
    assert play(spec).run.outputs == {"weight": 750, "label": "oat"}
    with pytest.raises(DocumentRejected):
        play(spec.replace("value: 750", "value: heavy"))


@pytest.mark.parametrize(
    ("path", "value"),
    [("deploy.region", "eu"), ("workflow.parameters.n", 5), ("system.os", "linux")],
)
def test_a_path_is_a_key_of_the_variables(play: Any, path: str, value: Any) -> None:
    """Decision 5: and no path of a file."""
    done = play(
        f"""
        entrypoint: main
        arguments: {{parameters: [{{name: n, value: 5}}]}}
        templates:
        - task:
            name: main
            executor: {{type: echo}}
            inputs: {{parameters: [{{name: v, valueFrom: {{path: {path}}}}}]}}
        """,
        variables={"deploy.region": "eu"},
    )

    assert path == "system.os" or done.run.outputs == {"v": value}
    assert isinstance(done.run.outputs["v"], type(value))


N = "{{ workflow.parameters.n }}"
POSITIONS = {
    "arguments": f"""
    - dag:
        name: main
        tasks:
        - name: call
          template: work
          arguments: {{parameters: [{{name: v, value: "{N}"}}]}}
    - task: {{name: work, executor: {{type: echo}}, inputs: {{parameters: [{{name: v}}]}}}}
    """,
    "inputs": f"""
    - dag: {{name: main, tasks: [{{name: call, template: work}}]}}
    - task:
        name: work
        executor: {{type: echo}}
        inputs: {{parameters: [{{name: v, value: "{N}"}}]}}
    """,
    "default": f"""
    - dag: {{name: main, tasks: [{{name: call, template: work}}]}}
    - task:
        name: work
        executor: {{type: echo}}
        inputs: {{parameters: [{{name: v, default: "{N}"}}]}}
    """,
    "config": f"""
    - dag: {{name: main, tasks: [{{name: call, executor: {{type: echo, config: {{v: "{N}"}}}}}}]}}
    """,
    "loop arguments": f"""
    - loop:
        name: main
        items: [1]
        body: call
        arguments: {{parameters: [{{name: v, value: "{N}"}}]}}
    - task: {{name: call, executor: {{type: echo}}}}
    """,
}
TEXTS = [
    ("{{ workflow.parameters.n }}", 5),
    ("{{workflow.parameters.n}}", 5),
    (" {{ workflow.parameters.n }}", " 5"),
    ("{{ workflow.parameters.n }}/{{ workflow.parameters.l }}", '5/["a",null]'),
    ("\\{{ workflow.parameters.n }}", "{{ workflow.parameters.n }}"),
    ([{"x": ["{{ workflow.parameters.l }}"]}], [{"x": [["a", None]]}]),
    ({"k": "<{{ workflow.parameters.n }}>"}, {"k": "<5>"}),
]


@pytest.mark.parametrize("position", POSITIONS)
@pytest.mark.parametrize(("text", "value"), TEXTS)
def test_placeholders_work_everywhere(play: Any, position: str, text: Any, value: Any) -> None:
    """Decision 6: at any depth; a text that is exactly one keeps the type of its value."""
    templates = POSITIONS[position].replace(f'"{N}"', json.dumps(text))
    done = play(f"""
    entrypoint: main
    arguments: {{parameters: [{{name: n, value: 5}}, {{name: l, value: [a, null]}}]}}
    templates:{templates}""")

    task = done.tasks("call")[0] if done.tasks("call") else done.task("work")
    assert task.outputs["v"] == value
    assert type(task.outputs["v"]) is type(value)


@pytest.mark.parametrize("position", POSITIONS)
def test_an_unresolved_placeholder_is_refused(found: Any, position: str) -> None:
    """Decision 6: it does not stay as text."""
    (problem,) = found(f"""
    entrypoint: main
    templates:{POSITIONS[position]}""")

    assert problem["code"] == "AE226"


def test_an_unresolved_placeholder_of_the_run_is_an_error(play: Any) -> None:
    """Decision 6: where nobody could know before."""
    task = play(receiving("type: any", "{}").replace("s.v }}", "s.w }}")).task("call")

    assert task.phase == "Error"
    assert "tasks.give.outputs.parameters.w" in task.message


@pytest.mark.parametrize("nasty", ["' || true || '", "1 == 1", "'", "Succeeded", "{{ x }}"])
def test_a_placeholder_in_an_expression_is_the_operand(play: Any, nasty: str) -> None:
    """Decision 6: its text is never pasted into the expression."""
    done = play(
        """
        entrypoint: main
        arguments: {parameters: [{name: t, type: string}]}
        templates:
        - dag:
            name: main
            tasks:
            - name: same
              when: "{{ workflow.parameters.t }} == 'safe'"
              executor: {type: echo}
        """,
        arguments={"t": nasty},
    )

    assert done.phases["same"] == "Skipped"


def test_references_go_on_into_objects_and_lists(play: Any) -> None:
    """Decision 7: .field and [0], also behind names with hyphens."""
    spec = receiving("type: any", "{list: [a, {b-c: deep}]}")
    path = "parameters.v"
    for way, value in [(".list[0]", "a"), (".list[1].b-c", "deep"), ('["list"][1]["b-c"]', "deep")]:
        text = spec.replace(f"{path} }}}}", f"{path}{way} }}}}".replace('"', '\\"'))
        assert play(text).task("call").outputs == {"v": value}


def test_references_are_typed(live: Any, read: Any) -> None:
    """Decision 7: the checker knows what an executor gives, and whom it gives it to."""

    def spec(output: str) -> str:
        return f"""
        entrypoint: main
        templates:
        - dag:
            name: main
            tasks:
            - {{name: bake, executor: {{type: typed, config: {{grams: 5}}}}}}
            - name: cut
              dependencies: [bake]
              executor: {{type: typed, config: {{grams: "{{{{ tasks.bake.{output} }}}}"}}}}
        """

    async def story(world: Any) -> dict[str, Any]:
        codes: dict[str, Any] = {}
        async with world.engine() as engine:
            for output in ("label", "weight", "length", "label[0]"):
                try:
                    await engine.submit(read(spec(f"outputs.parameters.{output}")))
                except DocumentRejected as refused:
                    codes[output] = [problem.code for problem in refused.diagnostics]
        return codes

    codes = live(story)
    assert set(codes) == {"label", "length", "label[0]"}
    assert codes["length"] == ["AE223"]
    assert codes["label[0]"] == ["AE311"]


def test_an_explicit_null_is_a_value(play: Any) -> None:
    """Decision 15: the default does not step in."""
    done = play("""
    entrypoint: main
    arguments: {parameters: [{name: nothing, value: null, default: theirs}]}
    templates:
    - dag:
        name: main
        tasks:
        - name: call
          template: work
          arguments:
            parameters:
            - {name: literal, value: null}
            - {name: reference, valueFrom: {parameter: workflow.parameters.nothing}}
            - {name: placeholder, value: "{{ workflow.parameters.nothing }}"}
    - task:
        name: work
        executor: {type: echo}
        inputs:
          parameters:
          - {name: literal, default: ours}
          - {name: reference, default: ours}
          - {name: placeholder, default: ours}
          - {name: nothing, default: null}
    """)

    assert done.task("call").outputs == dict.fromkeys(
        ("literal", "reference", "placeholder", "nothing")
    )


@pytest.mark.parametrize("given", ["valueFrom: {parameter: %s}", 'value: "{{ %s }}"'])
@pytest.mark.parametrize("default", ["", ", default: ours"])
def test_a_missing_reference_needs_a_default(play: Any, given: str, default: str) -> None:
    """Decision 15: with one it is used, without one the task ends in Error."""
    done = play(f"""
    entrypoint: main
    templates:
    - dag:
        name: main
        tasks:
        - {{name: give, executor: {{type: echo}}, when: "false"}}
        - name: call
          dependencies: [give]
          template: work
          arguments:
            parameters: [{{name: v, {given % "tasks.give.outputs.parameters.v"}}}]
    - task:
        name: work
        executor: {{type: echo}}
        inputs: {{parameters: [{{name: v{default}}}]}}
    """)

    task = done.task("call")
    assert (task.phase, task.outputs) == (
        ("Succeeded", {"v": "ours"}) if default else ("Error", {})
    )
