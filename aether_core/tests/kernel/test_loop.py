"""Loops: their items, their iterations, their outputs."""

from __future__ import annotations

from typing import Any

import pytest


def loop(work: dict[str, Any] | None = None, **fields: Any) -> dict[str, Any]:
    """Return a document whose entrypoint is a loop named `each` over the task `work`."""
    task = {"name": "work", "executor": {"type": "echo"}, **(work or {})}
    templates = fields.pop("templates", [])
    return {
        "apiVersion": "aether/v1",
        "kind": "Workflow",
        "metadata": {"name": "case"},
        "spec": {
            "entrypoint": fields.pop("entrypoint", "each"),
            "maxNestedDepth": 10,
            "templates": [
                {"loop": {"name": "each", "body": "work", **fields}},
                {"task": task},
                *templates,
            ],
        },
    }


def ordered(run: Any, answer: Any) -> None:
    """Answer every assignment in the order of dispatch."""
    run.submit()
    done = 0
    while done < len(run.jobs):
        job = run.jobs[done]
        done += 1
        code, outputs = answer(job)
        run.report(job.task_seq, job.attempt, code, **outputs)


def test_every_item_has_an_iteration_with_the_item_as_input(simulation: Any) -> None:
    """Scalars come as loop_iter.item, objects as their fields, both with the index."""
    run = simulation(loop(items=["x", {"a": 1, "b": 2}, None, [3]]))

    ordered(run, lambda _: (0, {}))

    assert [job.inputs for job in run.jobs] == [
        {"loop_iter.item": "x", "loop_iter.index": 0},
        {"a": 1, "b": 2, "loop_iter.index": 1},
        {"loop_iter.item": None, "loop_iter.index": 2},
        {"loop_iter.item": [3], "loop_iter.index": 3},
    ]
    assert [t.scope for t in run.tasks.values()][1:] == [f"each.loop[{n}]/" for n in range(4)]
    assert run.state.run.phase == "Succeeded"
    assert run.state.run.tasks_total == 5


def test_arguments_and_the_body_s_declarations_are_bound_in_every_iteration(
    simulation: Any,
) -> None:
    """Decision 11: item fields and loop arguments are the call site; defaults and types hold."""
    declared = [
        {"name": "text", "type": "string"},
        {"name": "level", "type": "int", "default": 3},
        {"name": "name", "type": "string"},
        {"name": "top"},
    ]
    arguments = [
        {"name": "text", "value": "{{iterator.name}}-{{loop_iter.index}}-{{name}}"},
        {"name": "top", "valueFrom": {"parameter": "workflow.parameters.top"}},
    ]
    document = loop(
        {"inputs": {"parameters": declared}},
        items=[{"name": "n0"}, {"name": "n1", "level": 9}],
        arguments={"parameters": arguments},
    )
    run = simulation(document, arguments={"top": "T"})

    ordered(run, lambda _: (0, {}))

    assert [job.inputs for job in run.jobs] == [
        {"name": "n0", "loop_iter.index": 0, "text": "n0-0-n0", "level": 3, "top": "T"},
        {"name": "n1", "level": 9, "loop_iter.index": 1, "text": "n1-1-n1", "top": "T"},
    ]


def test_an_item_of_the_wrong_type_ends_its_iteration_only(simulation: Any) -> None:
    """The others run; the loop ends in Error and names the iteration."""
    body = {"inputs": {"parameters": [{"name": "n", "type": "int"}]}}
    run = simulation(loop(body, items=[{"n": 1}, {"n": "two"}, {"n": 3}]))

    ordered(run, lambda _: (0, {}))

    assert [t.phase.value for t in run.tasks.values()][1:] == ["Succeeded", "Error", "Succeeded"]
    assert run.state.run.message.startswith("task work[1] ended in error: $.inputs.parameters.n")


def test_at_most_concurrency_iterations_are_unfinished(simulation: Any) -> None:
    """Places are refilled one by one, failures do not stop the rest."""
    run = simulation(loop(items=list(range(7)), concurrency=3))
    run.submit()
    most = 0
    done = 0
    while done < len(run.jobs):
        most = max(most, len(run.jobs) - done)
        job = run.jobs[done]
        done += 1
        run.report(job.task_seq, job.attempt, 2 if done == 2 else 0)

    assert most == 3
    assert len(run.jobs) == 7
    assert run.state.run.phase == "Failed"


@pytest.mark.parametrize(
    ("strategy", "expected"),
    [
        ("last", {"v": 2, "w": "c"}),
        ("first", {"v": 0, "w": "a"}),
        ("list", {"v": [0, None, 2], "w": ["a", "b", "c"]}),
    ],
)
def test_outputs_are_aggregated_by_iteration(
    simulation: Any, strategy: str, expected: dict[str, Any]
) -> None:
    """In the order of the items, whatever the order of the ends."""
    run = simulation(loop(items=["a", "b", "c"], aggregate={"strategy": strategy}))
    run.submit()
    for job in reversed(run.jobs):
        index = job.inputs["loop_iter.index"]
        outputs = {"w": job.inputs["loop_iter.item"]}
        if index != 1:
            outputs["v"] = index
        run.report(job.task_seq, job.attempt, 0, **outputs)

    assert run.state.run.outputs == expected


def test_only_the_wanted_outputs_are_kept(simulation: Any) -> None:
    """`aggregate.parameters` filters."""
    run = simulation(loop(items=[1, 2], aggregate={"strategy": "list", "parameters": ["v"]}))

    ordered(run, lambda job: (0, {"v": job.inputs["loop_iter.item"], "w": 0}))

    assert run.state.run.outputs == {"v": [1, 2]}


@pytest.mark.parametrize(
    ("value", "items"), [([1, 2], [1, 2]), ("[3]", [3]), (None, []), ([], []), ("[]", [])]
)
def test_items_come_from_a_list_its_json_text_or_null(
    simulation: Any, value: Any, items: list[int]
) -> None:
    """They are expanded once, before the first iteration."""
    document = loop(
        itemsFrom="{{workflow.parameters.l}}", aggregate={"strategy": "list", "parameters": ["v"]}
    )
    run = simulation(document, arguments={"l": value})

    ordered(run, lambda job: (0, {"v": job.inputs["loop_iter.item"]}))

    assert run.state.run.phase == "Succeeded"
    assert run.state.run.outputs == {"v": items}
    if not items:
        assert run.task("each").message == "loop had no iterations"
        assert run.task("each").started_at is None


@pytest.mark.parametrize("value", [5, "no", {"a": 1}, "{}"])
def test_anything_else_is_an_error_of_the_loop(simulation: Any, value: Any) -> None:
    """With a message that names the expression."""
    run = simulation(loop(itemsFrom="workflow.parameters.l"), arguments={"l": value})

    run.submit()

    assert run.task("each").phase == "Error"
    assert 'itemsFrom "workflow.parameters.l"' in run.task("each").message


def test_a_repeat_loop_goes_on_while_its_condition_holds(simulation: Any) -> None:
    """The condition sees the iteration that has just ended; its body's inputs are bound."""
    body = {"inputs": {"parameters": [{"name": "d", "default": "D"}]}}
    condition = "tasks.work.outputs.parameters.n < 3 && loop_iter.index < 9"
    run = simulation(loop(body, repeatCondition=condition, maxIterations=10))
    numbers = iter(range(1, 10))

    ordered(run, lambda _: (0, {"n": next(numbers)}))

    assert len(run.jobs) == 3
    assert run.jobs[2].inputs == {"loop_iter.index": 2, "d": "D"}
    assert run.state.run.outputs == {"n": 3}


def test_retry_until_success_succeeds(simulation: Any) -> None:
    """Decision 12: the last iteration speaks for a loop whose condition became false."""
    run = simulation(loop(repeatCondition="tasks.work.phase != Succeeded", maxIterations=9))
    codes = iter([2, 3, 0])

    ordered(run, lambda _: (next(codes), {"v": 1}))

    assert run.state.run.phase == "Succeeded"
    assert run.state.run.outputs == {"v": 1}


def test_a_declared_limit_stops_the_loop_and_says_so(simulation: Any) -> None:
    """Decision 11: the phase is the aggregate of the iterations."""
    good = simulation(loop(repeatCondition="true", maxIterations=2))
    bad = simulation(loop(repeatCondition="true", maxIterations=2))

    ordered(good, lambda _: (0, {}))
    ordered(bad, lambda _: (2, {}))

    assert (good.state.run.phase, len(good.jobs)) == ("Succeeded", 2)
    assert "maxIterations 2 stopped the loop" in good.task("each").message
    assert bad.state.run.phase == "Failed"
    assert any("maxIterations 2" in note for note in bad.notes())


def test_the_built_in_limit_is_an_error(simulation: Any) -> None:
    """Nobody meant ten thousand iterations."""
    long = simulation(loop(itemsFrom="workflow.parameters.l"), arguments={"l": [0] * 10_001})
    repeat = simulation(loop({}, repeatCondition="true"))
    long.submit()
    ordered(repeat, lambda _: (0, {}))

    for run in (long, repeat):
        assert run.state.run.phase == "Error"
        assert "maxIterations" in run.task("each").message
    assert len(repeat.jobs) == 10_000


def test_a_condition_that_fails_ends_the_loop_in_error(simulation: Any) -> None:
    """Decision 10."""
    run = simulation(loop(repeatCondition="tasks.work.outputs.parameters.gone", maxIterations=3))

    ordered(run, lambda _: (0, {}))

    assert run.state.run.phase == "Error"
    assert "gone has no value" in run.task("each").message


def test_items_of_a_loop_around_are_seen_below(simulation: Any) -> None:
    """In a body dag, and past it; a loop inside a loop shows its own."""
    leaf = {
        "name": "leaf",
        "template": "work",
        "arguments": {
            "parameters": [
                {"name": "seen", "value": "{{loop_iter.item}}/{{iterator.index}}"},
                {"name": "old", "value": "{{inputs.parameters.loop_iter.item}}"},
            ]
        },
    }
    inner = {
        "loop": {
            "name": "inner",
            "body": "work",
            "items": [7, 8],
            "arguments": {"parameters": [{"name": "seen", "value": "{{loop_iter.item}}"}]},
        }
    }
    body = {"dag": {"name": "body", "tasks": [leaf, {"name": "in", "template": "inner"}]}}
    run = simulation(loop(items=["x", "y"], body="body", templates=[body, inner]))

    ordered(run, lambda _: (0, {}))

    seen = [(job.task_name, job.inputs["seen"]) for job in run.jobs]
    assert seen[:3] == [("leaf", "x/0"), ("work", 7), ("work", 8)]
    assert seen[3:] == [("leaf", "y/1"), ("work", 7), ("work", 8)]
    assert run.jobs[0].inputs["old"] == "x"
    assert run.state.run.phase == "Succeeded"


def test_empty_loops_end_at_once_wherever_they_are(simulation: Any) -> None:
    """Root, nested, sibling, in a refill, deep: no hang, and no leaf runs."""
    empty = {"loop": {"name": "empty", "body": "work", "itemsFrom": "[]"}}
    deep = {
        "dag": {
            "name": "deep",
            "tasks": [
                {"name": "e", "template": "empty"},
                {"name": "f", "template": "empty", "dependencies": ["e"]},
            ],
        }
    }
    run = simulation(loop(items=[1, 2, 3], concurrency=1, body="deep", templates=[empty, deep]))

    run.submit()

    assert run.jobs == []
    assert run.state.run.phase == "Succeeded"
    assert run.state.run.started_at is None
    assert run.state.run.tasks_total == 1 + 3 * 3
    assert run.ended == 1


def test_a_failing_iteration_can_be_tolerated(simulation: Any) -> None:
    """Decision 13: continueOn works on loops; missing outputs are null."""
    run = simulation(
        loop(items=[0, 1], continueOn={"failed": True}, aggregate={"strategy": "list"})
    )

    ordered(
        run,
        lambda job: (
            2 * (job.inputs["loop_iter.item"] == 0),
            {"v": 1} if job.inputs["loop_iter.item"] else {},
        ),
    )

    assert run.state.run.phase == "Succeeded"
    assert run.state.run.outputs == {"v": [None, 1]}


def test_a_loop_s_timeout_ends_its_iterations(simulation: Any) -> None:
    """And its phase conditions may forgive that."""
    run = simulation(
        loop(items=[1, 2], timeout="3s", phaseConditions={"succeeded": "phase == Timeout"})
    )
    run.submit()

    run.wait_until(run.task("each").deadline)

    assert [t.phase.value for t in run.tasks.values()] == ["Succeeded", "Timeout", "Timeout"]


def test_retry_works_in_loop_bodies(simulation: Any) -> None:
    """Decision 13: the body template's policy."""
    run = simulation(loop({"retry": {"limit": 1}}, items=[1]))
    codes = iter([3, 0])

    ordered(run, lambda _: (next(codes), {}))

    assert run.state.run.phase == "Succeeded"
    assert run.task("work").retry_count == 1
