"""Hooks and deadlines where several things end in one step, or nobody drove the run meanwhile."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from aether_core.kernel import RetryRequested, RunEnded, reopen_run

TELL = {"task": {"name": "tell", "executor": {"type": "echo"}}}
SECOND = 1_000_000


def test_a_hook_runs_although_the_run_times_out_in_the_same_step(
    simulation: Any, main_dag: Callable[..., dict[str, Any]]
) -> None:
    """The dag's deadline and the run's come at the same time; the dag's hook has begun by then."""
    hooks = {"onError": {"template": "tell"}}
    run = simulation(
        main_dag({"name": "a"}, hooks=hooks, timeout="5s", spec={"timeout": "5s"}, templates=[TELL])
    )
    run.submit()
    run.wait_until(5 * SECOND + 1)

    assert run.phases() == {"main": "Timeout", "a": "Timeout", "tell": "Ready"}
    assert run.ended == 0
    run.complete("tell")
    assert run.ended == 1


def test_what_fell_due_while_nobody_drove_the_run_comes_before_new_results(
    simulation: Any, main_dag: Callable[..., dict[str, Any]]
) -> None:
    run = simulation(main_dag({"name": "a"}, timeout="5s"))
    run.submit()
    run.start("a")
    run.clock = 6 * SECOND
    run.restart()

    assert run.phases() == {"main": "Timeout", "a": "Timeout"}
    assert run.ended == 1


def test_a_retry_finishes_the_hooks_that_its_last_engine_left(
    simulation: Any, main_dag: Callable[..., dict[str, Any]]
) -> None:
    """A run that has ended is taken over by nobody, so a hook of it may still be open."""
    run = simulation(
        main_dag({"name": "a"}, spec={"hooks": {"onExit": {"template": "tell"}}}, templates=[TELL])
    )
    run.submit()
    run.complete("a", 2)
    assert run.phases() == {"main": "Failed", "a": "Failed", "tell": "Ready"}
    run.waiting.clear()
    run.state = reopen_run(run.plan, run.state.run, list(run.tasks.values()), run.state.new_id)
    run.tasks = {task.seq: task for task in run.tasks.values()}

    run._apply(RetryRequested(run._tick()))

    assert sorted(run.waiting) == ["a", "tell"]
    run.complete("tell")
    run.complete("a")
    run.complete("tell")
    assert run.ended == 1
    assert run.state.run.phase == "Succeeded"


def test_a_run_that_ended_while_nobody_drove_it_ends_once(
    simulation: Any, main_dag: Callable[..., dict[str, Any]]
) -> None:
    run = simulation(main_dag({"name": "a"}, spec={"timeout": "5s"}))
    run.submit()
    run.clock = 6 * SECOND
    answer = run.restart()

    assert run.ended == 1
    assert answer.effects.count(RunEnded()) == 1
