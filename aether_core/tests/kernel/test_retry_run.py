"""Retry of an ended run: what succeeded stays, the rest begins again in the same run."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st


def attempts(run: Any) -> dict[str, int]:
    """Return how often each task was dispatched."""
    counts: dict[str, int] = {}
    for job in run.jobs:
        counts[job.task_name] = counts.get(job.task_name, 0) + 1
    return counts


def answer_all(run: Any, failing: set[str]) -> None:
    """Answer every assignment that waits; those of the named tasks fail."""
    while run.waiting:
        name = next(iter(run.waiting))
        run.complete(name, 2 if name in failing else 0, n=name)


def test_what_succeeded_stays_and_the_rest_runs_again(simulation: Any, main_dag: Any) -> None:
    """The failed task and what never began run; the run keeps its id and its history."""
    run = simulation(
        main_dag(
            {"name": "a"},
            {"name": "b", "dependencies": ["a"]},
            {"name": "c", "dependencies": ["b"]},
        )
    )
    run.submit()
    answer_all(run, {"b"})
    before = list(run.events)
    first = run.task("b").attempt

    run.retry()
    answer_all(run, set())

    assert run.state.run.phase == "Succeeded"
    assert run.state.run.generation == 1
    assert run.phases() == dict.fromkeys(("main", "a", "b", "c"), "Succeeded")
    assert attempts(run) == {"a": 1, "b": 2, "c": 1}
    assert run.task("b").attempt > first, "results of the first generation are fenced off"
    assert run.events[: len(before)] == before
    assert [e.seq for e in run.events] == list(range(1, len(run.events) + 1))
    assert (run.state.run.tasks_done, run.state.run.tasks_total) == (4, 4)


def test_outputs_of_what_stayed_are_seen_by_what_runs_again(simulation: Any, main_dag: Any) -> None:
    """References to a task that was kept have its value."""
    argument = {"name": "x", "valueFrom": {"parameter": "tasks.a.outputs.parameters.n"}}
    run = simulation(
        main_dag(
            {"name": "a"},
            {"name": "b", "dependencies": ["a"], "arguments": {"parameters": [argument]}},
        )
    )
    run.submit()
    answer_all(run, {"b"})

    run.retry()

    assert run.waiting["b"].inputs == {"x": "a"}


def test_a_failure_that_was_tolerated_runs_again_before_what_depends_on_it(
    simulation: Any, main_dag: Any
) -> None:
    """Order is kept: the dependant that failed waits for the retried dependency."""
    run = simulation(
        main_dag(
            {"name": "a", "continueOn": {"failed": True}},
            {"name": "b", "dependencies": ["a"]},
            {"name": "done", "dependencies": ["a"]},
        )
    )
    run.submit()
    answer_all(run, {"a", "b"})

    run.retry()

    assert set(run.waiting) == {"a"}
    answer_all(run, set())
    assert attempts(run) == {"a": 2, "b": 2, "done": 1}
    assert run.state.run.phase == "Succeeded"


def test_a_skipped_task_is_judged_again(simulation: Any, main_dag: Any) -> None:
    """Its condition may have changed with what it depends on."""
    run = simulation(
        main_dag(
            {"name": "a", "continueOn": {"failed": True}},
            {"name": "good", "dependencies": ["a"], "when": 'tasks.a.phase == "Succeeded"'},
            {"name": "bad"},
        )
    )
    run.submit()
    answer_all(run, {"a", "bad"})
    assert run.task("good").phase == "Skipped"

    run.retry()
    answer_all(run, set())

    assert run.task("good").phase == "Succeeded"
    assert (run.state.run.tasks_done, run.state.run.tasks_total) == (4, 4)


def test_nested_dags_keep_their_inner_successes(simulation: Any, main_dag: Any) -> None:
    """A container that failed opens again; one that succeeded is left alone."""
    inner = [{"name": "x", "template": "work"}, {"name": "y", "template": "work"}]
    good = [{"name": "z", "template": "work"}]
    run = simulation(
        main_dag(
            {"name": "bad", "template": "inner"},
            {"name": "good", "template": "other"},
            templates=[
                {"dag": {"name": "inner", "tasks": inner}},
                {"dag": {"name": "other", "tasks": good}},
            ],
        )
    )
    run.submit()
    answer_all(run, {"y"})

    run.retry()
    answer_all(run, set())

    assert attempts(run) == {"x": 1, "y": 2, "z": 1}
    assert run.state.run.phase == "Succeeded"


@pytest.mark.parametrize("concurrency", [0, 1, 2])
@pytest.mark.parametrize("restarts", [False, True])
def test_a_loop_repeats_only_its_failed_iterations(
    simulation: Any, main_dag: Any, concurrency: int, *, restarts: bool
) -> None:
    """Outputs of kept and repeated iterations come together in their order."""
    loop = {
        "name": "each",
        "items": [10, 11, 12, 13, 14],
        "body": "work",
        "concurrency": concurrency,
        "aggregate": {"strategy": "list"},
    }
    run = simulation(main_dag({"name": "l", "template": "each"}, templates=[{"loop": loop}]))
    run.submit()
    fail = {11, 13, 14}

    def work_off() -> list[int]:
        done = []
        while run.waiting:
            job = run.waiting.pop("work", None)
            if job is None:
                break
            # Jobs of one name hide each other: those that are open are answered in turn.
            for leaf in sorted(run.state.leaves.values(), key=lambda leaf: leaf.record.seq):
                item = leaf.record.inputs["loop_iter.item"]
                run.report(leaf.record.seq, leaf.record.attempt, 2 if item in fail else 0, n=item)
                done.append(item)
                if restarts:
                    break
            if restarts and not run.state.run.phase.is_terminal:
                run.restart()
        return done

    work_off()
    assert run.state.run.phase == "Failed"
    fail.clear()

    run.retry()
    repeated = work_off()

    assert sorted(set(repeated)) == [11, 13, 14]
    assert run.state.run.phase == "Succeeded"
    assert run.task("l").outputs == {"n": [10, 11, 12, 13, 14]}
    assert run.state.run.tasks_done == run.state.run.tasks_total == 7


def test_a_restart_in_the_middle_of_a_retry_goes_on_with_it(simulation: Any, main_dag: Any) -> None:
    """What the first generation left is neither lost nor taken for an end."""
    run = simulation(
        main_dag(
            {"name": "a", "continueOn": {"failed": True}},
            {"name": "b", "dependencies": ["a"]},
            {"name": "c", "dependencies": ["b"]},
        )
    )
    run.submit()
    answer_all(run, {"a", "b"})
    run.retry()

    run.restart()

    assert set(run.waiting) == {"a"}
    answer_all(run, set())
    assert run.phases() == dict.fromkeys(("main", "a", "b", "c"), "Succeeded")


def test_a_second_retry_is_a_third_generation(simulation: Any, main_dag: Any) -> None:
    """A run can be retried as often as it fails."""
    run = simulation(main_dag({"name": "a"}, {"name": "b", "dependencies": ["a"]}))
    run.submit()
    answer_all(run, {"a"})
    run.retry()
    answer_all(run, {"b"})

    run.retry()
    answer_all(run, set())

    assert run.state.run.generation == 2
    assert attempts(run) == {"a": 2, "b": 2}


def test_a_cancelled_run_and_one_that_timed_out_can_be_retried(
    simulation: Any, main_dag: Any
) -> None:
    """The workflow's timeout counts anew."""
    run = simulation(main_dag({"name": "a"}, {"name": "b"}, spec={"timeout": "10s"}))
    run.submit()
    run.complete("a")
    run.cancel()
    run.waiting.clear()

    run.retry()
    assert set(run.waiting) == {"b"}
    start = run.clock
    run.wait_until(start + 9_000_000)
    assert not run.state.run.phase.is_terminal
    run.wait_until(start + 10_000_001)
    assert run.state.run.phase == "Timeout"
    run.waiting.clear()

    run.retry()
    answer_all(run, set())

    assert run.state.run.phase == "Succeeded"


def test_late_results_of_an_earlier_generation_change_nothing(
    simulation: Any, main_dag: Any
) -> None:
    """An attempt of before the retry is ignored with a note (decision 20)."""
    run = simulation(main_dag({"name": "a"}))
    run.submit()
    old = run.waiting.pop("a")
    run.cancel()
    run.retry()

    run.report(old.task_seq, old.attempt, n="late")

    assert run.task("a").phase == "Ready"
    assert "ignored a result" in run.notes()[-1]


NAMES = ["a", "b", "c", "d", "e"]


@settings(max_examples=80, deadline=None)
@given(
    edges=st.sets(st.tuples(st.integers(0, 4), st.integers(0, 4))),
    fails=st.lists(st.sets(st.sampled_from(NAMES)), min_size=1, max_size=3),
    restart=st.booleans(),
)
def test_any_dag_succeeds_after_its_failures_are_mended(
    simulation: Any,
    main_dag: Any,
    edges: set[tuple[int, int]],
    fails: list[set[str]],
    *,
    restart: bool,
) -> None:
    """No task that succeeded runs twice, none starts early, counters agree."""
    needs = {
        n: [m for m in NAMES if (NAMES.index(m), NAMES.index(n)) in edges and m < n] for n in NAMES
    }
    run = simulation(main_dag(*({"name": n, "dependencies": needs[n]} for n in NAMES)))
    run.submit()
    succeeded: set[str] = set()
    for failing in [*fails, set()]:
        while run.waiting:
            name = sorted(run.waiting)[0]
            assert name not in succeeded
            assert set(needs[name]) <= succeeded
            run.complete(name, 2 if name in failing else 0)
            if name not in failing:
                succeeded.add(name)
            if restart and not run.state.run.phase.is_terminal:
                run.restart()
        if run.state.run.phase == "Succeeded":
            break
        run.retry()
    while run.waiting:
        run.complete(sorted(run.waiting)[0])

    assert run.state.run.phase == "Succeeded"
    assert run.state.run.tasks_done == run.state.run.tasks_total == len(NAMES) + 1
