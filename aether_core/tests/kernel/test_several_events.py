"""Several events in one step: as if one came after the other, as one unit of commit."""

from __future__ import annotations

from typing import Any

from aether_core.kernel import Submitted, TaskCompleted, TaskStarted, step


def _events(run: Any, name: str) -> list[Any]:
    job = run.waiting[name]
    numbers = ("run", job.task_seq, job.attempt)
    return [TaskStarted(*numbers, at=10), TaskCompleted(*numbers, at=20, outputs={"x": 1})]


def test_events_applied_at_once_come_to_the_same(simulation: Any, main_dag: Any) -> None:
    dag = main_dag({"name": "a"}, {"name": "b", "dependencies": ["a"]})
    at_once, in_turn = simulation(dag), simulation(dag)
    at_once.submit()
    in_turn.submit()

    together = step(at_once.state, *_events(at_once, "a"))
    apart = [step(in_turn.state, event) for event in _events(in_turn, "a")]

    assert at_once.state.run == in_turn.state.run
    assert together.changes.events == [e for each in apart for e in each.changes.events]
    assert together.changes.created == [t for each in apart for t in each.changes.created]
    assert together.effects == [e for each in apart for e in each.effects]


def test_each_event_has_its_own_time(simulation: Any, main_dag: Any) -> None:
    run = simulation(main_dag({"name": "a"}))
    run.submit()

    answer = step(run.state, *_events(run, "a"))

    record = next(task for task in answer.changes.updated if task.name == "a")
    assert (record.started_at, record.finished_at) == (10, 20)


def test_a_task_that_is_created_and_changed_in_one_step_is_only_created(
    simulation: Any, main_dag: Any
) -> None:
    run = simulation(main_dag({"name": "a"}))

    answer = step(run.state, Submitted(1), TaskStarted("run", task_seq=1, attempt=1, at=2))

    assert [(task.name, task.phase) for task in answer.changes.created] == [
        ("main", "Running"),
        ("a", "Running"),
    ]
    assert answer.changes.updated == []
