"""Timeouts, retries, tolerance and judgements of templates and calls: decisions 13, 17 and 21."""

from __future__ import annotations

import asyncio
from itertools import pairwise
from typing import Any

import pytest

SECOND = 1_000_000

CONTAINERS = {
    "dag": "dag: {name: box, %s, tasks: [{name: leaf, executor: {type: echo, config: {%s}}}]}",
    "loop": """loop: {name: box, %s, items: [1], body: leaf}}
    - {task: {name: leaf, executor: {type: echo, config: {%s}}}""",
    "task": "task: {name: box, %s, executor: {type: echo, config: {%s}}}",
}


def calling(call: str, container: str, template: str = "x-none: 0", config: str = "v: 1") -> str:
    """Return a spec whose dag calls the template `box`, then `after`."""
    box = CONTAINERS[container] % (template, config)
    return f"""
    entrypoint: main
    templates:
    - dag:
        name: main
        tasks:
        - {{name: call, template: box, {call}}}
        - {{name: after, dependencies: [call], executor: {{type: echo}}}}
    - {{{box}}}
    - {{task: {{name: note, executor: {{type: echo}}}}}}
    """


@pytest.mark.parametrize("container", CONTAINERS)
@pytest.mark.parametrize("place", ["template", "call"])
def test_a_timeout_holds(play: Any, container: str, place: str) -> None:
    """Decision 13: of every kind of template, and at every call."""
    spec = (
        calling("x-none: 0", container, "timeout: 5s", "sleep: 1m")
        if place == "template"
        else calling("timeout: 5s", container, "timeout: 40s", "sleep: 1m")
    )
    done = play(spec)

    assert done.phases["call"] == "Timeout"
    assert done.times("call", "Timeout") == [5 * SECOND]
    assert set(done.phases) == {"main", "call"} | ({"leaf"} if container != "task" else set())
    assert done.phases.get("leaf", "Timeout") == "Timeout"


@pytest.mark.parametrize("container", CONTAINERS)
def test_phase_conditions_of_a_template_hold(play: Any, container: str) -> None:
    """Decision 13: a dag and a loop are judged like a task."""
    done = play(
        calling("x-none: 0", container, "phaseConditions: {succeeded: phase == Failed}", "code: 2")
    )

    assert done.phases["call"] == "Succeeded"
    assert done.phases["after"] == "Succeeded"


@pytest.mark.parametrize("container", CONTAINERS)
@pytest.mark.parametrize("place", ["template", "call"])
def test_hooks_fire(play: Any, container: str, place: str) -> None:
    """Decision 13: of every kind of template, and at every call."""
    hooks = (
        "hooks: {onStart: {template: note}, onFailure: {template: note}, onExit: {template: note}}"
    )
    spec = (
        calling("x-none: 0", container, hooks, "code: 2")
        if place == "template"
        else calling(hooks, container, config="code: 2")
    )
    done = play(spec)

    assert [task.phase for task in done.run.tasks if task.scope == "hooks"] == ["Succeeded"] * 3


@pytest.mark.parametrize("container", CONTAINERS)
@pytest.mark.parametrize(("code", "flag"), [(2, "failed"), (3, "error"), (4, "timeout")])
def test_continue_on_tolerates(play: Any, container: str, code: int, flag: str) -> None:
    """Decision 13: a dag and a loop that are called like a task."""
    tolerance = "error" if container != "task" and code == 4 else flag
    done = play(calling(f"continueOn: {{{tolerance}: true}}", container, config=f"code: {code}"))

    assert done.run.phase == "Succeeded", done.phases
    assert done.phases["after"] == "Succeeded"


def test_continue_on_of_a_dag_and_a_loop(play: Any) -> None:
    """Decision 13: for the nodes and the iterations that have none of their own."""
    done = play("""
    entrypoint: main
    templates:
    - dag:
        name: main
        continueOn: {failed: true}
        tasks:
        - {name: a, executor: {type: echo, config: {code: 2}}}
        - {name: each, template: each, dependencies: [a]}
    - loop: {name: each, items: [1, 2], body: bad, continueOn: {error: true}}
    - task: {name: bad, executor: {type: echo, config: {code: 3}}}
    """)

    assert done.phases == {"main": "Succeeded", "a": "Failed", "each": "Succeeded", "bad": "Error"}


def test_retry_of_a_template_holds_and_the_call_wins(play: Any) -> None:
    """Decision 13: also for the body of a loop and for the entrypoint."""
    spec = """
    entrypoint: %s
    templates:
    - dag:
        name: main
        tasks: [{name: own, template: bad}, {name: other, template: bad, retry: {limit: 1}}]
    - loop: {name: each, items: [1], body: bad}
    - task: {name: bad, retry: {limit: 3}, executor: {type: echo, config: {code: 3}}}
    """

    done = play(spec % "main")
    assert [done.task(name).retry_count for name in ("own", "other")] == [3, 1]
    for entry in ("each", "bad"):
        assert play(spec % entry).task("bad").retry_count == 3


@pytest.mark.parametrize(
    ("backoff", "seconds"),
    [
        ("", [0, 0, 0]),
        (", backoff: {duration: 1s}", [1, 2, 4]),
        (", backoff: {duration: 1s, factor: 3}", [1, 3, 9]),
        (", backoff: {duration: 2s, factor: 1}", [2, 2, 2]),
        (", backoff: {duration: 10s, factor: 10, maxDuration: 30s}", [10, 30, 30]),
    ],
)
def test_backoff(play: Any, backoff: str, seconds: list[int]) -> None:
    """Decision 17: duration, factor and maxDuration of the wait before each retry."""
    done = play(calling(f"retry: {{limit: 3{backoff}}}", "task", config="code: 3"))

    starts = done.times("call", "Running")
    waits = [later - earlier for earlier, later in pairwise(starts)]
    assert waits == [second * SECOND for second in seconds]


def test_jitter_waits_a_part(play: Any) -> None:
    """Decision 17: up to the whole duration."""
    backoff = "{duration: 10s, factor: 1, jitter: full}"
    done = play(calling(f"retry: {{limit: 20, backoff: {backoff}}}", "task", config="code: 3"))

    starts = done.times("call", "Running")
    waits = [later - earlier for earlier, later in pairwise(starts)]
    assert all(0 <= wait <= 10 * SECOND for wait in waits)
    assert len(set(waits)) > 1


@pytest.mark.parametrize(
    ("code", "expression", "retries"),
    [
        (2, "", 0),
        (3, "", 2),
        (4, "", 2),
        (2, ", expression: code == 2", 2),
        (3, ", expression: code == 2", 0),
    ],
)
def test_which_ends_are_tried_again(play: Any, code: int, expression: str, retries: int) -> None:
    """Decision 17: Error and Timeout, unless an expression decides."""
    done = play(calling(f"retry: {{limit: 2{expression}}}", "task", config=f"code: {code}"))

    assert done.task("call").retry_count == retries


def test_a_timeout_counts_from_the_start_on_a_worker(play: Any) -> None:
    """Decision 21: not from the time at which the task was ready."""
    done = play(
        """
        entrypoint: main
        templates:
        - dag:
            name: main
            tasks:
            - {name: a, executor: {type: echo, config: {sleep: 30s}}}
            - {name: b, timeout: 10s, executor: {type: echo, config: {sleep: 9s}}}
            - {name: c, timeout: 10s, executor: {type: echo, config: {sleep: 11s}}}
        """,
        concurrency=1,
    )

    assert (done.phases["b"], done.phases["c"]) == ("Succeeded", "Timeout")
    assert done.times("c", "Timeout") == [49 * SECOND]


def test_each_attempt_has_a_timeout_of_its_own(play: Any) -> None:
    """Decision 21: and the one of the attempt before does not end it."""
    done = play(calling("timeout: 10s, retry: {limit: 2}", "task", config="sleep: 1m"))

    assert done.times("call", "Running") == [0, 10 * SECOND, 20 * SECOND]
    assert done.times("call", "Timeout") == [30 * SECOND]


def test_suspended_time_counts_and_a_resume_gives_no_more(live: Any, read: Any) -> None:
    """Decision 21: the limit of the attempt stays where it was."""
    spec = calling("timeout: 60s", "task", config="suspend: true, sleep: 25s")

    async def story(world: Any) -> Any:
        async with world.engine() as engine:
            await engine.submit(read(spec), run_id="r")
            await asyncio.sleep(45)
            await engine.resume("r", {"sleep": "1h"})
            await engine.wait("r")
            return await world.played(engine, "r")

    done = live(story)
    assert done.times("call", "Timeout") == [60 * SECOND]


def test_a_suspended_task_times_out(play: Any) -> None:
    """Decision 21: nobody has to come."""
    done = play(calling("timeout: 60s", "task", config="suspend: true"))

    assert done.times("call", "Timeout") == [60 * SECOND]
    assert done.run.phase == "Error"


def test_the_wait_in_a_queue_has_a_bound_of_its_own(play: Any) -> None:
    """Decision 21: an option of the engine."""
    spec = """
    entrypoint: main
    templates:
    - dag:
        name: main
        tasks:
        - {name: a, executor: {type: echo, config: {sleep: 30s}}}
        - {name: b, executor: {type: echo}}
    """
    assert play(spec, concurrency=1).phases["b"] == "Succeeded"
    done = play(spec, concurrency=1, dispatch_timeout=10 * SECOND)
    assert done.phases == {"main": "Error", "a": "Succeeded", "b": "Timeout"}
    assert done.times("b", "Timeout") == [10 * SECOND]


@pytest.mark.parametrize(
    ("text", "seconds"),
    [("500ms", 0.5), ("1h30m", 5400), ("1.5h", 5400), ("0d2h", 7200)],
)
def test_durations_of_both_grammars(play: Any, text: str, seconds: float) -> None:
    """Decision 21: what the published schema and the engine of the protocol accept counts."""
    limits = f"timeout: {text}, retry: {{limit: 1, backoff: {{duration: {text}}}}}"
    done = play(
        calling(limits, "task", config="code: 3").replace("main\n", 'main\n    timeout: "0"\n', 1)
    )

    assert done.times("call", "Running") == [0, seconds * SECOND]


@pytest.mark.parametrize(
    ("timeout", "phase", "hours"), [("", "Timeout", 1), ('timeout: "0"', "Succeeded", 2)]
)
def test_the_timeout_of_a_workflow(play: Any, timeout: str, phase: str, hours: int) -> None:
    """Decision 21: an hour if it says nothing; 0 is none."""
    done = play(f"""
    entrypoint: main
    {timeout or "x-none: 0"}
    templates:
    - dag:
        name: main
        tasks:
        - {{name: slow, executor: {{type: echo, config: {{sleep: 2h}}}}}}
        - {{name: after, dependencies: [slow], executor: {{type: echo}}}}
    """)

    assert done.run.phase == phase
    assert done.times("slow", phase) == [hours * 3600 * SECOND]
    assert ("after" in done.phases) is (phase == "Succeeded")
