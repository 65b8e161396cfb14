"""What a dag does: order, conditions, tolerance, nesting, outputs."""

from __future__ import annotations

from typing import Any


def test_a_task_starts_when_all_its_dependencies_succeeded(simulation: Any, main_dag: Any) -> None:
    """A join waits for the last of its dependencies, in whatever order they end."""
    run = simulation(
        main_dag({"name": "a"}, {"name": "b"}, {"name": "join", "dependencies": ["a", "b"]})
    )

    run.submit()
    assert list(run.waiting) == ["a", "b"]
    run.complete("b")
    assert list(run.waiting) == ["a"]
    run.complete("a")
    assert list(run.waiting) == ["join"]
    run.complete("join")

    assert run.phases() == dict.fromkeys(("main", "a", "b", "join"), "Succeeded")
    assert run.state.run.phase == "Succeeded"
    assert run.ended == 1


def test_containers_and_the_run_follow_their_first_leaf(simulation: Any, main_dag: Any) -> None:
    """Ready with the first leaf that is dispatched, Running with the first that starts."""
    run = simulation(main_dag({"name": "a"}))

    run.submit()
    assert run.phases() == {"main": "Ready", "a": "Ready"}
    assert run.state.run.phase == "Ready"
    run.start("a")

    assert run.phases() == {"main": "Running", "a": "Running"}
    assert run.state.run.started_at == run.task("main").started_at == 2


def test_a_skipped_task_satisfies_its_dependants(simulation: Any, main_dag: Any) -> None:
    """Skipping does not spread."""
    run = simulation(
        main_dag(
            {"name": "no", "when": "1 > 2"},
            {"name": "after", "dependencies": ["no"], "when": "tasks.no.phase == Skipped"},
        )
    )

    run.submit()
    run.complete("after")

    assert run.phases() == {"main": "Succeeded", "no": "Skipped", "after": "Succeeded"}
    assert run.task("no").message == 'when condition "1 > 2" evaluated to false'


def test_a_long_chain_of_skips_needs_no_deep_stack(simulation: Any, main_dag: Any) -> None:
    """Three thousand tasks skipped one after the other end in one step."""
    nodes = [{"name": "n0", "when": "false"}] + [
        {"name": f"n{i}", "dependencies": [f"n{i - 1}"], "when": "false"} for i in range(1, 3000)
    ]
    run = simulation(main_dag(*nodes))

    run.submit()

    assert run.state.run.phase == "Succeeded"
    assert run.state.run.started_at is None
    assert run.state.run.tasks_done == 3001


def test_a_when_that_can_not_be_evaluated_is_an_error(simulation: Any, main_dag: Any) -> None:
    """Decision 10: it is not silently skipped, and its dependants do not run."""
    run = simulation(
        main_dag(
            {"name": "a"},
            {
                "name": "b",
                "dependencies": ["a"],
                "when": "tasks.a.outputs.parameters.gone == 1",
            },
            {"name": "c", "dependencies": ["b"]},
        )
    )

    run.submit()
    run.complete("a")

    assert run.phases() == {"main": "Error", "a": "Succeeded", "b": "Error"}
    assert "tasks.a.outputs.parameters.gone" in run.task("b").message


def test_a_failure_blocks_what_depends_on_it_only(simulation: Any, main_dag: Any) -> None:
    """Independent branches go on; blocked tasks never come into being."""
    run = simulation(
        main_dag(
            {"name": "bad"},
            {"name": "blocked", "dependencies": ["bad"]},
            {"name": "free"},
            {"name": "later", "dependencies": ["free"]},
        )
    )

    run.submit()
    run.complete("bad", 2, "no luck")
    run.complete("free")
    run.complete("later")

    assert run.phases() == {
        "main": "Failed",
        "bad": "Failed",
        "free": "Succeeded",
        "later": "Succeeded",
    }
    assert run.state.run.message == "task bad failed: no luck"


def test_continue_on_of_a_node_replaces_that_of_its_dag(simulation: Any, main_dag: Any) -> None:
    """The node's object counts as a whole; nothing of the dag's is mixed in."""
    run = simulation(
        main_dag(
            {"name": "strict", "continueOn": {"error": True}},
            {"name": "after-strict", "dependencies": ["strict"]},
            {"name": "lax"},
            {"name": "after-lax", "dependencies": ["lax"]},
            continueOn={"failed": True},
        )
    )

    run.submit()
    run.complete("strict", 2)
    run.complete("lax", 2)
    run.complete("after-lax")

    assert "after-strict" not in run.phases()
    assert run.phases()["after-lax"] == "Succeeded"
    assert run.state.run.phase == "Failed"


def test_tolerated_failures_do_not_count_against_the_dag(simulation: Any, main_dag: Any) -> None:
    """Also when nothing depends on the task."""
    run = simulation(
        main_dag(
            {"name": "a", "continueOn": {"failed": True}},
            {"name": "b", "continueOn": {"error": True}},
            {"name": "c", "continueOn": {"timeout": True}},
        )
    )
    codes = {"a": 2, "b": 99, "c": 4}

    run.run_all(lambda job: (codes[job.task_name], {}))

    assert run.phases() == {"main": "Succeeded", "a": "Failed", "b": "Error", "c": "Timeout"}


def test_the_worst_child_decides(simulation: Any, main_dag: Any) -> None:
    """Error, to which a timeout counts, outweighs Failed."""
    run = simulation(main_dag({"name": "a"}, {"name": "b"}, {"name": "c"}))
    codes = {"a": 2, "b": 4, "c": 4}

    run.run_all(lambda job: (codes[job.task_name], {}))

    assert run.state.run.phase == "Error"
    assert run.state.run.message == "task b timed out (and 1 more)"


def test_outputs_flow_along_the_chain_with_their_types(simulation: Any, main_dag: Any) -> None:
    """References, paths into objects and text with placeholders, at any depth."""
    run = simulation(
        main_dag(
            {"name": "a"},
            {
                "name": "b",
                "dependencies": ["a"],
                "arguments": {
                    "parameters": [
                        {
                            "name": "whole",
                            "valueFrom": {"parameter": "tasks.a.outputs.parameters.o"},
                        },
                        {"name": "part", "value": "{{ tasks.a.outputs.parameters.o.list[1] }}"},
                        {"name": "text", "value": {"k": ["n={{tasks.a.outputs.parameters.n}}", 1]}},
                        {
                            "name": "sum",
                            "valueFrom": {"expression": "tasks.a.outputs.parameters.n + 1"},
                        },
                        {"name": "raw", "value": "\\{{ kept }}"},
                        {"name": "nothing", "value": None},
                    ]
                },
            },
        )
    )

    run.submit()
    run.complete("a", n=5, o={"list": [1, {"deep": True}]})

    assert run.waiting["b"].inputs == {
        "whole": {"list": [1, {"deep": True}]},
        "part": {"deep": True},
        "text": {"k": ["n=5", 1]},
        "sum": 6,
        "raw": "{{ kept }}",
        "nothing": None,
    }


def test_a_missing_reference_takes_the_default_or_is_an_error(
    simulation: Any, main_dag: Any
) -> None:
    """Decision 15; all problems of a task are named at once."""
    work = {
        "name": "work",
        "executor": {"type": "echo"},
        "inputs": {
            "parameters": [
                {"name": "soft", "default": "d"},
                {"name": "hard", "type": "int"},
                {"name": "needed", "type": "string"},
            ]
        },
    }
    gone = {"parameter": "tasks.a.outputs.parameters.gone"}
    run = simulation(
        main_dag(
            {"name": "a", "executor": {"type": "echo"}},
            {
                "name": "b",
                "dependencies": ["a"],
                "arguments": {
                    "parameters": [
                        {"name": "soft", "valueFrom": gone},
                        {"name": "hard", "value": "seven"},
                    ]
                },
            },
            work=work,
        )
    )

    run.submit()
    run.complete("a")

    message = run.task("b").message
    assert run.task("b").phase == "Error"
    assert '$.inputs.parameters.hard: expected an integer, got "seven"' in message
    assert "$.inputs.parameters.needed: a value is required" in message
    assert "soft" not in message


def test_nested_dags_bind_inputs_and_hand_outputs_back(simulation: Any, main_dag: Any) -> None:
    """Values go in through arguments and come out through the dag's declared outputs."""
    inner = {
        "dag": {
            "name": "inner",
            "inputs": {"parameters": [{"name": "x", "type": "int"}]},
            "tasks": [
                {
                    "name": "leaf",
                    "template": "work",
                    "arguments": {
                        "parameters": [{"name": "y", "value": "{{inputs.parameters.x}}"}]
                    },
                }
            ],
            "outputs": {
                "parameters": [
                    {"name": "z", "valueFrom": {"parameter": "tasks.leaf.outputs.parameters.y"}},
                    {"name": "gone", "valueFrom": {"parameter": "tasks.leaf.outputs.parameters.q"}},
                    {
                        "name": "soft",
                        "valueFrom": {"parameter": "tasks.leaf.outputs.parameters.q"},
                        "default": 0,
                    },
                    {"name": "fixed", "value": "v"},
                ]
            },
        }
    }
    run = simulation(
        main_dag(
            {
                "name": "sub",
                "template": "inner",
                "arguments": {"parameters": [{"name": "x", "value": 42}]},
            },
            {
                "name": "end",
                "dependencies": ["sub"],
                "arguments": {
                    "parameters": [
                        {"name": "r", "valueFrom": {"parameter": "tasks.sub.outputs.parameters.z"}}
                    ]
                },
            },
            templates=[inner],
        )
    )

    run.run_all(lambda job: (0, job.inputs))

    assert run.task("leaf").depth == 2
    assert run.task("leaf").scope == "sub/"
    assert run.task("sub").outputs == {"z": 42, "soft": 0, "fixed": "v"}
    assert run.task("end").inputs == {"r": 42}
    assert any("output gone is left out" in note for note in run.notes())


def test_config_supplies_inputs_and_parameters_win(simulation: Any, main_dag: Any) -> None:
    """Decision 4; config sees the task's own inputs, an inline executor the dag's behind them."""
    work = {
        "name": "work",
        "executor": {
            "type": "http",
            "config": {"url": "http://x/{{inputs.parameters.page}}", "method": "GET"},
        },
        "inputs": {"parameters": [{"name": "page"}, {"name": "method", "default": "POST"}]},
    }
    run = simulation(
        main_dag(
            {"name": "a", "arguments": {"parameters": [{"name": "page", "value": "p"}]}},
            {
                "name": "inline",
                "executor": {"type": "echo", "config": {"v": "{{inputs.parameters.top}}"}},
            },
            work=work,
            inputs={"parameters": [{"name": "top", "default": "t"}]},
        )
    )

    run.submit()

    assert run.waiting["a"].inputs == {"url": "http://x/p", "method": "POST", "page": "p"}
    assert run.waiting["inline"].inputs == {"v": "t"}
    assert run.task("inline").template == ""


def test_declared_outputs_are_a_whitelist_with_fallbacks(simulation: Any, main_dag: Any) -> None:
    """documents.md 13.1: undeclared ones stay inside, a declared value fills a gap."""
    work = {
        "name": "work",
        "executor": {"type": "echo"},
        "outputs": {"parameters": [{"name": "b"}, {"name": "a", "value": 9}, {"name": "absent"}]},
    }
    run = simulation(main_dag({"name": "x"}, work=work))

    run.run_all(lambda _: (0, {"b": None, "secret": 1, "a": None}))

    assert run.task("x").outputs == {"b": None, "a": 9}


def test_entrypoints_limit_the_dag_to_what_follows_them(simulation: Any, main_dag: Any) -> None:
    """The other tasks never come into being, and their absence does not hold anything up."""
    run = simulation(
        main_dag(
            {"name": "a"},
            {"name": "b", "dependencies": ["a"]},
            {"name": "c"},
            entrypoints="a",
        )
    )

    run.run_all(lambda _: (0, {}))

    assert run.phases() == {"main": "Succeeded", "a": "Succeeded", "b": "Succeeded"}
