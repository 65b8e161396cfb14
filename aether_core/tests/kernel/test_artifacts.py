"""Places of artifacts on their way through a run: who gets which, and who gets none."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from aether_core.kernel import TaskCompleted

Make = Callable[..., Any]

PACKAGE: dict[str, Any] = {
    "type": "repository",
    "config": {"key": "k"},
    "archive": "tar.gz",
    "content": "folder",
}
OTHER: dict[str, Any] = {"type": "repository", "config": {"key": "o"}, "archive": "none"}


def local(path: str, **more: Any) -> dict[str, Any]:
    return {"type": "local", "config": {"path": path}, "archive": "none", **more}


def source(path: str) -> dict[str, Any]:
    return {"type": "local", "config": {"path": path}}


def task(name: str, inputs: list[Any] = [], outputs: list[Any] = [], **more: Any) -> dict[str, Any]:  # noqa: B006  # nobody changes them
    """Return a task template with these artifacts."""
    body = {"name": name, "executor": {"type": "echo"}, **more}
    if inputs:
        body["inputs"] = {**body.get("inputs", {}), "artifacts": inputs}
    if outputs:
        body["outputs"] = {"artifacts": outputs}
    return {"task": body}


def node(name: str, template: str = "", after: str = "", **artifacts: Any) -> dict[str, Any]:
    """Return a task of a dag that hands over these artifacts: `from`, or a whole artifact."""
    given = [
        {"name": key, **({"from": value} if isinstance(value, str) else value)}
        for key, value in artifacts.items()
    ]
    return {
        "name": name,
        "template": template or name,
        "dependencies": [after] if after else [],
        **({"arguments": {"artifacts": given}} if given else {}),
    }


MAKE = task("make", outputs=[{"name": "package"}, {"name": "log", "archive": {"type": "zip"}}])
USE = task("use", inputs=[{"name": "data"}])


def done(run: Any, name: str, code: int = 0, **places: Any) -> None:
    """Report the end of a task that waits, with the places of its output artifacts."""
    job = run.waiting.pop(name)
    run.clock += 1
    run._apply(TaskCompleted("run", job.task_seq, job.attempt, run.clock, code, artifacts=places))


@pytest.fixture
def build(simulation: Make, main_dag: Make) -> Make:
    """Submit a run of a dag and return its simulation."""

    def make(*nodes: Any, templates: list[Any], **more: Any) -> Any:
        settings = {key: more.pop(key) for key in ("arguments", "deploy") if key in more}
        run = simulation(main_dag(*nodes, templates=templates, **more), **settings)
        run.submit()
        return run

    return make


def test_a_place_goes_from_one_task_to_the_next(build: Make) -> None:
    nodes = node("make"), node("use", after="make", data="tasks.make.outputs.artifacts.package")
    run = build(*nodes, templates=[MAKE, USE])

    done(run, "make", package=PACKAGE, log=OTHER)

    assert run.jobs[0].output_artifacts == {"package": "", "log": "zip"}
    assert run.jobs[0].input_artifacts == {}
    assert run.jobs[1].input_artifacts == {"data": PACKAGE}
    assert run.task("make").artifacts == {"package": PACKAGE, "log": OTHER}
    assert run.task("use").input_artifacts == {"data": PACKAGE}


def test_only_declared_artifacts_are_recorded(build: Make) -> None:
    run = build(node("make"), templates=[MAKE])

    done(run, "make", package=PACKAGE, stray=OTHER)

    assert run.task("make").artifacts == {"package": PACKAGE}


def test_artifacts_go_into_a_dag_and_come_out_of_it(build: Make) -> None:
    inner = {
        "dag": {
            "name": "inner",
            "inputs": {"artifacts": [{"name": "raw"}]},
            "outputs": {
                "artifacts": [
                    {"name": "result", "from": "tasks.make.outputs.artifacts.package"},
                    {"name": "same", "from": "inputs.artifacts.raw"},
                    {"name": "fixed", "source": source("/fixed")},
                ]
            },
            "tasks": [node("use", data="inputs.artifacts.raw"), node("make")],
        }
    }
    run = build(
        node("inner", raw={"source": source("/raw")}),
        node("last", "use", after="inner", data="tasks.inner.outputs.artifacts.result"),
        templates=[inner, MAKE, USE],
    )

    done(run, "use")
    done(run, "make", package=PACKAGE)

    assert run.jobs[0].input_artifacts == {"data": local("/raw")}
    assert run.task("inner").input_artifacts == {"raw": local("/raw")}
    assert run.task("inner").artifacts == {
        "result": PACKAGE,
        "same": local("/raw"),
        "fixed": local("/fixed"),
    }
    assert run.waiting["last"].input_artifacts == {"data": PACKAGE}


def test_an_output_of_a_dag_that_has_no_place_is_left_out_and_noted(build: Make) -> None:
    outputs = {
        "artifacts": [
            {"name": "package", "from": "tasks.make.outputs.artifacts.package"},
            {"name": "log", "from": "tasks.make.outputs.artifacts.log"},
        ]
    }
    run = build(node("make"), templates=[MAKE], outputs=outputs)

    done(run, "make", log=OTHER)

    assert run.task("main").artifacts == {"log": OTHER}
    assert run.notes() == [
        "output artifact package is left out: tasks.make.outputs.artifacts.package has no file: "
        "task make ended Succeeded"
    ]


@pytest.mark.parametrize(
    "reference", ["workflow.artifacts.raw", "workflow.arguments.artifacts.raw"]
)
def test_artifacts_of_the_workflow_are_bound_where_they_are_used(
    reference: str, build: Make
) -> None:
    """So their placeholders see the arguments that the run was started with."""
    spec = {
        "arguments": {
            "parameters": [{"name": "day", "value": "monday"}],
            "artifacts": [
                {
                    "name": "raw",
                    "source": source("/{{deploy.region}}/{{workflow.parameters.day}}"),
                    "archive": {"type": "tar"},
                }
            ],
        }
    }
    run = build(
        node("use", data=reference),
        templates=[USE],
        spec=spec,
        arguments={"day": "sunday"},
        **{"deploy": {"region": "eu"}},
    )

    assert run.jobs[0].input_artifacts == {"data": local("/eu/sunday", archive="tar")}


def test_a_declared_source_is_a_default_that_sees_the_own_inputs(build: Make) -> None:
    declared = [{"name": "data", "source": source("/files/{{inputs.parameters.file}}")}]
    use = task("use", inputs=declared)
    use["task"]["inputs"]["parameters"] = [{"name": "file", "default": "a"}]
    run = build(
        node("plain", "use"),
        node("given", "use", data={"source": source("/other")}),
        templates=[use],
        inputs={"parameters": [{"name": "file", "default": "outer"}]},
    )

    assert run.jobs[0].input_artifacts == {"data": local("/files/a")}
    assert run.jobs[1].input_artifacts == {"data": local("/other")}


def test_an_inline_task_s_source_also_sees_the_dag_around(build: Make) -> None:
    inline = {
        "name": "fetch",
        "executor": {"type": "echo"},
        "inputs": {"artifacts": [{"name": "d", "source": source("{{inputs.parameters.base}}/x")}]},
        "outputs": {"artifacts": [{"name": "o"}]},
    }
    inputs = {"parameters": [{"name": "base", "value": "/srv"}]}
    run = build(inline, templates=[], inputs=inputs)

    assert run.jobs[0].input_artifacts == {"d": local("/srv/x")}
    assert run.jobs[0].output_artifacts == {"o": ""}


@pytest.mark.parametrize(
    ("declared", "given", "expected"),
    [
        (None, None, PACKAGE),
        ("tar.gz", None, PACKAGE),
        ("none", None, {k: v for k, v in PACKAGE.items() if k != "content"} | {"archive": "none"}),
        ("zip", "tar.gz", PACKAGE),
    ],
)
def test_what_is_said_of_the_archive_wins_over_how_it_was_packed(
    declared: str | None, given: str | None, expected: Any, build: Make
) -> None:
    """The call site first, then the declaration: `none` is the packed file itself."""
    artifact: dict[str, Any] = {"name": "data"}
    if declared is not None:
        artifact["archive"] = {"type": declared}
    argument: dict[str, Any] = {"from": "tasks.make.outputs.artifacts.package"}
    if given is not None:
        argument["archive"] = {"type": given}
    run = build(
        node("make"),
        node("use", after="make", data=argument),
        templates=[MAKE, task("use", [artifact])],
    )

    done(run, "make", package=PACKAGE)

    assert run.jobs[1].input_artifacts == {"data": expected}


def test_an_archive_without_a_type_is_a_tar_gz(build: Make) -> None:
    """The protocol's default (documents.md 4)."""
    make = task("make", outputs=[{"name": "package", "archive": {}}])

    run = build(node("make"), templates=[make])

    assert run.jobs[0].output_artifacts == {"package": "tar.gz"}


def test_a_retried_task_begins_without_what_it_made_before(build: Make) -> None:
    make = task("make", [{"name": "raw", "source": source("/raw")}], [{"name": "package"}])
    make["task"]["retry"] = {"limit": 1, "expression": "true"}
    run = build(node("make"), templates=[make])

    done(run, "make", code=2, package=OTHER)
    between = run.task("make").artifacts
    done(run, "make", package=PACKAGE)

    assert between is None
    assert [job.input_artifacts for job in run.jobs] == [{"raw": local("/raw")}] * 2
    assert run.task("make").artifacts == {"package": PACKAGE}


def test_a_resumed_task_still_has_its_artifacts(build: Make) -> None:
    """Reference gap: declared input artifacts were dropped by a resume."""
    make = task("make", [{"name": "raw", "source": source("/raw")}], [{"name": "package"}])
    run = build(node("make"), templates=[make])
    done(run, "make", code=1)

    run.resume("make", answer="yes")

    assert run.jobs[1].input_artifacts == {"raw": local("/raw")}
    assert run.jobs[1].output_artifacts == {"package": ""}


def test_a_late_result_hands_over_nothing(build: Make) -> None:
    """Attempts fence what a lost worker has kept: it stays where it is, and nobody gets it."""
    nodes = node("make"), node("use", after="make", data="tasks.make.outputs.artifacts.package")
    run = build(*nodes, templates=[MAKE, USE])
    lost = run.waiting["make"]
    run.restart()
    run._apply(TaskCompleted("run", lost.task_seq, lost.attempt, 50, artifacts={"package": OTHER}))

    done(run, "make", package=PACKAGE, log=OTHER)

    assert run.waiting["use"].input_artifacts == {"data": PACKAGE}


def test_an_artifact_that_was_never_made_is_an_error_of_whoever_needs_it(build: Make) -> None:
    skipped = {**node("make"), "when": "false"}
    run = build(
        skipped,
        node("use", after="make", data="tasks.make.outputs.artifacts.package"),
        templates=[MAKE, USE],
    )

    assert run.phases() == {"main": "Error", "make": "Skipped", "use": "Error"}
    assert run.task("use").message == (
        "$.inputs.artifacts.data: tasks.make.outputs.artifacts.package has no file: "
        "task make ended Skipped"
    )


def test_a_container_that_gets_no_file_ends_in_error(build: Make) -> None:
    inner = {
        "dag": {
            "name": "inner",
            "inputs": {"artifacts": [{"name": "raw"}]},
            "tasks": [node("make")],
        }
    }
    run = build(
        {**node("make"), "when": "false"},
        node("inner", after="make", raw="tasks.make.outputs.artifacts.package"),
        templates=[inner, MAKE],
    )

    assert run.task("inner").phase == "Error"
    assert "$.inputs.artifacts.raw: " in run.task("inner").message


def test_all_that_is_wrong_with_artifacts_is_told_at_once(build: Make) -> None:
    """None of these pass the checker; a hook's template is checked with warnings only."""
    use = task("use", [{"name": "a"}, {"name": "b"}, {"name": "c"}, {"name": "d"}, {"name": "e"}])
    run = build(
        node(
            "use",
            b="inputs.artifacts.x",
            c="workflow.artifacts.x",
            d="tasks.x.phase",
            e={"source": source("{{workflow.parameters.x}}")},
        ),
        templates=[use],
    )

    message = run.task("use").message
    assert "$.inputs.artifacts.a: a file is required; hand one over in arguments" in message
    assert "$.inputs.artifacts.b: inputs.artifacts.x has no file" in message
    assert "$.inputs.artifacts.c: workflow.artifacts.x has no file" in message
    assert "$.inputs.artifacts.d: tasks.x.phase has no file" in message
    assert "$.inputs.artifacts.e: workflow.parameters.x" in message


def test_a_hook_without_its_file_fails_alone(build: Make) -> None:
    spec = {"hooks": {"onExit": {"template": "use"}}}
    run = build(node("make"), templates=[MAKE, USE], spec=spec)

    done(run, "make", package=PACKAGE)

    assert run.state.run.phase == "Succeeded"
    assert run.task("use").phase == "Error"


def loop(strategy: str = "last", items: Any = (1, 2, 3), **more: Any) -> dict[str, Any]:
    return {
        "loop": {
            "name": "each",
            "body": "turn",
            "items": list(items),
            "inputs": {"artifacts": [{"name": "raw"}]},
            "arguments": {
                "artifacts": [
                    {"name": "all", "from": "inputs.artifacts.raw"},
                    {"name": "one", "source": source("/{{iterator.item}}")},
                ]
            },
            "outputs": {"artifacts": [{"name": "turned"}]},
            "aggregate": {"strategy": strategy},
            **more,
        }
    }


TURN = task("turn", [{"name": "all"}, {"name": "one"}], [{"name": "turned"}, {"name": "other"}])


def kept(number: int) -> dict[str, Any]:
    return {"type": "repository", "config": {"key": str(number)}}


@pytest.mark.parametrize(("strategy", "expected"), [("first", 0), ("last", 2)])
def test_each_iteration_gets_its_artifacts_and_one_of_them_counts(
    strategy: str, expected: int, build: Make
) -> None:
    """Iterations that end in another order than they began change nothing."""
    run = build(node("each", raw={"source": source("/raw")}), templates=[loop(strategy), TURN])
    jobs = list(run.jobs)

    for number in (2, 0, 1):
        run.waiting["turn"] = jobs[number]
        done(run, "turn", turned=kept(number), other=OTHER)

    assert [job.input_artifacts for job in jobs] == [
        {"all": local("/raw"), "one": local(f"/{item}")} for item in (1, 2, 3)
    ]
    assert run.task("each").artifacts == {"turned": kept(expected)}


def test_a_loop_that_failed_has_no_artifacts(build: Make) -> None:
    run = build(node("each", raw={"source": source("/raw")}), templates=[loop(items=[1, 2]), TURN])
    jobs = list(run.jobs)

    for job, code in zip(jobs, (2, 0), strict=True):
        run.waiting["turn"] = job
        done(run, "turn", code=code, turned=kept(code))

    assert run.task("each").phase == "Failed"
    assert run.task("each").artifacts is None


def test_a_loop_without_iterations_has_no_artifacts(build: Make) -> None:
    each = loop()
    del each["loop"]["items"]
    each["loop"]["itemsFrom"] = "[]"
    run = build(
        node("each", raw={"source": source("/raw")}),
        node("use", after="each", data="tasks.each.outputs.artifacts.turned"),
        templates=[each, TURN, USE],
    )

    assert run.task("each").phase == "Succeeded"
    assert "tasks.each.outputs.artifacts.turned has no file" in run.task("use").message


def test_a_loop_s_arguments_see_the_siblings_of_the_loop(build: Make) -> None:
    arguments = {"artifacts": [{"name": "data", "from": "tasks.make.outputs.artifacts.package"}]}
    each = {"loop": {"name": "each", "body": "use", "items": [1], "arguments": arguments}}
    run = build(node("make"), node("each", after="make"), templates=[MAKE, USE, each])

    done(run, "make", package=PACKAGE)

    assert run.waiting["use"].input_artifacts == {"data": PACKAGE}


def test_a_restored_run_knows_its_places(build: Make) -> None:
    """In the middle of a loop in a dag that has artifacts itself."""
    inner = {
        "dag": {
            "name": "inner",
            "inputs": {"artifacts": [{"name": "raw"}]},
            "tasks": [
                node("make"),
                node("each", after="make", raw="inputs.artifacts.raw"),
                node("use", after="each", data="tasks.each.outputs.artifacts.turned"),
                node("last", "use", after="use", data="tasks.make.outputs.artifacts.package"),
            ],
        }
    }
    each = loop(items=[1, 2], concurrency=1)
    run = build(
        node("inner", raw={"source": source("/raw")}), templates=[inner, each, TURN, MAKE, USE]
    )
    done(run, "make", package=PACKAGE)
    run.restart()
    done(run, "turn", turned=kept(0))
    run.restart()
    done(run, "turn", turned=kept(1))
    run.restart()

    assert run.waiting["use"].input_artifacts == {"data": kept(1)}
    done(run, "use")
    run.restart()
    assert run.waiting["last"].input_artifacts == {"data": PACKAGE}


def test_the_retry_of_a_run_keeps_the_artifacts_of_what_succeeded(build: Make) -> None:
    nodes = node("make"), node("use", after="make", data="tasks.make.outputs.artifacts.package")
    run = build(*nodes, templates=[MAKE, USE])
    done(run, "make", package=PACKAGE)
    done(run, "use", code=2)

    run.retry()

    assert [job.task_name for job in run.jobs] == ["make", "use", "use"]
    assert run.jobs[2].input_artifacts == {"data": PACKAGE}
    assert run.task("make").artifacts == {"package": PACKAGE}
