"""Retries, deadlines, suspension and phase conditions of leaf tasks."""

from __future__ import annotations

from typing import Any

import pytest

SECOND = 1_000_000


def test_errors_are_tried_again_up_to_the_limit(simulation: Any, main_dag: Any) -> None:
    """Error and Timeout by default; Failed is an answer, not a fault."""
    run = simulation(
        main_dag({"name": "a", "retry": {"limit": 2}}, {"name": "b", "retry": {"limit": 2}})
    )

    run.submit()
    for _ in range(3):
        run.complete("a", 3)
    run.complete("b", 2)

    assert (run.task("a").phase, run.task("a").retry_count) == ("Error", 2)
    assert (run.task("b").phase, run.task("b").retry_count) == ("Failed", 0)


def test_a_retry_expression_sees_the_attempt_it_judges(simulation: Any, main_dag: Any) -> None:
    """Phase, code, message and outputs of the current attempt, under both names."""
    expression = (
        "tasks.a.phase != Succeeded && code == 2 && msg == 'busy' && "
        "tasks.a.outputs.parameters.left > 0 && outputs.parameters.left > 0"
    )
    run = simulation(main_dag({"name": "a", "retry": {"limit": 9, "expression": expression}}))

    run.submit()
    run.complete("a", 2, "busy", left=2)
    run.complete("a", 2, "busy", left=1)
    run.complete("a", 2, "busy", left=0)

    assert (run.task("a").phase, run.task("a").retry_count) == ("Failed", 2)
    assert run.task("a").outputs == {"left": 0}


def test_a_retry_expression_that_fails_means_no_retry(simulation: Any, main_dag: Any) -> None:
    """Decision 10: the phase stays, and a note says why."""
    run = simulation(main_dag({"name": "a", "retry": {"limit": 9, "expression": "gone == 1"}}))

    run.run_all(lambda _: (3, {}))

    assert run.task("a").phase == "Error"
    assert any("retry" in note and "gone" in note for note in run.notes())


def test_backoff_grows_and_is_bounded(simulation: Any, main_dag: Any) -> None:
    """The task goes back to Created and waits; nothing else can start it."""
    backoff = {"duration": "1s", "factor": 3, "maxDuration": "5s"}
    run = simulation(main_dag({"name": "a", "retry": {"limit": 3, "backoff": backoff}}))

    run.submit()
    waits = []
    for _ in range(3):
        run.complete("a", 3)
        assert run.task("a").phase == "Created"
        assert run.waiting == {}
        due = run.task("a").next_attempt_at
        waits.append(due - run.clock)
        run.wait_until(due - 1)
        assert run.waiting == {}
        run.wait_until(due)
    run.complete("a")

    assert waits == [SECOND, 3 * SECOND, 5 * SECOND]
    assert run.state.run.phase == "Succeeded"


def test_full_jitter_is_drawn_below_the_wait_and_can_be_repeated(
    simulation: Any, main_dag: Any
) -> None:
    """The same events give the same wait."""
    backoff = {"duration": "10s", "jitter": "full"}
    document = main_dag({"name": "a", "retry": {"limit": 1, "backoff": backoff}})
    waits = set()
    for _ in range(2):
        run = simulation(document)
        run.submit()
        run.complete("a", 3)
        waits.add(run.task("a").next_attempt_at - run.clock)

    assert len(waits) == 1
    assert 0 <= waits.pop() < 10 * SECOND


def test_a_timeout_counts_from_the_start_on_a_worker(simulation: Any, main_dag: Any) -> None:
    """Waiting in the queue is free; a late result changes nothing."""
    run = simulation(main_dag({"name": "a", "timeout": "2s"}, {"name": "b"}))
    run.submit()
    job = run.waiting["a"]
    run.wait_until(10 * SECOND)
    assert run.task("a").phase == "Ready"
    run.start("a")

    run.wait_until(run.task("a").deadline)
    run.report(job.task_seq, job.attempt, 0, v=1)

    assert (run.task("a").phase, run.task("a").message) == ("Timeout", "timed out after 2s")
    assert run.cancelled == [run.task("a").task_id]
    assert run.task("a").outputs is None


def test_each_attempt_has_a_timeout_of_its_own(simulation: Any, main_dag: Any) -> None:
    """A timed-out attempt is retried, and its timer does not touch the next one."""
    run = simulation(main_dag({"name": "a", "timeout": "2s", "retry": {"limit": 1}}))
    run.submit()
    run.start("a")
    first = run.task("a").deadline

    run.wait_until(first)
    assert (run.task("a").phase, run.task("a").retry_count) == ("Ready", 1)
    run.start("a")
    assert run.task("a").deadline > first
    run.complete("a")

    assert run.task("a").phase == "Succeeded"


def test_a_template_s_policies_hold_where_the_call_site_is_silent(
    simulation: Any, main_dag: Any
) -> None:
    """Decision 13: retry and timeout of the template, unless the call site has its own."""
    work = {
        "name": "work",
        "executor": {"type": "echo"},
        "retry": {"limit": 1},
        "timeout": "1s",
    }
    run = simulation(main_dag({"name": "a"}, {"name": "b", "retry": {"limit": 3}}, work=work))

    run.submit()
    for _ in range(2):
        run.complete("a", 3)
    for _ in range(4):
        run.complete("b", 3)

    assert (run.task("a").retry_count, run.task("b").retry_count) == (1, 3)


def test_a_dispatch_timeout_bounds_the_wait_for_a_worker(simulation: Any, main_dag: Any) -> None:
    """Decision 21: a separate bound for the queue."""
    run = simulation(main_dag({"name": "a"}), dispatch_timeout=5 * SECOND)
    run.submit()

    run.wait_until(run.state.wakes_at)

    assert run.task("a").phase == "Timeout"
    assert "no worker" in run.task("a").message


def test_a_suspended_task_goes_on_with_its_payload(simulation: Any, main_dag: Any) -> None:
    """Ready and Running again; outputs of all rounds accumulate, the last writer wins."""
    run = simulation(main_dag({"name": "a"}, {"name": "b", "dependencies": ["a"]}))
    run.submit()
    run.complete("a", 1, "who approves?", half=1, both="first")
    assert (run.task("a").phase, run.task("a").message) == ("Suspended", "who approves?")
    assert run.waiting == {}

    run.resume("a", __resumed=True, approver="me")
    assert run.waiting["a"].inputs == {"__resumed": True, "approver": "me"}
    run.start("a")
    assert run.task("a").phase == "Running"
    run.complete("a", 0, both="second", rest=2)
    run.complete("b")

    assert run.task("a").outputs == {"half": 1, "both": "second", "rest": 2}
    assert run.state.run.phase == "Succeeded"


@pytest.mark.parametrize("moment", ["running", "twice", "ended"])
def test_a_resume_of_what_is_not_suspended_changes_nothing(
    simulation: Any, main_dag: Any, moment: str
) -> None:
    """It is noted; the payload is applied exactly once."""
    run = simulation(main_dag({"name": "a"}))
    run.submit()
    if moment == "twice":
        run.complete("a", 1)
        run.resume("a", n=1)
    if moment == "ended":
        run.complete("a")
    before = dict(run.task("a").inputs or {})

    answer = run.resume("a", n=2)

    assert answer.effects == []
    assert (run.task("a").inputs or {}) == before
    assert "not suspended" in run.notes()[-1]


def test_a_suspended_task_can_time_out(simulation: Any, main_dag: Any) -> None:
    """Suspended time counts, and a resume does not extend it (decision 21)."""
    run = simulation(main_dag({"name": "a", "timeout": "9s", "continueOn": {"timeout": True}}))
    run.submit()
    run.start("a")
    deadline = run.task("a").deadline
    run.complete("a", 1)
    run.resume("a")
    run.start("a")
    assert run.task("a").deadline == deadline
    run.complete("a", 1)

    run.wait_until(deadline)

    assert run.phases() == {"main": "Succeeded", "a": "Timeout"}


def test_phase_conditions_replace_the_phase(simulation: Any, main_dag: Any) -> None:
    """The first that holds wins; code and message stay; the new phase feeds everything else."""
    conditions = {
        "succeeded": "code == 2 && outputs.parameters.n > 5",
        "failed": "phase == Succeeded",
        "error": "true",
    }
    work = {"name": "work", "executor": {"type": "echo"}, "phaseConditions": conditions}
    run = simulation(main_dag({"name": "a"}, {"name": "b"}, {"name": "c"}, work=work))

    run.submit()
    run.complete("a", 2, "odd", n=6)
    run.complete("b", 0, n=1)
    run.complete("c", 2, n=1)

    assert run.phases() == {"main": "Error", "a": "Succeeded", "b": "Failed", "c": "Error"}
    assert (run.task("a").code, run.task("a").message) == (2, "odd")


def test_a_phase_condition_that_fails_keeps_the_phase(simulation: Any, main_dag: Any) -> None:
    """Decision 10: noted, and counted as false."""
    work = {
        "name": "work",
        "executor": {"type": "echo"},
        "phaseConditions": {"succeeded": "outputs.parameters.gone == 1"},
    }
    run = simulation(main_dag({"name": "a"}, work=work))

    run.run_all(lambda _: (2, {}))

    assert run.task("a").phase == "Failed"
    assert any("phaseConditions" in note for note in run.notes())


def test_phase_conditions_of_a_dag_see_its_children_and_outputs(
    simulation: Any, main_dag: Any
) -> None:
    """A failure can be forgiven, with the message kept."""
    run = simulation(
        main_dag(
            {"name": "a"},
            phaseConditions={"succeeded": "phase == Failed && tasks.a.code == 2"},
        )
    )

    run.run_all(lambda _: (2, {}))

    assert run.phases() == {"main": "Succeeded", "a": "Failed"}
    assert run.task("main").message.startswith("task a failed")


def test_deadlines_of_dags_and_runs_end_everything_below(simulation: Any, main_dag: Any) -> None:
    """A dag's timeout is tolerated like a task's; the run's own deadline ends the run."""
    inner = {
        "dag": {
            "name": "inner",
            "timeout": "5s",
            "tasks": [
                {"name": "slow", "template": "work"},
                {"name": "next", "template": "work", "dependencies": ["slow"]},
            ],
        }
    }
    document = main_dag(
        {"name": "sub", "template": "inner", "continueOn": {"timeout": True}},
        {"name": "after", "dependencies": ["sub"]},
        templates=[inner],
        spec={"timeout": "1m"},
    )
    run = simulation(document)
    run.submit()
    run.start("slow")

    run.wait_until(run.task("sub").deadline)
    assert run.phases() == {
        "main": "Running",
        "sub": "Timeout",
        "slow": "Timeout",
        "after": "Ready",
    }
    run.wait_until(run.state.run.deadline)

    assert run.state.run.phase == "Timeout"
    assert run.phases()["after"] == "Timeout"
    assert "1m" in run.state.run.message
    assert run.ended == 1


def test_hooks_run_as_tasks_that_do_not_count(simulation: Any, main_dag: Any) -> None:
    """Each fires once, with its variables; a failing hook never changes the run."""
    tell = {
        "name": "tell",
        "executor": {"type": "echo", "config": {"of": "{{hook.trigger.name}}"}},
        "inputs": {"parameters": [{"name": "why", "value": "{{hook.type}}"}]},
    }
    run = simulation(
        main_dag(
            {"name": "a", "hooks": {"onSuccess": {"template": "tell"}}},
            templates=[{"task": tell}],
            spec={"hooks": {k: {"template": "tell"} for k in ("onStart", "onFailure", "onExit")}},
        )
    )
    run.submit()
    run.start("a")
    run.complete("a", 0)
    assert run.state.run.phase == "Succeeded"
    assert run.ended == 0

    jobs = [job for job in run.jobs if job.task_name == "tell"]
    for job in jobs:
        run.report(job.task_seq, job.attempt, 2, "hook broke")

    assert [job.inputs for job in jobs] == [
        {"of": "case", "why": "onStart"},
        {"of": "a", "why": "onSuccess"},
        {"of": "case", "why": "onExit"},
    ]
    assert run.notified == [
        ("workflow", "onStart", ""),
        ("task", "onSuccess", "a"),
        ("workflow", "onExit", ""),
    ]
    hooks = [task for task in run.tasks.values() if task.scope == "hooks"]
    assert {(task.phase.value, task.depth) for task in hooks} == {("Failed", 0)}
    assert run.state.run.phase == "Succeeded"
    assert (run.state.run.tasks_done, run.state.run.tasks_total) == (2, 2)
    assert run.ended == 1


def test_containers_have_hooks_like_tasks(simulation: Any, main_dag: Any) -> None:
    """Decision 13: they start with their first leaf, and end by their deadline if need be."""
    hooks = {key: {"template": "tell"} for key in ("onStart", "onError", "onExit")}
    inner = {
        "dag": {
            "name": "inner",
            "timeout": "5s",
            "tasks": [{"name": "slow", "template": "work", "hooks": hooks}],
        }
    }
    tell = {"name": "tell", "executor": {"type": "echo"}}
    run = simulation(
        main_dag(
            {"name": "sub", "template": "inner", "hooks": hooks},
            templates=[inner, {"task": tell}],
        )
    )
    run.submit()
    run.start("slow")

    run.wait_until(run.task("sub").deadline)

    assert run.notified == [
        ("task", "onStart", "sub"),
        ("task", "onStart", "slow"),
        ("task", "onError", "slow"),
        ("task", "onExit", "slow"),
        ("task", "onError", "sub"),
        ("task", "onExit", "sub"),
    ]
