"""Where the reference engine loses something, and this one does not; see test_gaps.py."""

from __future__ import annotations

import asyncio
import copy
from typing import Any

import pytest

from aether_core.engine import DocumentRejected

TWO = """
entrypoint: main
templates:
- dag:
    name: main
    tasks:
    - {name: a, executor: {type: echo}}
    - {name: b, dependencies: [a], executor: {type: echo, config: {v: 2}}}
"""


async def lose(world: Any) -> None:
    """Let the engines that were here be silent for long enough."""
    await asyncio.sleep(10)


DOCUMENT = {
    "apiVersion": "aether/v1",
    "kind": "Workflow",
    "metadata": {"name": "flow"},
    "spec": {
        "entrypoint": "main",
        "templates": [{"task": {"name": "main", "executor": {"type": "echo"}}}],
    },
}


HOOKED = """
entrypoint: main
hooks: {onStart: {template: note}, onError: {template: note}, onExit: {template: note}}
templates:
- dag:
    name: main
    tasks:
    - name: a
      executor: {type: echo, config: {sleep: 1h}}
      hooks: {onStart: {template: note}, onExit: {template: note}}
- task: {name: note, executor: {type: echo}}
"""


def test_hooks_of_all_kinds_of_tasks(play: Any) -> None:
    """Reference gap (documents.md 2.15): skipped nodes, iterations and entries have hooks too."""
    done = play("""
    entrypoint: main
    templates:
    - dag:
        name: main
        hooks: {onExit: {template: note}}
        tasks:
        - {name: skip, when: "false", executor: {type: echo}, hooks: {onExit: {template: note}}}
        - {name: each, template: each}
    - loop: {name: each, items: [1, 2], body: work}
    - task: {name: work, executor: {type: echo}, hooks: {onExit: {template: note}}}
    - task: {name: note, executor: {type: echo, config: {of: "{{ hook.trigger.name }}"}}}
    """)

    hooks = [task.outputs["of"] for task in done.run.tasks if task.scope == "hooks"]
    assert sorted(hooks) == ["main", "skip", "work", "work"]


def test_a_repeated_parameter(found: Any) -> None:
    """Reference gap (documents.md 5.7): there one of the two is lost."""
    (problem,) = found("""
    entrypoint: main
    arguments: {parameters: [{name: a, value: 1}, {name: a, value: 2}]}
    templates: [{task: {name: main, executor: {type: echo}}}]
    """)

    assert problem["code"] == "AE116"


def test_large_integers(play: Any) -> None:
    """Reference gap (documents.md 7.3): there they become floats on their way."""
    spec = """
    entrypoint: main
    templates:
    - dag:
        name: main
        outputs: {parameters: [{name: n, valueFrom: {parameter: tasks.b.outputs.parameters.n}}]}
        tasks:
        - {name: a, executor: {type: echo, config: {n: 9007199254740993}}}
        - {name: b, dependencies: [a], executor: {type: echo, config: {
            n: "{{ tasks.a.outputs.parameters.n }}", t: "<{{ tasks.a.outputs.parameters.n }}>"}}}
    """
    done = play(spec)

    assert done.run.outputs == {"n": 9007199254740993}
    assert done.task("b").outputs["t"] == "<9007199254740993>"


def test_workflow_arguments_with_a_source(play: Any) -> None:
    """Reference gap (documents.md 8.1): there the valueFrom of such an argument is lost."""
    done = play(
        """
        entrypoint: main
        arguments: {parameters: [{name: a, valueFrom: {path: deploy.region}}]}
        templates:
        - task: {name: main, executor: {type: echo, config: {v: "{{ workflow.parameters.a }}"}}}
        """,
        variables={"deploy.region": "eu"},
    )

    assert done.run.outputs == {"v": "eu"}


def test_a_suspension_is_not_judged(live: Any, read: Any) -> None:
    """Reference gap (documents.md 10.4): there a condition can end what waits for a resume."""
    spec = """
    entrypoint: main
    templates:
    - task:
        name: main
        executor: {type: echo, config: {suspend: true}}
        phaseConditions: {failed: "true"}
    """

    async def story(world: Any) -> None:
        async with world.engine() as engine:
            await engine.submit(read(spec), run_id="r")
            await engine.wait_suspended("r")
            await engine.resume("r", {"__resumed": True})
            assert (await engine.wait("r")).phase == "Failed"

    live(story)


def test_undeclared_arguments_of_a_dag(play: Any) -> None:
    """Reference gap (documents.md 11.1): a dag without declared inputs gets them all the same."""
    done = play("""
    entrypoint: main
    templates:
    - dag: {name: main, tasks: [{name: call, template: inner,
        arguments: {parameters: [{name: v, value: kept}]}}]}
    - dag: {name: inner, tasks: [{name: leaf, executor: {type: echo,
        config: {v: "{{ inputs.parameters.v }}"}}}]}
    """)

    assert done.task("leaf").outputs == {"v": "kept"}


def test_the_given_document_stays_as_it_is(live: Any) -> None:
    """Reference gap (engine.md 1.3): there defaults are written into the caller's object."""

    async def story(world: Any) -> None:
        given = copy.deepcopy(DOCUMENT)
        async with world.engine() as engine:
            for run_id in ("one", "two"):
                await engine.submit(given, run_id=run_id)
                await engine.wait(run_id)
        assert given == DOCUMENT

    live(story)


def test_a_run_outlives_its_submitter(live: Any, read: Any) -> None:
    """Reference gap (engine.md 4): there the tasks live in the context of who submits."""

    async def story(world: Any) -> None:
        async with world.engine() as engine:
            submitter = asyncio.create_task(
                engine.submit(read(TWO.replace("{v: 2}", "{sleep: 10s}")), run_id="r")
            )
            while not submitter.done():
                await asyncio.sleep(0.001)
            submitter.cancel()
            del submitter
            assert (await engine.wait("r", timeout=11)).phase == "Succeeded"

    live(story)


def test_lists_keep_the_order_of_the_items(live: Any, read: Any) -> None:
    """Reference gap (engine.md 7.7): there it depends on how the store lists."""
    spec = """
    entrypoint: main
    templates:
    - loop: {name: main, items: [a, b, c], body: work, aggregate: {strategy: list}}
    - task: {name: work, executor: {type: echo}}
    """

    async def story(world: Any) -> None:
        async with world.engine(broker=world.hand) as engine:
            await engine.submit(read(spec), run_id="r")
            for job in reversed(list(world.hand.jobs)):
                await world.hand.complete(job, v=job.inputs["loop_iter.item"])
            assert (await engine.wait("r", timeout=1)).outputs == {"v": ["a", "b", "c"]}

    live(story)


def test_a_payload_survives_a_retry(live: Any, read: Any) -> None:
    """Reference gap (engine.md 8): there a retry binds the inputs anew, without it."""
    spec = TWO.replace("type: echo}}\n", "type: echo, config: {suspend: true}}, %s}\n", 1)
    spec %= "retry: {limit: 1, expression: 'true'}"

    async def story(world: Any) -> None:
        async with world.engine(broker=world.hand) as engine:
            await engine.submit(read(spec), run_id="r")
            await world.hand.complete(world.hand.job("a"), 1)
            await engine.resume("r", {"__resumed": True, "answer": 42})
            await world.hand.complete(world.hand.job("a"), 2)
            assert world.hand.names == ["a", "a", "a"]
            assert world.hand.job("a").inputs["answer"] == 42

    live(story)


def test_a_hook_survives_a_crash(live: Any, read: Any) -> None:
    """Reference gap (engine.md 11): there it is lost with the process; here it runs, and once."""

    async def story(world: Any) -> None:
        async with world.engine(broker=world.hand) as engine:
            await engine.submit(read(HOOKED), run_id="r")
            await world.hand.start(world.hand.job("a"))
            assert world.hand.names == ["a", "note", "note"]
        await lose(world)
        async with world.engine() as engine:
            await engine.recover()
            await asyncio.sleep(1)
            done = await world.played(engine, "r")
            hooks = [task.phase for task in done.run.tasks if task.scope == "hooks"]
            assert hooks == ["Succeeded", "Succeeded"]

    live(story)


def test_a_cron_document_is_no_workflow(live: Any) -> None:
    """Reference gap (documents.md 1): there it can be submitted as a run."""

    async def story(world: Any) -> None:
        async with world.engine() as engine:
            with pytest.raises(DocumentRejected):
                await engine.submit({**DOCUMENT, "kind": "CronWorkflow"})
            assert await engine.list() == []

    live(story)
