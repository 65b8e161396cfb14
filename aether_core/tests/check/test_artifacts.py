"""Artifacts: every input gets a file, and every `from` names one that is there."""

from __future__ import annotations

from typing import Any

import pytest

from aether_core.check import check, problem_titles
from aether_core.document import Severity, Workflow, decode

TEMPLATES = """
- task: {name: make, executor: {type: echo}, outputs: {artifacts: [{name: package}]}}
- task: {name: use, executor: {type: echo}, inputs: {artifacts: [{name: data}]}}
"""


def spec(tasks: str, templates: str = "", *, dag: str = "", head: str = "") -> str:
    """Return a spec with one dag and the templates `make` and `use`."""
    top = f"{head}\nentrypoint: main\ntemplates:\n- dag:\n    name: main\n{dag}\n    tasks:\n"
    return f"{top}{tasks}{TEMPLATES}{templates}"


def hand_over(what: str, after: str = "[make]") -> str:
    """Return two tasks of which the second hands over an artifact."""
    return f"""
    - {{name: make, template: make}}
    - name: use
      template: use
      dependencies: {after}
      arguments: {{artifacts: [{what}]}}
"""


def test_artifacts_that_are_there_are_no_problem(bench: Any) -> None:
    """All the ways in which one place hands over a file to another."""
    document = """
entrypoint: main
arguments:
  parameters: [{name: base, value: http://localhost}]
  artifacts:
  - {name: raw, source: {type: local, config: {path: "{{deploy.file}}"}}, archive: {type: zip}}
templates:
- dag:
    name: main
    outputs: {artifacts: [{name: all, from: tasks.inner.outputs.artifacts.result}]}
    tasks:
    - name: inner
      template: inner
      arguments: {artifacts: [{name: raw, from: workflow.artifacts.raw}]}
    - name: each
      template: each
      dependencies: [inner]
      arguments: {artifacts: [{name: raw, from: tasks.inner.outputs.artifacts.result}]}
    - name: last
      dependencies: [each, inline]
      template: use
      arguments: {artifacts: [{name: data, from: tasks.each.outputs.artifacts.package}]}
    - name: inline
      executor: {type: echo}
      inputs:
        artifacts:
        - {name: a}
        - {name: b, source: {type: http, config: {url: "{{workflow.parameters.base}}/b"}}}
      outputs: {artifacts: [{name: o}]}
      arguments:
        artifacts:
        - {name: a, from: workflow.arguments.artifacts.raw, archive: {type: none}}
    - name: end
      template: use
      dependencies: [inline]
      arguments: {artifacts: [{name: data, from: tasks.inline.outputs.artifacts.o}]}
- dag:
    name: inner
    inputs: {artifacts: [{name: raw}]}
    outputs:
      artifacts:
      - {name: result, from: tasks.make.outputs.artifacts.package}
      - {name: same, from: inputs.artifacts.raw}
    tasks:
    - {name: make, template: make}
    - name: use
      template: use
      arguments: {artifacts: [{name: data, from: inputs.artifacts.raw}]}
- loop:
    name: each
    items: [1, 2]
    body: turn
    inputs: {artifacts: [{name: raw}]}
    arguments:
      artifacts:
      - {name: all, from: inputs.artifacts.raw}
      - name: one
        source: {type: http, config: {url: "http://h/{{iterator.item}}", headers: {A: b}}}
    outputs: {artifacts: [{name: package}]}
- task:
    name: turn
    executor: {type: echo}
    inputs: {artifacts: [{name: all}, {name: one}]}
    outputs: {artifacts: [{name: package, archive: {type: tar.gz}}]}
""" + TEMPLATES.replace("{name: data}", "{name: data, source: {type: local, config: {path: /d}}}")

    assert bench.found(document, None, {"deploy.file": "/f"}) == []


@pytest.mark.parametrize(
    ("what", "expected"),
    [
        ("{name: data, from: «tasks.mkae.outputs.artifacts.package»}", "AE221"),
        ("{name: data, from: «tasks.use.outputs.artifacts.package»}", "AE222"),
        ("{name: data, from: «tasks.make.outputs.artifacts.pakage»}", "AE243"),
        ("{name: data, from: «tasks.make.outputs.parameters.package»}", "AE243"),
        ("{name: data, from: «tasks.make.phase»}", "AE243"),
        ("{name: data, from: «inputs.artifacts.x»}", "AE243"),
        ("{name: data, from: «workflow.artifacts.x»}", "AE243"),
        ("{name: data, from: «deploy.region»}", "AE243"),
        ("{name: data, from: '«{»{tasks.make.outputs.artifacts.package}}'}", "AE303"),
        ("{«name»: data}", "AE242"),
        (
            "{«name»: data, from: inputs.artifacts.i, source: {type: local, config: {path: /}}}",
            "AE242",
        ),
        ("{name: data, source: {type: «ftp», config: {}}}", "AE246"),
        ("{name: data, source: {type: «oss», config: {bucket: b, key: k}}}", "AE912"),
        ("{name: data, source: {«type»: local}}", "AE247"),
        ("{name: data, source: {type: http, config: {«headers»: {a: b}}}}", "AE247"),
        ("{name: data, source: {type: local, config: {path: «5»}}}", "AE247"),
        ("{name: data, source: {type: local, config: {path: /a, «pth»: /b}}}", "AE247"),
        ("{name: data, source: {type: http, config: {url: «ftp://h/a»}}}", "AE247"),
        ("{name: data, source: {type: http, config: {url: http://h, headers: «[1]»}}}", "AE247"),
        ("{name: data, source: {type: http, config: {url: http://h, headers: {A: «1»}}}}", "AE247"),
        ("{name: data, source: {type: local, config: {path: '{{«tasks.no.phase»}}'}}}", "AE221"),
    ],
)
def test_where_a_file_comes_from_is_checked(what: str, expected: str, bench: Any) -> None:
    dag = "    inputs: {artifacts: [{name: i, source: {type: local, config: {path: /i}}}]}"
    marked = what[what.index("«") : what.index("»") + 1]

    found = bench.found(spec(hand_over(what), dag=dag))

    assert found == [(expected, marked)]


@pytest.mark.parametrize(
    ("what", "message", "hint"),
    [
        (
            "{name: data, from: tasks.make.outputs.artifacts.pakage}",
            'task "make" has no output artifact "pakage"',
            'Did you mean "package"?',
        ),
        (
            "{name: data, from: tasks.make.phase}",
            "tasks.make.phase is not an artifact",
            "Write tasks.NAME.outputs.artifacts.NAME, inputs.artifacts.NAME or "
            "workflow.artifacts.NAME.",
        ),
        (
            "{name: data, from: inputs.artifacts.x}",
            'dag "main" has no input artifact "x"',
            'Declare it: {"name": "x"} in its inputs.artifacts.',
        ),
        (
            "{name: data, from: workflow.artifacts.x}",
            'the workflow has no artifact "x"',
            'Add {"name": "x", "source": …} to spec.arguments.artifacts.',
        ),
        (
            "{name: data, from: tasks.use2.outputs.artifacts.x}",
            'task "use2" has no output artifact "x"',
            'Declare it: {"name": "x"} in outputs.artifacts of task "use".',
        ),
        (
            "{name: data}",
            'the artifact "data" has neither "from" nor "source"',
            "Say where it comes from.",
        ),
        (
            "{name: data, source: {type: locl}}",
            'there is no source of type "locl"',
            'Did you mean "local"?',
        ),
        (
            "{name: data, source: {type: local}}",
            'the source of type local needs "path"',
            'Add "path" to its "config".',
        ),
    ],
)
def test_problems_say_what_is_wrong_and_what_to_do(
    what: str, message: str, hint: str, bench: Any
) -> None:
    given = "{artifacts: [{name: data, source: {type: local, config: {path: /}}}]}"
    more = f"    - {{name: use2, template: use, arguments: {given}}}\n"

    [problem] = bench.check_spec(spec(hand_over(what, "[make, use2]") + more))

    assert (problem.message, problem.hint) == (message, hint)


def test_a_task_that_is_not_upstream_is_refused(bench: Any) -> None:
    what = "{name: data, from: «tasks.make.outputs.artifacts.package»}"

    found = bench.found(spec(hand_over(what, "[]")))

    assert found == [("AE222", "«tasks.make.outputs.artifacts.package»")]


def test_a_required_file_that_nobody_hands_over_is_refused(bench: Any) -> None:
    tasks = "    - {«name»: a, template: use}\n"

    assert bench.found(spec(tasks)) == [("AE244", "«name»")]
    problem = bench.check_spec(spec(tasks))[0]
    assert (
        problem.message == 'task "a" of dag "main" hands over no file for the input artifact "data"'
    )


def test_the_entrypoint_needs_its_files_too(bench: Any) -> None:
    dag = "    inputs: {artifacts: [{«name»: raw}]}"

    found = bench.found(spec("    - {name: make, template: make}", dag=dag))

    assert found == [("AE244", "«name»")]


def test_a_file_that_nothing_takes_is_refused(bench: Any) -> None:
    """A task, a dag and a loop alike: nothing could refer to it."""
    arguments = "arguments: {artifacts: [{name: «x», source: {type: local, config: {path: /x}}}]}"
    tasks = "".join(
        f"    - {{name: {n}, template: {n}, {arguments}}}\n" for n in ("make", "in", "lo")
    )
    templates = """
- dag: {name: in, tasks: [{name: make, template: make}]}
- loop: {name: lo, items: [1], body: make}
"""

    found = bench.found(spec(tasks, templates))

    assert found == [("AE245", "«x»")] * 3


def test_a_loop_has_to_hand_on_what_its_body_needs(bench: Any) -> None:
    """Its own input artifacts are not handed on by themselves, as parameters are not either."""
    raw = "{name: data, source: {type: local, config: {path: /}}}"
    tasks = f"    - {{name: a, template: each, arguments: {{artifacts: [{raw}]}}}}\n"
    templates = """
- loop: {«name»: each, items: [1], body: use, inputs: {artifacts: [{name: data}]}}
"""

    found = bench.found(spec(tasks, templates))

    assert found == [("AE244", "«name»")]


@pytest.mark.parametrize(
    "key", ["from: inputs.artifacts.i", "source: {type: local, config: {path: /}}"]
)
def test_what_an_executor_makes_comes_from_nowhere_else(key: str, bench: Any) -> None:
    key = f"«{key.partition(':')[0]}»:{key.partition(':')[2]}"
    outputs = f"{{artifacts: [{{name: o, {key}}}]}}"
    templates = f"- task: {{name: t, executor: {{type: echo}}, outputs: {outputs}}}"

    found = bench.found(spec("    - {name: t, template: t}", templates))

    assert found == [("AE242", key.partition(":")[0])]


def test_what_iterations_make_comes_from_nowhere_else(bench: Any) -> None:
    templates = """
- loop:
    name: each
    items: [1]
    body: make
    outputs:
      artifacts:
      - {name: package, «from»: tasks.make.outputs.artifacts.package}
"""

    found = bench.found(spec("    - {name: e, template: each}", templates))

    assert found[0] == ("AE242", "«from»")


def test_a_loop_shows_only_what_its_body_makes(bench: Any) -> None:
    templates = """
- loop:
    name: each
    items: [1]
    body: make
    outputs: {artifacts: [{name: «pakage»}, {name: package, «archive»: {type: zip}}]}
"""

    document = spec("    - {name: e, template: each}", templates)

    assert bench.found(document) == [("AE243", "«pakage»")]
    assert ("AE208", "«archive»") in bench.found(document, Severity.WARNING)


def test_a_loop_that_makes_lists_has_no_artifacts(bench: Any) -> None:
    templates = """
- loop:
    name: each
    items: [1]
    body: make
    aggregate: {strategy: list}
    outputs: {«artifacts»: [{name: package}]}
"""

    assert bench.found(spec("    - {name: e, template: each}", templates)) == [
        ("AE248", "«artifacts»")
    ]


def test_the_workflow_s_own_artifacts_have_a_source(bench: Any) -> None:
    head = """
arguments:
  artifacts:
  - {«name»: a}
  - {name: b, «from»: workflow.artifacts.a}
  - {name: c, «from»: workflow.artifacts.a, source: {type: local, config: {path: /}}}
  - {name: d, source: {type: local, config: {path: "{{«workflow.parameters.x»}}"}}}
"""
    tasks = "    - {name: make, template: make}\n"

    found = bench.found(spec(tasks, head=head))

    assert found == [
        ("AE242", "«name»"),
        ("AE242", "«from»"),
        ("AE242", "«from»"),
        ("AE226", "«workflow.parameters.x»"),
    ]


@pytest.mark.parametrize("place", ["inputs", "outputs"])
def test_two_artifacts_of_one_name_are_refused(place: str, bench: Any) -> None:
    extra = ", source: {type: local, config: {path: /}}" if place == "inputs" else ""
    lists = f"{place}: {{artifacts: [{{name: a{extra}}}, {{name: «a»{extra}}}]}}"
    templates = f"- task: {{name: t, executor: {{type: echo}}, {lists}}}"

    found = bench.found(spec("    - {name: t, template: t}", templates))

    assert found == [("AE241", "«a»")]


def test_an_artifact_is_not_a_value(bench: Any) -> None:
    """Only `from` reads it; a placeholder or an expression can't."""
    tasks = """
    - {name: make, template: make}
    - name: b
      dependencies: [make]
      when: «tasks.make.outputs.artifacts.package» == 'x'
      executor: {type: echo}
"""

    assert bench.found(spec(tasks)) == [("AE224", "«tasks.make.outputs.artifacts.package»")]
    hints = [p.hint for p in bench.check_spec(spec(tasks)) if p.code == "AE224"]
    assert hints == ['A file is handed over in arguments.artifacts, with "from".']


def test_a_declared_source_sees_the_template_s_own_inputs(bench: Any) -> None:
    declared = """
    inputs:
      parameters: [{name: file, type: string, default: a}]
      artifacts:
      - {name: a, source: {type: local, config: {path: "{{inputs.parameters.file}}"}}}
      - {name: b, source: {type: local, config: {path: "{{«inputs.parameters.fil»}}"}}}
"""
    templates = f"""
- task:
    name: t
    executor: {{type: echo}}{declared}
- dag:
    name: d
    tasks: [{{name: make, template: make}}]{declared}
"""
    tasks = "    - {name: t, template: t}\n    - {name: d, template: d}\n"

    assert bench.found(spec(tasks, templates)) == [("AE225", "«inputs.parameters.fil»")] * 2


def test_an_input_that_a_source_uses_need_not_be_one_of_the_executor(bench: Any) -> None:
    """As with inputs that `executor.config` uses."""
    templates = """
- task:
    name: t
    executor: {type: fetch, config: {url: http://h}}
    inputs:
      parameters: [{name: file, value: a}, {name: «other», value: b}]
      artifacts: [{name: a, source: {type: local, config: {path: "{{inputs.parameters.file}}"}}}]
"""

    assert bench.found(spec("    - {name: t, template: t}", templates)) == [("AE402", "«other»")]


def test_the_call_that_lacks_something_is_named(bench: Any) -> None:
    """A declaration is checked for each call; the problem says for which one it is."""
    templates = """
- task:
    name: t
    executor: {type: echo}
    inputs: {artifacts: [{name: a, from: tasks.make.outputs.artifacts.package}]}
"""
    tasks = """
    - {name: make, template: make}
    - {name: good, template: t, dependencies: [make]}
    - {name: bad, template: t}
"""

    [problem] = [p for p in bench.check_spec(spec(tasks, templates)) if p.severity == "error"]

    assert problem.code == "AE222"
    assert problem.message.endswith('(called by task "bad" of dag "main")')


def test_a_hook_that_lacks_its_file_is_worth_a_warning(bench: Any) -> None:
    """Decision 24: a hook's failure never changes the run."""
    head = "hooks: {onExit: {«template»: use}}"

    found = bench.found(spec("    - {name: make, template: make}\n", head=head), Severity.WARNING)

    assert found == [("AE244", "«template»")]


def test_the_top_sees_no_tasks_and_no_inputs(bench: Any) -> None:
    """An entrypoint's declaration is evaluated where nothing has run."""
    dag = """
    inputs:
      artifacts:
      - {name: a, from: «tasks.make.outputs.artifacts.package»}
      - {name: b, from: «inputs.artifacts.a»}
"""

    found = bench.found(spec("    - {name: make, template: make}", dag=dag))

    assert found == [
        ("AE228", "«tasks.make.outputs.artifacts.package»"),
        ("AE228", "«inputs.artifacts.a»"),
    ]


def test_a_template_that_does_not_exist_may_make_anything(bench: Any) -> None:
    """Only the template itself is reported."""
    tasks = """
    - {name: make, template: «nothing»}
    - name: use
      template: use
      dependencies: [make]
      arguments: {artifacts: [{name: data, from: tasks.make.outputs.artifacts.any}]}
"""

    assert bench.found(spec(tasks)) == [("AE201", "«nothing»")]


def test_artifacts_are_supported() -> None:
    """The code that refused them is out of use, and stays so."""
    assert "AE906" not in problem_titles()


def test_a_chain_of_artifacts_is_checked_in_linear_time(bench: Any) -> None:
    """Each task hands its file on to the next; twice as many take about twice as long."""
    from time import process_time

    def seconds(count: int) -> float:
        tasks = [
            {
                "name": f"t{n}",
                "template": "turn",
                "dependencies": [f"t{n - 1}"] if n else [],
                "arguments": {"artifacts": [{"name": "data", **_origin(n)}]},
            }
            for n in range(count)
        ]
        data = {"apiVersion": "aether/v1", "kind": "Workflow", "metadata": {"name": "w"}}
        turn = {
            "name": "turn",
            "executor": {"type": "echo"},
            "inputs": {"artifacts": [{"name": "data"}]},
            "outputs": {"artifacts": [{"name": "data"}]},
        }
        templates = [{"dag": {"name": "main", "tasks": tasks}}, {"task": turn}]
        workflow, _ = decode({**data, "spec": {"entrypoint": "main", "templates": templates}})
        assert isinstance(workflow, Workflow)
        best = 1e9
        for _ in range(3):
            begun = process_time()
            assert check(workflow, bench.catalog) == ()
            best = min(best, process_time() - begun)
        return best

    assert seconds(1000) < 8 * seconds(250) + 0.05


def _origin(number: int) -> dict[str, Any]:
    if number:
        return {"from": f"tasks.t{number - 1}.outputs.artifacts.data"}
    return {"source": {"type": "local", "config": {"path": "/"}}}
