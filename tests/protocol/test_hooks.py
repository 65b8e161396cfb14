"""What hooks do and what they can't do: decision 24."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

WHAT = "{{ hook.scope }} {{ hook.type }} {{ hook.trigger.name }} {{ hook.trigger.phase }}"
NOTE = f'- task: {{name: note, executor: {{type: echo, config: {{what: "{WHAT}"}}}}}}'
HOOKS = ("onStart", "onSuccess", "onFailure", "onError", "onCancel", "onExit")
ALL = "{" + ", ".join(f"{hook}: {{template: note}}" for hook in HOOKS) + "}"


def hooked(code: int = 0, note: str = NOTE) -> str:
    """Return a spec whose run and task have all hooks."""
    return f"""
    entrypoint: main
    hooks: {ALL}
    templates:
    - dag:
        name: main
        tasks: [{{name: work, hooks: {ALL}, executor: {{type: echo, config: {{code: {code}}}}}}}]
    {note}
    """


def fired(done: Any) -> list[Any]:
    """Return the tasks of hooks."""
    return [task for task in done.run.tasks if task.scope == "hooks"]


@pytest.mark.parametrize(
    ("code", "hook", "phase"),
    [
        (0, "onSuccess", "Succeeded"),
        (2, "onFailure", "Failed"),
        (3, "onError", "Error"),
        (4, "onError", "Timeout"),
    ],
)
def test_hooks_run_as_tasks_once(play: Any, code: int, hook: str, phase: str) -> None:
    """Decision 24: depth 0, scope hooks, with the variables hook.*; each fires once."""
    done = play(hooked(code))

    assert {task.depth for task in fired(done)} == {0}
    told = [task.outputs["what"] for task in fired(done)]
    run = "Error" if phase == "Timeout" else phase
    assert sorted(told) == sorted(
        [
            "workflow onStart flow Running",
            "task onStart work Running",
            f"task {hook} work {phase}",
            f"task onExit work {phase}",
            f"workflow {hook} flow {run}",
            f"workflow onExit flow {run}",
        ]
    )


def test_counts_leave_hooks_out(play: Any) -> None:
    """Decision 24: the progress is that of the run's own tasks."""
    assert play(hooked()).run.progress == "2/2"


@pytest.mark.parametrize("code", [2, 3])
def test_a_failing_hook_changes_nothing(play: Any, code: int) -> None:
    """Decision 24: it is recorded, and the run succeeds."""
    done = play(
        hooked(note=f"- task: {{name: note, executor: {{type: echo, config: {{code: {code}}}}}}}")
    )

    assert done.run.phase == "Succeeded"
    assert {task.phase for task in fired(done)} == {"Failed" if code == 2 else "Error"}
    assert len(fired(done)) == 6


def test_the_notifier_is_told(live: Any, read: Any) -> None:
    """Decision 24: of each hook, once, as soon as it is durable."""
    told: list[tuple[str, str, str]] = []

    async def story(world: Any) -> None:
        async with world.engine(
            notifier=lambda hook: told.append((hook.scope, hook.hook, hook.task_name))
        ) as engine:
            await engine.submit(read(hooked()), run_id="r")
            await engine.wait("r")

    live(story)
    assert sorted(told) == [
        ("task", "onExit", "work"),
        ("task", "onStart", "work"),
        ("task", "onSuccess", "work"),
        ("workflow", "onExit", ""),
        ("workflow", "onStart", ""),
        ("workflow", "onSuccess", ""),
    ]


def test_a_hook_that_needs_inputs_is_a_warning(found: Any, play: Any) -> None:
    """Decision 24: and that hook ends in Error."""
    spec = hooked(
        note="- task: {name: note, executor: {type: echo}, inputs: {parameters: [{name: v}]}}"
    )

    assert {problem["severity"] for problem in found(spec)} == {"warning"}
    done = play(spec)
    assert done.run.phase == "Succeeded"
    assert {task.phase for task in fired(done)} == {"Error"}


def test_a_cancelled_run_fires_its_hooks(live: Any, read: Any) -> None:
    """Decision 24: onCancel and onExit, of what was open and of the run."""

    async def story(world: Any) -> Any:
        async with world.engine() as engine:
            await engine.submit(read(hooked().replace("code: 0", "sleep: 1h")), run_id="r")
            await asyncio.sleep(1)
            await engine.cancel("r")
            await engine.wait("r")
            await asyncio.sleep(1)
            return await world.played(engine, "r")

    done = live(story)
    told = {task.outputs["what"] for task in fired(done)}
    assert told >= {
        "task onCancel work Cancelled",
        "task onExit work Cancelled",
        "workflow onCancel flow Cancelled",
        "workflow onExit flow Cancelled",
    }


@pytest.mark.parametrize("own", ["{onExit: {template: note}}", "{}"])
def test_hooks_of_a_call_replace_those_of_the_template(play: Any, own: str) -> None:
    """Decision 13: as a whole, as with every policy of a call."""
    done = play(f"""
    entrypoint: main
    templates:
    - dag: {{name: main, tasks: [{{name: call, template: work, hooks: {own}}}]}}
    - task: {{name: work, hooks: {{onSuccess: {{template: note}}}}, executor: {{type: echo}}}}
    {NOTE}
    """)

    told = [task.outputs["what"] for task in fired(done)]
    assert told == (["task onExit call Succeeded"] if own != "{}" else [])
