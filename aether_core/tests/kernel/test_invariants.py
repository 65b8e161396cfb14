"""Whatever the document and whatever the order of events, these hold after every step."""

from __future__ import annotations

import random
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

MOVES = {
    "Created": {"Ready", "Skipped", "Succeeded", "Failed", "Error", "Cancelled"},
    "Ready": {"Running", "Suspended", "Succeeded", "Failed", "Error", "Timeout", "Cancelled"},
    # Back to Ready by a retry, or by another engine that goes on with the run.
    "Running": {"Ready", "Suspended", "Succeeded", "Failed", "Error", "Timeout", "Cancelled"},
    "Suspended": {"Ready", "Cancelled"},
}
TERMINAL = {"Succeeded", "Failed", "Error", "Timeout", "Skipped", "Cancelled"}


@st.composite
def dags(draw: st.DrawFn, prefix: str = "n", depth: int = 2) -> list[dict[str, Any]]:
    """Draw the nodes of a dag; each depends on some of those before it."""
    nodes: list[dict[str, Any]] = []
    for number in range(draw(st.integers(1, 6))):
        earlier = [node["name"] for node in nodes]
        node: dict[str, Any] = {"name": f"{prefix}{number}", "template": "work"}
        if earlier:
            node["dependencies"] = draw(st.lists(st.sampled_from(earlier), max_size=3, unique=True))
        if draw(st.integers(0, 4)) == 0:
            upstream = node.get("dependencies") or []
            conditions = ["true", "false", "1 < 'x'"]
            conditions += [f"tasks.{name}.phase == Succeeded" for name in upstream]
            node["when"] = draw(st.sampled_from(conditions))
        if draw(st.booleans()):
            flags = st.fixed_dictionaries(
                {}, optional={k: st.booleans() for k in ("failed", "error", "timeout")}
            )
            node["continueOn"] = draw(flags)
        if depth and draw(st.integers(0, 3)) == 0:
            node["template"] = draw(st.sampled_from([f"sub{depth}", f"each{depth}", "again"]))
        elif draw(st.integers(0, 3)) == 0:
            node["retry"] = {"limit": 2}
        nodes.append(node)
    return nodes


@st.composite
def loops(draw: st.DrawFn, name: str, body: str) -> dict[str, Any]:
    """Draw a loop over up to four items."""
    return {
        "name": name,
        "body": body,
        "itemsFrom": str(draw(st.lists(st.integers(0, 9), max_size=4))),
        "concurrency": draw(st.integers(0, 2)),
        "aggregate": {"strategy": draw(st.sampled_from(["first", "last", "list"]))},
    }


@st.composite
def documents(draw: st.DrawFn) -> dict[str, Any]:
    """Draw a workflow of up to three levels of dags."""
    task = {"name": "work", "executor": {"type": "echo"}}
    return {
        "apiVersion": "aether/v1",
        "kind": "Workflow",
        "metadata": {"name": "generated"},
        "spec": {
            "entrypoint": "main",
            "maxNestedDepth": 10,
            "templates": [
                {"task": task},
                {"dag": {"name": "main", "tasks": draw(dags())}},
                {"dag": {"name": "sub2", "tasks": draw(dags("b", 1))}},
                {"dag": {"name": "sub1", "tasks": draw(dags("c", 0))}},
                {"loop": draw(loops("each2", "sub1"))},
                {"loop": draw(loops("each1", "work"))},
                {
                    "loop": {
                        "name": "again",
                        "body": "work",
                        "repeatCondition": "tasks.work.phase != Succeeded",
                        "maxIterations": 3,
                    }
                },
            ],
        },
    }


class Checker:
    """Feeds a run random events and looks at it after each."""

    def __init__(self, run: Any, seed: int) -> None:
        self.run = run
        self.random = random.Random(seed)
        self.jobs: dict[str, Any] = {}
        self.phases: dict[int, str] = {}
        self.history: list[tuple[Any, ...]] = []
        self.seen_events = 0

    def play(self) -> None:
        """Drive the run to its end, with lost starts, duplicates and perhaps a cancel."""
        cancel_at = self.random.choice([None, None, 3])
        self.look(self.run.submit())
        steps = 0
        while self.jobs or self.run.state.suspended:
            steps += 1
            if steps == cancel_at:
                self.look(self.run.cancel())
                self.jobs.clear()
                break
            if self.random.random() < 0.1:
                self.jobs.clear()
                self.look(self.run.restart())
            if self.run.state.suspended and (not self.jobs or self.random.random() < 0.3):
                seq = self.random.choice(sorted(self.run.state.suspended))
                self.look(self.run.resume_task(seq))
            job = self.jobs[self.random.choice(sorted(self.jobs))]
            self.run.waiting[job.task_name] = job
            if self.random.random() < 0.4:
                self.look(self.run.start(job.task_name))
                continue
            del self.jobs[job.task_id]
            code = self.random.choice([0, 0, 0, 1, 2, 3, 4, 99])
            self.look(self.run.report(job.task_seq, job.attempt, code))
            if self.random.random() < 0.2:
                self.look(self.run.report(job.task_seq, job.attempt, 0))

    def look(self, answer: Any) -> None:
        """Check the invariants, and remember what was dispatched."""
        for effect in answer.effects:
            if hasattr(effect, "assignment"):
                self.jobs[effect.assignment.task_id] = effect.assignment
        tasks = self.run.tasks
        for seq, task in tasks.items():
            before, now = self.phases.get(seq), task.phase.value
            if before is not None and before != now:
                assert now in MOVES[before], f"{task.name}: {before} -> {now}"
            self.phases[seq] = now
            if task.parent_seq >= 0 and now not in TERMINAL:
                assert tasks[task.parent_seq].phase.value not in TERMINAL
        open_tasks = [t for t in tasks.values() if t.phase.value not in TERMINAL]
        run = self.run.state.run
        assert run.tasks_total == len(tasks)
        assert run.tasks_done == len(tasks) - len(open_tasks)
        assert (run.phase.value in TERMINAL) == (not open_tasks)
        if open_tasks:
            assert self.jobs or self.run.state.suspended, "nothing will ever wake this run"
        self.concurrency_is_kept()
        self.history.append(tuple(self.phases.items()))

    def concurrency_is_kept(self) -> None:
        """No loop has more unfinished iterations than it may."""
        for scope in self.run.state.scopes.values():
            plan = getattr(scope, "plan", None)
            most = getattr(plan, "concurrency", 0)
            if most:
                children = [t for t in self.run.tasks.values() if t.parent_seq == scope.record.seq]
                assert sum(t.phase.value not in TERMINAL for t in children) <= most

    def dependencies_came_first(self) -> None:
        """No task was created before all its dependencies had ended."""
        ended = {}
        created = {}
        for event in self.run.events:
            if event.kind != "task":
                continue
            created.setdefault(event.task_seq, event.seq)
            if event.phase.value in TERMINAL:
                ended[event.task_seq] = event.seq
        names = {(t.parent_seq, t.name): t.seq for t in self.run.tasks.values()}
        for task in self.run.tasks.values():
            scope = self.run.plan.dags
            parent = self.run.tasks.get(task.parent_seq)
            if parent is None or parent.template_type != "dag":
                continue
            plan = scope[parent.template]
            for node in plan.nodes:
                for successor in node.successors:
                    if plan.nodes[successor].name == task.name:
                        dependency = names[task.parent_seq, node.name]
                        assert ended[dependency] < created[task.seq]


@settings(max_examples=150, deadline=None)
@given(document=documents(), seed=st.integers(0, 2**32))
def test_invariants_hold_after_every_step(simulation: Any, document: Any, seed: int) -> None:
    """Phases only move forward, containers end last, and every open run has work to do."""
    checker = Checker(simulation(document), seed)

    checker.play()

    assert checker.run.ended == 1
    assert checker.run.state.leaves == {}
    assert checker.run.state.scopes == {}
    checker.dependencies_came_first()


@settings(max_examples=25, deadline=None)
@given(document=documents(), seed=st.integers(0, 2**32))
def test_the_same_events_give_the_same_history(simulation: Any, document: Any, seed: int) -> None:
    """`step` is deterministic."""
    first, second = (Checker(simulation(document), seed) for _ in range(2))

    first.play()
    second.play()

    assert first.history == second.history
    assert first.run.events == second.run.events
