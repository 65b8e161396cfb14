"""A run driven by hand: every event is chosen by the test, nothing is concurrent."""

from __future__ import annotations

import copy
from collections.abc import Callable, Mapping
from itertools import count
from typing import Any

import pytest

from aether_core.document import Workflow, decode
from aether_core.kernel import (
    Assignment,
    CancelRequested,
    CancelTask,
    Dispatch,
    EventRecord,
    NotifyHook,
    Recovered,
    ResumeRequested,
    RetryRequested,
    RunEnded,
    RunRecord,
    Step,
    Submitted,
    TaskCompleted,
    TaskRecord,
    TaskStarted,
    TimePassed,
    new_run,
    reopen_run,
    restore_run,
    step,
)
from aether_core.plan import compile_workflow
from aether_sdk import JsonValue, Phase


class Simulation:
    """Holds a run, what it has committed so far, and what waits for a worker."""

    def __init__(self, document: Mapping[str, JsonValue], **variables: JsonValue) -> None:
        workflow, problems = decode(document)
        assert isinstance(workflow, Workflow), problems
        self.plan = compile_workflow(workflow)
        ids = count(1)
        run = RunRecord(
            run_id="run",
            workflow=self.plan.workflow,
            namespace=self.plan.namespace,
            document="{}",
            phase=Phase.CREATED,
            created_at=0,
            arguments=dict(variables.pop("arguments", {})),  # type: ignore[call-overload]
            variables={k: v for k, v in variables.items() if k != "dispatch_timeout"},
        )
        self.state = new_run(
            self.plan,
            run,
            lambda: f"t{next(ids)}",
            dispatch_timeout=variables.pop("dispatch_timeout", None),  # type: ignore[arg-type]
        )
        self.clock = 0
        self.tasks: dict[int, TaskRecord] = {}
        self.events: list[EventRecord] = []
        self.waiting: dict[str, Assignment] = {}
        self.jobs: list[Assignment] = []
        self.cancelled: list[str] = []
        self.ended = 0
        self.notified: list[tuple[str, str, str]] = []

    def submit(self) -> Step:
        return self._apply(Submitted(self._tick()))

    def start(self, name: str) -> Step:
        job = self.waiting[name]
        return self._apply(TaskStarted("run", job.task_seq, job.attempt, self._tick()))

    def complete(self, name: str, code: int = 0, message: str = "", **outputs: JsonValue) -> Step:
        job = self.waiting.pop(name)
        return self.report(job.task_seq, job.attempt, code, message, **outputs)

    def report(
        self, seq: int, attempt: int, code: int = 0, message: str = "", **outputs: JsonValue
    ) -> Step:
        return self._apply(TaskCompleted("run", seq, attempt, self._tick(), code, message, outputs))

    def resume(self, name: str, **payload: JsonValue) -> Step:
        return self._apply(ResumeRequested(self._tick(), self.task(name).seq, payload))

    def resume_task(self, seq: int) -> Step:
        return self._apply(ResumeRequested(self._tick(), seq, {}))

    def restart(self) -> Step:
        """Lose everything but what was committed, and go on from there."""
        run, tasks = copy.deepcopy((self.state.run, list(self.tasks.values())))
        self.tasks = {task.seq: task for task in tasks}
        self.state = restore_run(self.plan, run, tasks, self.state.new_id)
        self.waiting.clear()
        return self._apply(Recovered(self._tick()))

    def retry(self) -> Step:
        """Begin the ended run again, from what was committed."""
        run, tasks = copy.deepcopy((self.state.run, list(self.tasks.values())))
        self.tasks = {task.seq: task for task in tasks}
        self.state = reopen_run(self.plan, run, tasks, self.state.new_id)
        return self._apply(RetryRequested(self._tick()))

    def wait_until(self, at: int) -> Step:
        """Let the time come at which the run wants to be woken, up to `at`."""
        self.clock = at
        return self._apply(TimePassed(at))

    def cancel(self) -> Step:
        return self._apply(CancelRequested(self._tick()))

    def run_all(self, answer: Callable[[Assignment], tuple[int, dict[str, Any]]]) -> None:
        """Submit, then answer every assignment, oldest first, until nothing waits."""
        self.submit()
        while self.waiting:
            name, job = next(iter(self.waiting.items()))
            code, outputs = answer(job)
            self.complete(name, code, **outputs)

    def phases(self) -> dict[str, str]:
        return {task.name: task.phase.value for task in self.tasks.values()}

    def task(self, name: str) -> TaskRecord:
        return next(task for task in self.tasks.values() if task.name == name)

    def notes(self) -> list[str]:
        return [event.message for event in self.events if event.kind == "note"]

    def _tick(self) -> int:
        self.clock += 1
        return self.clock

    def _apply(self, event: Any) -> Step:
        answer = step(self.state, event)
        changes = answer.changes
        assert not {t.seq for t in changes.created} & set(self.tasks), "a task was created twice"
        assert {t.seq for t in changes.updated} <= set(self.tasks), "an unknown task was updated"
        self.tasks.update({t.seq: t for t in (*changes.created, *changes.updated)})
        self.events.extend(changes.events)
        changes.run.version += 1
        for effect in answer.effects:
            match effect:
                case Dispatch(assignment=job):
                    self.waiting[job.task_name] = job
                    self.jobs.append(job)
                case CancelTask(task_id=task_id):
                    self.cancelled.append(task_id)
                case NotifyHook():
                    self.notified.append((effect.scope, effect.hook, effect.task_name))
                case RunEnded():
                    self.ended += 1
        return answer


def dag(*nodes: dict[str, Any], **more: Any) -> dict[str, Any]:
    """Return a document with one dag named main whose nodes call the task `work`."""
    work = more.pop("work", {"name": "work", "executor": {"type": "echo"}})
    templates = more.pop("templates", [])
    tasks = [{"template": "work", **node} if "executor" not in node else node for node in nodes]
    return {
        "apiVersion": "aether/v1",
        "kind": "Workflow",
        "metadata": {"name": "case"},
        "spec": {
            "entrypoint": "main",
            **more.pop("spec", {}),
            "templates": [
                {"dag": {"name": "main", "tasks": tasks, **more}},
                {"task": work},
                *templates,
            ],
        },
    }


@pytest.fixture(scope="session")
def simulation() -> Callable[..., Simulation]:
    """Build a simulation from a document."""
    return Simulation


@pytest.fixture(scope="session")
def main_dag() -> Callable[..., dict[str, Any]]:
    """Build a document around one dag."""
    return dag
