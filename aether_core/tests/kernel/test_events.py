"""Events that come late, twice or out of order, and requests to cancel."""

from __future__ import annotations

from typing import Any

import pytest

from aether_sdk import Phase


def test_a_result_without_a_start_is_accepted(simulation: Any, main_dag: Any) -> None:
    """Decision 20: the start may have been lost; the answer proves it."""
    run = simulation(main_dag({"name": "a"}))

    run.submit()
    run.complete("a")

    assert run.task("a").phase == "Succeeded"
    assert run.task("a").started_at is not None
    assert run.task("main").started_at is not None


def test_a_second_result_changes_nothing_and_is_noted(simulation: Any, main_dag: Any) -> None:
    """Execution is at least once; a transition happens once."""
    run = simulation(main_dag({"name": "a"}, {"name": "b"}))
    run.submit()
    job = run.waiting["a"]
    run.complete("a", x=1)

    run.report(job.task_seq, job.attempt, 2, x=2)

    assert run.task("a").phase == "Succeeded"
    assert run.task("a").outputs == {"x": 1}
    assert len(run.notes()) == 1


def test_a_result_of_another_attempt_is_ignored(simulation: Any, main_dag: Any) -> None:
    """Attempts fence each other off."""
    run = simulation(main_dag({"name": "a"}))
    run.submit()
    job = run.waiting["a"]

    run.report(job.task_seq, job.attempt + 1)

    assert run.task("a").phase == "Ready"
    assert "ignored a result for attempt 2" in run.notes()[0]


@pytest.mark.parametrize("when", ["late", "stale"])
def test_a_start_that_is_late_or_stale_changes_nothing(
    simulation: Any, main_dag: Any, when: str
) -> None:
    """Neither an ended task nor another attempt goes back to Running."""
    run = simulation(main_dag({"name": "a"}, {"name": "b"}))
    run.submit()
    job = run.waiting["a"]
    if when == "late":
        run.complete("a")
    else:
        run.waiting["a"] = type(job)(
            **{f: getattr(job, f) for f in job.__struct_fields__} | {"attempt": 7}
        )
    before = run.task("a").phase

    if when == "late":
        run.waiting["a"] = job
    answer = run.start("a")

    assert run.task("a").phase == before
    assert answer.changes.updated == []


def test_cancel_ends_everything_that_is_open(simulation: Any, main_dag: Any) -> None:
    """Ended tasks keep their phase, open ones and their containers are cancelled, once."""
    run = simulation(main_dag({"name": "a"}, {"name": "b"}, {"name": "c", "dependencies": ["a"]}))
    run.submit()
    run.start("b")
    run.complete("a")

    run.cancel()

    assert run.phases() == {
        "main": "Cancelled",
        "a": "Succeeded",
        "b": "Cancelled",
        "c": "Cancelled",
    }
    assert run.state.run.phase == "Cancelled"
    assert sorted(run.cancelled) == sorted([run.task("b").task_id, run.task("c").task_id])
    assert run.ended == 1


def test_nothing_happens_in_an_ended_run(simulation: Any, main_dag: Any) -> None:
    """Late answers and further cancels are noted, nothing else."""
    run = simulation(main_dag({"name": "a"}, {"name": "b", "dependencies": ["a"]}))
    run.submit()
    job = run.waiting["a"]
    run.cancel()
    phases = run.phases()

    run.report(job.task_seq, job.attempt)
    answer = run.cancel()

    assert run.phases() == phases
    assert answer.effects == []
    assert len(run.notes()) == 2


def test_a_fault_of_the_engine_ends_the_run_visibly(simulation: Any, main_dag: Any) -> None:
    """The run ends in Error with the cause, its tasks are cancelled, other runs are not hurt."""
    run = simulation(main_dag({"name": "a"}, {"name": "b"}))
    run.submit()
    run.state.leaves[run.task("a").seq].call = None

    run.complete("a")

    assert run.state.run.phase is Phase.ERROR
    assert run.state.run.message.startswith("engine internal error: ")
    assert run.phases()["b"] == "Error"
    assert run.ended == 1


def test_an_entrypoint_may_be_a_task(simulation: Any, main_dag: Any) -> None:
    """Its outputs are the run's; a timeout of the task is an Error of the run."""
    document = main_dag({"name": "unused"}, spec={"entrypoint": "work"})
    good, late = simulation(document), simulation(document)

    good.run_all(lambda _: (0, {"v": 1}))
    late.run_all(lambda _: (4, {}))

    assert good.state.run.outputs == {"v": 1}
    assert good.task("work").depth == 0
    assert late.task("work").phase == "Timeout"
    assert late.state.run.phase == "Error"
