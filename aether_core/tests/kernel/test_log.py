"""Lines that executors say become events of the run, as long as they are at work."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from aether_core.kernel import TaskLogged

LINES = ("one", "", "three")


def say(run: Any, name: str, *lines: str, attempt: int | None = None) -> Any:
    """Report lines of a task, of its latest attempt if no other is given."""
    task = run.task(name)
    number = task.attempt if attempt is None else attempt
    return run._apply(TaskLogged("run", task.seq, number, run._tick(), lines))


def said(run: Any) -> list[tuple[str, str]]:
    return [(event.name, event.message) for event in run.events if event.kind == "log"]


def test_lines_are_events_in_order_and_change_no_task(simulation: Any, main_dag: Any) -> None:
    run = simulation(main_dag({"name": "a"}))
    run.submit()
    run.start("a")

    answer = say(run, "a", *LINES)

    assert [event.message for event in answer.changes.events] == list(LINES)
    assert {event.at for event in answer.changes.events} == {run.clock}
    assert [event.seq for event in run.events] == list(range(1, len(run.events) + 1))
    assert (answer.changes.created, answer.changes.updated, answer.effects) == ([], [], [])


def test_lines_prove_a_start_that_got_lost(simulation: Any, main_dag: Any) -> None:
    """So every line is of a running task; what is above it runs too."""
    run = simulation(main_dag({"name": "a", "timeout": "5s"}))
    run.submit()

    say(run, "a", "here")

    assert (run.task("a").phase, run.task("main").phase) == ("Running", "Running")
    assert run.task("a").deadline is not None
    assert run.events[-1].message == "here"


@pytest.mark.parametrize("after", ["success", "retry", "suspension", "cancel", "nobody"])
def test_lines_of_an_attempt_that_is_over_are_ignored(
    simulation: Any, main_dag: Any, after: str
) -> None:
    """Without a note: they would fill the history."""
    run = simulation(main_dag({"name": "a", "retry": {"limit": 1}}, {"name": "b"}))
    run.submit()
    if after == "success":
        run.complete("a")
    elif after == "retry":
        run.complete("a", 3)
    elif after == "suspension":
        run.complete("a", 1)
    elif after == "cancel":
        run.cancel()
    attempt = 7 if after == "nobody" else 1
    before = len(run.events)

    say(run, "a", *LINES, attempt=attempt)

    assert len(run.events) == before
    assert said(run) == []


def test_a_line_that_is_too_long_is_cut_and_says_so(simulation: Any, main_dag: Any) -> None:
    run = simulation(main_dag({"name": "a"}))
    run.submit()

    say(run, "a", "x" * 4096, "y" * 4097)

    assert said(run) == [("a", "x" * 4096), ("a", "y" * 4096 + "… (cut)")]


def test_lines_stay_when_the_run_goes_on_elsewhere(simulation: Any, main_dag: Any) -> None:
    """What the lost attempt says after that is of no attempt any more."""
    run = simulation(main_dag({"name": "a"}))
    run.submit()
    say(run, "a", "before")

    run.restart()
    say(run, "a", "too late", attempt=1)
    say(run, "a", "after")

    assert said(run) == [("a", "before"), ("a", "after")]


@settings(max_examples=40, deadline=None)
@given(
    moves=st.lists(
        st.tuples(st.sampled_from("ab"), st.sampled_from(("log", "stale", "start", "end", "fail"))),
        max_size=15,
    )
)
def test_whatever_is_said_changes_nothing_else(
    simulation: Any, main_dag: Any, moves: list[tuple[str, str]]
) -> None:
    """A run with lines is the run without them, but for the lines and the starts they prove."""

    def played(*, talks: bool) -> Any:
        run = simulation(
            main_dag({"name": "a", "retry": {"limit": 1}}, {"name": "b", "dependencies": ["a"]})
        )
        run.submit()
        for name, move in moves:
            known = name in run.phases()
            if move in {"log", "stale"} and known and talks:
                attempt = run.task(name).attempt - (move == "stale")
                say(run, name, "line", attempt=attempt)
            elif move == "start" and name in run.waiting:
                run.start(name)
            elif move in {"end", "fail"} and name in run.waiting:
                run.complete(name, 0 if move == "end" else 3)
        return run

    talking, silent = played(talks=True), played(talks=False)

    def ends(run: Any) -> list[tuple[str, Any]]:
        return [
            (event.name, event.phase)
            for event in run.events
            if event.phase is not None and event.phase not in {"Ready", "Running"}
        ]

    assert ends(talking) == ends(silent)
    open_now = {"Ready", "Running"}
    for name, phase in silent.phases().items():
        shown = talking.phases()[name]
        assert shown == phase or {shown, phase} == open_now
    running: set[str] = set()
    for event in talking.events:
        if event.kind == "log":
            assert event.name in running
        elif event.phase is not None:
            (running.add if event.phase == "Running" else running.discard)(event.name)
