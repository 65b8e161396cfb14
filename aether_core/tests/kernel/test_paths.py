"""What the history calls tasks: names from the outside in, iterations with their number."""

from __future__ import annotations

from typing import Any

import pytest

DOCUMENT = {
    "apiVersion": "aether/v1",
    "kind": "Workflow",
    "metadata": {"name": "case"},
    "spec": {
        "entrypoint": "main",
        "hooks": {"onStart": {"template": "tell"}},
        "templates": [
            {"dag": {"name": "main", "tasks": [{"name": "each", "template": "loop"}]}},
            {"loop": {"name": "loop", "items": [1, 2], "body": "inner"}},
            {"dag": {"name": "inner", "tasks": [{"name": "deep", "template": "tell"}]}},
            {"task": {"name": "tell", "executor": {"type": "echo"}}},
        ],
    },
}
PATHS = {
    "main",
    "each",
    "each/inner[0]",
    "each/inner[0]/deep",
    "each/inner[1]",
    "each/inner[1]/deep",
    "hooks/tell",
}


def names(run: Any) -> set[str]:
    """Return the names of all tasks in the history."""
    return {event.name for event in run.events if event.kind == "task"}


def finish(run: Any) -> None:
    """Answer every assignment in the order of dispatch."""
    run.submit()
    for job in run.jobs:
        run.report(job.task_seq, job.attempt, 0)


def test_every_event_has_the_path_of_its_task(simulation: Any) -> None:
    run = simulation(DOCUMENT)

    finish(run)

    assert run.state.run.phase == "Succeeded"
    assert names(run) == PATHS


@pytest.mark.parametrize("restarts", [False, True])
def test_paths_stay_when_everything_ends_from_above(simulation: Any, restarts: bool) -> None:
    """Containers end after what is inside them, also in a run that goes on elsewhere."""
    run = simulation(DOCUMENT)
    run.submit()
    if restarts:
        run.restart()
    begun = len(run.events)

    run.cancel()

    cancelled = {e.name for e in run.events[begun:] if e.phase == "Cancelled" and e.kind == "task"}
    assert cancelled == PATHS - {"hooks/tell"}


def test_iterations_of_a_loop_that_is_the_entrypoint_have_their_number(simulation: Any) -> None:
    spec = {**DOCUMENT["spec"], "entrypoint": "loop", "hooks": {}}  # type: ignore[dict-item]  # a dict of its own

    run = simulation({**DOCUMENT, "spec": spec})
    finish(run)

    assert names(run) == {"loop", "inner[0]", "inner[0]/deep", "inner[1]", "inner[1]/deep"}
