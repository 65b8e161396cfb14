"""The observer finds what is wrong: real changes of the kernel, spoiled in one place each."""

from __future__ import annotations

import copy
from collections.abc import Callable
from itertools import count
from typing import Any

import pytest

from aether_core.document import Workflow, decode
from aether_core.kernel import (
    CancelRequested,
    Dispatch,
    EventRecord,
    RunChanges,
    RunRecord,
    Submitted,
    TaskCompleted,
    TaskRecord,
    TaskStarted,
    new_run,
    step,
)
from aether_core.plan import compile_workflow
from aether_core.simulation import InvariantBroken, RunObserver
from aether_sdk import Phase

Spoil = Callable[[RunChanges], None]


def document(*templates: dict[str, Any], entrypoint: str = "main") -> dict[str, Any]:
    return {
        "apiVersion": "aether/v1",
        "kind": "Workflow",
        "metadata": {"name": "case"},
        "spec": {
            "entrypoint": entrypoint,
            "templates": [*templates, {"task": {"name": "work", "executor": {"type": "echo"}}}],
        },
    }


CHAIN = document(
    {
        "dag": {
            "name": "main",
            "tasks": [
                {"name": "a", "template": "work", "retry": {"limit": 1}, "timeout": "1s"},
                {"name": "b", "template": "work", "dependencies": ["a"]},
            ],
        }
    }
)
LOOP = document(
    {"loop": {"name": "main", "body": "work", "itemsFrom": "[1, 2, 3]", "concurrency": 1}}
)


class Stage:
    """A run that is driven by hand before the eyes of an observer."""

    def __init__(self, content: dict[str, Any]) -> None:
        workflow, problems = decode(content)
        assert isinstance(workflow, Workflow), problems
        plan = compile_workflow(workflow)
        ids = count(1)
        run = RunRecord("run", "case", "default", "{}", Phase.CREATED, 0)
        self.state = new_run(plan, run, lambda: f"t{next(ids)}")
        self.observer = RunObserver(plan)
        self.jobs: dict[str, Any] = {}
        self.clock = 0

    def apply(self, event: Any, spoil: Spoil = lambda _: None) -> None:
        answer = step(self.state, event)
        changes = copy.deepcopy(answer.changes)
        spoil(changes)
        self.observer.committed(changes)
        for effect in answer.effects:
            if isinstance(effect, Dispatch):
                self.jobs[effect.assignment.task_name] = effect.assignment
                self.observer.dispatched(effect.assignment)

    def submit(self, spoil: Spoil = lambda _: None) -> Stage:
        self.apply(Submitted(self.tick()), spoil)
        return self

    def start(self, name: str, spoil: Spoil = lambda _: None) -> None:
        job = self.jobs[name]
        self.apply(TaskStarted("run", job.task_seq, job.attempt, self.tick()), spoil)

    def complete(
        self, name: str, code: int = 0, spoil: Spoil = lambda _: None, *, known: bool = True
    ) -> None:
        job = self.jobs.pop(name)
        done = TaskCompleted("run", job.task_seq, job.attempt, self.tick(), code)
        if known:
            self.observer.reported(done)
        self.apply(done, spoil)

    def settle(self, *, has_workers: bool = True, now: int | None = None) -> int | None:
        moment = self.clock if now is None else now
        return self.observer.settled(moment, lambda *_: has_workers, can_lose=False)

    def tick(self) -> int:
        self.clock += 1
        return self.clock


def the(name: str, changes: RunChanges) -> TaskRecord:
    return next(task for task in (*changes.created, *changes.updated) if task.name == name)


def put(changes: RunChanges, number: int, **fields: Any) -> None:
    """Replace fields of an event of the changes."""
    old = changes.events[number]
    values = {name: getattr(old, name) for name in EventRecord.__struct_fields__}
    changes.events[number] = EventRecord(**{**values, **fields})


def phase_of(changes: RunChanges, name: str, phase: Phase) -> None:
    """Let a task end up in another phase, in its record and in its last event."""
    task = the(name, changes)
    number = max(n for n, event in enumerate(changes.events) if event.task_seq == task.seq)
    put(changes, number, phase=phase)
    task.phase = phase


def test_a_run_without_a_fault_passes() -> None:
    stage = Stage(CHAIN).submit()
    stage.start("a")
    stage.complete("a", 3)
    stage.settle()
    stage.complete("a")
    stage.start("b")
    stage.complete("b")

    assert stage.observer.phase is Phase.SUCCEEDED
    assert stage.observer.is_over
    assert [task.path for task in stage.observer.tasks.values()] == ["main", "main/a", "main/b"]
    assert stage.settle() is None


SPOILED: dict[str, tuple[Spoil, str]] = {
    "an event is left out": (lambda c: c.events.pop(0) and None, "follows event 0"),
    "time goes backwards": (lambda c: put(c, 1, at=0), "earlier than the one before"),
    "a number is left out": (lambda c: setattr(the("a", c), "seq", 7), "expected 1"),
    "a parent is missing": (lambda c: setattr(the("a", c), "parent_seq", 9), "no parent"),
    "a fault of the engine": (
        lambda c: put(c, 1, message="engine internal error: x"),
        "internal error",
    ),
    "a record says something else": (
        lambda c: setattr(the("a", c), "phase", Phase.RUNNING),
        "its last event says Ready",
    ),
    "a wrong attempt": (lambda c: setattr(the("a", c), "attempt", 2), "was Ready 1 times"),
    "more retries than allowed": (
        lambda c: setattr(the("a", c), "retry_count", 2),
        "was tried again 2 times",
    ),
    "a wrong count": (lambda c: setattr(c.run, "tasks_total", 5), "the run counts 0/5"),
    "a wrong number of events": (
        lambda c: setattr(c.run, "last_event", 50),
        "the run counts 50 events",
    ),
    "a run in another phase": (
        lambda c: setattr(c.run, "phase", Phase.RUNNING),
        "the run is Running",
    ),
    "an impossible move": (lambda c: phase_of(c, "a", Phase.SUSPENDED), "Created to Suspended"),
    "a container that is suspended": (
        lambda c: phase_of(c, "main", Phase.SUSPENDED),
        "Created to Suspended",
    ),
    "an impossible move of the run": (
        lambda c: put(c, 0, phase=Phase.RUNNING),
        "the run went from None",
    ),
}


@pytest.mark.parametrize(("spoil", "words"), SPOILED.values(), ids=SPOILED)
def test_a_spoiled_commit_is_found(spoil: Spoil, words: str) -> None:
    with pytest.raises(InvariantBroken, match=words):
        Stage(CHAIN).submit(spoil)


def test_a_task_that_is_changed_before_it_exists_is_found() -> None:
    def spoil(changes: RunChanges) -> None:
        changes.updated.append(changes.created.pop())
        changes.run.tasks_total -= 1

    with pytest.raises(InvariantBroken, match="before it was created"):
        Stage(CHAIN).submit(spoil)


def test_a_task_that_is_created_twice_is_found() -> None:
    def spoil(changes: RunChanges) -> None:
        again = copy.deepcopy(the("a", changes))
        again.seq = 2
        changes.created.append(again)

    with pytest.raises(InvariantBroken, match="created twice"):
        Stage(CHAIN).submit(spoil)


def test_a_result_that_nobody_reported_is_found() -> None:
    stage = Stage(CHAIN).submit()

    with pytest.raises(InvariantBroken, match="attempt 1 has no result"):
        stage.complete("a", known=False)


def test_a_task_that_begins_before_its_dependency_has_ended_is_found() -> None:
    stage = Stage(CHAIN).submit()

    def spoil(changes: RunChanges) -> None:
        ended = next(e for e in changes.events if e.phase is Phase.SUCCEEDED)
        put(changes, changes.events.index(ended), kind="note", phase=None)

    with pytest.raises(InvariantBroken, match="main/b began before a had ended"):
        stage.complete("a", spoil=spoil)


def test_a_line_of_a_task_that_does_not_run_is_found() -> None:
    stage = Stage(CHAIN).submit()

    def spoil(changes: RunChanges) -> None:
        put(changes, len(changes.events) - 1, kind="log", phase=None, task_seq=1)

    with pytest.raises(InvariantBroken, match="a said something and was not running"):
        stage.complete("a", spoil=spoil)


def test_an_end_that_has_no_time_is_found() -> None:
    stage = Stage(CHAIN).submit()

    with pytest.raises(InvariantBroken, match="its record does not say so"):
        stage.complete("a", spoil=lambda changes: setattr(the("a", changes), "finished_at", None))


def test_a_node_that_is_forgotten_is_found() -> None:
    stage = Stage(CHAIN).submit()
    stage.start("a")

    def spoil(changes: RunChanges) -> None:
        """End the dag where its next node should begin."""
        forgotten = changes.created.pop()
        number = next(n for n, e in enumerate(changes.events) if e.task_seq == forgotten.seq)
        put(changes, number, task_seq=0, phase=Phase.SUCCEEDED)
        main = copy.deepcopy(stage.state.scopes[0].record)
        main.phase, main.finished_at = Phase.SUCCEEDED, stage.clock
        changes.updated.append(main)

    with pytest.raises(InvariantBroken, match="ended without its node b"):
        stage.complete("a", spoil=spoil)


def test_a_container_that_ends_before_its_children_is_found() -> None:
    stage = Stage(CHAIN).submit()

    def spoil(changes: RunChanges) -> None:
        changes.events = [event for event in changes.events if event.task_seq != 1]
        changes.updated.remove(the("a", changes))
        changes.run.tasks_done -= 1
        for place in range(len(changes.events)):
            put(changes, place, seq=5 + place)

    with pytest.raises(InvariantBroken, match="main has ended and has 1 open children"):
        stage.apply(CancelRequested(stage.tick()), spoil)


def test_a_container_that_comes_to_something_else_than_its_children_is_found() -> None:
    stage = Stage(CHAIN).submit()
    stage.complete("a")

    with pytest.raises(InvariantBroken, match="ended Failed, its children add up to Succeeded"):
        stage.complete("b", spoil=lambda changes: phase_of(changes, "main", Phase.FAILED))


def test_too_many_open_iterations_are_found() -> None:
    stage = Stage(LOOP).submit()

    def spoil(changes: RunChanges) -> None:
        """Let the first iteration stay open while the second one begins."""
        ended = next(e for e in changes.events if e.phase is Phase.SUCCEEDED)
        put(changes, changes.events.index(ended), kind="note", phase=None)
        changes.updated = [task for task in changes.updated if task.seq != 1]
        changes.run.tasks_done -= 1

    with pytest.raises(InvariantBroken, match="2 open iterations, at most 1"):
        stage.complete("work", spoil=spoil)


def test_a_loop_that_leaves_iterations_out_is_found() -> None:
    def spoil(changes: RunChanges) -> None:
        main = the("main", changes)
        main.items = [1, 2, 3, 4]

    stage = Stage(LOOP).submit()
    stage.complete("work")
    stage.complete("work")

    with pytest.raises(InvariantBroken, match="ended after 3 of 4 iterations"):
        stage.complete("work", spoil=spoil)


def test_an_iteration_out_of_turn_is_found() -> None:
    with pytest.raises(InvariantBroken, match="is not the next iteration"):
        Stage(LOOP).submit(lambda changes: setattr(the("work", changes), "iteration", 1))


def test_what_goes_out_before_its_commit_or_twice_is_found() -> None:
    stage = Stage(CHAIN).submit()
    job = stage.jobs["a"]

    with pytest.raises(InvariantBroken, match="went out twice"):
        stage.observer.dispatched(job)
    with pytest.raises(InvariantBroken, match="before that was committed"):
        Stage(CHAIN).observer.dispatched(job)


def test_a_task_that_no_worker_has_is_found() -> None:
    stage = Stage(CHAIN).submit()

    with pytest.raises(InvariantBroken, match="no worker has it"):
        stage.settle(has_workers=False)


def test_a_deadline_that_passes_without_anything_is_found() -> None:
    stage = Stage(CHAIN).submit()
    stage.start("a")
    due = stage.settle()
    assert due == stage.clock + 1_000_000

    with pytest.raises(InvariantBroken, match="was due 1 microseconds ago"):
        stage.settle(now=due + 1)


def test_what_nothing_will_wake_is_found() -> None:
    """An open leaf that waits for nothing, and an open container without an open child."""
    stage = Stage(CHAIN).submit()
    leaf = stage.observer.tasks[1]
    leaf.phase = Phase.CREATED
    with pytest.raises(InvariantBroken, match="nothing will start it"):
        stage.settle()

    other = Stage(CHAIN).submit()
    other.observer.tasks[0].open = 0
    with pytest.raises(InvariantBroken, match="has no open child"):
        other.settle()
